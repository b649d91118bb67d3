#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Variances along the principal components of independent noise: the law of Marchenko and Pastur.
///
/// With p features of variance v in n samples and p/n = r they fill v (1 - sqrt r)^2 ... v (1 + sqrt r)^2. What
/// stands above is no noise of independent features; correlated ones, the spins of any interacting model for
/// instance, stand above it without any order. Mat. Sb. 72, 507 (1967).
public struct MarchenkoPastur: Sendable, Hashable {
  /// Of each feature.
  public let variance: Double
  /// Features over samples.
  public let ratio: Double

  public init(variance: Double, featureCount: Int, sampleCount: Int) {
    precondition(
      variance >= 0 && featureCount > 0 && sampleCount > 0,
      "variance \(variance), \(featureCount) features, \(sampleCount) samples")
    self.variance = variance
    ratio = Double(featureCount) / Double(sampleCount)
  }

  /// The noise floor of a spectrum: the law whose median is that of the non-zero variances.
  ///
  /// A few large components do not move a median. Gavish and Donoho, IEEE Trans. Inf. Theory 60, 5040 (2014).
  public init(noiseOf components: PrincipalComponents) {
    let unit = MarchenkoPastur(
      variance: 1, featureCount: components.featureCount,
      sampleCount: components.sampleCount - 1)
    let sorted = components.variances
    let middle = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    self.init(
      variance: middle / unit.median, featureCount: components.featureCount,
      sampleCount: components.sampleCount - 1)
  }

  /// Half of the non-zero variances lie below, to about a thousandth of the width of the law.
  public var median: Double {
    let root = ratio.squareRoot()
    let low = variance * (1 - root) * (1 - root)
    let (middle, half) = ((upperEdge + low) / 2, (upperEdge - low) / 2)
    // In the angle of x = middle - half cos(angle) the density is smooth at both edges.
    let steps = 2000
    var sum = 0.0
    for step in 0..<steps {
      let angle = Double.pi * (Double(step) + 0.5) / Double(steps)
      let x = middle - half * cos(angle)
      sum += density(at: x) * half * sin(angle) * Double.pi / Double(steps)
      if sum >= 0.5 { return x }
    }
    return middle
  }

  public var lowerEdge: Double {
    let root = 1 - ratio.squareRoot()
    return ratio < 1 ? variance * root * root : 0
  }
  public var upperEdge: Double {
    let root = 1 + ratio.squareRoot()
    return variance * root * root
  }

  /// Of the non-zero variances, per unit of variance.
  public func density(at x: Double) -> Double {
    let low = variance * (1 - ratio.squareRoot()) * (1 - ratio.squareRoot())
    guard x > low, x < upperEdge, x > 0, variance > 0 else { return 0 }
    return ((upperEdge - x) * (x - low)).squareRoot()
      / (2 * Double.pi * variance * x * min(ratio, 1))
  }
}
