import LandauCore
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

/// Exact draws of two spins, one proposal, and the distribution must be what it was.
@Suite struct SelfLearningLawTests {
  private static let weight = TwoSpinWeight(a: 1.2, b: -0.9)
  private static let law = ProjectionLaw { (1.2 - 0.9 * $0) * $0 }

  private static func direction(using rng: inout RandomStream) -> SIMD3<Double> {
    let vector = SIMD3(rng.normal(), rng.normal(), rng.normal())
    return vector / (vector * vector).sum().squareRoot()
  }

  private static func pair(using rng: inout RandomStream) -> [SIMD3<Double>] {
    let x = law.quantile(rng.uniform())
    let one = direction(using: &rng)
    let other = direction(using: &rng)
    let across = other - (one * other).sum() * one
    let scale = ((1 - x * x) / (across * across).sum()).squareRoot()
    return [one, x * one + scale * across]
  }

  private static func plausibility(
    _ seed: Seed, count: Int, _ update: ([SIMD3<Double>], Seed) -> [SIMD3<Double>]
  ) -> Double {
    var rng = seed.child("draws").makeStream()
    let bins = 40
    var counts = [Double](repeating: 0, count: bins)
    for index in 0..<count {
      let spins = update(pair(using: &rng), seed.child("update", index))
      let x = (spins[0] * spins[1]).sum()
      counts[min(bins - 1, Int(law.rank(x) * Double(bins)))] += 1
    }
    return chiSquareProbability(
      counts, expected: [Double](repeating: Double(count) / Double(bins), count: bins))
  }

  private static func proposed(
    _ effective: TwoSpinAction, _ attempts: Int, _ spins: [SIMD3<Double>], _ seed: Seed
  ) -> [SIMD3<Double>] {
    let chain = SelfLearningChain(
      weight: weight, effective: effective, attemptsPerProposal: attempts, start: spins, seed: seed)
    chain.sweep(1)
    return chain.spins
  }

  /// Poor, fair and opposite effective actions, walks of one attempt and of many.
  @Test(arguments: [-1.0, 0, 1.1], [1, 2, 9])
  func `Proposals leave the weight invariant`(_ k: Double, _ attempts: Int) {
    expectPlausible(seed: .test(k, attempts)) { seed, effort in
      Self.plausibility(seed, count: 20_000 * effort) { spins, seed in
        Self.proposed(TwoSpinAction(k: k), attempts, spins, seed)
      }
    }
  }

  @Test func `Metropolis leaves the weight invariant`() {
    expectPlausible(seed: .test()) { seed, effort in
      Self.plausibility(seed, count: 20_000 * effort) { spins, seed in
        let chain = SpinMetropolisChain(weight: Self.weight, start: spins, seed: seed)
        chain.sweep(1)
        return chain.spins
      }
    }
  }

  /// An acceptance that knows four fifths of the effective action is off by exp(0.2 k (x - x')), and found.
  @Test func `A wrong effective action in the acceptance is found`() {
    let probability = Self.plausibility(.test(), count: 40_000) { spins, seed in
      Self.proposed(TwoSpinAction(k: 1.1, reported: 0.8), 9, spins, seed)
    }
    #expect(probability < 1e-6)
  }

  /// The acceptance of independent proposals by the whole integral over both ends; 0.02 of it would be found.
  @Test func `Acceptance of independent proposals`() throws {
    let count = 400
    let places = (0..<count).map { 2 * (Double($0) + 0.5) / Double(count) - 1 }
    let exact = places.map { exp((1.2 - 0.9 * $0) * $0) }
    let proposal = places.map { exp(0.4 * $0) }
    var (sum, norm) = (0.0, 0.0)
    for (p, q) in zip(exact, proposal) {
      for (other, density) in zip(exact, proposal) {
        sum += p * density * min(1, other * q / (p * density))
        norm += p * density
      }
    }
    expectAgreement(with: sum / norm, seed: .test(), minimalBias: 0.02) { seed, effort in
      let chain = SelfLearningChain(
        weight: Self.weight, effective: TwoSpinAction(k: 0.4), attemptsPerProposal: 60, seed: seed)
      chain.sweep(20)
      let series = (0..<8000 * effort).map { _ -> Double in
        chain.sweep(1)
        var row: [Double] = []
        chain.measure(into: &row)
        return row[1]
      }
      return Series(series).estimate()
    }
  }

  /// Both spins of a pair of sites and their electrons, by quadrature over the angle between them.
  @Test func `Two sites with electrons`() throws {
    let lattice = try Lattice(siteCount: 2, bonds: [.init(source: 0, target: 1)])
    let model = try DoubleExchangeModel(lattice, coupling: 3, chemicalPotential: -0.5)
    let beta = 2.0
    let weight = try DoubleExchangeWeight(model, beta: beta)
    let law = ProjectionLaw { x in
      -weight.evaluate([SIMD3(0, 0, 1), SIMD3((1 - x * x).squareRoot(), 0, x)]).action
    }
    // (s_1 + s_2)²/4 = (1 + x)/2.
    expectAgreement(with: (1 + law.mean) / 2, seed: .test(), minimalBias: 0.015) {
      seed, effort in
      let chain = SpinMetropolisChain(weight: weight, seed: seed)
      let runner = ChainRunner(
        chains: [chain], lengths: .init(sweeps: 12_000 * effort, burnIn: 50))
      runner.advance(pool: WorkerPool(threadCount: 1))
      return runner.recording[.orderSquared]!.estimate()
    }
  }

  /// erfc(sqrt(v)/2) against the integral of min(1, e^-d) over d normal with mean v and variance 2v.
  @Test(arguments: [0.05, 0.7, 4]) func `The acceptance of normal differences`(_ v: Double) {
    let step = 1e-3
    var sum = 0.0
    for index in -12_000..<12_000 {
      let z = (Double(index) + 0.5) * step
      let d = v + (2 * v).squareRoot() * z
      sum += exp(-z * z / 2) * min(1, exp(-d)) * step
    }
    // The midpoint rule errs at the corner d = 0 by step² times the jump of the slope.
    let integral = sum / (2 * Double.pi).squareRoot()
    #expect(abs(SelfLearning.independentAcceptance(variance: v) - integral) < 2e-6)
  }
}
