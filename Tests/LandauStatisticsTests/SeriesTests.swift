import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The coefficient and the lengths of the chains.
private let processes: [(Double, [Int])] = [
  (0, [20_000]), (0.5, [20_000]), (0.5, [3_000, 9_000, 500, 7_500]), (0.9, [40_000]),
  (0.9, [10_000, 10_000, 20_000]), (0.99, [100_000, 100_000]), (-0.5, [20_000]),
  (-0.9, [10_000, 10_000]),
]

@Suite struct SeriesTests {
  /// TRUTHS M: tau = 1.5, 9.5, 99.5 at r = 0.5, 0.9, 0.99 (white noise: 1/2).
  /// Silent error 9: a time of zero for correlated chains.
  @Test(arguments: processes)
  func integratedTimeOfAutoregression(coefficient: Double, counts: [Int]) {
    let process = Autoregression(coefficient: coefficient)
    expectAgreement(
      with: process.integratedTime, seed: .test(coefficient, counts),
      minimalBias: max(0.05, 0.5 * process.integratedTime)
    ) { seed, effort in
      let series = Series(process.chains(counts.map { $0 * effort }, seed: seed))
      return Autocorrelation(of: series).integratedTime
    }
  }

  @Test(arguments: processes, [Series.Method.gammaMethod(), .binning])
  func meanOfAutoregression(process: (Double, [Int]), method: Series.Method) {
    let (coefficient, counts) = process
    let generator = Autoregression(coefficient: coefficient)
    let total = Double(counts.reduce(0, +))
    expectAgreement(
      with: 0, seed: .test(coefficient, counts, method),
      minimalBias: 6 * (2 * generator.integratedTime / total).squareRoot()
    ) { seed, effort in
      Series(generator.chains(counts.map { $0 * effort }, seed: seed)).estimate(method)
    }
  }

  /// A wrong mean is found: the test of the test above.
  @Test func biasIsFound() {
    expectDisagreement(with: 0.05, seed: .test()) { seed, effort in
      Series(Autoregression(coefficient: 0.5).chains([20_000 * effort], seed: seed)).estimate()
    }
  }

  /// The error itself, known to a part in sqrt(2 degrees of freedom), against sqrt(2 tau / N).
  @Test(arguments: processes, [Series.Method.gammaMethod(), .binning])
  func errorOfAutoregression(process: (Double, [Int]), method: Series.Method) throws {
    let generator = Autoregression(coefficient: process.0)
    try expectAgreement(
      with: 1, seed: .test(process.0, process.1, method), minimalBias: 0.5
    ) { seed, effort in
      let counts = process.1.map { $0 * effort }
      let expected = (2 * generator.integratedTime / Double(counts.reduce(0, +))).squareRoot()
      let estimate = Series(generator.chains(counts, seed: seed)).estimate(method)
      let freedom = try #require(estimate.degreesOfFreedom)
      return Estimate(estimate.error / expected, error: 1 / (2 * freedom).squareRoot())
    }
  }

  enum Analysis: String, CaseIterable { case gamma, binning, jackknifedSquare }

  /// TRUTHS M: one-sigma bars cover the truth in 0.683 of many repeats (0.675 for errors known from
  /// 60 degrees of freedom, well within what the check can see).
  /// Silent error 6: intervals of 95 % returned as standard errors.
  @Test(arguments: Analysis.allCases)
  func coverageOfOneSigma(analysis: Analysis) {
    let process = Autoregression(coefficient: 0.5)
    let repeats = 800
    expectAgreement(
      with: 0.6827, seed: .test(analysis.rawValue), minimalBias: 0.07
    ) { seed, effort in
      let covered = (0..<(repeats * effort)).count { index in
        let series = Series(process.chains([800, 800], seed: seed.child("repeat", index)))
        let estimate =
          switch analysis {
          case .gamma: series.estimate()
          case .binning: series.estimate(.binning)
          case .jackknifedSquare: Estimate.jackknife(series) { $0.variance }
          }
        return abs(estimate.pull(to: analysis == .jackknifedSquare ? 1 : 0)) < 1
      }
      let share = Double(covered) / Double(repeats * effort)
      return Estimate(share, error: (0.6827 * 0.3173 / Double(repeats * effort)).squareRoot())
    }
  }

