import LandauCore
import LandauLinearAlgebra

/// The mean held-out prediction at each value of the parameter, with what is known of its errors.
///
/// Two sources are kept apart: the scatter of the test snapshots (independent between parameters) and
/// the training, which moves the whole curve. The second is the jackknife spread of the K networks of
/// the folds, each trained without one part of the data and from its own seed:
/// covariance = (K - d)/(d K) sum_k (c_k - c)(c_k - c)^T.
public struct PredictionCurve: Sendable {
  public let parameters: [Double]
  public let means: [Double]
  /// Standard error from the scatter of test snapshots, chains taken as units where there are several.
  public let testErrors: [Double]
  /// Deviations of the folds' curves, scaled so that their outer products sum to the covariance.
  public let trainingModes: [[Double]]
  /// Standard deviation of single predictions at each parameter.
  public let spreads: [Double]

  public init(
    parameters: [Double], means: [Double], testErrors: [Double], trainingModes: [[Double]],
    spreads: [Double]
  ) {
    self.parameters = parameters
    self.means = means
    self.testErrors = testErrors
    self.trainingModes = trainingModes
    self.spreads = spreads
  }

  /// Both sources together, at each parameter.
  public var errors: [Double] {
    testErrors.indices.map { i in
      (testErrors[i] * testErrors[i] + trainingModes.reduce(0) { $0 + $1[i] * $1[i] }).squareRoot()
    }
  }

  /// The standard deviation of single predictions at the parameter nearest to a value.
  func spread(at value: Double) -> Double {
    spreads[
      parameters.indices.min { abs(parameters[$0] - value) < abs(parameters[$1] - value) }!]
  }

  /// A curve as it would be measured if `center` were the truth: every source of error drawn anew.
  func resampled(
    about center: [Double], using rng: inout some RandomNumberGenerator
  ) -> [Double] {
    var curve = center.indices.map { center[$0] + testErrors[$0] * rng.normal() }
    for mode in trainingModes {
      let amplitude = rng.normal()
      for index in curve.indices { curve[index] += amplitude * mode[index] }
    }
    return curve
  }

  /// The slope of the smoothed curve, the one whose top is the location, for drawing.
  public func smoothedSlopes(pointsPerStep: Int = 4) -> (x: [Double], y: [Double]) {
    let errors = errors
    var result: (x: [Double], y: [Double]) = ([], [])
    for piece in ParameterGrid(parameters).pieces where piece.count >= 4 {
      let spline = CubicSpline(
        x: Array(parameters[piece]),
        y: Smoothing.values(
          x: Array(parameters[piece]), y: Array(means[piece]), errors: Array(errors[piece])))
      let slopes = spline.slopes(pointsPerInterval: pointsPerStep)
      result.x += slopes.map(\.position)
      result.y += slopes.map(\.slope)
    }
    return result
  }

  /// Chi-square of the distance to an exact curve, with the full covariance.
  ///
  /// The covariance is D + sum_k u_k u_k^T with D diagonal, inverted by Woodbury's identity: a system
  /// as small as there are folds.
  public func chiSquare(to exact: [Double]) -> Double {
    precondition(exact.count == means.count)
    let weights = testErrors.map { 1 / max($0 * $0, 1e-300) }
    let distance = zip(means, exact).map { $0 - $1 }
    func inner(_ a: [Double], _ b: [Double]) -> Double {
      a.indices.reduce(0) { $0 + a[$1] * b[$1] * weights[$1] }
    }
    let k = trainingModes.count
    let matrix = (0..<k * k).map { index in
      inner(trainingModes[index / k], trainingModes[index % k]) + (index / k == index % k ? 1 : 0)
    }
    let projections = trainingModes.map { inner($0, distance) }
    // One plus a Gram matrix is positive definite, so only numbers that are not finite fail.
    guard let solution = try? Cholesky(matrix, count: k).solve(projections) else { return .nan }
    return inner(distance, distance) - zip(projections, solution).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
