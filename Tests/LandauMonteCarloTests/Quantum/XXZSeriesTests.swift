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

@Suite struct XXZSeriesTests {
  private static let cases = [
    XXZCase(name: "Heisenberg ring", longitudinal: [1], beta: 0.25),
    XXZCase(name: "cold Heisenberg ring", longitudinal: [1], beta: 1),
    XXZCase(name: "XY ring", longitudinal: [0], beta: 0.6),
    XXZCase(name: "easy plane in a field", longitudinal: [0.5], field: 0.7, beta: 0.8),
    XXZCase(name: "Heisenberg ring in a field", longitudinal: [1], field: 1.5, beta: 0.7),
    XXZCase(name: "easy axis", longitudinal: [2], beta: 0.5),
    XXZCase(name: "easy axis in a field down", longitudinal: [1.7], field: -2, beta: 0.5),
    XXZCase(name: "ferromagnetic z", longitudinal: [-0.5], beta: 0.6),
    XXZCase(name: "easy-axis ferromagnet", longitudinal: [-1.6], field: 0.2, beta: 0.4),
    XXZCase(name: "almost saturated", longitudinal: [1], field: 4, beta: 0.8),
    XXZCase(name: "hot", longitudinal: [1], field: 0.5, beta: 0.04, bias: 0.5),
    XXZCase(
      name: "ferromagnet on triangles", lattice: "triangular", sides: [3, 3], transverse: [-1],
      longitudinal: [-1], beta: 0.25),
    XXZCase(
      name: "xy ferromagnet with frustrated z", lattice: "triangular", sides: [3, 3],
      transverse: [-0.8], longitudinal: [1], beta: 0.5),
    XXZCase(
      name: "frustrated z on kagome triangles in a field", lattice: "kagome", sides: [1, 2],
      boundary: .open, transverse: [-0.7], longitudinal: [1], field: 0.4, beta: 1),
    XXZCase(
      name: "open chain, both signs", sides: [7], boundary: .open, transverse: [1, -0.6, 0.8],
      longitudinal: [0.7, 0.4, -0.9], field: 0.5, beta: 0.8),
    XXZCase(
      name: "ring, both signs", transverse: [1, -0.6], longitudinal: [0.5, -0.3], beta: 1),
    XXZCase(name: "two sites, two bonds", sides: [2], longitudinal: [1], beta: 0.4, bias: 0.25),
    XXZCase(
      name: "square with doubled bonds", lattice: "square", sides: [2, 2], longitudinal: [1],
      beta: 0.4, bias: 0.25),
    XXZCase(
      name: "square, one axis doubled", lattice: "square", sides: [2, 4], longitudinal: [0.6],
      beta: 0.4),
    XXZCase(
      name: "ladder in a field", lattice: "ladder", sides: [4], longitudinal: [1], field: 0.8,
      beta: 0.6),
    XXZCase(
      name: "honeycomb", lattice: "honeycomb", sides: [2, 2], longitudinal: [1], beta: 0.5),
    XXZCase(
      name: "cubic", lattice: "cubic", sides: [2, 2, 2], longitudinal: [1], beta: 0.15, bias: 0.25),
    XXZCase(
      name: "open square", lattice: "square", sides: [3, 3], boundary: .open, longitudinal: [1.3],
      field: 0.3, beta: 0.5),
    XXZCase(
      name: "without exchange", sides: [6], transverse: [0], longitudinal: [1], field: 0.5,
      beta: 0.6),
  ]

  /// Energies, correlations, structure factors along z and x against the canonical averages of all levels.
  @Test(arguments: cases)
  func `Averages are those of all levels`(item: XXZCase) throws {
    let runs = SeriesRuns(sweeps: 4000) { try item.chain($0) }
    let scale = (item.transverse + item.longitudinal + [item.field]).map(abs).max()!
    for (observable, value) in try item.exact() {
      try expectAgreement(
        with: value, seed: .test(item.name),
        minimalBias: observable == .energyPerSite ? item.bias * scale : max(0.06, item.bias / 3)
      ) { seed, effort in
        let estimate = try #require(try runs.recording(seed, effort)[observable]).estimate()
        // What never changes, as <xx> without exchange, has to be right.
        if estimate.error.isNaN && abs(estimate.value - value) < 1e-12 {
          return Estimate(value, error: 0)
        }
        return estimate
      }
    }
  }

  /// In spins of one half, as the register of truths has them.
  @Test(arguments: [(1.0, -0.204698139160), (4, -0.429294708684)])
  func `The Heisenberg ring of eight has its energy`(beta: Double, energy: Double) throws {
    let ring = XXZCase(
      name: "truth \(beta)", transverse: [0.25], longitudinal: [0.25], beta: beta)
    #expect(abs(try ring.exact()[0].1 - energy) < 1e-11)
    let runs = SeriesRuns(sweeps: 20_000) { try ring.chain($0) }
    try expectAgreement(with: energy, seed: .test(beta), minimalBias: 0.012) { seed, effort in
      try runs.recording(seed, effort)[.energyPerSite]!.estimate()
    }
  }

