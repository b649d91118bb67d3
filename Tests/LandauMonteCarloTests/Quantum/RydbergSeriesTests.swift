import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct RydbergSeriesTests {
  /// A small array with what all its levels say.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var lattice = "chain"
    var sides = [8]
    var boundary = Lattice.Boundary.periodic
    var rabi = 1.0
    var detuning: Double
    var interaction = 0.0
    var radius = 0.0
    var blockadeRadius = 0.0
    var areLinks = false
    var beta: Double
    var update = RydbergSeries.Update.lines
    var bias = 0.08
    var testDescription: String { name }

    func array() throws -> RydbergArray {
      let lattice = try Lattice.named(self.lattice, sides: sides, boundary: [boundary])
      if areLinks { return try .links(of: lattice, rabi: rabi, detuning: detuning) }
      return try RydbergArray(
        lattice, rabi: rabi, detuning: detuning, interaction: interaction, radius: radius,
        blockadeRadius: blockadeRadius)
    }

    func chain(_ seed: Seed) throws -> RydbergSeries {
      try RydbergSeries(try array(), beta: beta, update: update, seed: seed)
    }
  }

  private static let cases = [
    Case(name: "ring of neighbours", detuning: 1, interaction: 7, radius: 1, beta: 1),
    Case(
      name: "ring of neighbours, clusters", detuning: 1, interaction: 3, radius: 1, beta: 1,
      update: .clusters),
    Case(
      name: "long range, clusters", detuning: 1.5, interaction: 2, radius: 3, beta: 1.5,
      update: .clusters),
    Case(name: "detuned down", detuning: -0.7, interaction: 2, radius: 2, beta: 1),
    Case(
      name: "attraction, clusters", detuning: -1, interaction: -1.5, radius: 1, beta: 0.8,
      update: .clusters),
    Case(name: "no pairs", sides: [4], detuning: 0.6, beta: 2),
    Case(
      name: "drive of the other sign", rabi: -1.6, detuning: 0.5, interaction: 1, radius: 1, beta: 1
    ),
    Case(
      name: "open square of all ranges", lattice: "square", sides: [3, 3], boundary: .open,
      detuning: 1, interaction: 7, radius: 3, beta: 2),
    Case(
      name: "triangles, clusters", lattice: "triangular", sides: [3, 3], boundary: .open,
      detuning: 2, interaction: 3, radius: 1.8, beta: 1, update: .clusters),
    Case(name: "ring of three", sides: [3], detuning: 1, interaction: 2, radius: 2, beta: 1),
    Case(name: "blockaded ring", detuning: 0.8, blockadeRadius: 1, beta: 2),
    Case(name: "blockaded ring, detuned down", detuning: -0.5, blockadeRadius: 1, beta: 1),
    Case(name: "blockaded ring, full", detuning: 3, blockadeRadius: 1, beta: 2),
    Case(
      name: "blockaded ring with tails", sides: [9], detuning: 1.2, interaction: 20, radius: 3,
      blockadeRadius: 1, beta: 1.5),
    Case(
      name: "open square, blockade of diagonals", lattice: "square", sides: [3, 3],
      boundary: .open, detuning: 1, blockadeRadius: 1.5, beta: 2),
    Case(
      name: "links of a kagome triangle pair", lattice: "kagome", sides: [1, 2], boundary: .open,
      detuning: 1.3, areLinks: true, beta: 2),
    Case(
      name: "links of a square torus, bonds doubled", lattice: "square", sides: [2, 2],
      detuning: 0.9, areLinks: true, beta: 1.5),
    Case(name: "hot", detuning: 1, interaction: 1, radius: 1, beta: 0.05, bias: 0.3),
  ]

  /// Energies, densities, <x> and the order of sublattices against the canonical averages of all levels.
  @Test(arguments: cases)
  func `Averages are those of all levels`(item: Case) throws {
    let array = try item.array()
    let exact = try RydbergDiagonalization(array)
    let averages = exact.canonicalAverages(beta: item.beta)
    let n = Double(array.siteCount)
    var checks: [(Observable, Double)] = [
      (.energyPerSite, averages.energy / n), (RydbergSeries.density, averages.density),
      (RydbergSeries.densitySquared, averages.densitySquared),
      (RydbergSeries.transverseOrder, averages.transverse),
      (
        RydbergSeries.interaction,
        averages.energy / n - array.rabi / 2 * averages.transverse + array.detuning
          * averages.density
      ),
    ]
    if let order = averages.staggeredSquared { checks.append((.staggeredOrderSquared, order)) }
    let runs = SeriesRuns(sweeps: 5000) { try item.chain($0) }
    for (observable, value) in checks {
      try expectAgreement(
        with: value, seed: .test(item.name),
        minimalBias: item.bias * max(1, abs(array.rabi), abs(array.detuning) / 2)
      ) { seed, effort in
        try #require(try runs.recording(seed, effort)[observable]).estimate()
      }
    }
  }

  /// Snapshots against the probabilities of all outcomes, in the blockade and without it.
  @Test(arguments: [
    Case(
      name: "lines", sides: [4], boundary: .open, detuning: 1, interaction: 2, radius: 2, beta: 1.5),
    Case(
      name: "clusters", sides: [4], boundary: .open, detuning: 1, interaction: 2, radius: 2,
      beta: 1.5, update: .clusters),
    Case(name: "blockade", sides: [5], boundary: .open, detuning: 1, blockadeRadius: 1, beta: 1.5),
  ])
  func `Snapshots are drawn as often as they should`(item: Case) throws {
    let exact = try RydbergDiagonalization(try item.array())
    let probabilities = exact.probabilities(beta: item.beta)
    try expectPlausible(seed: .test(item.name)) { seed, effort in
      var counts = [UInt64: Double]()
      let chain = try item.chain(seed)
      chain.sweep(200)
      for _ in 0..<4000 * effort {
        chain.sweep(6)
        counts[
          chain.spins.enumerated().reduce(0) { $0 | ($1.element < 0 ? 1 << UInt64($1.offset) : 0) },
          default: 0] += 1
      }
      #expect(counts.keys.allSatisfy { exact.states.contains($0) })
      return chiSquareProbability(
        exact.states.map { counts[$0] ?? 0 },
        expected: probabilities.map { $0 * Double(4000 * effort) })
    }
  }

  /// Chains from different seeds differ no more than their errors say, deep in the ordered phase and with frustrated tails.
  @Test(arguments: [
    Case(
      name: "soft", lattice: "square", sides: [4, 4], detuning: 1, interaction: 7, radius: 3,
      beta: 2),
    Case(name: "ordered ring", sides: [12], detuning: 2, blockadeRadius: 1, beta: 4),
    Case(name: "links", lattice: "kagome", sides: [2, 2], detuning: 1.5, areLinks: true, beta: 4),
  ])
  func `Seeds agree with one another`(item: Case) throws {
    try expectPlausible(seed: .test(item.name)) { seed, effort in
      let estimates = try (0..<16).map { number -> Estimate in
        let runner = ChainRunner(
          chains: [try item.chain(seed.child("seed", number))],
          lengths: .init(sweeps: 3000 * effort, burnIn: 400))
        runner.advance(pool: WorkerPool())
        return runner.recording[RydbergSeries.density]!.estimate()
      }
      let mean = estimates.reduce(0) { $0 + $1.value } / 16
      let square = estimates.reduce(0) {
        $0 + ($1.value - mean) * ($1.value - mean) / ($1.error * $1.error)
      }
      return chiSquareSurvival(square, degreesOfFreedom: 15)
    }
  }

  /// Detunings of pairs and detunings alone make the same Hamiltonian.
  @Test func `Pauli matrices and occupations agree`() throws {
    let array = try Self.cases[2].array()
    let levels = try SpinDiagonalization(array.hamiltonian).spectrum()
    let exact = try RydbergDiagonalization(array)
    #expect(exact.states.count == 256)
    for (level, energy) in zip(levels, exact.energies) {
      #expect(abs(level.energy - energy) < 1e-11)
    }
  }

  /// Lucas numbers count the states of blockaded rings.
  @Test(arguments: [(6, 18), (8, 47), (12, 322)])
  func `A blockaded ring has so many states`(sites: Int, states: Int) throws {
    let ring = try RydbergArray(
      try .named("chain", sides: [sites]), rabi: 1, detuning: 0, interaction: 0, radius: 0,
      blockadeRadius: 1)
    #expect(RydbergDiagonalization.states(ring).count == states)
  }

  @Test func `Distances of all pairs give the Hamiltonian of tables`() throws {
    let lattice = try Lattice.named("square", sides: [2, 3], boundary: [.open])
    var distances: [Double] = []
    for i in 0..<6 {
      for j in i + 1..<6 {
        let (a, b) = (lattice.position(of: i)!, lattice.position(of: j)!)
        distances.append(
          ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).squareRoot())
      }
    }
    let table = PauliSum.rydberg(
      distances: distances, siteCount: 6, rabi: 1.1, detuning: 0.7, interaction: 5)
    let array = try RydbergArray(
      lattice, rabi: 1.1, detuning: 0.7, interaction: 5, radius: 9)
    let difference = table + (-1) * array.hamiltonian
    #expect(difference.coefficients.values.allSatisfy { abs($0) < 1e-12 })
  }

  @Test func `A restored chain goes on bit for bit`() throws {
    for item in [Self.cases[2], Self.cases[10]] {
      try expectGoesOnBitForBit { try item.chain($0) }
    }
  }

  @Test func `What has no chain is refused`() throws {
    for item in [
      Case(name: "no drive", rabi: 0, detuning: 1, beta: 1),
      Case(name: "beta", detuning: 1, beta: -1),
      Case(
        name: "clusters in a blockade", detuning: 1, blockadeRadius: 1, beta: 1, update: .clusters),
      Case(name: "radius", detuning: 1, interaction: 1, radius: -1, beta: 1),
    ] {
      #expect(throws: InputError.self, "\(item.name)") { try item.chain(.test("bad")) }
    }
  }
}
