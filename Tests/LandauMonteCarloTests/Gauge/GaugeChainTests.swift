import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run of four chains of a gauge theory.
struct GaugeRun {
  let recording: Recording
  let chains: [GaugeChain]

  init(
    _ model: GaugeModel, beta: Double, update: GaugeUpdate, sweeps: Int, seed: Seed,
    start: GaugeStart = .hot, burnIn: Int = 200, chainCount: Int = 4,
    loops: [WilsonLoop] = []
  ) throws {
    chains = try (0..<chainCount).map {
      try GaugeChain(
        model: model, beta: beta, update: update, start: start,
        measurements: try GaugeMeasurements(model, loops: loops), seed: seed.child("chain", $0))
    }
    let runner = ChainRunner(chains: chains, lengths: .init(sweeps: sweeps, burnIn: burnIn))
    runner.advance(pool: WorkerPool(threadCount: 1))
    recording = runner.recording
  }

  func series(_ observable: Observable) -> Series { recording[observable]! }
  func estimate(_ observable: Observable) -> Estimate { series(observable).estimate() }
}

/// A group with one of its updates and a coupling.
struct GaugeCase: Sendable, CustomTestStringConvertible {
  var group: GaugeModel.Group
  var update: GaugeUpdate
  var beta: Double
  var testDescription: String { "\(group.rawValue) \(update.name) beta=\(beta)" }

  static let all: [GaugeCase] = GaugeUpdate.standard.flatMap { update in
    [(GaugeModel.Group.u1, 1.2), (.su2, 2.4), (.su3, 4.5)].map {
      GaugeCase(group: $0.0, update: update, beta: $0.1)
    }
  }
}

@Suite struct GaugeChainTests {
  private static func model(_ group: GaugeModel.Group, _ sides: [Int]) throws -> GaugeModel {
    try GaugeModel(group, lattice: HypercubicLattice(sides: sides))
  }

  /// Every update of every group against the exact torus in two dimensions: plaquette and loops of more plaquettes.
  @Test(arguments: GaugeCase.all)
  func planesAgreeWithTheirExactValues(_ test: GaugeCase) throws {
    let model = try Self.model(test.group, [3, 4])
    let exact = try GaugeTorus(test.group, plaquetteCount: 12, beta: test.beta)
    let loop = WilsonLoop(1, 2)
    func run(_ seed: Seed, _ effort: Int) throws -> GaugeRun {
      try GaugeRun(
        model, beta: test.beta, update: test.update, sweeps: 4000 * effort, seed: seed,
        loops: [loop])
    }
    try expectAgreement(
      with: exact.plaquette, seed: .test(test.testDescription), minimalBias: 0.02
    ) { try run($0, $1).estimate(.plaquette) }
    try expectAgreement(
      with: exact.wilsonLoop(area: 2), seed: .test(test.testDescription, 2), minimalBias: 0.03
    ) { try run($0, $1).estimate(loop.observable) }
  }

  /// Strong and weak coupling, where the heat baths work differently.
  @Test(
    arguments: [
      (GaugeModel.Group.u1, 0.05), (.u1, 4), (.su2, 0.1), (.su2, 12), (.su3, 0.3), (.su3, 20),
    ])
  func heatBathsWorkAtEveryCoupling(_ group: GaugeModel.Group, _ beta: Double) throws {
    let model = try Self.model(group, [4, 4])
    let exact = try GaugeTorus(group, plaquetteCount: 16, beta: beta)
    try expectAgreement(
      with: exact.plaquette, seed: .test(group, beta), minimalBias: 0.02
    ) { seed, effort in
      try GaugeRun(
        model, beta: beta, update: .heatBath, sweeps: 4000 * effort, seed: seed, start: .cold
      ).estimate(.plaquette)
    }
  }

  /// Injected fault: a coupling one per cent off is found.
  @Test func wrongCouplingsAreFoundOut() throws {
    let model = try Self.model(.su2, [4, 4])
    let exact = try GaugeTorus(.su2, plaquetteCount: 16, beta: 2.4 * 1.01)
    try expectDisagreement(with: exact.plaquette, seed: .test()) { seed, effort in
      try GaugeRun(model, beta: 2.4, update: .heatBath, sweeps: 16_000 * effort, seed: seed)
        .estimate(.plaquette)
    }
  }

