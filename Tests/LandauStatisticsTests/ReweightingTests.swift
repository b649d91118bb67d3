import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let torus = ExactIsing.torus

/// What is asked of one temperature, and what is exact.
private enum Quantity: String, CaseIterable, Sendable {
  case energy, variance, cumulant, derivative

  func callAsFunction(_ means: ReweightedMeans) -> Double {
    switch self {
    case .energy: means.energy
    case .variance: means.energyVariance
    case .cumulant: 1 - means.observables[1] / (3 * means.observables[0] * means.observables[0])
    case .derivative: means.derivatives[0]
    }
  }

  func exact(_ beta: Double) -> Double {
    func mean(_ value: (Double, Double) -> Double) -> Double { torus.mean(beta: beta, value) }
    let energy = mean { e, _ in e }
    let squared = mean { _, m in m * m / 256 }
    return switch self {
    case .energy: energy
    case .variance: mean { e, _ in e * e } - energy * energy
    case .cumulant: 1 - mean { _, m in pow(m / 16, 4) } / (3 * squared * squared)
    case .derivative: squared * energy - mean { e, m in e * m * m / 256 }
    }
  }
}

@Suite struct ReweightingTests {
  @Test func theExactSamplerIsExact() {
    // TRUTHS B: density of states and ln Z.
    let density = Dictionary(grouping: torus.classes, by: \.energy)
      .mapValues { $0.reduce(0) { $0 + $1.count } }
    #expect(density[-32] == 2 && density[-24] == 32 && density[-20] == 64 && density[0] == 20_524)
    expectClose(torus.logPartition(beta: 0.5), 17.10536711873158, ulps: 8)
    expectClose(Quantity.energy.exact(0.4) / 16, -1.379116482259349, ulps: 16)
    expectClose(
      Quantity.cumulant.exact(log(1 + 2.0.squareRoot()) / 2), 0.6171993184, relative: 1e-9)
  }

  /// From one temperature to another, with and without memory.
  @Test(arguments: Quantity.allCases, [0, 0.8])
  private func singleHistogram(quantity: Quantity, memory: Double) throws {
    let scale = abs(quantity.exact(0.4))
    try expectAgreement(
      with: quantity.exact(0.4), seed: .test(quantity, memory), minimalBias: 0.3 * scale
    ) { seed, effort in
      let state = torus.state(
        beta: 0.44, memory: memory, counts: [4000 * effort, 2000 * effort], seed: seed)
      return try Reweighting([state]).values(at: [0.4]) { quantity($0) }[0]
    }
  }

  @Test(arguments: Quantity.allCases, [false, true])
  private func multipleHistogram(quantity: Quantity, multicanonical: Bool) throws {
    let scale = abs(quantity.exact(0.42))
    try expectAgreement(
      with: quantity.exact(0.42), seed: .test(quantity, multicanonical), minimalBias: 0.3 * scale
    ) { seed, effort in
      var states = [0.3, 0.45, 0.6].enumerated().map { index, beta in
        torus.state(
          beta: beta, memory: [0, 0.5, 0.9][index], counts: [(1000 + 1000 * index) * effort],
          seed: seed.child("state", index))
      }
      if multicanonical {
        states[1] = torus.state(
          beta: 0, logWeight: { -0.4 * $0 + 0.002 * ($0 + 20) * ($0 + 20) },
          counts: [2000 * effort], seed: seed.child("flat"))
      }
      let reweighting = try Reweighting(states)
      #expect(reweighting.status == .converged && reweighting.residual < 1e-9)
      return reweighting.values(at: [0.42]) { quantity($0) }[0]
    }
  }

