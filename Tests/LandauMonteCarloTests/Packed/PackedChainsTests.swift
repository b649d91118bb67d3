import LandauCore
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

@Suite struct PackedChainsTests {
  /// Lattices with three to six bonds a site, open ones, fields, both signs, random signs, missing bonds.
  struct Case: Sendable, CustomTestStringConvertible {
    var system: DiscreteCase
    var isShared = false
    var differ = false
    var testDescription: String {
      "\(system.testDescription)\(isShared ? " shared" : "")\(differ ? " samples" : "")"
    }

    static let ising = [
      Case(system: DiscreteCase(kind: .ising, cell: .square, sides: [4, 5], beta: 0.44)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .cubic, sides: [3, 4, 3], couplings: .cycle([1, -1, -1]), beta: 0.3)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .triangular, sides: [4, 4], couplings: .uniform(-0.5), beta: 0.02)),
      Case(system: DiscreteCase(kind: .ising, cell: .honeycomb, sides: [3, 3], beta: 0.6)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [4, 4], boundary: [.open], fields: [0.3, -0.7],
          beta: 0.5)),
      Case(
        system: DiscreteCase(
          kind: .ising, cell: .square, sides: [5, 4], couplings: .cycle([1, -1, 0, 1]), beta: 0.7)),
      Case(
        system: DiscreteCase(kind: .ising, cell: .square, sides: [4, 4], beta: 0.5), differ: true),
      Case(
        system: DiscreteCase(kind: .ising, cell: .cubic, sides: [3, 3, 3], beta: 0.5),
        isShared: true, differ: true),
      Case(
        system: DiscreteCase(kind: .ising, cell: .honeycomb, sides: [3, 3], beta: 0.5),
        isShared: true, differ: true),
    ]
    static let others = [
      Case(system: DiscreteCase(kind: .potts(3), cell: .square, sides: [4, 4], beta: 0.9)),
      Case(
        system: DiscreteCase(
          kind: .potts(3), cell: .triangular, sides: [3, 4], couplings: .uniform(-1), beta: 0.8)),
      Case(system: DiscreteCase(kind: .potts(4), cell: .cubic, sides: [3, 3, 3], beta: 0.02)),
      Case(system: DiscreteCase(kind: .potts(4), cell: .honeycomb, sides: [3, 3], beta: 1.1)),
      Case(
        system: DiscreteCase(
          kind: .blumeCapel(0.7), cell: .square, sides: [4, 4], boundary: [.open], beta: 0.9)),
      Case(
        system: DiscreteCase(
          kind: .blumeCapel(-0.3), cell: .cubic, sides: [3, 3, 3], couplings: .uniform(-1),
          beta: 0.3)),
    ]

    var models: [DiscreteModel] {
      get throws {
        let model = try system.model
        guard differ else { return [model] }
        return try (0..<70).map { sample in
          var rng = Seed.test(sample).makeStream()
          return try DiscreteModel(
            name: "spin-glass", lattice: model.lattice,
            couplings: model.lattice.bonds.map { _ in rng.next() & 1 == 0 ? 1 : -1 },
            spins: .ising)
        }
      }
    }
  }

  @Test(arguments: Case.ising + Case.others)
  func everyLevelAgreesWithTheReferenceBitForBit(_ test: Case) throws {
    let models = try test.models
    let seed = Seed.test(test.testDescription)
    let count = models.count > 1 ? models.count : 130
    let all = try KernelLevel.allCases.filter(\.isSupported).map {
      try PackedChains(
        models, count: count, beta: test.system.beta,
        randomBits: test.isShared ? .shared : .independent, seed: seed, level: $0)
    }
    let starts = models.map { DiscreteStart($0, beta: test.system.beta) }
    var reference = try PackedReference(
      models, beta: test.system.beta, isShared: test.isShared, seed: seed,
      states: (0..<count).map {
        starts[models.count > 1 ? $0 : 0].configuration(seed: seed.child("start", $0))
      })
    let expected = Array(reference.states.prefix(count).joined())
    for chains in all { #expect(chains.configurations == expected) }
    for _ in 0..<4 {
      reference.sweep()
      let expected = Array(reference.states.prefix(count).joined())
      for chains in all {
        chains.sweep()
        #expect(chains.configurations == expected)
      }
    }
    var row: [Double] = []
    all[0].measure(into: &row)
    #expect(row.count == count * all[0].observables.count)
    for chain in 0..<count {
      let model = models[models.count > 1 ? chain : 0]
      let states = reference.states[chain]
      let energy = model.energy(of: states.span) / Double(model.siteCount)
      expectClose(row[chain * all[0].observables.count], energy, absolute: 1e-12)
    }
  }

  /// Configurations of small systems come as often as their weights say; chains are independent, so the counts
  /// of all 512 after a long burn-in are multinomial.
  @Test(arguments: [
    DiscreteCase(kind: .ising, cell: .square, sides: [3, 3], beta: 0.3),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 3], fields: [0.2, -0.7, 1], beta: 0.5),
    DiscreteCase(
      kind: .ising, cell: .triangular, sides: [3, 3], couplings: .cycle([1, -1, 1]), beta: 0.3),
    DiscreteCase(kind: .potts(3), cell: .square, sides: [2, 3], beta: 0.4),
    DiscreteCase(
      kind: .potts(4), cell: .square, sides: [2, 2], couplings: .uniform(-1), beta: 0.4),
    DiscreteCase(kind: .blumeCapel(0.5), cell: .square, sides: [2, 3], beta: 0.6),
  ])
  func configurationsHaveBoltzmannsWeights(_ system: DiscreteCase) throws {
    let model = try system.model
    let probabilities = Self.probabilities(model, beta: system.beta)
    let seed = Seed.test(system.testDescription)
    try expectPlausible(seed: seed) { seed, effort in
      try Self.chiSquare(model, beta: system.beta, probabilities, seed, runs: 50 * effort)
    }
    // A temperature that is off by a tenth is seen.
    let biased = try Self.chiSquare(
      model, beta: 1.1 * system.beta, probabilities, seed.child("biased"), runs: 100)
    #expect(biased < screeningLevel)
  }

  private static func probabilities(_ model: DiscreteModel, beta: Double) -> [Double] {
    let weights = (0..<configurationCount(model)).map { number in
      let states = states(number, model)
      return exp(-beta * model.energy(of: states.span))
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private static func configurationCount(_ model: DiscreteModel) -> Int {
    (0..<model.siteCount).reduce(1) { count, _ in count * model.stateCount }
  }

  private static func states(_ number: Int, _ model: DiscreteModel) -> [UInt8] {
    var rest = number
    return (0..<model.siteCount).map { _ in
      defer { rest /= model.stateCount }
      return UInt8(rest % model.stateCount)
    }
  }

  private static func chiSquare(
    _ model: DiscreteModel, beta: Double, _ probabilities: [Double], _ seed: Seed,
    runs: Int
  ) throws -> Double {
    var counts = [Double](repeating: 0, count: probabilities.count)
    for run in 0..<runs {
      let chains = try PackedChains(
        model: model, count: 512, beta: beta, seed: seed.child("run", run))
      chains.sweep(100)
      let all = chains.configurations
      for chain in 0..<512 {
        let states = all[chain * model.siteCount..<(chain + 1) * model.siteCount]
        counts[states.reversed().reduce(0) { $0 * model.stateCount + Int($1) }] += 1
      }
    }
    return chiSquareProbability(
      counts, expected: probabilities.map { $0 * 512 * Double(runs) })
  }

  @Test func aCheckpointIsTakenUpBitForBit() throws {
    let model = try DiscreteModel.potts(Lattice(.square, sides: [6, 6]), states: 3)
    func chains() throws -> PackedChains {
      try PackedChains(model: model, count: 100, beta: 0.9, seed: .test())
    }
    let (whole, stopped, resumed) = try (chains(), chains(), chains())
    whole.sweep(30)
    stopped.sweep(17)
    var writer = StateWriter()
    stopped.save(to: &writer)
    var reader = StateReader(writer.bytes)
    try resumed.restore(from: &reader)
    resumed.sweep(13)
    #expect(resumed.configurations == whole.configurations)
    #expect(resumed.acceptanceRate == whole.acceptanceRate && whole.acceptanceRate! > 0)
    var strange = StateReader([1, 2, 3])
    #expect(throws: InputError.self) { try resumed.restore(from: &strange) }
  }

  @Test func aRunnerGivesEveryChainItsRecords() throws {
    let model = try DiscreteModel.ising(Lattice(.square, sides: [4, 4]))
    let groups = try [70, 3].map {
      try PackedChains(model: model, count: $0, beta: 0.4, seed: Seed.test($0))
    }
    let runner = ChainRunner(
      chains: groups, lengths: .init(sweeps: 6, burnIn: 2, measureEvery: 2, snapshotEvery: 3))
    runner.advance(pool: WorkerPool(threadCount: 2))
    #expect(runner.chainCount == 73 && runner.sweepsMade == 73 * 6 && runner.isComplete)
    let last = groups.flatMap { Array($0.configurations.map { 2 * Int8($0) - 1 }) }
    let snapshots = runner.takeSnapshots()
    #expect(snapshots.map(\.count) == [Int](repeating: 32, count: 73))
    #expect(Array(snapshots.map { $0.suffix(16) }.joined()) == last)
    let energies = runner.recording[.energyPerSite]!.chains
    let rows = runner.takeRows()
    let width = runner.observables.count
    for chain in 0..<73 {
      #expect(rows[chain].count == 3 * width)
      let configuration = snapshots[chain].suffix(16).map { UInt8(($0 + 1) / 2) }
      #expect(energies[chain][2] == model.energy(of: configuration.span) / 16)
    }
    #expect(runner.takeRows() == [[Double]](repeating: [], count: 73))
  }

  @Test func whatCannotBePackedIsRefusedWithTheReason() throws {
    let square = try Lattice(.square, sides: [4, 4])
    let uneven = square.bonds.indices.map { $0 % 2 == 0 ? 1.0 : 2.0 }
    let cases: [(DiscreteModel, String)] = try [
      (.potts(square, states: 5), "3 or 4 states"), (.clock(square, states: 3), "Ising, Potts"),
      (.ising(square, couplings: uneven), "one strength"),
      (.potts(square, states: 3, field: 0.1), "without a field"),
      (.ising(.complete(siteCount: 17)), "up to 15 bonds"),
    ]
    for (model, words) in cases {
      let reason = PackedChains.refusal(of: model) ?? ""
      #expect(reason.contains(words), "\(reason)")
    }
    let (ising, potts) = try (DiscreteModel.ising(square), DiscreteModel.potts(square, states: 3))
    #expect(PackedChains.refusal(of: ising) == nil)
    let strong = try DiscreteModel.ising(square, coupling: 2)
    #expect(throws: InputError.self) {
      try PackedChains(model: ising, count: 513, beta: 1, seed: .test())
    }
    #expect(throws: InputError.self) {
      try PackedChains(models: [potts], beta: 1, randomBits: .shared, seed: .test())
    }
    #expect(throws: InputError.self) {
      try PackedChains(models: [ising, strong], beta: 1, seed: .test())
    }
  }
}
