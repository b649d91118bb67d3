import LandauCore

/// A real symmetric matrix that is known by what it does to vectors.
///
/// A Hermitian matrix A + iB is the symmetric matrix (A, -B; B, A) of twice the size on real and imaginary parts, one
/// below the other; each of its eigenvalues is there twice, with vectors that differ by a factor of i.
protocol SymmetricOperator: Sendable {
  /// Length of vectors: twice the dimension of the space for complex ones.
  var length: Int { get }

  /// out = H x; both of `length`.
  func apply(
    _ x: UnsafePointer<Double>, into out: UnsafeMutablePointer<Double>, pool: WorkerPool?)
}

extension SymmetricOperator {
  /// The first `count` columns, one after the other.
  func columns(_ count: Int, pool: WorkerPool?) -> [Double] {
    let length = length
    var columns = [Double](repeating: 0, count: count * length)
    var unit = [Double](repeating: 0, count: length)
    for column in 0..<count {
      unit[column] = 1
      columns.withUnsafeMutableBufferPointer {
        apply(unit, into: $0.baseAddress! + column * length, pool: pool)
      }
      unit[column] = 0
    }
    return columns
  }
}
