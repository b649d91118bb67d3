import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One size at the transition and at equal distances below and above it.
///
/// Slopes in beta from covariances with the energy are noisy: at one beta their relative variance is about
/// (sigma_R sigma_H / R')^2 over the number of measurements. The mean slope between two betas 2 delta apart, each
/// sampled by itself, has (sigma_R / (delta R'))^2, which is less by (delta sigma_H)^2, four to ten times.
struct ScalingWindow: Sendable {
  let low: ScalingCurves
  let middle: ScalingCurves
  let high: ScalingCurves
  /// Coefficients of all three, one after the other.
  private let joined: Replicates

  init(low: ScalingCurves, middle: ScalingCurves, high: ScalingCurves) {
    (self.low, self.middle, self.high) = (low, middle, high)
    joined = Replicates(independent: [low.replicates, middle.replicates, high.replicates])
  }

  var side: Int { middle.side }

  /// The functions of one replicate (or of all data) at the three places.
  struct Curves {
    let low: ScalingCurve
    let middle: ScalingCurve
    let high: ScalingCurve
  }

  var whole: Curves { curves(joined.values) }

  /// Functions of the curves with replicates.
  func map(_ transform: (Curves) -> [Double]) -> Replicates {
    joined.map { transform(curves($0)) }
  }

  private func curves(_ values: [Double]) -> Curves {
    let width = ScalingCurves.width
    return Curves(
      low: low.curve(values[..<width]), middle: middle.curve(values[width..<(2 * width)]),
      high: high.curve(values[(2 * width)...]))
  }
}

extension ScalingWindow.Curves {
  /// ln of the mean slope of a ratio between the beta where it is `low` and the one where it is `high`.
  func logMeanSlope(_ quantity: ScalingCurves.Quantity, _ ends: ClosedRange<Double>) -> Double {
    let width =
      high.beta(where: quantity, is: ends.upperBound)
      - low.beta(where: quantity, is: ends.lowerBound)
    return log((ends.upperBound - ends.lowerBound) / width)
  }
}
