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

@Suite struct PackedBlocksTruthTests {
  /// Configurations of small systems in few blocks come as often as their weights say: each count is of a run of
  /// its own, from a random start.
  @Test(arguments: [
    (DiscreteCase(kind: .ising, cell: .square, sides: [4, 2], beta: 0.3), [2, 1]),
    (
      DiscreteCase(
        kind: .ising, cell: .square, sides: [4, 2], fields: [0.2, -0.7, 1, 0.1], beta: 0.4), [2, 1]
    ),
    (
      DiscreteCase(
        kind: .ising, cell: .triangular, sides: [2, 4], couplings: .cycle([1, -1, 1]), beta: 0.3),
      [1, 2]
    ),
    (DiscreteCase(kind: .ising, cell: .honeycomb, sides: [4, 1], beta: 0.5), [2, 1]),
    (DiscreteCase(kind: .ising, cell: .square, sides: [4, 4], beta: 0.3), [2, 2]),
    (DiscreteCase(kind: .ising, sides: [9], couplings: .uniform(-1), beta: 0.4), [3]),
    (DiscreteCase(kind: .potts(3), sides: [6], beta: 0.7), [3]),
    (DiscreteCase(kind: .potts(3), cell: .square, sides: [4, 2], beta: 0.4), [2, 1]),
    (DiscreteCase(kind: .potts(4), sides: [6], couplings: .uniform(-1), beta: 0.6), [2]),
    (DiscreteCase(kind: .blumeCapel(0.5), sides: [6], beta: 0.7), [3]),
    (DiscreteCase(kind: .blumeCapel(0.5), cell: .square, sides: [2, 4], beta: 0.4), [1, 2]),
  ])
  func configurationsHaveBoltzmannsWeights(_ system: DiscreteCase, _ blocks: [Int]) throws {
    let model = try system.model
    let grid = LaneGrid(
      sides: system.sides, blocks: blocks, basisCount: system.cell.basis.count)
    let exact = try Distribution(model, beta: system.beta)
    let seed = Seed.test(system.testDescription)
    try expectPlausible(seed: seed) { seed, effort in
      try exact.probability(
        ofRuns: 20_000 * effort, beta: system.beta, grid: grid, seed: seed)
    }
    // A temperature that is off by a tenth is seen.
    let biased = try exact.probability(
      ofRuns: 40_000, beta: 1.1 * system.beta, grid: grid, seed: seed.child("biased"))
    #expect(biased < screeningLevel)
  }

  /// Configurations where there are few, else their energies and how many sites are in state 1.
  private struct Distribution {
    private struct Kind: Hashable {
      var energy: Int
      var ones: Int
    }

    let model: DiscreteModel
    private var bins: [Kind: Int] = [:]
    private var probabilities: [Double] = []
    private let binOfConfiguration: [Int]

    init(_ model: DiscreteModel, beta: Double) throws {
      self.model = model
      let count = (0..<model.siteCount).reduce(1) { count, _ in count * model.stateCount }
      var bins: [Kind: Int] = [:]
      var numbers: [Int] = []
      var weights: [Double] = []
      for number in 0..<count {
        var rest = number
        let states = (0..<model.siteCount).map { _ in
          defer { rest /= model.stateCount }
          return UInt8(rest % model.stateCount)
        }
        let energy = model.energy(of: states.span)
        let kind =
          count <= 1000
          ? Kind(energy: number, ones: 0)
          : Kind(energy: Int((1e6 * energy).rounded()), ones: states.count { $0 == 1 })
        if bins[kind] == nil {
          bins[kind] = weights.count
          weights.append(0)
        }
        weights[bins[kind]!] += exp(-beta * energy)
        numbers.append(bins[kind]!)
      }
      let sum = weights.reduce(0, +)
      probabilities = weights.map { $0 / sum }
      binOfConfiguration = numbers
    }

