import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The logarithm of a normal density from the Cholesky factor of its covariance.
enum NormalDensity {
  /// -(1/2) (|L^-1 (x - m)|^2 + ln det + d ln 2 pi).
  static func logarithm(_ x: [Double], mean: [Double], factor: Cholesky) -> Double {
    var scratch = [Double](repeating: 0, count: factor.count)
    let constant = constant(factor)
    return x.withUnsafeBufferPointer { x in
      mean.withUnsafeBufferPointer { m in
        factor.factor.withUnsafeBufferPointer { l in
          constant - 0.5
            * squaredLength(
              x.baseAddress!, m.baseAddress!, l.baseAddress!, factor.count, &scratch)
        }
      }
    }
  }

  static func constant(_ factor: Cholesky) -> Double {
    -0.5 * (factor.logDeterminant + Double(factor.count) * log(2 * Double.pi))
  }

  /// |L^-1 (x - m)|^2 by forward substitution.
  static func squaredLength(
    _ x: UnsafePointer<Double>, _ m: UnsafePointer<Double>, _ l: UnsafePointer<Double>, _ d: Int,
    _ scratch: UnsafeMutablePointer<Double>
  ) -> Double {
    var square = 0.0
    for row in 0..<d {
      var rest = x[row] - m[row]
      for column in 0..<row { rest -= l[row * d + column] * scratch[column] }
      scratch[row] = rest / l[row * d + row]
      square += scratch[row] * scratch[row]
    }
    return square
  }
}

/// The state of one fit by expectation and maximisation.
struct MixtureFit {
  let matrix: SampleMatrix
  let shape: GaussianMixture.Shape
  /// What is added to every variance.
  let floor: Double
  var weights: [Double]
  var means: [[Double]]
  var covariances: [[Double]]
  var factors: [Cholesky]
  /// Of the parameters above.
  var logLikelihood = -Double.infinity
  var iterations = 0
  var hasConverged = false
  /// `[sample, component]`.
  private var responsibilities: [Double]
  private var effectiveCounts: [Double] = []
  private let totalVariances: [Double]

  /// - Parameter labels: the component that each sample starts in.
  init(
    _ matrix: SampleMatrix, componentCount k: Int, shape: GaussianMixture.Shape,
    regularization: Double, labels: [Int]
  ) {
    self.matrix = matrix
    self.shape = shape
    let (n, d) = (matrix.rowCount, matrix.columnCount)
    let mean = matrix.mean
    var variances = [Double](repeating: 0, count: d)
    for row in 0..<n {
      for c in 0..<d {
        let deviation = matrix.values[row * d + c] - mean[c]
        variances[c] += deviation * deviation / Double(n)
      }
    }
    totalVariances = variances
    let scale = variances.reduce(0, +) / Double(d)
    // Features that do not vary at all still need a width.
    floor = max(regularization * scale, 1e-300)
    responsibilities = [Double](repeating: 0, count: n * k)
    for (row, label) in labels.enumerated() { responsibilities[row * k + label] = 1 }
    weights = [Double](repeating: 1 / Double(k), count: k)
    means = [[Double]](repeating: mean, count: k)
    covariances = []
    factors = []
    maximize()
  }

  var degenerate: [Int] {
    let d = matrix.columnCount
    return weights.indices.filter { k in
      let narrowest = (0..<d).map { factors[k].factor[$0 * d + $0] }.min()!
      return effectiveCounts[k] < Double(d + 1) || narrowest * narrowest < 10 * floor
    }
  }

  mutating func iterate(tolerance: Double, maximum: Int) {
    logLikelihood = expect()
    while iterations < maximum {
      iterations += 1
      maximize()
      let next = expect()
      let rise = (next - logLikelihood) / Double(matrix.rowCount)
      logLikelihood = next
      if rise < tolerance {
        hasConverged = true
        return
      }
    }
  }

  /// Probabilities of the components given the samples; returns the log-likelihood.
  private mutating func expect() -> Double {
    let (n, d, k) = (matrix.rowCount, matrix.columnCount, weights.count)
    let flatMeans = means.flatMap(\.self)
    let flatFactors = factors.flatMap(\.factor)
    let constants = zip(weights, factors).map { log($0) + NormalDensity.constant($1) }
    var scratch = [Double](repeating: 0, count: d)
    var total = 0.0
    matrix.values.withUnsafeBufferPointer { x in
      flatMeans.withUnsafeBufferPointer { m in
        flatFactors.withUnsafeBufferPointer { l in
          responsibilities.withUnsafeMutableBufferPointer { r in
            for row in 0..<n {
              var top = -Double.infinity
              for c in 0..<k {
                let value =
                  constants[c] - 0.5
                  * NormalDensity.squaredLength(
                    x.baseAddress! + row * d, m.baseAddress! + c * d,
                    l.baseAddress! + c * d * d, d, &scratch)
                r[row * k + c] = value
                top = max(top, value)
              }
              var sum = 0.0
              for c in 0..<k {
                let value = exp(r[row * k + c] - top)
                r[row * k + c] = value
                sum += value
              }
              for c in 0..<k { r[row * k + c] /= sum }
              total += top + log(sum)
            }
          }
        }
      }
    }
    return total
  }

  /// Weights, means and covariances that the probabilities ask for.
  private mutating func maximize() {
    let (n, d, k) = (matrix.rowCount, matrix.columnCount, weights.count)
    effectiveCounts = [Double](repeating: 0, count: k)
    for row in 0..<n { for c in 0..<k { effectiveCounts[c] += responsibilities[row * k + c] } }
    covariances = []
    factors = []
    for c in 0..<k {
      let count = effectiveCounts[c]
      // A component that lost all samples stays where it was, as wide as everything; it is reported.
      weights[c] = max(count / Double(n), 1e-300)
      var covariance = [Double](repeating: 0, count: d * d)
      if count > 1e-10 {
        accumulate(c, count, into: &covariance)
      } else {
        for a in 0..<d { covariance[a * d + a] = totalVariances[a] }
      }
      for a in 0..<d { covariance[a * d + a] += floor }
      let factor = Self.factor(&covariance, d)
      covariances.append(covariance)
      factors.append(factor)
    }
  }

  private mutating func accumulate(_ c: Int, _ count: Double, into covariance: inout [Double]) {
    let (n, d, k) = (matrix.rowCount, matrix.columnCount, weights.count)
    var mean = [Double](repeating: 0, count: d)
    for row in 0..<n {
      let r = responsibilities[row * k + c] / count
      for a in 0..<d { mean[a] += r * matrix.values[row * d + a] }
    }
    var deviation = mean
    for row in 0..<n {
      let r = responsibilities[row * k + c] / count
      for a in 0..<d { deviation[a] = matrix.values[row * d + a] - mean[a] }
      for a in 0..<d {
        let first = shape == .full ? 0 : a
        for b in first...a { covariance[a * d + b] += r * deviation[a] * deviation[b] }
      }
    }
    for a in 0..<d { for b in 0..<a { covariance[b * d + a] = covariance[a * d + b] } }
    means[c] = mean
  }

  /// The factor of a covariance; rounding may leave one without, and then its diagonal is raised until there is one.
  private static func factor(_ covariance: inout [Double], _ d: Int) -> Cholesky {
    var lift = (0..<d).map { covariance[$0 * d + $0] }.max()! * 1e-14
    while true {
      if let factor = try? Cholesky(covariance, count: d) { return factor }
      for a in 0..<d { covariance[a * d + a] += lift }
      lift *= 10
      precondition(lift.isFinite, "a covariance that is not finite")
    }
  }
}
