public import LandauCore
public import LandauLinearAlgebra

/// The natural gradient of the energy: the direction whose small step is that of imaginary time, as well as the parameters can
/// follow.
///
/// With weights p of the samples, rows X = sqrt(p) (O - <O>) and eps = sqrt(p) (E_loc - <E_loc>), real and imaginary parts below each
/// other, the step solves (X^T X + lambda) d = X^T eps. The same d is X^T (X X^T + lambda)^-1 eps, a system as large as the number of
/// samples instead of parameters.
///
/// - Note: Sorella 1998, cond-mat/9803107 (the method); Chen and Heyl 2024, arXiv:2302.01941, and Rende et al. 2024,
///   arXiv:2310.05715 (the smaller system). Parameters are real, so S is the real part of the quantum geometric tensor; for a
///   holomorphic state that is the complex equation written in real and imaginary parts.
public struct StochasticReconfiguration: Sendable, Hashable {
  public enum System: String, Sendable, Hashable, CaseIterable {
    /// The smaller of the two.
    case automatic
    /// As many unknowns as parameters.
    case dense
    /// As many unknowns as samples, twice as many for complex states.
    case minimal
  }

  /// lambda, added to the diagonal.
  public var shift: Double
  public var system: System

  public init(shift: Double = 0.01, system: System = .automatic) {
    precondition(shift > 0 && shift.isFinite, "a diagonal shift of \(shift)")
    self.shift = shift
    self.system = system
  }

  /// Half the gradient of the energy, <O* (E - <E>)>, and the step.
  public struct Direction: Sendable {
    /// X^T eps; the gradient of the energy is twice this.
    public var force: [Double]
    /// To be subtracted from the parameters, times the learning rate.
    public var step: [Double]
  }

  /// Whether the smaller system is that of the samples.
  public func isMinimal(rows: Int, parameters: Int) -> Bool {
    switch system {
    case .automatic: rows < parameters
    case .dense: false
    case .minimal: true
    }
  }

  /// - Parameters:
  ///   - energies: local energies, one per sample; imaginary parts of real states are not looked at.
  ///   - weights: of the samples, sum 1; nil for equal ones.
  /// - Throws: `LinearAlgebraError` where derivatives or energies are not finite.
  /// - Complexity: the cube of the system's size, and its square times the other size unless derivatives are products.
  public func direction(
    _ derivatives: LogDerivatives, energies: [Complex<Double>], weights: [Double]? = nil,
    pool: WorkerPool
  ) throws(LinearAlgebraError) -> Direction {
    let centred = CentredSamples(derivatives, energies: energies, weights: weights)
    let force = centred.transposedTimes(centred.energies)
    if isMinimal(rows: derivatives.rowCount, parameters: derivatives.parameterCount) {
      let rows = derivatives.rowCount
      var matrix = centred.gram(pool: pool)
      for row in 0..<rows { matrix[row * rows + row] += shift }
      let y = try Cholesky(matrix, count: rows).solve(centred.energies)
      return Direction(force: force, step: centred.transposedTimes(y))
    }
    let count = derivatives.parameterCount
    var matrix = centred.covariance(pool: pool)
    for row in 0..<count { matrix[row * count + row] += shift }
    return Direction(force: force, step: try Cholesky(matrix, count: count).solve(force))
  }
}

/// Derivatives and energies of samples about their means, times the square roots of the weights.
struct CentredSamples {
  let derivatives: LogDerivatives
  /// eps.
  let energies: [Double]
  /// Of each row: p of its sample.
  private let weights: [Double]

  init(_ derivatives: LogDerivatives, energies: [Complex<Double>], weights: [Double]?) {
    let count = derivatives.sampleCount
    precondition(energies.count == count, "\(energies.count) energies of \(count) samples")
    let p = weights ?? [Double](repeating: 1 / Double(count), count: count)
    precondition(p.count == count, "\(p.count) weights of \(count) samples")
    self.derivatives = derivatives
    self.weights = derivatives.isComplex ? p + p : p
    func centred(_ values: [Double]) -> [Double] {
      let mean = zip(p, values).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(p, values).map { $0.squareRoot() * ($1 - mean) }
    }
    let real = centred(energies.map(\.real))
    self.energies = derivatives.isComplex ? real + centred(energies.map(\.imaginary)) : real
  }