  @Test func spacingScalesTheTime() {
    let chains = Autoregression(coefficient: 0.9).chains([5000, 5000], seed: .test())
    let every = Series(chains).estimate()
    let tenth = Series(chains, spacing: 10).estimate()
    #expect(tenth.integratedTime == every.integratedTime.map { 10 * $0 })
    #expect(tenth.error == every.error && tenth.effectiveCount == every.effectiveCount)
    let binned = Series(chains, spacing: 10).estimate(.binning)
    expectClose(
      binned.integratedTime!, 10 * Series(chains).estimate(.binning).integratedTime!, ulps: 2)
  }

  @Test func shiftAndScale() {
    let chains = Autoregression(coefficient: 0.8).chains([4000], seed: .test())
    let plain = Series(chains).estimate()
    let moved = Series(chains).map { 1e6 + 3 * $0 }.estimate()
    // The shift costs the digits of the values below 1e6 times the ulp.
    expectClose(moved.value, 1e6 + 3 * plain.value, absolute: 1e-8)
    expectClose(moved.error, 3 * plain.error, relative: 1e-7)
  }

  @Test func goodChainsHaveNoWarning() {
    let series = Series(Autoregression(coefficient: 0.5).chains([5000, 5000, 5000], seed: .test()))
    #expect(series.estimate().warning == nil)
    #expect(series.estimate(.binning).warning == nil)
    #expect(Estimate.jackknife(series) { $0.variance }.warning == nil)
  }

  /// Good chains are called unmixed once in a thousand times, whatever their number and length.
  @Test(arguments: [(1, 200), (4, 50), (4, 100), (8, 100), (4, 500)])
  func falseAlarmsOfMixing(chainCount: Int, length: Int) {
    let process = Autoregression(coefficient: 0)
    let repeats = 400
    let alarms = (0..<repeats).count { index in
      let seed = Seed.test(chainCount, length, index)
      let series = Series(
        process.chains([Int](repeating: length, count: chainCount), seed: seed))
      return series.estimate().warning?.contains("not mixed") == true
    }
    // Two statistics (location and spread) at 1 in 1000 each, and noise in the effective count: 2 in 400
    // is expected at the very most, more than 10 has a probability below 1e-5.
    #expect(alarms <= 10)
  }

  // MARK: Edges

  @Test func noMeasurements() {
    for series in [Series([[Double]]()), Series([[], []]), Series([Double]())] {
      let estimate = series.estimate()
      #expect(estimate.value.isNaN && estimate.error.isNaN)
      #expect(estimate.warning?.hasPrefix("short") == true)
    }
  }

  @Test func oneMeasurement() {
    for method in [Series.Method.gammaMethod(), .binning] {
      let estimate = Series([3.5]).estimate(method)
      #expect(estimate.value == 3.5 && estimate.error.isNaN)
      #expect(estimate.warning?.hasPrefix("short") == true)
    }
  }

  @Test(arguments: [[[2.0, 2, 2, 2]], [[2], [2]], [[Double](repeating: -0.1, count: 1000)]])
  func constantSeries(chains: [[Double]]) {
    for method in [Series.Method.gammaMethod(), .binning] {
      let estimate = Series(chains).estimate(method)
      #expect(estimate.value == chains[0][0] && estimate.error.isNaN)
      #expect(estimate.warning?.hasPrefix("frozen") == true)
    }
    let jackknifed = Estimate.jackknife(Series(chains)) { $0.variance }
    #expect(jackknifed.value == 0 && jackknifed.error.isNaN)
    #expect(jackknifed.warning?.hasPrefix("frozen") == true)
  }

