import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct HistogramTests {
  private func normal(_ count: Int, coefficient: Double, seed: Seed) -> Series {
    Series(Autoregression(coefficient: coefficient).chains([count, count], seed: seed))
  }

  /// Densities of the normal distribution, and the number of bars that hold them.
  @Test(arguments: [0, 0.7])
  func densities(coefficient: Double) {
    expectAgreement(with: 1, seed: .test(coefficient), minimalBias: 0.5) { seed, effort in
      squaredPull(seed, repeats: 200 * effort) { seed in
        let histogram = Histogram(
          of: normal(1500, coefficient: coefficient, seed: seed), range: -3...3, binCount: 12)
        // The bin from 0.5 to 1.
        let exact = (normalSurvival(0.5) - normalSurvival(1)) / 0.5
        return histogram.densities[7].pull(to: exact)
      }
    }
  }

  @Test func normalization() {
    let histogram = Histogram(of: Series([0.0, 0.5, 1, 1.5, 2, 7]), range: 0...2, binCount: 4)
    #expect(histogram.edges == [0, 0.5, 1, 1.5, 2])
    // The upper end belongs to the last bin; 7 is outside.
    let shares = histogram.densities.values.map { $0 * histogram.binWidth }
    for (share, expected) in zip(shares, [1.0, 1, 1, 2]) {
      expectClose(share, expected / 6, ulps: 4)
    }
    expectClose(histogram.outside, 1.0 / 6, ulps: 4)
    let frozen = Histogram(of: Series([1.0, 1, 1]), range: 0...2, binCount: 2)
    #expect(frozen.densities.values == [0, 1] && frozen.densities[1].error.isNaN)
    #expect(frozen.densities[1].warning?.hasPrefix("frozen") == true)
  }

  private func probabilities(shift: Double) -> [Double] {
    (0..<12).map { bin in
      let low = -3 + 0.5 * Double(bin) - shift
      return normalSurvival(low) - normalSurvival(low + 0.5)
    }
  }

  @Test func chiSquareAgainstExactProbabilities() throws {
    try expectPlausible(seed: .test()) { seed, effort in
      let series = normal(4000 * effort, coefficient: 0, seed: seed)
      let result = Histogram(of: series, range: -3...3, binCount: 12)
        .comparison(with: probabilities(shift: 0), effectiveCount: Double(series.count))
      return try #require(result).probability
    }
    let series = normal(4000, coefficient: 0, seed: .test())
    let histogram = Histogram(of: series, range: -3...3, binCount: 12)
    let shifted = histogram.comparison(
      with: probabilities(shift: 0.1), effectiveCount: Double(series.count))
    #expect(try #require(shifted).probability < 1e-6)
    try expectPlausible(seed: .test("two")) { seed, effort in
      let pair = [4000 * effort, 1000 * effort].map { count in
        let series = normal(count, coefficient: 0, seed: seed.child("\(count)"))
        return (Histogram(of: series, range: -2...2, binCount: 10), Double(series.count))
      }
      let result = pair[0].0.comparison(
        with: pair[1].0, effectiveCounts: (pair[0].1, pair[1].1))
      #expect(result?.degreesOfFreedom == 10)
      return try #require(result).probability
    }
    let moved = Histogram(
      of: normal(4000, coefficient: 0, seed: .test("moved")).map { $0 + 0.1 }, range: -3...3,
      binCount: 12)
    let different = histogram.comparison(with: moved, effectiveCounts: (8000, 8000))
    #expect(try #require(different).probability < 1e-4)
    #expect(histogram.comparison(with: probabilities(shift: 0), effectiveCount: 6) == nil)
  }

  /// The p-values of many repeats are uniform: their mean is 1/2. With memory they are cautious: the
  /// count is that of the slowest share, and the largest distance is over all of them.
  @Test(arguments: [0, 0.6], [false, true])
  func kolmogorovSmirnov(coefficient: Double, twoSeries: Bool) {
    let repeats = 200
    var sum = 0.0
    for index in 0..<repeats {
      let seed = Seed.test(coefficient, twoSeries, index)
      let series = normal(500, coefficient: coefficient, seed: seed)
      if twoSeries {
        let other = normal(300, coefficient: coefficient, seed: seed.child("other"))
        sum += KolmogorovSmirnov.probability(of: series, and: other)
      } else {
        sum += KolmogorovSmirnov.probability(of: series) { 1 - normalSurvival($0) }
      }
    }
    // The mean of 200 uniform numbers: 0.02.
    let mean = sum / Double(repeats)
    #expect(mean > 0.4 && mean < (coefficient == 0 ? 0.6 : 0.85))
    let shifted = normal(500, coefficient: coefficient, seed: .test()).map { $0 + 0.5 }
    #expect(KolmogorovSmirnov.probability(of: shifted) { 1 - normalSurvival($0) } < 1e-6)
  }

  /// Kolmogorov's distribution at points of its table, and both series where they meet.
  @Test func kolmogorovsDistribution() {
    func limit(_ x: Double) -> Double {
      KolmogorovSmirnov.survival(x / 1e4, effectiveCount: 1e8)
    }
    expectClose(limit(1.3581), 0.05, absolute: 1e-4)
    expectClose(limit(1.6276), 0.01, absolute: 1e-4)
    expectClose(limit(0.8276), 0.5, absolute: 1e-4)
    expectClose(limit(1.17999), limit(1.18001), absolute: 1e-4)
    #expect(limit(0.1) == 1)
  }
}

