/// The eigenvalues and orthonormal eigenvectors of a real symmetric matrix.
public struct SymmetricEigen: Sendable {
  /// Ascending.
  public let values: [Double]
  /// `[count, count]` row-major; column `k` belongs to `values[k]`.
  public let vectors: [Double]

  /// Diagonalises; only the lower triangle of `matrix` is read.
  ///
  /// - Parameter matrix: `[count, count]` row-major.
  /// - Throws: `LinearAlgebraError` where the matrix is not finite or the iteration fails.
  /// - Complexity: about `9 count³` operations. LAPACK `dsyevd` (divide and conquer).
  public init(_ matrix: [Double], count: Int) throws(LinearAlgebraError) {
    precondition(
      matrix.count == count * count, "\(matrix.count) numbers are no \(count) x \(count) matrix")
    guard matrix.allSatisfy(\.isFinite) else { throw .notFinite }
    var vectors = matrix
    var values = [Double](repeating: 0, count: count)
    let status = vectors.withUnsafeMutableBytes { vectors in
      values.withUnsafeMutableBytes { values in
        count == 0
          ? 0
          : LAPACK.symmetricEigen(
            .double, order: count, vectors.baseAddress!, values: values.baseAddress!)
      }
    }
    if status > 0 { throw .noConvergence(remaining: status) }
    self.values = values
    self.vectors = vectors
  }

  /// The eigenvalues alone, ascending; only the lower triangle of `matrix` is read.
  ///
  /// - Throws: `LinearAlgebraError` as `init`.
  /// - Complexity: about `4/3 count³` operations.
  public static func values(
    of matrix: [Double], count: Int
  ) throws(LinearAlgebraError) -> [Double] {
    precondition(
      matrix.count == count * count, "\(matrix.count) numbers are no \(count) x \(count) matrix")
    guard matrix.allSatisfy(\.isFinite) else { throw .notFinite }
    var (scratch, values) = (matrix, [Double](repeating: 0, count: count))
    let status = scratch.withUnsafeMutableBytes { scratch in
      values.withUnsafeMutableBytes { values in
        count == 0
          ? 0
          : LAPACK.symmetricEigenvalues(
            .double, order: count, scratch.baseAddress!, values: values.baseAddress!)
      }
    }
    if status > 0 { throw .noConvergence(remaining: status) }
    return values
  }

  /// The eigenvector of `values[index]`, of unit length; its sign is arbitrary.
  public func vector(_ index: Int) -> [Double] {
    let count = values.count
    return (0..<count).map { vectors[$0 * count + index] }
  }
}