  /// <exp(-violation)> = 1.
  @Test(arguments: GaugeModel.Group.allCases)
  func violationsHaveMeanWeightOne(_ group: GaugeModel.Group) throws {
    let model = try Self.model(group, [3, 3, 4])
    let settings = HamiltonianSettings(
      integrator: .leapfrog, length: 1, targetAcceptance: 0.7)
    try expectAgreement(with: 1, seed: .test(group), minimalBias: 0.2) { seed, effort in
      let run = try GaugeRun(
        model, beta: 2, update: .hamiltonian(settings), sweeps: 200 * effort, seed: seed,
        chainCount: 12)
      let weights = run.chains.map { $0.meanViolationWeight! }
      let mean = weights.reduce(0, +) / 12
      let square = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 11
      return Estimate(mean, error: (square / 12).squareRoot(), degreesOfFreedom: 11)
    }
  }

  /// A chain taken up from a checkpoint goes on bit for bit, within burn-in and after.
  @Test(arguments: GaugeCase.all)
  func checkpointsGoOnBitForBit(_ test: GaugeCase) throws {
    let model = try Self.model(test.group, [2, 3, 2])
    func chain() throws -> GaugeChain {
      try GaugeChain(model: model, beta: test.beta, update: test.update, seed: Seed(3))
    }
    let one = try chain()
    one.burnIn(10)
    one.sweep(70)
    var writer = StateWriter()
    one.save(to: &writer)
    one.sweep(5)
    let other = try chain()
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    other.sweep(5)
    #expect(one.configuration == other.configuration)
    #expect(one.updateCount == other.updateCount)
    #expect(one.acceptanceRate == other.acceptanceRate)
    // Another group's checkpoint is refused.
    let foreign = try GaugeChain(
      model: Self.model(test.group == .u1 ? .su2 : .u1, [2, 3, 2]), beta: 1, update: test.update,
      seed: Seed(3))
    reader = StateReader(writer.bytes)
    #expect(throws: InputError.self) { try foreign.restore(from: &reader) }
  }

  /// Links stay in the group.
  @Test(arguments: GaugeCase.all)
  func linksStayUnitary(_ test: GaugeCase) throws {
    let model = try Self.model(test.group, [4, 4])
    let chain = try GaugeChain(model: model, beta: test.beta, update: test.update, seed: Seed(4))
    chain.sweep(200)
    let rank = test.group.rank
    let numbers = chain.configuration
    for start in stride(from: 0, to: numbers.count, by: 2 * rank * rank) {
      for row in 0..<rank {
        let square = (0..<(2 * rank)).reduce(0.0) {
          $0 + numbers[start + 2 * rank * row + $1] * numbers[start + 2 * rank * row + $1]
        }
        expectClose(square, 1, absolute: 1e-12)
      }
    }
  }

  /// The whole distribution of the topological charge, by measurements far enough apart.
  @Test func topologicalChargesFollowTheirDistribution() throws {
    let model = try Self.model(.u1, [6, 6])
    let exact = try TopologicalCharge(plaquetteCount: 36, beta: 2)
    try expectPlausible(seed: .test()) { seed, effort in
      let chain = try GaugeChain(
        model: model, beta: 2, update: .overRelaxation(reflections: 1), seed: seed)
      chain.burnIn(500)
      let count = 4000 * effort
      var counts = [Double](repeating: 0, count: 7)
      var row: [Double] = []
      for _ in 0..<count {
        // Charges decorrelate within about ten sweeps here.
        chain.sweep(100)
        row = []
        chain.measure(into: &row)
        counts[min(6, max(0, Int(row.last!) + 3))] += 1
      }
      var expected = (-3...3).map { exact.probability($0) * Double(count) }
      let rest = (Double(count) - expected.reduce(0, +)) / 2
      expected[0] += rest
      expected[6] += rest
      return chiSquareProbability(counts, expected: expected)
    }
  }

  @Test func nonsenseIsRefused() throws {
    #expect(throws: InputError.self) { try Self.model(.su3, [4]) }
    #expect(throws: InputError.self) { try Self.model(.su3, [4, 1]) }
    #expect(throws: InputError.self) { try Self.model(.su3, [2, 2, 2, 2, 2]) }
    let model = try Self.model(.u1, [2, 2])
    #expect(throws: InputError.self) {
      try GaugeChain(model: model, beta: -1, update: .heatBath, seed: Seed(1))
    }
    #expect(throws: InputError.self) {
      try GaugeChain(
        model: model, beta: 1, update: .overRelaxation(reflections: -1), seed: Seed(1))
    }
  }
}
