import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A density as a sum of normal ones, fitted by expectation and maximisation.
///
/// Every step raises the likelihood. The likelihood has no upper bound: a component on a single sample with
/// vanishing width makes it infinite. So a floor, `regularization` times the mean variance of the features, is
/// added to the diagonal of every covariance, and components that live from it are named in `degenerate`.
/// Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1 (1977).
public struct GaussianMixture: Sendable {
  public enum Shape: Sendable, Hashable { case full, diagonal }
  public enum Status: Sendable, Hashable {
    /// The mean log-likelihood of a sample rose by less than the tolerance.
    case converged
    case iterationLimit
  }

  public let shape: Shape
  /// `[component]`, of sum one.
  public let weights: [Double]
  /// `[component, feature]`.
  public let means: SampleMatrix
  /// `[component][feature, feature]`, the floor included.
  public let covariances: [[Double]]
  /// Natural logarithm, of all samples together.
  public let logLikelihood: Double
  public let sampleCount: Int
  public let iterations: Int
  public let status: Status
  /// Components with fewer samples than a covariance needs (features + 1), or as narrow as the floor in some
  /// direction.
  public let degenerate: [Int]

  let factors: [Cholesky]

  public var componentCount: Int { weights.count }

  /// Free numbers of the density.
  public var parameterCount: Int {
    let (k, d) = (componentCount, means.columnCount)
    return k - 1 + k * d + k * (shape == .full ? d * (d + 1) / 2 : d)
  }

  /// Schwarz's criterion, -2 ln L + parameters ln samples; smaller is better.
  ///
  /// It counts samples as independent; correlated ones favour more components.
  public var bayesianInformation: Double {
    -2 * logLikelihood + Double(parameterCount) * log(Double(sampleCount))
  }

  /// Fits from the clusters of k-means, the best of `restarts` starts.
  ///
  /// - Parameters:
  ///   - tolerance: of the rise of the mean log-likelihood of a sample in one iteration.
  /// - Complexity: samples · components · features² per iteration.
  public init(
    _ matrix: SampleMatrix, componentCount: Int, shape: Shape = .full, restarts: Int = 4,
    regularization: Double = 1e-6, tolerance: Double = 1e-7, maximumIterations: Int = 500,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      componentCount > 0 && componentCount <= matrix.rowCount && restarts > 0,
      "\(componentCount) components of \(matrix.rowCount) samples, \(restarts) starts")
    precondition(regularization > 0, "a regularisation of \(regularization)")
    var best: GaussianMixture?
    for _ in 0..<restarts {
      let clusters = KMeans(
        matrix, clusterCount: componentCount, maximumIterations: 100, using: &rng)
      var fit = MixtureFit(
        matrix, componentCount: componentCount, shape: shape, regularization: regularization,
        labels: clusters.labels)
      fit.iterate(tolerance: tolerance, maximum: maximumIterations)
      let run = GaussianMixture(fit)
      // Not above the best where nothing is comparable: the first start stands.
      if best == nil || run.logLikelihood > best!.logLikelihood { best = run }
    }
    self = best!
  }

  /// Mixtures of 1, 2, ... components, and which of those without degenerate components has the smallest criterion.
  public static func selection(
    _ matrix: SampleMatrix, componentCounts: ClosedRange<Int>, shape: Shape = .full,
    restarts: Int = 4, using rng: inout some RandomNumberGenerator
  ) -> (best: GaussianMixture, criteria: [Double]) {
    let mixtures = componentCounts.map {
      GaussianMixture(
        matrix, componentCount: $0, shape: shape, restarts: restarts, using: &rng)
    }
    let sound = mixtures.filter(\.degenerate.isEmpty)
    let best = (sound.isEmpty ? [mixtures[0]] : sound).min {
      $0.bayesianInformation < $1.bayesianInformation
    }!
    return (best, mixtures.map(\.bayesianInformation))
  }

  /// The probability of each component given each sample, `[sample, component]`.
  public func responsibilities(_ matrix: SampleMatrix) -> SampleMatrix {
    var result: [Double] = []
    result.reserveCapacity(matrix.rowCount * componentCount)
    for row in 0..<matrix.rowCount {
      let logs = logDensities(matrix[row])
      let total = Self.logSum(logs)
      result += logs.map { exp($0 - total) }
    }
    return SampleMatrix(result, rowCount: matrix.rowCount, columnCount: componentCount)
  }

  /// The most probable component of every sample.
  public func labels(_ matrix: SampleMatrix) -> [Int] {
    (0..<matrix.rowCount).map { row in
      let logs = logDensities(matrix[row])
      return logs.indices.max { logs[$0] < logs[$1] }!
    }
  }

  /// ln(weight · density) of each component.
  private func logDensities(_ sample: [Double]) -> [Double] {
    (0..<componentCount).map { k in
      log(weights[k]) + NormalDensity.logarithm(sample, mean: means[k], factor: factors[k])
    }
  }

  static func logSum(_ logs: [Double]) -> Double {
    let top = logs.max() ?? -.infinity
    guard top.isFinite else { return top }
    return top + log(logs.reduce(0) { $0 + exp($1 - top) })
  }

  private init(_ fit: MixtureFit) {
    shape = fit.shape
    weights = fit.weights
    means = SampleMatrix(
      fit.means.flatMap(\.self), rowCount: fit.weights.count, columnCount: fit.matrix.columnCount)
    covariances = fit.covariances
    factors = fit.factors
    logLikelihood = fit.logLikelihood
    sampleCount = fit.matrix.rowCount
    iterations = fit.iterations
    status = fit.hasConverged ? .converged : .iterationLimit
    degenerate = fit.degenerate
  }
}
