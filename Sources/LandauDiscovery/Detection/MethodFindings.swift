import LandauCore
import LandauStatistics

/// What one method found in one part of the scan, size by size.
public struct MethodFindings: Sendable {
  public var method: DetectionMethod
  public var range: ScanRange
  /// Ascending in size.
  public var sizes: [MethodSizeFindings]
  /// Of the located sizes; nil with fewer than two.
  public var extrapolation: Extrapolation?
}

/// What one method found at one size.
public struct MethodSizeFindings: Sendable {
  public var method: DetectionMethod
  public var siteShape: [Int]
  public var linearSize: Double
  public var curve: MethodCurve
  public var location: MethodLocation
  /// The best any network could do on the same size, grid and range, where the distributions are known.
  public var optimum: DetectionOptimum?
  /// Of the learned curve against the optimum, over the points that the training data determine.
  public var chiSquare: Double?
  public var degreesOfFreedom: Int
  /// Standard deviation of single predictions of the parameter where the change was located.
  var spread: Double

  /// Probability of a chi-square at least as large.
  public var probability: Double? {
    chiSquare.map { chiSquareSurvival($0, degreesOfFreedom: Double(degreesOfFreedom)) }
  }

  init(
    _ method: DetectionMethod, _ ensemble: Ensemble, curve: MethodCurve, location: MethodLocation,
    optimum: DetectionOptimum?, spread: Double
  ) {
    self.method = method
    siteShape = ensemble.siteShape
    linearSize = ensemble.linearSize
    self.curve = curve
    self.location = location
    self.optimum = optimum
    self.spread = spread
    let points = curve.values.indices.filter { optimum?.isDetermined[$0] ?? true }
    degreesOfFreedom = points.count
    chiSquare = optimum.flatMap { best in
      points.isEmpty ? nil : curve.chiSquare(to: best.values, at: points)
    }
  }

  /// As a point of the drift with size.
  var point: Extrapolation.Point? {
    guard location.kind == .located else { return nil }
    return Extrapolation.Point(
      linearSize: linearSize, location: location.estimate, spread: spread, scan: curve.parameters)
  }
}
