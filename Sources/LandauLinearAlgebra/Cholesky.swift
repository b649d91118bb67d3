import COpenBLAS

/// The factor `L` of a symmetric positive definite matrix `A = L Lᵀ`.
public struct Cholesky: Sendable {
  /// The order of the matrix.
  public let count: Int
  /// `[count, count]` row-major; the lower triangle is `L`, the rest zero.
  public let factor: [Double]

  /// Factorises; only the lower triangle of `matrix` is read.
  ///
  /// - Parameter matrix: `[count, count]` row-major.
  /// - Throws: `LinearAlgebraError` where the matrix is not finite or not positive definite.
  /// - Complexity: `count³ / 3` operations. LAPACK `dpotrf`.
  public init(_ matrix: [Double], count: Int) throws(LinearAlgebraError) {
    precondition(
      matrix.count == count * count, "\(matrix.count) numbers are no \(count) x \(count) matrix")
    guard matrix.allSatisfy(\.isFinite) else { throw .notFinite }
    var factor = matrix
    let status = factor.withUnsafeMutableBytes { bytes in
      count == 0 ? 0 : LAPACK.cholesky(.double, order: count, bytes.baseAddress!)
    }
    if status > 0 { throw .notPositiveDefinite(order: status) }
    for row in 0..<count {
      for column in (row + 1)..<max(count, row + 1) { factor[row * count + column] = 0 }
    }
    self.count = count
    self.factor = factor
  }

  /// `x` with `A x = rightSide`, by two triangular solves.
  ///
  /// - Throws: `LinearAlgebraError.notFinite` where the right-hand side is not finite.
  public func solve(_ rightSide: [Double]) throws(LinearAlgebraError) -> [Double] {
    precondition(
      rightSide.count == count, "a right-hand side of \(rightSide.count) for order \(count)")
    guard rightSide.allSatisfy(\.isFinite) else { throw .notFinite }
    if count == 0 { return [] }
    var solution = rightSide
    let order = Int32(count)
    let status = LAPACKE_dpotrs(
      LAPACK_ROW_MAJOR, Flag.lower, order, 1, factor, order, &solution, 1)
    precondition(status == 0, "dpotrs refused its argument \(-status)")
    return solution
  }

  /// `A⁻¹`, `[count, count]` row-major and symmetric to the last bit.
  public func inverse() -> [Double] {
    if count == 0 { return [] }
    var inverse = factor
    let order = Int32(count)
    let status = LAPACKE_dpotri(LAPACK_ROW_MAJOR, Flag.lower, order, &inverse, order)
    precondition(
      status == 0, "dpotri failed with status \(status) on a factor with positive diagonal")
    for row in 0..<count {
      for column in 0..<row { inverse[column * count + row] = inverse[row * count + column] }
    }
    return inverse
  }

  /// The natural logarithm of the determinant of `A`.
  public var logDeterminant: Double {
    (0..<count).reduce(0) { $0 + 2 * naturalLogarithm(factor[$1 * count + $1]) }
  }
}
