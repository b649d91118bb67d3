import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

@Suite struct JackknifeTests {
  /// With independent values the corrected variance is the unbiased one, exactly.
  @Test func correctsTheBiasOfTheVariance() {
    let values = [[3.0], [1], [4], [1], [5], [9], [2], [6], [5], [3]]
    let estimate = Estimate.jackknife(Series(values)) { $0.variance }
    // Sum 39, sum of squares 207: (207 - 39^2 / 10) / 9.
    expectClose(estimate.value, (207 - 152.1) / 9, ulps: 16)
  }

  /// For a linear function the jackknife is the binned error.
  @Test func linearFunction() throws {
    let series = Series(Autoregression(coefficient: 0.8).chains([3000, 2000], seed: .test()))
    let binned = series.estimate(.binning)
    let jackknifed = Estimate.jackknife([series]) { 2 * $0[0] - 1 }
    expectClose(jackknifed.value, 2 * binned.value - 1, absolute: 1e-13)
    expectClose(jackknifed.error, 2 * binned.error, relative: 1e-2)
    #expect(jackknifed.degreesOfFreedom == binned.degreesOfFreedom)
    expectClose(
      try #require(jackknifed.integratedTime), series.estimate().integratedTime!, relative: 1e-6)
  }

  /// A combination whose correlated parts cancel has a small error: nothing is propagated by hand.
  @Test func knowsOfCorrelations() {
    let series = Series(Autoregression(coefficient: 0.8).chains([4000], seed: .test()))
    let shifted = series.map { 2 * $0 + 7 }
    let ratio = Estimate.jackknife([series.map { $0 + 3 }, shifted]) { (2 * $0[0] + 1) / $0[1] }
    expectClose(ratio.value, 1, absolute: 1e-12)
    #expect(ratio.error.isNaN || ratio.error < 1e-12)
  }

  @Test(arguments: [0, 0.9])
  func varianceOfAutoregression(coefficient: Double) {
    expectAgreement(with: 1, seed: .test(coefficient), minimalBias: 0.3) { seed, effort in
      let process = Autoregression(coefficient: coefficient)
      let series = Series(process.chains([10_000 * effort, 10_000 * effort], seed: seed))
      return Estimate.jackknife(series) { $0.variance }
    }
  }

  /// The square of the process decorrelates as r^2: tau = (1 + r^2) / (2 (1 - r^2)).
  @Test func timeOfTheDerivedQuantity() throws {
    let r = 0.9
    try expectAgreement(
      with: (1 + r * r) / (2 * (1 - r * r)), seed: .test(), minimalBias: 3
    ) { seed, effort in
      let chains = Autoregression(coefficient: r).chains([40_000 * effort], seed: seed)
      let estimate = Estimate.jackknife(Series(chains)) { $0.variance }
      let time = try #require(estimate.integratedTime)
      // The statistical error of tau, with the window some seven times tau.
      return Estimate(
        time, error: time * (4 * 7 * time / Double(40_000 * effort)).squareRoot())
    }
  }

  /// The cumulant of a normal variable vanishes: <x^4> = 3 <x^2>^2.
  @Test func binderCumulantOfNormalNumbers() {
    expectAgreement(with: 0, seed: .test(), minimalBias: 0.1) { seed, effort in
      let chains = Autoregression(coefficient: 0.5).chains([20_000 * effort], seed: seed)
      return Estimate.jackknife(Series(chains)) { $0.binderCumulant }
    }
  }

  @Test func momentsOfASample() {
    let values = [0.3, -1.2, 2.5, 0.7, 0.1]
    let shift = 1.5
    let powers = (1...4).map { power in
      values.reduce(0) { sum, x in
        sum + (0..<power).reduce(1.0) { product, _ in product * (x - shift) }
      } / 5
    }
    let moments = SampleMoments(shift: shift, shifted: powers)
    let plain = (1...4).map { power in
      values.reduce(0) { sum, x in sum + (0..<power).reduce(1.0) { product, _ in product * x } } / 5
    }
    expectClose(moments.mean, plain[0], absolute: 1e-15)
    expectClose(moments.secondMoment, plain[1], absolute: 1e-14)
    expectClose(moments.thirdMoment, plain[2], absolute: 1e-14)
    expectClose(moments.fourthMoment, plain[3], absolute: 1e-13)
    expectClose(moments.variance, plain[1] - plain[0] * plain[0], absolute: 1e-14)
    expectClose(
      moments.binderCumulant, 1 - plain[3] / (3 * plain[1] * plain[1]), absolute: 1e-13)
  }

  /// A large mean does not cost the digits of the variance.
  @Test func varianceFarFromZero() {
    let chains = Autoregression(coefficient: 0).chains([2000], seed: .test())
    let near = Estimate.jackknife(Series(chains)) { $0.variance }
    let far = Estimate.jackknife(Series(chains).map { $0 + 1e6 }) { $0.variance }
    expectClose(far.value, near.value, relative: 1e-8)
    expectClose(far.error, near.error, relative: 1e-6)
  }
}
