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

/// Tiny models whose transition matrices are computed from the code that runs.
struct TinyModel: CustomTestStringConvertible, Sendable {
  let name: String
  var width: Double?
  let make: @Sendable () throws -> DiscreteModel
  var testDescription: String { name }

  private static func chain(_ side: Int) throws -> Lattice {
    try Lattice(.chain, sides: [side])
  }

  static let all = [
    TinyModel(name: "ising ring of 3") { try .ising(chain(3)) },
    TinyModel(name: "ising ring of 4, J=-1") { try .ising(chain(4), coupling: -1) },
    TinyModel(name: "ising ring of 2, a site alone") { try .ising(chain(2), field: 0.5) },
    TinyModel(name: "ising 1 site") { try .ising(chain(1), field: 0.5) },
    TinyModel(name: "ising mixed signs") {
      try .ising(chain(4), couplings: [1, -1, 1, 2], fields: [0.5, 0, -0.5, 0])
    },
    TinyModel(name: "ising real", width: 0.4) {
      try .ising(chain(4), couplings: [0.31, -1.2, 0.77, 0.05])
    },
    TinyModel(name: "potts q=3") { try .potts(chain(3), states: 3) },
    TinyModel(name: "clock q=5", width: 0.3) { try .clock(chain(2), states: 5) },
    TinyModel(name: "blume-capel") { try .blumeCapel(chain(3), coupling: -1, crystalField: 0.5) },
  ]
}

@Suite struct MulticanonicalTests {
  /// Every outcome of an attempt from every configuration: exp(-w) stays as it is.
  @Test(arguments: TinyModel.all)
  func anAttemptLeavesTheWeightsInvariantAndReachesEverything(_ tiny: TinyModel) throws {
    let model = try tiny.make()
    let bins = try EnergyBins(of: model, width: tiny.width)
    var rng = Seed.test(tiny.name).makeStream()
    let weights = (0..<bins.count).map { _ in 2 * rng.uniform() }
    let walker = try FlatWalker(model: model, bins: bins, seed: .test(tiny.name))
    for (bin, value) in weights.enumerated() { walker.logDensity[bin] = value }
    let (sites, q) = (model.siteCount, model.stateCount)
    let count = (0..<sites).reduce(1) { product, _ in product * q }
    func configuration(_ index: Int) -> [UInt8] {
      var rest = index
      return (0..<sites).map { _ in
        defer { rest /= q }
        return UInt8(rest % q)
      }
    }
    let gains = weights.flatMap { one in weights.map { one - $0 } }.filter { $0 < 0 }
    let acceptance = wordsAround(
      thresholds: gains.map { UInt64((exp($0) * 0x1p53).rounded(.up)) << 11 })
    let choices = wordsOfIndex(below: sites * (q - 1))
    var matrix = TransitionMatrix(count: count)
    for from in 0..<count {
      explore(alphabet: { $0 == 0 ? choices : acceptance }) { generator in
        walker.load(configuration(from))
        walker.walk(1, adding: 0, using: &generator)
      } found: { weight in
        let to = walker.storage.configuration.reversed().reduce(0) { $0 * q + Int($1) }
        matrix[from, to] += weight
      }
    }
    let stationary = (0..<count).map { index in
      let states = configuration(index)
      return exp(-weights[bins.bin(of: model.energy(of: states.span))!])
    }
    #expect(matrix.rowError < 1e-12)
    #expect(matrix.invarianceError(of: stationary) < 1e-12)
    #expect(matrix.times(matrix).isPrimitive || count == 2)
    let wrong = stationary.enumerated().map { $0 == 0 ? 1.01 * $1 : $1 }
    #expect(matrix.invarianceError(of: wrong) > 1e-4)
  }

  private static func run(
    _ model: DiscreteModel, weights: FlatWeights, sweeps: Int, seed: Seed, chains: Int = 4
  ) throws -> ChainRunner {
    let chains = try (0..<chains).map {
      try MulticanonicalChain(model: model, weights: weights, seed: seed.child("chain", $0))
    }
    let runner = ChainRunner(chains: chains, lengths: .init(sweeps: sweeps, burnIn: 100))
    runner.advance(pool: WorkerPool(threadCount: 1))
    return runner
  }

  private static func weights(_ model: DiscreteModel, width: Double?, seed: Seed) throws
    -> FlatWeights
  {
    var plan = WangLandauPlan()
    plan.finalLogFactor = 1e-3
    plan.binWidth = width
    let walk = try WangLandau(model: model, plan: plan, seed: seed)
    walk.run()
    return FlatWeights(try walk.densityOfStates())
  }

