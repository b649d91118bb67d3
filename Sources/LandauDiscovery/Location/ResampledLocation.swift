import LandauCore

/// Where a curve has a feature, with the error that curves drawn anew about it tell.
struct ResampledLocation {
  let estimate: Estimate
  /// Holds 95 % of the places in the resampled curves.
  let interval: ClosedRange<Double>

  /// The error is half the width of the central 68 %, so that a rare jump to a far peak of the noise is told by the interval
  /// alone, and beside it the distance of the median: what smoothing does to the smoothed curve's own feature tells how far
  /// it moves the true one.
  ///
  /// - Parameters:
  ///   - position: in the measured curve.
  ///   - places: in the resampled curves, in any order; at least one.
  ///   - leastError: what the error is where the places tell a smaller one.
  init(_ position: Double, places: [Double], leastError: Double = 0) {
    precondition(!places.isEmpty, "no resampled curve has the feature")
    let sorted = places.sorted()
    func quantile(_ share: Double) -> Double {
      sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
    let scatter = (quantile(0.8413) - quantile(0.1587)) / 2
    let shift = quantile(0.5) - position
    estimate = Estimate(
      position, error: max((scatter * scatter + shift * shift).squareRoot(), leastError))
    interval = quantile(0.025)...quantile(0.975)
  }

  /// The standard deviation of what else was read from the resampled curves; 0 for a single one.
  static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1)))
      .squareRoot()
  }
}
