public import LandauCore

extension Estimate {
  /// A function of the means of several series measured together, with its error by the jackknife.
  ///
  ///     let ratio = Estimate.jackknife([m2, m4]) { 1 - $0[1] / (3 * $0[0] * $0[0]) }
  ///
  /// The blocks are cut from all chains, as long as the slowest series asks for. The value is corrected
  /// for the bias of order one over the number of measurements. `integratedTime` belongs to the linear
  /// combination of the series that the function depends on.
  ///
  /// - Parameters:
  ///   - series: Of equal shape: measurement i of one was taken together with i of the others.
  ///   - function: Of the means, in the order of `series`; called once per block and a few times more.
  public static func jackknife(
    _ series: [Series], _ function: (_ means: [Double]) -> Double
  ) -> Estimate {
    precondition(!series.isEmpty, "a jackknife of no series")
    let shape = series[0].chains.map(\.count)
    precondition(
      series.allSatisfy { $0.chains.map(\.count) == shape },
      "the series of a jackknife must have equal numbers of measurements")
    let means = series.map(\.mean)
    let whole = function(means)
    guard let first = series.first(where: { !$0.isConstant }), first.count > 1,
      means.allSatisfy(\.isFinite)
    else {
      return Estimate(whole, error: .nan, warning: series[0].estimate().warning)
    }
    let blocks = Blocks(of: series.filter { !$0.isConstant })
    var result = Replicates.jackknife(series, means: means, blocks: blocks, warning: nil) {
      [function($0)]
    }[0]
    if result.error.isNaN { return result }
    describe(&result, series: series, means: means, blocks: blocks, function: function)
    return result
  }

  /// A function of the moments of one series, e.g. a specific heat, with its error by the jackknife.
  ///
  ///     let heat = Estimate.jackknife(energyPerSite) { beta * beta * Double(siteCount) * $0.variance }
  public static func jackknife(
    _ series: Series, _ function: (_ moments: SampleMoments) -> Double
  ) -> Estimate {
    let shift = series.mean
    guard shift.isFinite else { return series.estimate() }
    let powers = (1...4).map { power in
      series.map { value in
        (1..<power).reduce(value - shift) { product, _ in product * (value - shift) }
      }
    }
    return jackknife(powers) { function(SampleMoments(shift: shift, shifted: $0)) }
  }

  /// Adds autocorrelation and warnings, from the series projected on the function's gradient.
  private static func describe(
    _ result: inout Estimate, series: [Series], means: [Double], blocks: Blocks,
    function: ([Double]) -> Double
  ) {
    let projected = projection(of: series, means: means, function: function)
    guard let projected, !projected.isConstant else { return }
    let correlation = Autocorrelation(of: projected)
    result.integratedTime = correlation.integratedTime.value
    result.effectiveCount = correlation.effectiveCount
    result.warning = projected.warning(
      integratedTime: correlation.integratedTime.value / Double(projected.spacing),
      isResolved: blocks.isResolved && correlation.windowCloses)
  }

  private static func projection(
    of series: [Series], means: [Double], function: ([Double]) -> Double
  ) -> Series? {
    let gradient = zip(series, means).enumerated().map { index, pair -> Double in
      let (series, mean) = pair
      let sum = series.chains.reduce(0.0) { $0 + $1.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } }
      let step = sum.squareRoot() / Double(series.count)
      guard step > 0 else { return 0 }
      var (up, down) = (means, means)
      up[index] += step
      down[index] -= step
      return (function(up) - function(down)) / (2 * step)
    }
    guard gradient.allSatisfy(\.isFinite) else { return nil }
    let chains = series[0].chains.indices.map { chain in
      series[0].chains[chain].indices.map { index in
        zip(series, gradient).reduce(0.0) { $0 + $1.1 * $1.0.chains[chain][index] }
      }
    }
    return Series(chains, spacing: series[0].spacing)
  }
}

/// Moments of a sample up to the fourth, as functions of a jackknife see them.
public struct SampleMoments: Sendable, Hashable {
  private let shift: Double
  /// Means of (x - shift)^k for k = 1 to 4: a shift near the mean keeps the variance's digits.
  private let shifted: [Double]

  init(shift: Double, shifted: [Double]) {
    self.shift = shift
    self.shifted = shifted
  }

  public var mean: Double { shift + shifted[0] }
  /// Mean of the square less square of the mean.
  public var variance: Double { shifted[1] - shifted[0] * shifted[0] }
  /// Mean of x^2.
  public var secondMoment: Double { shifted[1] + shift * (2 * shifted[0] + shift) }
  /// Mean of x^3.
  public var thirdMoment: Double {
    shifted[2] + shift * (3 * shifted[1] + shift * (3 * shifted[0] + shift))
  }
  /// Mean of x^4.
  public var fourthMoment: Double {
    shifted[3]
      + shift * (4 * shifted[2] + shift * (6 * shifted[1] + shift * (4 * shifted[0] + shift)))
  }
  /// 1 - <x^4> / (3 <x^2>^2), of moments about zero.
  public var binderCumulant: Double { 1 - fourthMoment / (3 * secondMoment * secondMoment) }
}
