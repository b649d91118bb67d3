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

@Suite struct MultibondicTests {
  private static func ring(_ sites: Int, states: Int) throws -> DiscreteModel {
    try .potts(Lattice(.chain, sides: [sites]), states: states)
  }

  /// Every outcome of a pass from every pair of spins and joined bonds: the weights stay as they are.
  @Test(arguments: [2, 3])
  func aPassLeavesTheWeightsInvariant(states: Int) throws {
    let model = try Self.ring(3, states: states)
    let storage = DiscreteStorage(model: model, start: model.states(0))
    let engine = SwendsenWangDiscrete(storage: storage, beta: 0, using: Seed.test().makeStream())
    let bonds = JoinedBonds(bondCount: 3)
    let logWeights = [0, 0.8, -0.4, 1.1]
    bonds.setWeights(logWeights)
    let spins = (0..<3).reduce(1) { product, _ in product * states }
    func load(_ index: Int) {
      var rest = index / 8
      for site in 0..<3 {
        storage.states[site] = UInt8(rest % states)
        rest /= states
      }
      for bond in 0..<3 { bonds.isJoined[bond] = UInt8(index >> bond & 1) }
      bonds.count = (index % 8).nonzeroBitCount
    }
    func isAllowed() -> Bool {
      (0..<3).allSatisfy { bond in
        bonds.isJoined[bond] == 0
          || storage.states[Int(storage.high[bond])] == storage.states[Int(storage.low[bond])]
      }
    }
    let allowed = (0..<(8 * spins)).filter {
      load($0)
      return isAllowed()
    }
    // A word decides on bonds by its upper half, and on states by where in q equal parts it lies. The first words of
    // the parts may be refused and drawn anew: others stand for them.
    let parts = (1..<states).map { UInt64.max / UInt64(states) * UInt64($0) + UInt64(states) }
    let words = wordsAround(thresholds: (0..<3).map { UInt64(bonds.chances[$0]) << 32 } + parts)
      .map { WeightedWord(word: $0.word + 1000, weight: $0.weight) }
    var matrix = TransitionMatrix(count: allowed.count)
    for (from, start) in allowed.enumerated() {
      explore(alphabet: always(words)) { generator in
        load(start)
        engine.pass(bonds, using: &generator)
      } found: { weight in
        let spins = (0..<3).reversed().reduce(0) { $0 * states + Int(storage.states[$1]) }
        let joined = (0..<3).reduce(0) { $0 | Int(bonds.isJoined[$1]) << $1 }
        #expect(bonds.count == joined.nonzeroBitCount)
        matrix[from, allowed.firstIndex(of: 8 * spins + joined)!] += weight
      }
    }
    let stationary = allowed.map { exp(logWeights[($0 % 8).nonzeroBitCount]) }
    #expect(matrix.rowError < 1e-12)
    // Chances are rounded to 32 bits.
    #expect(matrix.invarianceError(of: stationary) < 1e-8)
    #expect(matrix.isPrimitive)
    let wrong = stationary.enumerated().map { $0 == 0 ? 1.01 * $1 : $1 }
    #expect(matrix.invarianceError(of: wrong) > 1e-4)
  }

  /// At one temperature the sum over bonds is Boltzmann's weight: sum (n over B) v^B = (1 + v)^n.
  @Test func canonicalWeightsAreBoltzmanns() throws {
    let model = try DiscreteModel.clock(SmallModel.square(6), states: 3, coupling: 0.7)
    let weights = try BondWeights(model: model, between: -60 ... -30, beta: 1.3)
    expectClose(weights.gap, 1.05, relative: 1e-12)
    expectClose(weights.highestEnergy, 0.35 * 72, relative: 1e-12)
    let logs = weights.logSpinWeights
    #expect(logs.count == 73)
    for (equal, value) in logs.enumerated() {
      expectClose(value, 1.3 * 1.05 * Double(equal), absolute: 1e-10)
    }
  }

