import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logistic regression with an absolute penalty, from the strength at which no coefficient is left down to weak ones.
///
/// Minimises, on features brought to mean 0 and variance 1 over the training samples,
///
///     mean of ln(1 + e^(-y (b + x beta))) + lambda sum over j of factor_j |beta_j|,  y = -1 or +1,
///
/// for a falling ladder of lambda, each point from the one before. The mean loss has a curvature of at most G/4 with
/// G = X'X/n, so coordinate descent on that bound lowers the objective in every round (Boehning and Lindsay 1988; Friedman,
/// Hastie and Tibshirani 2010). It is a convex problem solved without random numbers: the order in which coefficients leave zero is a
/// property of the data.
public struct LogisticPath: Sendable {
  /// The solution at one strength of the penalty.
  public struct Point: Sendable {
    public var penalty: Double
    public var intercept: Double
    /// Of the standardised features.
    public var coefficients: [Double]
    /// Whether the rounds came to rest.
    public var isConverged: Bool
  }

  /// From strong to weak penalties; at the first no coefficient is left.
  public let points: [Point]
  /// Means and deviations of the training features; a deviation of 0 marks a constant feature, which has no part.
  public let center: [Double]
  public let scale: [Double]

  /// - Parameters:
  ///   - features: `[sample, feature]` of the training samples, all that is ever looked at.
  ///   - labels: one per sample, both kinds present.
  ///   - factors: of the penalty of each feature; 1 where nil.
  ///   - count: points on the ladder.
  ///   - smallest: the last penalty over the first.
  /// - Complexity: samples x features^2 once, then 2 x samples x features per round, some tens of rounds a point.
  public init(
    features: [Double], labels: [Bool], factors: [Double]? = nil, count: Int = 30,
    smallest: Double = 0.03
  ) {
    let samples = labels.count
    precondition(
      samples > 1 && features.count % samples == 0, "\(features.count) features, \(samples) labels")
    precondition(labels.contains(true) && labels.contains(false), "labels of one kind alone")
    precondition(count >= 2 && smallest > 0 && smallest < 1, "\(count) points to \(smallest)")
    let width = features.count / samples
    let factors = factors ?? [Double](repeating: 1, count: width)
    precondition(factors.count == width && factors.allSatisfy { $0 > 0 }, "factors \(factors)")
    var solver = Solver(features: features, labels: labels, factors: factors)
    let first = solver.largestPenalty
    points = (0..<count).map {
      solver.solve(penalty: first * pow(smallest, Double($0) / Double(count - 1)))
    }
    center = solver.center
    scale = solver.scale
  }

  /// The logit of one sample at one point.
  public func logit(_ features: some RandomAccessCollection<Double>, at point: Int) -> Double {
    var sum = points[point].intercept
    for (j, x) in features.enumerated() where scale[j] > 0 {
      sum += points[point].coefficients[j] * (x - center[j]) / scale[j]
    }
    return sum
  }

  /// Features in the order in which they leave zero, the larger first where several do at one point.
  public var entries: [(feature: Int, point: Int)] {
    var seen = Set<Int>()
    return points.enumerated().flatMap { index, point -> [(feature: Int, point: Int)] in
      let new = point.coefficients.indices.filter {
        point.coefficients[$0] != 0 && seen.insert($0).inserted
      }
      return new.sorted { abs(point.coefficients[$0]) > abs(point.coefficients[$1]) }
        .map { ($0, index) }
    }
  }
}

/// Coordinate descent on the quadratic bound, warm from penalty to penalty.
private struct Solver {
  let center: [Double]
  let scale: [Double]
  private let samples: Int
  private let width: Int
  /// `[sample, feature]`, standardised.
  private let x: [Double]
  private let y: [Double]
  /// `[feature, feature]`: X'X / n.
  private let gram: [Double]
  private let factors: [Double]
  private var beta: [Double]
  private var intercept: Double

  private static let tolerance = 1e-6
  private static let maximalRounds = 500