  @Test(arguments: SmallModel.all, [0.2, 0.6, 1.2])
  func reweightedEnergiesAgreeWithEnumeration(_ small: SmallModel, beta: Double) throws {
    let model = try small.make()
    let exact = try Enumeration(of: model)
    let width = small.name.hasPrefix("Gaussian") ? 0.7 : nil
    let seed = Seed.test(small.name, beta)
    let weights = try Self.weights(model, width: width, seed: seed.child("weights"))
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: seed, minimalBias: 0.15
    ) { seed, effort in
      let runner = try Self.run(model, weights: weights, sweeps: 3000 * effort, seed: seed)
      let state = weights.sampledState(runner.recording, siteCount: model.siteCount)
      let values = try Reweighting([state]).values(at: [beta]) { $0.energy }
      let total = values.estimates[0]
      return Estimate(
        total.value / Double(model.siteCount), error: total.error / Double(model.siteCount),
        degreesOfFreedom: total.degreesOfFreedom)
    }
  }

  @Test func theHistogramIsFlatAndTunnels() throws {
    let model = try DiscreteModel.potts(SmallModel.square(6), states: 10)
    let weights = try Self.weights(model, width: nil, seed: .test())
    let runner = try Self.run(model, weights: weights, sweeps: 40_000, seed: .test(), chains: 1)
    let chain = try #require(runner.chains[0] as? MulticanonicalChain)
    let histogram = chain.histogram
    let visited = histogram.filter { $0 > 0 }
    // All levels but four next to the ground state (-72) and one near zero exist.
    #expect(visited.count >= 65)
    #expect(Double(visited.min()!) > 0.2 * Double(visited.reduce(0, +)) / Double(visited.count))
    #expect(chain.tunnellingCount > 20)
    let rate = try #require(chain.acceptanceRate)
    #expect(rate > 0.05 && rate < 0.95)
  }

  @Test func weightsCanBeIterated() throws {
    let model = try DiscreteModel.ising(SmallModel.square(4))
    let bins = try EnergyBins(of: model)
    let weights = try FlatWeights.iterated(
      model: model, bins: bins, rounds: 12, sweeps: 1000, seed: .test())
    let chain = try MulticanonicalChain(model: model, weights: weights, seed: .test())
    chain.burnIn(100)
    chain.sweep(20_000)
    let visited = chain.histogram.filter { $0 > 0 }
    #expect(visited.count == 15)
    #expect(Double(visited.min()!) > 0.4 * Double(visited.reduce(0, +)) / 15)
  }

  @Test(arguments: [false, true])
  func resumesBitForBit(isReal: Bool) throws {
    let model = try SmallModel.frustrated(gaussian: isReal)
    let bins = try EnergyBins(of: model, width: isReal ? 0.7 : nil)
    let weights = FlatWeights.canonical(beta: 0.3, bins: bins)
    func fresh() throws -> MulticanonicalChain {
      try MulticanonicalChain(model: model, weights: weights, seed: .test(isReal))
    }
    let whole = try fresh()
    whole.sweep(200)
    let first = try fresh()
    first.sweep(77)
    var writer = StateWriter()
    first.save(to: &writer)
    let second = try fresh()
    var reader = StateReader(writer.bytes)
    try second.restore(from: &reader)
    #expect(reader.isAtEnd)
    second.sweep(123)
    var (one, other) = (StateWriter(), StateWriter())
    whole.save(to: &one)
    second.save(to: &other)
    #expect(one.bytes == other.bytes)
    #expect(second.energy == whole.energy)
  }

  /// Canonical weights are the ordinary Metropolis algorithm.
  @Test func canonicalWeightsGiveTheCanonicalEnsemble() throws {
    let model = try DiscreteModel.ising(SmallModel.square(3), coupling: -1, field: 0.5)
    let exact = try Enumeration(of: model)
    let weights = FlatWeights.canonical(beta: 0.4, bins: try EnergyBins(of: model))
    try expectAgreement(
      with: exact.energyPerSite(beta: 0.4), seed: .test(), minimalBias: 0.05
    ) { seed, effort in
      try Self.run(model, weights: weights, sweeps: 5000 * effort, seed: seed)
        .recording[.energyPerSite]!.estimate()
    }
    // The fault is found: weights of another temperature.
    let wrong = FlatWeights.canonical(beta: 0.42, bins: try EnergyBins(of: model))
    try expectDisagreement(
      with: exact.energyPerSite(beta: 0.4), seed: .test()
    ) { seed, effort in
      try Self.run(model, weights: wrong, sweeps: 10_000 * effort, seed: seed)
        .recording[.energyPerSite]!.estimate()
    }
  }

  @Test func gapsInWeightsAreFilled() throws {
    let bins = try EnergyBins(of: .potts(SmallModel.square(2), states: 2))
    #expect(bins.count == 9)
    let density = MeasuredDensityOfStates(
      bins: bins, siteCount: 4,
      logCounts: [[-.infinity, 1, -.infinity, -.infinity, 4, 5, -.infinity, 5, -.infinity]],
      logTotal: nil, flatness: 1)
    let filled = FlatWeights(density).logDensities
    let expected = [1.0, 1, 2, 3, 4, 5, 5, 5, 5]
    for (one, other) in zip(filled, expected) {
      expectClose(one - filled[1], other - 1, absolute: 1e-12)
    }
    #expect(FlatWeights(density).knownBins == 1...7)
    #expect(FlatWeights(density).logWeight(100) == -.infinity)
    #expect(throws: InputError.self) {
      try FlatWeights(bins: bins, logDensities: [.nan] + [Double](repeating: 0, count: 8))
    }
  }
}

extension FlatWalker {
  /// Puts the walker at a configuration.
  fileprivate func load(_ configuration: [UInt8]) {
    storage.load(configuration)
    resetEnergy()
  }
}
