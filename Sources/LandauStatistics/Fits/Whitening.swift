import LandauLinearAlgebra

/// The linear map that makes correlated errors independent and of unit size.
struct Whitening {
  private enum Kind {
    case errors([Double])
    /// The lower Cholesky factor of the covariance, row-major.
    case factor([Double])
  }
  private let kind: Kind
  let count: Int

  init(errors: [Double]) {
    precondition(errors.allSatisfy { $0 > 0 && $0.isFinite }, "errors must be positive: \(errors)")
    kind = .errors(errors)
    count = errors.count
  }

  /// Nil where the matrix is not finite, or not positive definite to within rounding.
  init?(covariance: [[Double]]) {
    let order = covariance.count
    count = order
    precondition(
      covariance.allSatisfy { $0.count == covariance.count }, "a covariance that is not square")
    // Scaled to unit diagonal, so that quantities of different size do not disturb the test for rank.
    let scales = covariance.indices.map { covariance[$0][$0].squareRoot() }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    var flat: [Double] = []
    for (row, scale) in zip(covariance, scales) {
      flat += zip(row, scales).map { $0 / (scale * $1) }
    }
    guard let cholesky = try? Cholesky(flat, count: order) else { return nil }
    var factor = cholesky.factor
    guard (0..<order).allSatisfy({ factor[$0 * order + $0] > 1e-6 }) else { return nil }
    for row in 0..<order {
      for column in 0...row { factor[row * order + column] *= scales[row] }
    }
    kind = .factor(factor)
  }

  /// The vector in coordinates with independent unit errors.
  func apply(_ vector: [Double]) -> [Double] {
    precondition(vector.count == count, "\(vector.count) values with errors of \(count)")
    switch kind {
    case .errors(let errors): return zip(vector, errors).map { $0 / $1 }
    case .factor(let factor):
      var result = vector
      for row in 0..<count {
        for column in 0..<row { result[row] -= factor[row * count + column] * result[column] }
        result[row] /= factor[row * count + row]
      }
      return result
    }
  }
}
