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
    (values, vectors) = try Self.solve(matrix, count: count, LAPACK.symmetricEigen)
  }

  /// The eigenvalues alone, ascending; only the lower triangle of `matrix` is read.
  ///
  /// - Throws: `LinearAlgebraError` as `init`.
  /// - Complexity: about `4/3 count³` operations.
  public static func values(
    of matrix: [Double], count: Int
  ) throws(LinearAlgebraError) -> [Double] {
    try solve(matrix, count: count, LAPACK.symmetricEigenvalues).values
  }

  /// A tridiagonal matrix.
  ///
  /// - Parameter beside: of the diagonal; what follows the first `diagonal.count - 1` numbers is not read.
  /// - Throws: `LinearAlgebraError` as `init`.
  public init(diagonal: [Double], beside: [Double]) throws(LinearAlgebraError) {
    let count = diagonal.count
    precondition(beside.count >= count - 1, "\(beside.count) numbers beside \(count)")
    var matrix = [Double](repeating: 0, count: count * count)
    for index in 0..<count {
      matrix[index * count + index] = diagonal[index]
      if index > 0 { matrix[index * count + index - 1] = beside[index - 1] }
    }
    try self.init(matrix, count: count)
  }

  private static func solve(
    _ matrix: [Double], count: Int,
    _ routine: (LAPACK.Scalar, Int, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int
  ) throws(LinearAlgebraError) -> (values: [Double], overwritten: [Double]) {
    precondition(
      matrix.count == count * count, "\(matrix.count) numbers are no \(count) x \(count) matrix")
    guard matrix.allSatisfy(\.isFinite) else { throw .notFinite }
    var overwritten = matrix
    var values = [Double](repeating: 0, count: count)
    let status = overwritten.withUnsafeMutableBytes { overwritten in
      values.withUnsafeMutableBytes { values in
        count == 0 ? 0 : routine(.double, count, overwritten.baseAddress!, values.baseAddress!)
      }
    }
    if status > 0 { throw .noConvergence(remaining: status) }
    return (values, overwritten)
  }

  /// The eigenvector of `values[index]`, of unit length; its sign is arbitrary.
  public func vector(_ index: Int) -> [Double] {
    let count = values.count
    return (0..<count).map { vectors[$0 * count + index] }
  }
}