  /// Weights far from canonical, reweighted: the energies of enumeration.
  @Test(arguments: [("ising", 0.5), ("potts", 0.9), ("clock", 0.4)])
  func reweightedEnergiesAgreeWithEnumeration(name: String, beta: Double) throws {
    let lattice = try Lattice(.hypercubic(2), sides: [2, 3])
    let model: DiscreteModel =
      switch name {
      case "ising": try .ising(lattice)
      case "potts": try .potts(lattice, states: 4)
      default: try .clock(lattice, states: 3, coupling: 2)
      }
    let exact = try Enumeration(of: model).energyPerSite(beta: beta)
    let bounds = DiscreteStorage(model: model, start: model.states(0)).energyBounds
    var weights = try BondWeights(model: model, between: bounds, beta: beta)
    var rng = Seed.test(name).makeStream()
    for part in weights.slopes.indices { weights.slopes[part] += 0.8 * (rng.uniform() - 0.5) }
    let bent = weights
    try expectAgreement(with: exact, seed: .test(name), minimalBias: 0.15) { seed, effort in
      let chains = try (0..<2).map {
        try MultibondicChain(model: model, weights: bent, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(chains: chains, lengths: .init(sweeps: 5000 * effort, burnIn: 50))
      runner.advance(pool: WorkerPool(threadCount: 1))
      let energy = try #require(runner.recording[.energyPerSite]).map { $0 * 6 }
      let value = try Reweighting([bent.sampledState(energy: energy)]).values(at: [beta]) {
        $0.energy
      }.estimates[0]
      return Estimate(
        value.value / 6, error: value.error / 6, degreesOfFreedom: value.degreesOfFreedom)
    }
  }

  /// From canonical weights to flat ones, which walk between the phases.
  @Test func theSearchEndsWithFlatWeights() throws {
    let model = try DiscreteModel.potts(SmallModel.square(12), states: 10)
    let beta = log(1 + 10.0.squareRoot())
    let canonical = try BondWeights(model: model, between: -245 ... -120, beta: beta)
    let chains = try (0..<2).map {
      try MultibondicChain(model: model, weights: canonical, seed: .test("chain", $0))
    }
    var search = BondWeightSearch(canonical)
    search.run(chains, sweeps: 40_000, pool: WorkerPool(threadCount: 1))
    #expect(search.isFinished)
    #expect(chains[0].weights == search.weights)
    chains[0].burnIn(100)
    chains[0].sweep(20_000)
    let range = search.weights.flatRange
    let inside = chains[0].histogram[range].map(Double.init)
    #expect(inside.min()! > 0.25 * inside.max()!)
    #expect(chains[0].tunnellingCount > 15)
  }

  /// Visits that flat weights would not have: one step gives the weights that make them flat.
  @Test func oneStepOfTheRecursionFlattensExactVisits() throws {
    let model = try DiscreteModel.potts(SmallModel.square(16), states: 10)
    var search = BondWeightSearch(
      try BondWeights(model: model, between: -440 ... -220, beta: 1.42))
    let range = search.weights.flatRange
    let centre = Double(range.lowerBound + range.upperBound) / 2
    let slope = search.weights.outerSlope
    func logDensity(_ joined: Int) -> Double {
      let distance = (Double(joined) - centre) / 40
      return 8 - slope * Double(joined) + distance * distance
    }
    let before = search.weights.logWeights
    let visits = before.indices.map { joined -> Int in
      let shifted =
        before[joined] - before[range.lowerBound] + logDensity(joined)
        - logDensity(range.lowerBound)
      return abs(Double(joined) - centre) < 100 ? Int(1e9 * exp(shifted)) : 0
    }
    search.correct(by: [visits])
    let after = search.weights.logWeights
    let levels = range.map { after[$0] + logDensity($0) }
    #expect(levels.max()! - levels.min()! < 0.3, "\(levels.max()! - levels.min()!)")
  }

  @Test func resumesBitForBit() throws {
    let model = try DiscreteModel.potts(SmallModel.square(4), states: 5)
    var weights = try BondWeights(model: model, between: -28 ... -10, beta: 1.17)
    weights.slopes[7] += 0.1
    func fresh(_ weights: BondWeights) throws -> MultibondicChain {
      try MultibondicChain(model: model, weights: weights, seed: .test())
    }
    let whole = try fresh(weights)
    whole.sweep(50)
    let first = try fresh(weights)
    first.sweep(20)
    var writer = StateWriter()
    first.save(to: &writer)
    weights.slopes[7] = 0
    let second = try fresh(weights)
    var reader = StateReader(writer.bytes)
    try second.restore(from: &reader)
    #expect(reader.isAtEnd)
    second.sweep(30)
    var (one, other) = (StateWriter(), StateWriter())
    whole.save(to: &one)
    second.save(to: &other)
    #expect(one.bytes == other.bytes)
  }

  @Test func othersThanPottsFerromagnetsAreRefused() throws {
    let square = try SmallModel.square(3)
    for model in [
      try DiscreteModel.ising(square, coupling: -1), try .ising(square, field: 0.1),
      try .clock(square, states: 5), try .blumeCapel(square, crystalField: 0.1),
    ] {
      #expect(throws: InputError.self) {
        try BondWeights(model: model, between: -5...0, beta: 0.5)
      }
    }
  }
}