  /// Against the differences of free energies under twisted boundaries.
  @Test(arguments: [
    XXZCase(name: "XY ring", sides: [6], longitudinal: [0], beta: 0.8),
    XXZCase(name: "Heisenberg ring", sides: [6], longitudinal: [1], beta: 1.5),
    XXZCase(name: "ring in a field", sides: [6], longitudinal: [0.4], field: 0.8, beta: 1.2),
    XXZCase(
      name: "ferromagnet of odd length", sides: [5], transverse: [-1], longitudinal: [0.3],
      beta: 1),
  ])
  func `Windings are the stiffness under a twist`(item: XXZCase) throws {
    let runs = SeriesRuns(sweeps: 6000) { try item.chain($0) }
    try expectAgreement(
      with: try item.exactWinding(), seed: .test(item.name), minimalBias: 0.04
    ) { seed, effort in
      try #require(try runs.recording(seed, effort)[XXZSeries.windingSquared]).estimate()
    }
  }

  @Test func `Heat from fluctuations of the number of operators`() throws {
    let item = XXZCase(name: "heat", longitudinal: [0.5], field: 0.4, beta: 0.5)
    let exact = try SpinDiagonalization(try item.hamiltonian()).canonicalAverages(
      beta: item.beta, of: [])
    let chain = try item.chain(.test("constant"))
    let runs = SeriesRuns(sweeps: 20_000) { try item.chain($0) }
    try expectAgreement(
      with: exact.heatCapacity / 8, seed: .test(), minimalBias: 0.08
    ) { seed, effort in
      chain.specificHeat(try #require(try runs.recording(seed, effort)[.energyPerSite]))
    }
  }

  /// Snapshots of four spins against the probabilities of all sixteen outcomes.
  @Test(arguments: [0.0, 0.6])
  func `Snapshots are drawn as often as they should`(field: Double) throws {
    let item = XXZCase(
      name: "law", sides: [4], boundary: .open, longitudinal: [0.6], field: field, beta: 0.7)
    let levels = try SpinDiagonalization(try item.hamiltonian()).spectrum()
    var expected = [Double](repeating: 0, count: 16)
    for level in levels {
      let weight = exp(-item.beta * (level.energy - levels[0].energy))
      for (outcome, amplitude) in level.state.amplitudes.enumerated() {
        expected[outcome] += weight * amplitude.squaredMagnitude
      }
    }
    let total = expected.reduce(0, +)
    try expectPlausible(seed: .test(field)) { seed, effort in
      var counts = [Double](repeating: 0, count: 16)
      let chain = try item.chain(seed)
      chain.sweep(200)
      for _ in 0..<4000 * effort {
        chain.sweep(5)
        let outcome = chain.spins.enumerated().reduce(0) {
          $0 | ($1.element < 0 ? 1 << $1.offset : 0)
        }
        counts[outcome] += 1
      }
      return chiSquareProbability(
        counts, expected: expected.map { $0 / total * Double(4000 * effort) })
    }
  }

  /// Chains from different seeds differ no more than their errors say.
  @Test(arguments: [
    XXZCase(
      name: "open chain", sides: [16], boundary: .open, longitudinal: [0.5], field: 0.6, beta: 2),
    XXZCase(
      name: "frustrated z", lattice: "triangular", sides: [3, 3], transverse: [-0.4],
      longitudinal: [1], beta: 1),
  ])
  func `Seeds agree with one another`(item: XXZCase) throws {
    try expectPlausible(seed: .test(item.name)) { seed, effort in
      let estimates = try (0..<16).map { number -> Estimate in
        let runner = ChainRunner(
          chains: [try item.chain(seed.child("seed", number))],
          lengths: .init(sweeps: 4000 * effort, burnIn: 400))
        runner.advance(pool: WorkerPool())
        return runner.recording[.energyPerSite]!.estimate()
      }
      let mean = estimates.reduce(0) { $0 + $1.value } / 16
      let square = estimates.reduce(0) {
        $0 + ($1.value - mean) * ($1.value - mean) / ($1.error * $1.error)
      }
      return chiSquareSurvival(square, degreesOfFreedom: 15)
    }
  }

  /// Cold: beta J = 16 and 24 in spins of one half differ by less than their errors from the ground state.
  @Test(.slow) func `The square of sixteen spins has its ground state`() throws {
    for beta in [16.0, 24] {
      let square = XXZCase(
        name: "4x4", lattice: "square", sides: [4, 4], transverse: [0.25], longitudinal: [0.25],
        beta: beta)
      let runs = SeriesRuns(sweeps: 10_000) { try square.chain($0) }
      try expectAgreement(with: -0.701780200527, seed: .test(beta), minimalBias: 0.003) {
        seed, effort in try runs.recording(seed, effort)[.energyPerSite]!.estimate()
      }
    }
  }

  @Test func `A restored chain goes on bit for bit`() throws {
    for item in [Self.cases[0], Self.cases[4]] {
      try expectGoesOnBitForBit { try item.chain($0) }
    }
  }

  @Test func `Loops know their way at Heisenberg points alone`() throws {
    for (name, isDeterministic) in [
      ("Heisenberg ring", true), ("ferromagnet on triangles", true), ("XY ring", false),
      ("Heisenberg ring in a field", false), ("cubic", true),
    ] {
      let item = Self.cases.first { $0.name == name }!
      #expect(try item.chain(.test()).isDeterministic == isDeterministic, "\(name)")
    }
  }

  @Test func `Frustrated exchange is refused`() throws {
    for item in [
      XXZCase(name: "triangles", lattice: "triangular", sides: [3, 3], longitudinal: [1], beta: 1),
      XXZCase(name: "odd ring", sides: [7], longitudinal: [1], beta: 1),
      XXZCase(name: "cold", longitudinal: [1], beta: 0),
      XXZCase(name: "field", longitudinal: [1], field: .nan, beta: 1),
    ] {
      #expect(throws: InputError.self, "\(item.name)") { try item.chain(.test("bad")) }
    }
  }
}