  init(features: [Double], labels: [Bool], factors: [Double]) {
    samples = labels.count
    width = factors.count
    self.factors = factors
    (center, scale) = Self.moments(features, samples: labels.count, width: factors.count)
    var standard = features
    for i in 0..<samples {
      for j in 0..<width {
        let value = features[i * width + j] - center[j]
        standard[i * width + j] = scale[j] > 0 ? value / scale[j] : 0
      }
    }
    x = standard
    y = labels.map { $0 ? 1 : 0 }
    var products = [Double](repeating: 0, count: width * width)
    BLAS.multiply(
      rows: width, columns: width, inner: samples, standard, transposeLeft: true, standard,
      into: &products)
    let count = Double(samples)
    gram = products.map { $0 / count }
    beta = [Double](repeating: 0, count: width)
    let share = y.reduce(0, +) / count
    intercept = log(share / (1 - share))
  }

  private static func moments(
    _ features: [Double], samples: Int, width: Int
  ) -> (center: [Double], scale: [Double]) {
    var center = [Double](repeating: 0, count: width)
    var squares = center
    for i in 0..<samples {
      for j in 0..<width { center[j] += features[i * width + j] / Double(samples) }
    }
    for i in 0..<samples {
      for j in 0..<width {
        let distance = features[i * width + j] - center[j]
        squares[j] += distance * distance / Double(samples)
      }
    }
    // Below this a feature is constant up to rounding.
    return (center, squares.map { $0 > 1e-20 ? $0.squareRoot() : 0 })
  }

  /// The penalty from which on all coefficients are zero.
  var largestPenalty: Double {
    let start = gradient().slope
    let largest = (0..<width).map { abs(start[$0]) / factors[$0] }.max() ?? 0
    return max(largest, 1e-12)
  }

  /// Minus the derivatives of the mean loss by the coefficients and by the intercept.
  private func gradient() -> (slope: [Double], intercept: Double) {
    var eta = [Double](repeating: 0, count: samples)
    BLAS.multiply(rows: samples, columns: 1, inner: width, x, beta, into: &eta)
    var residual = eta
    for i in 0..<samples { residual[i] = y[i] - 1 / (1 + exp(-(eta[i] + intercept))) }
    var slope = [Double](repeating: 0, count: width)
    BLAS.multiply(
      rows: width, columns: 1, inner: samples, x, transposeLeft: true, residual, into: &slope)
    let count = Double(samples)
    return (slope.map { $0 / count }, residual.reduce(0, +) / count)
  }

  mutating func solve(penalty: Double) -> LogisticPath.Point {
    var isConverged = false
    for _ in 0..<Self.maximalRounds {
      let (slope, offset) = gradient()
      // Centred features do not mix with the intercept in the bound.
      intercept += 4 * offset
      let change = max(4 * abs(offset), descend(slope.map { 4 * $0 }, penalty: 4 * penalty))
      if change < Self.tolerance {
        isConverged = true
        break
      }
    }
    return LogisticPath.Point(
      penalty: penalty, intercept: intercept, coefficients: beta, isConverged: isConverged)
  }

  /// Minimises (1/2) d'G d - c d + penalty |beta + d| over d; returns the largest step taken.
  private mutating func descend(_ slope: [Double], penalty: Double) -> Double {
    let start = beta
    var c = slope
    var active = Array(0..<width)
    // A sweep over all, then over those that are not zero until they rest.
    for sweep in 0..<50 {
      var largest = 0.0
      for j in active where gram[j * width + j] > 0 {
        let target = beta[j] + c[j]
        let bound = penalty * factors[j]
        let new = target > bound ? target - bound : target < -bound ? target + bound : 0
        let step = new - beta[j]
        guard step != 0 else { continue }
        beta[j] = new
        largest = max(largest, abs(step))
        for k in 0..<width { c[k] -= gram[j * width + k] * step }
      }
      if largest < 0.1 * Self.tolerance { break }
      if sweep == 0 { active = active.filter { beta[$0] != 0 } }
    }
    return zip(start, beta).map { abs($0 - $1) }.max() ?? 0
  }
}
