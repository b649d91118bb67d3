import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two phases with normal energies at beta = 1, on whole energies: everything is known by summation.
private struct TwoPhases {
  static let ordered = (mean: -300.0, deviation: 18.0, logWeight: 0.7)
  static let disordered = (mean: -170.0, deviation: 25.0, logWeight: 0.0)
  static let energies = (-420...(-30)).map(Double.init)

  /// ln of the distribution at beta = 1, the density of states times exp(-E).
  static func logDistribution(_ energy: Double) -> Double {
    let parts = [ordered, disordered].map { phase -> Double in
      let z = (energy - phase.mean) / phase.deviation
      return phase.logWeight - 0.5 * z * z - log(phase.deviation)
    }
    return log(parts.reduce(0) { $0 + exp($1) })
  }

  /// Of one phase alone at 1 + shift: a normal distribution moves by -shift times its variance.
  static func exact(_ quantity: Int) -> Double {
    // Equal weights: w + mu shift terms cancel: w1 - s m1 + s^2 v1 / 2 = the same of 2.
    func solve(_ difference: (Double) -> Double) -> Double {
      var (low, high) = (-0.05, 0.05)
      for _ in 0..<80 {
        let middle = (low + high) / 2
        if difference(middle) < 0 { low = middle } else { high = middle }
      }
      return low
    }
    func weight(_ phase: (mean: Double, deviation: Double, logWeight: Double), _ s: Double)
      -> Double
    {
      phase.logWeight - s * phase.mean + 0.5 * s * s * phase.deviation * phase.deviation
    }
    let equalWeight = solve { weight(ordered, $0) - weight(disordered, $0) }
    let equalHeight = solve {
      weight(ordered, $0) - log(ordered.deviation) - weight(disordered, $0)
        + log(disordered.deviation)
    }
    let s = quantity < 5 ? equalHeight : equalWeight
    let (low, high) = (
      ordered.mean - s * ordered.deviation * ordered.deviation,
      disordered.mean - s * disordered.deviation * disordered.deviation
    )
    switch quantity {
    case 0, 5: return 1 + s
    case 1, 6: return low
    case 2, 7: return high
    case 3, 8: return high - low
    default:
      let valley = energies.map { logDistribution($0) - s * $0 }
      return weight(ordered, s) - log(ordered.deviation) - valley[80..<230].min()!
    }
  }

  /// The first place of a number above the target, by bisection.
  private static func place(of target: Double, in cumulative: [Double]) -> Int {
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// A multicanonical chain with memory: flat between the peaks.
  static func sampled(_ count: Int, seed: Seed) -> SampledState {
    let logWeight: @Sendable (Double) -> Double = { energy in
      -energy - logDistribution(min(disordered.mean, max(ordered.mean, energy)))
    }
    // The chance of an energy: the density of states times the weight.
    var cumulative: [Double] = []
    for energy in energies {
      let chance = exp(logDistribution(energy) + energy + logWeight(energy))
      cumulative.append((cumulative.last ?? 0) + chance)
    }
    let chains = (0..<2).map { chain -> [Double] in
      var rng = seed.child("chain", chain).makeStream()
      var energy = 0.0
      return (0..<count).map { step in
        if step == 0 || rng.uniform() > 0.5 {
          let target = rng.uniform() * cumulative.last!
          energy = energies[place(of: target, in: cumulative)]
        }
        return energy
      }
    }
    return SampledState(logWeight: logWeight, energy: Series(chains))
  }
}

@Suite struct DoublePeakTests {
  /// Peaks, barrier, both definitions of the transition and both latent heats.
  @Test(arguments: 0..<9)
  func recoversThePhases(quantity: Int) throws {
    let tolerances = [2e-3, 6, 8, 10, 0.7, 2e-3, 6, 8, 10]
    try expectAgreement(
      with: TwoPhases.exact(quantity), seed: .test(quantity), minimalBias: tolerances[quantity]
    ) { seed, effort in
      let state = TwoPhases.sampled(20_000 * effort, seed: seed)
      return try DoublePeak(Reweighting([state]), near: 0.998, binWidth: 4).quantities[quantity]
    }
  }

  /// The errors of many repeats: pulls have variance one.
  @Test(.slow, arguments: [(3, false), (5, true), (8, true)])
  func pulls(quantity: Int, twoStates: Bool) throws {
    try expectAgreement(
      with: 1, seed: .test(quantity, twoStates), minimalBias: 0.9
    ) { seed, effort in
      try squaredPull(seed, repeats: 60 * effort) { seed in
        var states = [TwoPhases.sampled(3000, seed: seed)]
        if twoStates { states.append(TwoPhases.sampled(2000, seed: seed.child("second"))) }
        let peaks = try DoublePeak(Reweighting(states), near: 1, binWidth: 5)
        return peaks.quantities[quantity].pull(to: TwoPhases.exact(quantity))
      }
    }
  }

  @Test func onePeakIsNone() throws {
    let chains = Autoregression(coefficient: 0.5).chains([5000], seed: .test())
    let state = SampledState(beta: 1, energy: Series(chains.map { $0.map { ($0 * 20).rounded() } }))
    let reweighting = try Reweighting([state])
    #expect(throws: InputError.self) {
      try DoublePeak(reweighting, near: 1, binWidth: 3).latentHeat.value
    }
  }
}