    func probability(ofRuns runs: Int, beta: Double, grid: LaneGrid, seed: Seed) throws -> Double {
      let storage = DiscreteStorage(
        model: model, start: [UInt8](repeating: 0, count: model.siteCount))
      let engine = try #require(
        BlockDiscrete(storage: storage, beta: beta, seed: seed.child("updates"), grid: grid))
      var rng = seed.child("starts").makeStream()
      var counts = [Double](repeating: 0, count: probabilities.count)
      for _ in 0..<runs {
        storage.load((0..<model.siteCount).map { _ in UInt8(rng.index(below: model.stateCount)) })
        engine.readStates()
        engine.sweep(60)
        engine.writeStates()
        let number = storage.configuration.reversed().reduce(0) {
          $0 * model.stateCount + Int($1)
        }
        counts[binOfConfiguration[number]] += 1
      }
      return chiSquareProbability(counts, expected: probabilities.map { $0 * Double(runs) })
    }
  }

  @Test(arguments: [1 / 2.6, 0.42])
  func oddIsingLatticesAgreeWithKaufman(_ beta: Double) throws {
    let exact = try KaufmanTorus(rows: 21, columns: 33).energyPerSite(beta: beta)
    func energy(_ beta: Double, _ seed: Seed, _ effort: Int) throws -> Estimate {
      let chain = try IsingChain(
        model: IsingModel(sides: [21, 33]), beta: beta, update: .metropolis, seed: seed)
      #expect(chain.algorithm.contains("7x11 blocks"))
      chain.burnIn(500)
      let runner = ChainRunner(
        chains: [chain], lengths: .init(sweeps: 100_000 * effort, burnIn: 0, measureEvery: 10))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return runner.recording[.energyPerSite]!.estimate()
    }
    try expectAgreement(with: exact, seed: .test(beta), minimalBias: 0.01) {
      try energy(beta, $0, $1)
    }
    try expectDisagreement(with: exact, seed: .test(beta, "biased")) {
      try energy(1.01 * beta, $0, $1)
    }
  }

  /// The loops of any lattice, which have their own tests, find the same energy.
  @Test(arguments: [
    DiscreteCase(kind: .potts(3), cell: .square, sides: [32, 32], beta: 0.9),
    DiscreteCase(kind: .potts(4), cell: .honeycomb, sides: [16, 16], beta: 1.2),
    DiscreteCase(kind: .blumeCapel(0.5), cell: .square, sides: [30, 30], beta: 0.7),
    DiscreteCase(kind: .ising, cell: .triangular, sides: [24, 24], fields: [0.3], beta: 0.2),
    DiscreteCase(
      kind: .ising, cell: .cubic, sides: [8, 8, 8], couplings: .cycle([1, -1, -1, 1, -1]), beta: 0.5
    ),
    DiscreteCase(kind: .ising, cell: .cubic, sides: [10, 10, 20], beta: 0.2),
  ])
  func energiesAreThoseSiteBySite(_ system: DiscreteCase) throws {
    let model = try system.model
    try expectAgreement(with: 0, seed: .test(system.testDescription), minimalBias: 0.015) {
      seed, effort in
      let start = DiscreteStart(model, beta: system.beta).configuration(seed: seed.child("start"))
      let storages = (0..<2).map { _ in DiscreteStorage(model: model, start: start) }
      let blocks = try #require(
        BlockDiscrete(storage: storages[0], beta: system.beta, seed: seed.child("blocks")))
      let sites = LocalDiscrete(
        storage: storages[1], beta: system.beta, isHeatBath: false, order: .sequential,
        using: seed.child("sites").makeStream())
      var recording = Recording(observables: [.energyPerSite], chainCount: 1, spacing: 5)
      for sweep in 0..<30_000 * effort {
        blocks.sweep(1)
        sites.sweep(1)
        guard sweep % 5 == 4, sweep >= 500 else { continue }
        blocks.writeStates()
        recording.append(
          [(storages[0].energy() - storages[1].energy()) / Double(model.siteCount)], chain: 0)
      }
      return recording[.energyPerSite]!.estimate()
    }
  }

  /// The state between sweeps is all there is, and what the loops of any lattice left behind is refused.
  @Test func checkpointsOfChainsAreTakenUpBitForBit() throws {
    let model = try DiscreteModel.potts(Lattice(.square, sides: [42, 42]), states: 3)
    func chain() throws -> DiscreteChain {
      try DiscreteChain(model: model, beta: 0.9, update: .metropolis, seed: .test())
    }
    let (whole, stopped, resumed) = try (chain(), chain(), chain())
    #expect(whole.algorithm.contains("21x21 blocks"))
    whole.sweep(30)
    stopped.sweep(17)
    _ = stopped.energy
    var writer = StateWriter()
    stopped.save(to: &writer)
    var reader = StateReader(writer.bytes)
    try resumed.restore(from: &reader)
    #expect(reader.isAtEnd)
    resumed.sweep(13)
    #expect(resumed.configuration == whole.configuration)
    #expect(
      resumed.energy == whole.energy && whole.energy == model.energy(of: whole.configuration.span))
    #expect(resumed.acceptanceRate == whole.acceptanceRate && whole.acceptanceRate! > 0)
    #expect(resumed.updateCount == whole.updateCount)
    whole.load(stopped.configuration)
    #expect(whole.energy == stopped.energy && whole.configuration == stopped.configuration)
    whole.copyConfiguration(from: resumed)
    #expect(whole.energy == resumed.energy && whole.configuration == resumed.configuration)
    var former = StateWriter()
    former.write("discrete/1")
    former.write("metropolis")
    var old = StateReader(former.bytes)
    let error = #expect(throws: InputError.self) { try resumed.restore(from: &old) }
    #expect(error!.message.contains("begin the run anew"))
    let ising = try IsingChain(
      model: IsingModel(sides: [63, 63]), beta: 0.4, update: .metropolis, seed: .test())
    former = StateWriter()
    former.write("ising/1")
    former.write("metropolis, site by site, acceptance 15/16 min(1, exp(-beta dE))")
    old = StateReader(former.bytes)
    let other = #expect(throws: InputError.self) { try ising.restore(from: &old) }
    #expect(other!.message.contains("begin the run anew"))
  }
}