  /// The rows of real parts, then those of imaginary ones.
  private var parts: [Range<Int>] {
    let n = derivatives.sampleCount
    return derivatives.isComplex ? [0..<n, n..<2 * n] : [0..<n]
  }

  /// X^T y, X = sqrt(p) (O - 1 p^T O): O^T (sqrt(p) y - p sum(sqrt(p) y)).
  func transposedTimes(_ y: [Double]) -> [Double] {
    var z = zip(weights, y).map { $0.squareRoot() * $1 }
    for part in parts {
      let sum = z[part].reduce(0, +)
      for row in part { z[row] -= weights[row] * sum }
    }
    return derivatives.transposedTimes(z)
  }

  /// X X^T from O O^T, whose means of rows and columns are taken out for real and imaginary parts apart.
  func gram(pool: WorkerPool) -> [Double] {
    var t = derivatives.gram(pool: pool)
    let rows = derivatives.rowCount
    // means[k][b] = sum over rows a of part k of p_a T_ab.
    let means = parts.map { part in
      var mean = [Double](repeating: 0, count: rows)
      t.withUnsafeBufferPointer { t in
        BLAS.multiply(
          rows: 1, columns: rows, inner: part.count, Array(weights[part]),
          t.baseAddress! + part.lowerBound * rows, into: &mean)
      }
      return mean
    }
    let all = parts.indices.map { k in
      parts.map { other in other.reduce(0) { $0 + weights[$1] * means[k][$1] } }
    }
    let roots = weights.map { $0.squareRoot() }
    t.withUnsafeMutableBufferPointer { t in
      for (k, part) in parts.enumerated() {
        for a in part {
          for (l, other) in parts.enumerated() {
            let (own, total) = (means[l][a], all[k][l])
            means[k].withUnsafeBufferPointer { mean in
              roots.withUnsafeBufferPointer { roots in
                for b in other {
                  let place = a * rows + b
                  t[place] = roots[a] * roots[b] * (t[place] - mean[b] - own + total)
                }
              }
            }
          }
        }
      }
    }
    return t
  }

  /// X^T X, the real part of the quantum geometric tensor.
  func covariance(pool: WorkerPool) -> [Double] {
    let (rows, count) = (derivatives.rowCount, derivatives.parameterCount)
    var x = derivatives.dense()
    for part in parts {
      var mean = [Double](repeating: 0, count: count)
      x.withUnsafeBufferPointer { x in
        BLAS.multiply(
          rows: 1, columns: count, inner: part.count, Array(weights[part]),
          x.baseAddress! + part.lowerBound * count, into: &mean)
      }
      x.withUnsafeMutableBufferPointer { x in
        for row in part {
          let root = weights[row].squareRoot()
          for k in 0..<count { x[row * count + k] = root * (x[row * count + k] - mean[k]) }
        }
      }
    }
    let stripe = 128
    var result = [Double](repeating: 0, count: count * count)
    x.withUnsafeBufferPointer { x in
      result.withUnsafeMutableBufferPointer { result in
        nonisolated(unsafe) let (x, out) = (x.baseAddress!, result.baseAddress!)
        pool.forEach((count + stripe - 1) / stripe) { index in
          let range = stripe * index..<min(count, stripe * (index + 1))
          // The columns of a stripe beside each other; the product up to the end of the diagonal block.
          var columns = [Double](repeating: 0, count: rows * range.count)
          for row in 0..<rows {
            for (k, column) in range.enumerated() {
              columns[row * range.count + k] = x[row * count + column]
            }
          }
          var left = [Double](repeating: 0, count: range.count * count)
          BLAS.multiply(
            rows: range.count, columns: count, inner: rows, columns, transposeLeft: true, x,
            into: &left)
          for row in 0..<range.count {
            for column in 0..<count {
              out[(range.lowerBound + row) * count + column] = left[row * count + column]
            }
          }
        }
      }
    }
    return result
  }
}