  @Test func measurementsThatAreNotFinite() {
    for bad in [Double.nan, .infinity] {
      let estimate = Series([1, 2, bad, 4]).estimate()
      #expect(estimate.error.isNaN && estimate.warning?.hasPrefix("not finite") == true)
      let jackknifed = Estimate.jackknife(Series([1, 2, bad, 4])) { $0.variance }
      #expect(jackknifed.error.isNaN && jackknifed.warning != nil)
    }
  }

  /// Perfect alternation: the mean is known much better than white noise would say; the bar must not
  /// vanish, become NaN, or exceed that of white noise.
  @Test(arguments: [10, 11, 256, 1001])
  func alternatingSeries(count: Int) {
    let series = Series((0..<count).map { $0 % 2 == 0 ? 1.0 : -1.0 })
    let white = 1 / Double(count - 1).squareRoot()
    for method in [Series.Method.gammaMethod(), .binning] {
      let estimate = series.estimate(method)
      #expect(estimate.error >= 0 && estimate.error <= 1.5 * white, "\(method)")
      #expect(abs(estimate.value) <= max(estimate.error, 1 / Double(count)) * 1.0001)
    }
  }

  /// Every length from 2 on: binning once crashed elsewhere at the 256th value. Silent error 7.
  @Test func everyLength() {
    var rng = Seed.test().makeStream()
    let values = (0..<1030).map { _ in rng.uniform() }
    for count in Array(2...300) + [511, 512, 513, 1000, 1023, 1024, 1025] {
      for series in [Series(Array(values[..<count])), Series([Array(values[..<count]), values])] {
        for method in [Series.Method.gammaMethod(), .binning] {
          let estimate = series.estimate(method)
          #expect(estimate.error > 0 && estimate.error.isFinite, "\(count) \(method)")
        }
        let heat = Estimate.jackknife(series) { $0.variance }
        #expect(heat.error >= 0 || heat.warning != nil, "\(count)")
      }
    }
  }

  /// Many chains of one measurement are independent samples.
  @Test func singleMeasurementsOfManyChains() {
    expectAgreement(with: 0.5, seed: .test(), minimalBias: 0.07) { seed, effort in
      var rng = seed.makeStream()
      let series = Series((0..<(400 * effort)).map { _ in [rng.uniform()] })
      let estimate = series.estimate()
      expectClose(estimate.error, (1 / 12.0 / Double(series.count)).squareRoot(), relative: 0.2)
      #expect(estimate.warning == nil)
      return estimate
    }
  }

  /// Silent errors 9 and 17: a drift that is taken for noise.
  @Test func driftingChain() {
    var rng = Seed.test().makeStream()
    let series = Series((0..<2000).map { Double($0) / 2000 + 0.1 * rng.normal() })
    for method in [Series.Method.gammaMethod(), .binning] {
      let estimate = series.estimate(method)
      // The halves differ by 0.5: an honest bar is of that order, and somebody must be told.
      #expect(estimate.error > 0.05, "\(method): \(estimate)")
      #expect(estimate.warning?.contains("not mixed") == true)
      #expect(estimate.warning?.contains("short") == true)
    }
  }

  /// Two chains stuck in two phases, each well behaved in itself.
  @Test func chainsThatDisagree() {
    let seed = Seed.test()
    let process = Autoregression(coefficient: 0.5)
    let chains = process.chains([2000, 2000], seed: seed)
    let apart = Series([chains[0].map { $0 - 5 }, chains[1].map { $0 + 5 }])
    for method in [Series.Method.gammaMethod(), .binning] {
      let estimate = apart.estimate(method)
      #expect(estimate.warning?.contains("not mixed") == true)
      #expect(estimate.error > 0.5, "\(method): \(estimate)")
    }
    #expect(Estimate.jackknife(apart) { $0.mean }.warning?.contains("not mixed") == true)
  }

  @Test func oneFrozenChain() {
    let chains = Autoregression(coefficient: 0).chains([1000], seed: .test())
    let warning = Series([chains[0], [Double](repeating: 0, count: 1000)]).estimate().warning
    #expect(warning?.contains("frozen: 1 of 2 chains") == true)
  }