  @Test func partitionFunction() throws {
    let exact = torus.logPartition(beta: 0.5) - torus.logPartition(beta: 0.4)
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.4) { seed, effort in
      let states = [0.4, 0.55].map {
        torus.state(beta: $0, memory: 0.5, counts: [2000 * effort], seed: seed.child("\($0)"))
      }
      return try Reweighting(states).values(at: [0.5]) { $0.logPartition }[0]
    }
  }

  /// TRUTHS M: the free energies of harmonic wells, (1/2) ln(k1 / k0), from correlated samples of
  /// continuous energies.
  @Test(arguments: [1, 2])
  func harmonicWells(state: Int) throws {
    let stiffness = [1.0, 2, 5]
    try expectAgreement(
      with: 0.5 * log(stiffness[state]), seed: .test(state), minimalBias: 0.15
    ) { seed, effort in
      try Reweighting(wells(stiffness, coefficient: 0.6, count: 3000 * effort, seed: seed))
        .freeEnergies[state]
    }
  }

  private func wells(
    _ stiffness: [Double], coefficient: Double, count: Int, seed: Seed
  ) -> [SampledState] {
    stiffness.enumerated().map { index, k in
      let chains = Autoregression(coefficient: coefficient)
        .chains([count], seed: seed.child("well", index))
      return SampledState(
        beta: k, energy: Series(chains.map { $0.map { 0.5 * $0 * $0 / k } }))
    }
  }

  enum Target: String, CaseIterable { case freeEnergy, far, mean, together, apart }

  /// The pulls of many repeats have variance one: errors know of autocorrelation, of the free energies'
  /// part, and of what states measured together share (which treating them apart misses).
  @Test(.slow, arguments: Target.allCases)
  func pulls(target: Target) throws {
    func squares(_ seed: Seed, _ repeats: Int) throws -> Estimate {
      let squares = try (0..<repeats).map { index -> Double in
        let seed = seed.child("repeat", index)
        if target == .together || target == .apart {
          let noise = Autoregression(coefficient: 0.5).chain(1500, seed: seed)
          let states = [1.0, 1.5].map { k in
            SampledState(beta: k, energy: Series(noise.map { 0.5 * $0 * $0 / k }))
          }
          let free = try Reweighting(states, measuredTogether: target == .together).freeEnergies[1]
          let pull = free.pull(to: 0.5 * log(1.5))
          return pull * pull
        }
        let states = wells([1, 2, 4], coefficient: 0.6, count: 800, seed: seed)
        let reweighting = try Reweighting(states)
        let pull =
          switch target {
          case .freeEnergy: reweighting.freeEnergies[2].pull(to: log(2))
          case .mean:
            reweighting.values(at: [3]) { $0.energy }[0].pull(to: 1.0 / 6)
          default:
            // <x^2/2> at k = 0.8, outside the range that was simulated.
            reweighting.values(at: [0.8]) { $0.energy }[0].pull(to: 0.625)
          }
        return pull * pull
      }
      return Series(squares).estimate(.binning)
    }
    if target == .apart {
      try expectDisagreement(with: 1, seed: .test(target)) { try squares($0, 300 * $1) }
    } else {
      try expectAgreement(with: 1, seed: .test(target), minimalBias: 0.6) {
        try squares($0, 300 * $1)
      }
    }
  }

  /// The equations as Shirts and Chodera write them, iterated until nothing moves, on the same data.
  @Test func agreesWithPlainIteration() throws {
    let stiffness = [1.0, 2, 5]
    let states = wells(stiffness, coefficient: 0, count: 200, seed: .test())
    let reweighting = try Reweighting(states)
    let energies = states.flatMap { $0.energy.chains[0] }
    let weights = reweighting.levels.sampleWeights
    var free = [0.0, 0, 0]
    for _ in 0..<2000 {
      let next = stiffness.map { k in
        -log(
          energies.enumerated().reduce(0.0) { sum, item in
            let (index, energy) = item
            let mixture = (0..<3).reduce(0.0) {
              $0 + 200 * weights[$1] * exp(free[$1] - stiffness[$1] * energy)
            }
            return sum + weights[index / 200] * exp(-k * energy) / mixture
          })
      }
      free = next.map { $0 - next[0] }
    }
    for index in 0..<3 {
      expectClose(reweighting.freeEnergies.values[index], free[index], absolute: 1e-9)
      expectClose(reweighting.overlap[index].reduce(0, +), 1, absolute: 1e-9)
    }
  }

  /// Replicates are first-order changes; leaving the block out and solving again gives the same up to
  /// terms of second order.
  @Test func replicatesAreWhatIsLeftOut() throws {
    let states = [0.35, 0.45].map {
      torus.state(beta: $0, counts: [2000], seed: .test($0))
    }
    let whole = try Reweighting(states)
    let values = whole.values(at: [0.4], functions: { [$0.energy, $0.logPartition] })
    let blocks = Blocks(of: [states[1].energy] + states[1].observables).limited(to: 256)
    let last = try #require(blocks.ranges.last).range
    #expect(values.replicates.count == whole.blocks.blocks.count)
    func without(_ series: Series) -> Series {
      Series(Array(series.chains[0][..<last.lowerBound]))
    }
    let cut = SampledState(
      beta: 0.45, energy: without(states[1].energy),
      observables: states[1].observables.map(without))
    let again = try Reweighting([states[0], cut])
    let there = again.values(at: [0.4], functions: { [$0.energy, $0.logPartition] })
    // The shift is some hundredth of sigma, which itself is a per cent of the value; the weights
    // 1/(2 tau) move a little, too.
    for index in 0..<2 {
      let shift = values.replicates.last![index] - values.values[index]
      expectClose(
        there.values[index] - values.values[index], shift,
        absolute: 0.02 * values[index].error + 0.1 * abs(shift))
    }
    expectClose(
      again.freeEnergies.values[1] - whole.freeEnergies.values[1],
      whole.freeEnergies.replicates.last![1] - whole.freeEnergies.values[1],
      absolute: 0.02 * whole.freeEnergies[1].error)
  }

  /// Starts hundreds of units off, where memberships are all zero or one and Newton's method alone has no
  /// direction: solved all the same. Too few steps are called by their name.
  @Test func solverIsRobust() throws {
    let stiffness = [1.0, 1.5, 2, 4, 6]
    let states = wells(stiffness, coefficient: 0, count: 500, seed: .test())
    let reference = try Reweighting(states)
    let levels = EnergyLevels(states)
    let logWeights = levels.energies.flatMap { energy in stiffness.map { -$0 * energy } }
    var rng = Seed.test().makeStream()
    for _ in 0..<20 {
      let offsets = [0] + (1..<5).map { _ in 600 * (rng.uniform() - 0.5) }
      var solver = MixtureSolver(logWeights: logWeights, levels: levels, offsets: offsets)
      solver.solve()
      #expect(solver.status == .converged && solver.residual < 1e-9)
      for index in 1..<5 {
        let free =
          (solver.offsets[index] - log(levels.stateCounts[index]))
          - (solver.offsets[0] - log(levels.stateCounts[0]))
        expectClose(free, reference.freeEnergies.values[index], absolute: 1e-8)
      }
      var hasty = MixtureSolver(logWeights: logWeights, levels: levels, offsets: offsets)
      hasty.solve(stepLimit: 1)
      #expect(hasty.status == .stepLimit)
    }
  }

  /// A start far from the solution: eight decades of stiffness, still solved.
  @Test func wideLadder() throws {
    let stiffness = (0..<12).map { pow(4, Double($0)) }
    let reweighting = try Reweighting(
      wells(stiffness, coefficient: 0, count: 1000, seed: .test()))
    #expect(reweighting.status == .converged)
    let last = reweighting.freeEnergies[11]
    #expect(abs(last.pull(to: 0.5 * log(stiffness[11]))) < 5)
    #expect(reweighting.warning == nil)
  }

  // MARK: What must not be a silent wrong number

  @Test func statesWithoutOverlap() throws {
    var rng = Seed.test().makeStream()
    let low = Series((0..<500).map { _ in -1000 + rng.normal() })
    let high = Series((0..<500).map { _ in 1000 + rng.normal() })
    let reweighting = try Reweighting([
      SampledState(beta: 1, energy: low), SampledState(beta: 0, energy: high),
    ])
    #expect(reweighting.status == .disconnected)
    #expect(reweighting.freeEnergies[1].error.isNaN)
    let value = reweighting.values(at: [0.5]) { $0.energy }[0]
    #expect(value.error.isNaN && value.warning?.contains("disconnected") == true)
  }

  @Test func poorOverlapWarns() throws {
    let reweighting = try Reweighting(
      wells([1, 1e6], coefficient: 0, count: 5000, seed: .test()))
    #expect(reweighting.warning?.contains("overlap") == true)
  }

  @Test func outOfReach() throws {
    let state = torus.state(beta: 0.6, counts: [2000], seed: .test())
    let reweighting = try Reweighting([state])
    let values = reweighting.values(at: [0.6, 0.1]) { $0.energy }
    #expect(values[0].error > 0 && values[1].error.isNaN)
    #expect(values[1].warning?.contains("out of reach") == true)
    expectClose(reweighting.effectiveCount(at: 0.6), 2000, relative: 0.2)
    #expect(reweighting.effectiveCount(at: 0.1) < 20)
  }

  @Test func badData() {
    #expect(throws: InputError.self) {
      try Reweighting([SampledState(beta: 1, energy: Series([1.0, .nan]))])
    }
    #expect(throws: InputError.self) {
      try Reweighting([SampledState(beta: 1, energy: Series([1]))])
    }
  }

  /// A state frozen in the ground state still takes part.
  @Test func frozenState() throws {
    let states = [
      torus.state(beta: 0.5, counts: [3000], seed: .test()),
      SampledState(
        beta: 3, energy: Series([Double](repeating: -32, count: 500)),
        observables: [1, 1].map { Series([Double](repeating: $0, count: 500)) }),
    ]
    let reweighting = try Reweighting(states)
    #expect(reweighting.status == .converged)
    let exact = torus.logPartition(beta: 0.5) - torus.logPartition(beta: 3)
    #expect(abs(reweighting.freeEnergies[1].pull(to: exact)) < 5)
  }
}

extension Autoregression {
  fileprivate func chain(_ count: Int, seed: Seed) -> [Double] { chains([count], seed: seed)[0] }
}
