import LandauCore
import LandauStatistics

/// beta_c from xi/L and <m^2>^2/<m^4> of all sizes: the crossing of all of them, with a correction term.
struct CriticalPoint: Sendable {
  /// Fitted at `beta`; what is common is the distance from beta_c to there.
  let fit: AveragedScalingFit
  let beta: Double

  /// beta_c.
  var critical: Double { beta - fit.common.value }

  /// - Returns: nil where no fit is possible: fewer than three sizes, or ratios that are no numbers.
  init?(_ curves: [ScalingCurves]) {
    // The fit is linear in the distance to beta_c, which is small the second time.
    var place = curves.map(\.beta).reduce(0, +) / Double(curves.count)
    var found: (fit: AveragedScalingFit, beta: Double)?
    for _ in 0..<3 {
      guard let fit = Self.fit(curves, at: place) else { return nil }
      found = (fit, place)
      if abs(fit.common.value) < 0.1 * fit.common.error { break }
      place -= fit.common.value
    }
    guard let found else { return nil }
    (fit, beta) = found
  }

  /// Both ratios of one size at a beta.
  static func ratios(_ curve: ScalingCurve, at beta: Double) -> [Double] {
    [curve.value(.correlationLength, at: beta), curve.value(.binderRatio, at: beta)]
  }

  private static func fit(_ curves: [ScalingCurves], at beta: Double) -> AveragedScalingFit? {
    let data = Replicates(
      independent: curves.map { curves in
        curves.replicates.map { ratios(curves.curve($0[...]), at: beta) }
      })
    guard data.values.allSatisfy(\.isFinite) else { return nil }
    return AveragedScalingFit(
      .init(
        sides: curves.map(\.side),
        values: curves.indices.map { [data.values[2 * $0], data.values[2 * $0 + 1]] },
        slopes: curves.map { curves in
          [
            curves.whole.slope(.correlationLength, at: beta),
            curves.whole.slope(.binderRatio, at: beta),
          ]
        }, covariance: data.covariance))
  }
}
