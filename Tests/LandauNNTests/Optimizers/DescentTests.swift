import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// First-order rules against what is known exactly of them on quadratics.
struct DescentTests {
  /// The rule on curvatures/2 · x², its exact gradient given.
  private func descend(
    _ optimizer: some GradientOptimizer, curvatures: [Double], from start: [Double], steps: Int
  ) -> [[Double]] {
    var optimizer = optimizer
    var parameters = [Tensor(start)]
    return (0..<steps).map { _ in
      let gradient = zip(curvatures, parameters[0].scalars(Double.self)).map { $0 * $1 }
      optimizer.step(&parameters, gradients: [Tensor(gradient)])
      return parameters[0].scalars()
    }
  }

  /// x ← (1 - rate c) x: just below 2/c it shrinks, just above it grows.
  @Test func plainDescentDivergesBeyondTwoOverCurvature() {
    let c = 4.0
    for (rate, isStable) in [(0.499, true), (0.5, true), (0.501, false)] {
      let path = descend(SGD(learningRate: rate), curvatures: [c], from: [1], steps: 1000)
      let last = abs(path.last![0])
      expectClose(last, abs(1 - rate * c).power(1000), relative: 1e-12)
      #expect((last <= 1) == isStable)
    }
  }

  /// With rate 4/(√a + √b)² and momentum ((√b - √a)/(√b + √a))² both eigenvalues of every mode have the modulus
  /// (√k - 1)/(√k + 1), k = b/a. They are defective at the ends of the spectrum, so that the distance falls as
  /// step · factor^step: the ratio of steps n and 2n gives the factor up to 2^(1/n).
  @Test func heavyBallContractsAtTheOptimalRate() {
    let (a, b) = (1.0, 25.0)
    let (lower, upper) = (a.squareRoot(), b.squareRoot())
    let factor = (upper - lower) / (upper + lower)
    expectClose(factor, 4.0 / 6, ulps: 1)
    let rate = 4 / ((lower + upper) * (lower + upper))
    let path = descend(
      SGD(learningRate: rate, momentum: factor * factor), curvatures: [a, 9, b],
      from: [1, 1, 1], steps: 200)
    let sizes = path.map { max(abs($0[0]), abs($0[2])) }
    let measured = (sizes[199] / sizes[99] / 2).power(1.0 / 100)
    expectClose(measured, factor, absolute: 5e-4)
    // Untuned momentum is slower.
    let slow = descend(
      SGD(learningRate: rate, momentum: 0.6), curvatures: [a, 9, b], from: [1, 1, 1], steps: 200)
    #expect(abs(slow[199][0]) > 1e4 * abs(path[199][0]))
  }

  @Test func adamsFirstStepIsTheRateTimesTheSign() {
    for gradient in [1e-3, -7.0, 1e5] {
      let moved = descend(
        AdamW.adam(learningRate: 0.01, epsilon: 0), curvatures: [gradient], from: [1], steps: 1)
      expectClose(moved[0][0], 1 - 0.01 * (gradient > 0 ? 1 : -1), ulps: 4)
    }
  }

  /// x ← (1 - rate c) x - rate noise has the variance rate s²/(c (2 - rate c)).
  @Test func stationaryVarianceOfStochasticDescent() {
    let (c, rate, s2) = (2.0, 0.3, 1.5)
    let exact = rate * s2 / (c * (2 - rate * c))
    expectAgreement(with: exact, seed: .test(), minimalBias: 0.02 * exact) { seed, effort in
      variance(SGD(learningRate: rate), seed, steps: 2000 * effort) { x, rng in
        x.map { c * $0 + s2.squareRoot() * rng.normal() }
      }
    }
  }

  /// The variance at a finite time step, temperature / (c (1 - rate c / 2)); it exceeds temperature / c by a
  /// tenth here, which the check would find.
  @Test func langevinDynamicsSamplesAGaussian() {
    let (c, rate, temperature) = (2.0, 0.1, 0.7)
    let exact = temperature / (c * (1 - rate * c / 2))
    func estimate(_ seed: Seed, _ effort: Int) -> Estimate {
      let sampler = SGLD(
        learningRate: rate, temperature: temperature, stream: seed.child("langevin").makeStream())
      return variance(sampler, seed, steps: 2000 * effort) { x, _ in x.map { c * $0 } }
    }
    expectAgreement(
      with: exact, seed: .test(), minimalBias: 0.02 * exact, measure: estimate)
    expectDisagreement(with: temperature / c, seed: .test(), measure: estimate)
  }

  /// The mean square over fifty independent groups of twenty chains, every fifth step after a hundred.
  private func variance(
    _ optimizer: some GradientOptimizer, _ seed: Seed, steps: Int,
    gradient: ([Double], inout RandomStream) -> [Double]
  ) -> Estimate {
    let (groups, size) = (50, 20)
    var optimizer = optimizer
    var rng = seed.child("noise").makeStream()
    var parameters = [Tensor.zeros([groups * size], type: .double)]
    var squares = [Double](repeating: 0, count: groups)
    for step in 0..<(100 + steps) {
      let g = Tensor(gradient(parameters[0].scalars(), &rng))
      optimizer.step(&parameters, gradients: [g])
      guard step >= 100 && step % 5 == 0 else { continue }
      let x = parameters[0].scalars(Double.self)
      for index in x.indices { squares[index / size] += x[index] * x[index] }
    }
    let means = squares.map { $0 / Double(size * steps / 5) }
    let mean = means.reduce(0, +) / Double(groups)
    let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Estimate(
      mean, error: (spread / Double(groups * (groups - 1))).squareRoot(),
      degreesOfFreedom: Double(groups - 1))
  }

  /// Second steps worked out from the defining formulas.
  @Test func adagradAndRMSProp() {
    func run(_ optimizer: some GradientOptimizer, _ gradients: [Double]) -> [Double] {
      var optimizer = optimizer
      var parameters = [Tensor([0.0])]
      return gradients.map {
        optimizer.step(&parameters, gradients: [Tensor([$0])])
        return parameters[0].item()
      }
    }
    let adagrad = run(Adagrad(learningRate: 0.1, epsilon: 0), [3, -4])
    expectClose(adagrad[0], -0.1, ulps: 2)
    expectClose(adagrad[1], -0.1 + 0.1 * 4 / 5, ulps: 4)
    let rms = run(RMSProp(learningRate: 0.1, decay: 0.75, epsilon: 0), [2, -4])
    // Mean squares 1, then 0.75 + 4.
    expectClose(rms[0], -0.2, ulps: 2)
    expectClose(rms[1], -0.2 + 0.4 / 4.75.squareRoot(), ulps: 4)
    // Signs of 0.1, of 0.9 · 0.01 - 0.1 · 0.5 < 0, of 0.9 (0.99 · 0.01 - 0.01 · 0.5) > 0; a decay of 1 halves first.
    let lion = run(Lion(learningRate: 0.5), [1, -0.5, 0])
    #expect(lion == [-0.5, 0, -0.5])
    let decayed = run(Lion(learningRate: 0.5, weightDecay: 1), [1, 1])
    #expect(decayed == [-0.5, -0.75])
  }
}

extension Double {
  /// To a power, by logarithms of the standard library's own making.
  fileprivate func power(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * self }
  }

  /// The hundredth root and the like, by bisection.
  fileprivate func power(_ exponent: Double) -> Double {
    let root = Int((1 / exponent).rounded())
    var (low, high) = (0.0, 2.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if middle.power(root) < self { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
