public import LandauCore
import LandauLinearAlgebra
import LandauStatistics

/// A method's curve as learned, with the covariance of its errors.
public struct MethodCurve: Sendable {
  /// The grid; for confusion the middles between its neighbours.
  public let parameters: [Double]
  public let values: [Double]
  /// `[parameter][parameter]`: scatter of held-out samples, widened by autocorrelation, and the training.
  public let covariance: [[Double]]

  public var errors: [Double] { covariance.indices.map { covariance[$0][$0].squareRoot() } }

  init(parameters: [Double], values: [Double], covariance: [[Double]]) {
    self.parameters = parameters
    self.values = values
    self.covariance = covariance
  }

  /// A curve whose test errors are independent of one another; `floor` is added to them.
  init(_ curve: PredictionCurve, floor: Double = 0) {
    var covariance = curve.means.map { _ in [Double](repeating: 0, count: curve.means.count) }
    for i in covariance.indices {
      for j in covariance.indices {
        covariance[i][j] = curve.trainingModes.reduce(0) { $0 + $1[i] * $1[j] }
      }
      covariance[i][i] += curve.testErrors[i] * curve.testErrors[i] + floor * floor
    }
    self.init(parameters: curve.parameters, values: curve.means, covariance: covariance)
  }

  /// Chi-square of the distance to an exact curve over the points asked for, with the full covariance.
  ///
  /// - Complexity: the cube of the number of points.
  public func chiSquare(to exact: [Double], at points: [Int]? = nil) -> Double {
    precondition(exact.count == values.count, "\(exact.count) exact values for \(values.count)")
    let points = points ?? Array(values.indices)
    let matrix = points.flatMap { i in points.map { covariance[i][$0] } }
    let distance = points.map { values[$0] - exact[$0] }
    guard let solution = try? Cholesky(matrix, count: points.count).solve(distance) else {
      return .nan
    }
    return zip(distance, solution).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// What independent noise of each point would scatter as much about its neighbours as this curve does.
  ///
  /// The second difference of independent noise has six times its variance; neighbouring accuracies share
  /// most of their noise, and smoothing must not take that for scatter.
  var localErrors: [Double] {
    let n = values.count
    return (0..<n).map { i in
      let m = min(max(i, 1), n - 2)
      let variance = [(m - 1, 1.0), (m, -2.0), (m + 1, 1.0)].reduce(0.0) { sum, a in
        [(m - 1, 1.0), (m, -2.0), (m + 1, 1.0)].reduce(sum) {
          $0 + a.1 * $1.1 * covariance[a.0][$1.0]
        }
      }
      return max((variance / 6).squareRoot(), 1e-9)
    }
  }

  func variance(of i: Int, minus j: Int) -> Double {
    covariance[i][i] + covariance[j][j] - 2 * covariance[i][j]
  }
}

/// Where a method puts the change at one size.
public struct MethodLocation: Sendable {
  public let kind: SlopePeak.Kind
  /// The middle of the interval where it is only bracketed.
  public let estimate: Estimate
  /// Interval that holds 95 % of the resampled locations.
  public let interval: ClosedRange<Double>

  init(kind: SlopePeak.Kind, estimate: Estimate, interval: ClosedRange<Double>) {
    self.kind = kind
    self.estimate = estimate
    self.interval = interval
  }

  init(_ peak: SlopePeak) {
    self.init(kind: peak.kind, estimate: peak.location, interval: peak.interval)
  }

  /// Only known to lie between two values.
  init(bracketed gap: ClosedRange<Double>) {
    let (low, high) = (gap.lowerBound, gap.upperBound)
    self.init(
      kind: .bracketed(gap), estimate: Estimate((low + high) / 2, error: (high - low) / 2),
      interval: gap)
  }

  /// The inner maximum of an accuracy curve: of the smoothed curve, its error from curves drawn anew about it.
  ///
  /// There is none (`atEdge`) where it does not stand out by three standard errors above the lowest points on both sides.
  init(innerMaximumOf curve: MethodCurve, seed: Seed, resamples: Int) {
    let x = curve.parameters
    let local = curve.localErrors
    func smoothed(_ y: [Double]) -> [Double] { Smoothing.values(x: x, y: y, errors: local) }
    let smooth = smoothed(curve.values)
    let whole = x[0]...x[x.count - 1]
    func missing() -> MethodLocation {
      MethodLocation(
        kind: .atEdge,
        estimate: Estimate((x[0] + x[x.count - 1]) / 2, error: x[x.count - 1] - x[0]),
        interval: whole)
    }
    guard let found = InnerMaximum(parameters: x, values: smooth),
      [found.left, found.right].allSatisfy({ low in
        smooth[found.top] - smooth[low]
          > 3 * max(0, curve.variance(of: found.top, minus: low)).squareRoot()
      }),
      let factor = try? Cholesky(curve.covariance.flatMap { $0 }, count: x.count).factor
    else {
      self = missing()
      return
    }
    var rng = seed.child("inner maximum").makeStream()
    var positions: [Double] = []
    for _ in 0..<resamples {
      let noise = x.map { _ in rng.normal() }
      let drawn = x.indices.map { i in
        smooth[i] + (0...i).reduce(0) { $0 + factor[i * x.count + $1] * noise[$1] }
      }
      if let top = InnerMaximum(parameters: x, values: smoothed(drawn)) {
        positions.append(top.position)
      }
    }
    guard positions.count >= max(1, resamples / 2) else {
      self = missing()
      return
    }
    let location = ResampledLocation(found.position, places: positions, leastError: 1e-12)
    self.init(kind: .located, estimate: location.estimate, interval: location.interval)
  }
}