@Suite struct ObservablesTests {
  /// S(k) = 1 / (m^2 + 4 sin^2(k / 2)) has xi = 1 / m exactly.
  @Test func secondMomentLength() {
    let wavenumber = 2 * Double.pi / 32
    let s = 4 * sin(wavenumber / 2) * sin(wavenumber / 2)
    expectClose(
      CorrelationLength.secondMoment(
        zero: 1 / 0.04, minimal: 1 / (0.04 + s), wavenumber: wavenumber),
      5, relative: 1e-12)
    #expect(CorrelationLength.secondMoment(zero: 1, minimal: 2, wavenumber: 1).isNaN)
    expectAgreement(with: 5, seed: .test(), minimalBias: 1) { seed, effort in
      let chains = Autoregression(coefficient: 0.5).chains([4000 * effort], seed: seed)
      let others = Autoregression(coefficient: 0.5).chains([4000 * effort], seed: seed.child("k"))
      return CorrelationLength.secondMoment(
        zero: Series(chains).map { 25 * $0 * $0 },
        minimal: [chains, others].map { Series($0).map { $0 * $0 / (0.04 + s) } },
        wavenumber: wavenumber)
    }
  }

  @Test func correlationFunction() throws {
    let distances = [1.0, 2, 3, 4, 5]
    let exact = { (values: [Double]) in
      CorrelationFunction(
        distances: distances,
        values: Replicates(
          normal: values.map { Estimate($0, error: 1e-9) }, count: 5, seed: .test()))
    }
    for value in exact(distances.map { exp(-$0 / 2.5) }).effectiveLengths().values {
      expectClose(value, 2.5, relative: 1e-12)
    }
    let periodic = exact(distances.map { cosh((6 - $0) / 2.5) })
    for value in periodic.effectiveLengths(period: 12).values {
      expectClose(value, 2.5, relative: 1e-9)
    }
    #expect(exact([5, 4, -1, 2, 1]).effectiveLengths().values[1].isNaN)
    // Connected: a common magnetisation drops out.
    let chain = Autoregression(coefficient: 0.3).chains([2000], seed: .test())[0]
    let series = distances.map { r in Series(chain.map { exp(-r) + 0.25 + 0.01 * $0 }) }
    let connected = CorrelationFunction(
      distances: distances, series: series, magnetization: Series(chain.map { _ in 0.5 }))
    expectClose(connected.values.values[0] - series[0].mean, -0.25, absolute: 1e-12)
    #expect(connected.values.covariance[0][4] > 0)
  }
}

@Suite struct ThermodynamicIntegrationTests {
  private let torus = ExactIsing.torus

  private func integration(_ betas: [Double], _ effort: Int, _ seed: Seed) throws
    -> ThermodynamicIntegration
  {
    try ThermodynamicIntegration(
      betas: betas,
      energies: betas.map { beta in
        torus.state(
          beta: beta, memory: 0.5, counts: [2000 * effort], seed: seed.child("beta \(beta)")
        ).energy
      }, logPartitionAtStart: 16 * log(2), start: (energy: 0, variance: 32))
  }

  /// ln Z and entropy of the 4 x 4 torus from 16 ln 2 at beta = 0.
  @Test(arguments: ["partition", "entropy", "free energy"])
  func isingTorus(quantity: String) throws {
    let betas = (0...10).map { 0.05 * Double($0) }
    let logPartition = torus.logPartition(beta: 0.5)
    let exact =
      switch quantity {
      case "partition": logPartition
      case "entropy": logPartition + 0.5 * torus.mean(beta: 0.5) { e, _ in e }
      default: -2 * logPartition
      }
    try expectAgreement(with: exact, seed: .test(quantity), minimalBias: 0.6) { seed, effort in
      let integration = try integration(betas, effort, seed)
      #expect(integration.integrationError[10] < 0.05)
      return switch quantity {
      case "partition": integration.logPartition[10]
      case "entropy": integration.entropy[10]
      default: integration.freeEnergy[10]
      }
    }
  }

  /// With coarse steps the rule's own error is larger, and its estimate is of its size.
  @Test func integrationErrorIsSeen() throws {
    let betas = [0, 0.15, 0.3, 0.45, 0.6]
    // Exact energies: chains of two values with the right mean and variance, no noise.
    let energies = betas.map { beta -> Series in
      let mean = torus.mean(beta: beta) { e, _ in e }
      let width = (torus.mean(beta: beta) { e, _ in e * e } - mean * mean).squareRoot()
      return Series((0..<1000).map { mean + ($0 % 2 == 0 ? width : -width) })
    }
    let integration = try ThermodynamicIntegration(
      betas: betas, energies: energies, logPartitionAtStart: 16 * log(2))
    let missed = abs(integration.logPartition.values[4] - torus.logPartition(beta: 0.6))
    #expect(missed > 1e-4 && missed < 3 * integration.integrationError[4])
    #expect(integration.integrationError[4] < 30 * missed)
    #expect(throws: InputError.self) {
      try ThermodynamicIntegration(
        betas: [0, 0.2, 0.1], energies: Array(energies[..<3]), logPartitionAtStart: 0)
    }
  }
}
