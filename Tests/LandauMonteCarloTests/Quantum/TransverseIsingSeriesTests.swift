import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct TransverseIsingSeriesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var lattice: String
    var sides: [Int]
    var boundary = Lattice.Boundary.periodic
    /// One, or two that alternate over the bonds.
    var couplings: [Double]
    var field: Double
    var beta: Double
    /// What is found at least: where it is hot the number of operators scatters most.
    var bias = 0.06
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "ring", lattice: "chain", sides: [8], couplings: [1], field: 1, beta: 1),
    Case(name: "cold ring", lattice: "chain", sides: [8], couplings: [1], field: 0.5, beta: 4),
    Case(
      name: "antiferromagnetic ring of odd length", lattice: "chain", sides: [7],
      couplings: [-1], field: 0.6, beta: 1.5),
    Case(
      name: "open chain, both signs", lattice: "chain", sides: [8], boundary: .open,
      couplings: [1, -0.7], field: 0.8, beta: 1.2),
    Case(name: "square", lattice: "square", sides: [3, 3], couplings: [1], field: 3, beta: 0.7),
    Case(
      name: "frustrated triangles", lattice: "triangular", sides: [3, 3], couplings: [-1],
      field: 1.2, beta: 0.8),
    Case(name: "strong field", lattice: "chain", sides: [6], couplings: [1], field: 5, beta: 2),
    Case(
      name: "hot", lattice: "chain", sides: [6], couplings: [1], field: 1, beta: 0.05,
      bias: 0.2),
  ]

  private static func parts(_ item: Case) throws -> (Lattice, [Double]) {
    let lattice = try Lattice.named(
      item.lattice, sides: item.sides, boundary: [item.boundary])
    return (
      lattice, lattice.bonds.indices.map { item.couplings[$0 % item.couplings.count] }
    )
  }

  /// Energy, <x> and <m^2> against the canonical averages of all levels.
  @Test(arguments: cases)
  func `Averages are those of all levels`(item: Case) throws {
    let (lattice, couplings) = try Self.parts(item)
    let n = lattice.siteCount
    var model = PauliSum(siteCount: n)
    var transverse = model
    var square = model
    for (bond, coupling) in zip(lattice.bonds, couplings) {
      model.add(-coupling, [.z(Int(bond.source)), .z(Int(bond.target))])
    }
    for i in 0..<n {
      model.add(-item.field, [.x(i)])
      transverse.add(1 / Double(n), [.x(i)])
      square.add(1 / Double(n * n), [])
      for j in 0..<n where j != i { square.add(1 / Double(n * n), [.z(i), .z(j)]) }
    }
    let exact = try SpinDiagonalization(model).canonicalAverages(
      beta: item.beta, of: [transverse, square])
    let checks: [(Observable, Double)] = [
      (.energyPerSite, exact.energy / Double(n)),
      (TransverseIsingSeries.transverseOrder, exact.observables[0]),
      (.orderSquared, exact.observables[1]),
      (
        TransverseIsingSeries.couplingEnergy,
        exact.energy / Double(n) + item.field * exact.observables[0]
      ),
    ]
    for (observable, value) in checks {
      try expectAgreement(
        with: value, seed: .test(item.name, observable.name), minimalBias: item.bias
      ) { seed, effort in
        let chains = try (0..<4).map {
          try TransverseIsingSeries(
            lattice: lattice, couplings: couplings, transverseField: item.field, beta: item.beta,
            seed: seed.child("chain", $0))
        }
        let runner = ChainRunner(
          chains: chains, lengths: .init(sweeps: 4000 * effort, burnIn: 300))
        runner.advance(pool: WorkerPool())
        return runner.recording[observable]!.estimate()
      }
    }
  }

  @Test func `A restored chain goes on bit for bit`() throws {
    let (lattice, couplings) = try Self.parts(Self.cases[3])
    func chain(_ seed: Seed) throws -> TransverseIsingSeries {
      try TransverseIsingSeries(
        lattice: lattice, couplings: couplings, transverseField: 0.8, beta: 2, seed: seed)
    }
    try expectGoesOnBitForBit(chain)
  }

  @Test func `Bad fields and couplings are refused`() throws {
    let (lattice, couplings) = try Self.parts(Self.cases[0])
    for (couplings, field, beta) in [
      (Array(couplings.dropLast()), 1.0, 1.0), (couplings, 0, 1), (couplings, 1, 0),
      (couplings, .infinity, 1),
    ] {
      #expect(throws: InputError.self) {
        try TransverseIsingSeries(
          lattice: lattice, couplings: couplings, transverseField: field, beta: beta,
          seed: .test("bad"))
      }
    }
  }
}