  @Test func shortChain() {
    let chains = Autoregression(coefficient: 0.99).chains([1000], seed: .test())
    #expect(Series(chains).estimate().warning?.contains("short") == true)
    #expect(Series(chains).estimate(.binning).warning?.contains("short") == true)
  }
}

@Suite struct AutocorrelationTests {
  /// The transform and the direct sums are two routes to the same function.
  @Test func transformAgreesWithDirectSums() {
    let series = Series(Autoregression(coefficient: 0.9).chains([700, 1000, 300], seed: .test()))
    let function = AutocovarianceFunction(of: series, maximalLag: 500)
    let transformed = function.transformed()
    #expect(transformed.count == 501)
    for lag in 0...500 {
      // Sums of a thousand terms of order one, over at least 700 pairs.
      expectClose(transformed[lag], function.direct(lag), absolute: 1e-14)
    }
  }

  /// Slow enough that the window passes the lag where the transform takes over.
  @Test func longWindows() {
    let series = Series(Autoregression(coefficient: 0.98).chains([30_000], seed: .test()))
    let correlation = Autocorrelation(of: series)
    #expect(correlation.window > 64 && correlation.windowCloses)
    #expect(correlation.normalized.count == correlation.window + 1)
    expectClose(correlation.normalized[0], 1, absolute: 1e-14)
    let sum = correlation.normalized.dropFirst().reduce(0.5, +)
    expectClose(sum, correlation.integratedTime.value, relative: 1e-12)
  }

  /// Five numbers by hand: mean 3, deviations -2 -1 0 1 2, Gamma(0) = 2, Gamma(1) = 4 / 4. The window
  /// closes at 1: tau there is 1.5 / ln 3 = 1.37, and exp(-1 / 1.37) is below 1.37 / sqrt 5.
  @Test func fewNumbersByHand() {
    let series = Series([1, 2, 3, 4, 5])
    var function = AutocovarianceFunction(of: series, maximalLag: 2)
    #expect(function[0] == 2 && function[1] == 1)
    expectClose(function[2], -1.0 / 3, ulps: 1)
    let correlation = Autocorrelation(of: series)
    // The sum 2 + 2 x 1 is corrected by 1 + 3/5, over 5 measurements.
    #expect(correlation.window == 1)
    expectClose(correlation.standardError, (4 * 1.6 / 5).squareRoot(), ulps: 4)
    expectClose(correlation.variance, 2 + 4.0 / 5, ulps: 4)
  }
}

@Suite struct SplitRHatTests {
  /// The definition of Vehtari et al. in numpy and scipy (ranks averaged over ties), same numbers.
  @Test func agreesWithTheDefinition() throws {
    let time = (0..<41).map(Double.init)
    let chains = [
      time.map { sin(0.7 * $0 * $0) }, time.map { sin(1.1 * $0 + 0.3 * $0 * $0) + 0.2 },
      time.map { 1.5 * sin(2.3 * $0 + 0.9 * $0 * $0) },
    ]
    expectClose(try #require(Series(chains).splitRHat), 1.1071979613677734, relative: 1e-12)
    let rounded = chains.map { $0.map { ($0 * 3).rounded(.toNearestOrEven) } }
    expectClose(try #require(Series(rounded).splitRHat), 1.073521007789046, relative: 1e-12)
  }

  @Test func seesDifferentSpreads() throws {
    let chains = Autoregression(coefficient: 0).chains([4000, 4000], seed: .test())
    let alike = try #require(Series(chains).splitRHat)
    let unlike = try #require(Series([chains[0], chains[1].map { 2 * $0 }]).splitRHat)
    #expect(alike < 1.005 && unlike > 1.05)
  }

  @Test func ends() {
    #expect(Series([1, 2, 3]).splitRHat == nil)
    #expect(Series([[1, 1, 1, 1], [1, 1, 1, 1]]).splitRHat == nil)
    #expect(Series([[1, 1, 1, 1], [2, 2, 2, 2]]).splitRHat == .infinity)
  }
}
