import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
import LandauTestSupport
import Testing

@Suite struct EffectiveActionTests {
  private static func shells(_ side: Int, reach: Int = 3) throws -> DistanceShells {
    DistanceShells(try HypercubicLattice(sides: [side, side]), reach: reach)
  }

  private static func spins(_ count: Int, _ name: String) -> [SIMD3<Double>] {
    var rng = Seed.test(name).makeStream()
    return (0..<count).map { _ in direction(using: &rng) }
  }

  private static func direction(using rng: inout RandomStream) -> SIMD3<Double> {
    let vector = SIMD3(rng.normal(), rng.normal(), rng.normal())
    return vector / (vector * vector).sum().squareRoot()
  }

  /// Two layers with weights of order one: far from the linear model.
  private static func attention(_ shells: DistanceShells) -> AttentionAction {
    var rng = Seed.test("weights").makeStream()
    func weights() -> [Double] { (0..<6).map { _ in rng.normal() } }
    return AttentionAction(
      shells,
      layers: (0..<2).map { _ in .init(query: weights(), key: weights(), value: weights()) },
      attendedShells: 6, couplings: (0..<9).map { _ in 0.3 * rng.normal() }, constant: 0.7)
  }

  private static func pairs(_ shells: DistanceShells) -> PairAction {
    PairAction(
      shells, couplings: [0.3, -0.2, 0.1], biquadratic: [0.15, 0, -0.4, 0.2], constant: -2)
  }

  /// Costs are differences of actions, whatever was accepted before: rounding of some hundred terms.
  private static func expectConsistent(_ effective: some EffectiveAction, _ name: String) {
    let walker = effective.walker(at: spins(effective.siteCount, name))
    var rng = Seed.test(name).makeStream()
    var kept = 0
    for _ in 0..<100 {
      let site = rng.index(below: effective.siteCount)
      let new = direction(using: &rng)
      let before = walker.spins
      let cost = walker.cost(of: new, at: site)
      #expect(walker.spins == before)
      var after = before
      after[site] = new
      let difference = effective.action(of: after) - effective.action(of: before)
      #expect(abs(cost - difference) < 1e-11)
      if rng.uniform() < 0.5 {
        walker.accept()
        kept += 1
        #expect(walker.spins == after)
        #expect(abs(walker.action - effective.action(of: after)) < 1e-11)
      }
    }
    #expect(kept > 20)
  }

  @Test(arguments: [4, 6]) func `Costs are differences of actions`(_ side: Int) throws {
    Self.expectConsistent(Self.pairs(try Self.shells(side)), "pairs\(side)")
    Self.expectConsistent(Self.attention(try Self.shells(side)), "attention\(side)")
  }

  @Test func `Without layers attention is pairs`() throws {
    let shells = try Self.shells(6)
    let couplings = [0.3, -0.2, 0.1, 0.05]
    let spins = Self.spins(36, "linear")
    let attention = AttentionAction(
      shells, layers: [], attendedShells: 1, couplings: couplings, constant: 3)
    let pairs = PairAction(shells, couplings: couplings, constant: 3)
    #expect(abs(attention.action(of: spins) - pairs.action(of: spins)) < 1e-12)
    // Bond by bond for nearest neighbours.
    var energy = 0.0
    for bond in try Lattice(shells.lattice).bonds {
      energy -= 0.3 * (spins[Int(bond.source)] * spins[Int(bond.target)]).sum()
    }
    let nearest = PairAction(shells, couplings: [0.3])
    #expect(abs(nearest.action(of: spins) - energy) < 1e-12)
  }

  @Test func `Rotations, mirrors and translations change nothing`() throws {
    let shells = try Self.shells(6)
    let effective = Self.attention(shells)
    let spins = Self.spins(36, "symmetric")
    let own = effective.action(of: spins)
    let turned = spins.map { -SIMD3(0.6 * $0.y - 0.8 * $0.z, 0.8 * $0.y + 0.6 * $0.z, $0.x) }
    var (moved, mirrored) = (spins, spins)
    for site in 0..<36 {
      let (row, column) = (site / 6, site % 6)
      moved[(row + 2) % 6 * 6 + (column + 1) % 6] = spins[site]
      mirrored[column * 6 + row] = spins[site]
    }
    for other in [turned, moved, mirrored] {
      #expect(abs(effective.action(of: other) - own) < 1e-11)
    }
    // Another order of sites is no symmetry, so what is compared does depend on places.
    #expect(
      abs(effective.action(of: Array(spins.reversed().dropFirst()) + [spins[35]]) - own) > 0.1)
  }

  /// Equal spins have the same action per site on every torus, and layers do not move them.
  @Test func `Weights mean the same on tori of any side`() throws {
    for side in [6, 7, 8] {
      let shells = try Self.shells(side)
      let effective = Self.attention(shells)
      let couplings = effective.couplings.enumerated().reduce(0) {
        $0 + $1.element * Double(shells.stepCount($1.offset + 1)) / 2
      }
      let spins = [SIMD3<Double>](repeating: SIMD3(0, 0.6, 0.8), count: side * side)
      let perSite = (effective.action(of: spins) - effective.constant) / Double(side * side)
      // Each layer multiplies equal spins by one number and normalises: only its sign could matter.
      #expect(abs(abs(perSite) - abs(couplings)) < 1e-12)
    }
  }

  @Test func `Chains go on from checkpoints bit for bit`() throws {
    let shells = try Self.shells(4, reach: 1)
    let weight = try DoubleExchangeWeight(
      DoubleExchangeModel(Lattice(shells.lattice)), beta: 5)
    func chain(_ seed: Int) -> SelfLearningChain<DoubleExchangeWeight, PairAction> {
      SelfLearningChain(
        weight: weight, effective: PairAction(shells, couplings: [-0.3]), attemptsPerProposal: 8,
        seed: .test(seed))
    }
    let (one, other) = (chain(1), chain(2))
    one.sweep(5)
    var writer = StateWriter()
    one.save(to: &writer)
    var reader = StateReader(writer.bytes)
    try other.restore(from: &reader)
    one.sweep(7)
    other.sweep(7)
    #expect(one.spins == other.spins)
    #expect(one.acceptanceRate == other.acceptanceRate)
    let metropolis = SpinMetropolisChain(weight: weight, seed: .test())
    #expect(throws: InputError.self) {
      var reader = StateReader(writer.bytes)
      try metropolis.restore(from: &reader)
    }
  }

  /// Electrons on 2 x 2 sites: proposals of a poor effective action and single attempts agree. Biases of 0.03 are found.
  @Test func `Self-learning and exact chains agree`() throws {
    let shells = try Self.shells(2, reach: 1)
    let weight = try DoubleExchangeWeight(
      DoubleExchangeModel(Lattice(shells.lattice), coupling: 4), beta: 3)
    func means(_ chain: any MarkovChain, _ sweeps: Int) -> Estimate {
      let runner = ChainRunner(chains: [chain], lengths: .init(sweeps: sweeps, burnIn: 100))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return runner.recording[.staggeredOrderSquared]!.estimate()
    }
    expectAgreement(with: 0, seed: .test(), minimalBias: 0.03) { seed, effort in
      let learned = means(
        SelfLearningChain(
          weight: weight, effective: PairAction(shells, couplings: [-0.5]),
          attemptsPerProposal: 12, seed: seed.child("learned")), 16_000 * effort)
      let exact = means(
        SpinMetropolisChain(weight: weight, seed: seed.child("exact")), 8000 * effort)
      return Estimate(
        learned.value - exact.value,
        error: (learned.error * learned.error + exact.error * exact.error).squareRoot())
    }
  }
}
