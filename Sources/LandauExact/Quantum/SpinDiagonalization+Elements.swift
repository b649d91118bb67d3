import LandauLinearAlgebra

extension SpinDiagonalization {
  /// <a|O|b> of the sum this was made of, between levels of another Hamiltonian in the same sector.
  ///
  /// - Parameter levels: of real Hamiltonians, in a basis of the same states.
  /// - Returns: `[count, count]` row-major, symmetric.
  /// - Precondition: the sum is real.
  /// - Complexity: a product with a vector for each level and O(count^2 dimension).
  public func elements(between levels: [Level]) -> [Double] {
    let (count, n) = (levels.count, basis.dimension)
    precondition(
      matrix.length == n && levels.allSatisfy { $0.vector.count == n }, "levels of another basis")
    let vectors = levels.flatMap(\.vector)
    var products = [Double](repeating: 0, count: count * n)
    products.withUnsafeMutableBufferPointer { out in
      for (index, level) in levels.enumerated() {
        matrix.apply(level.vector, into: out.baseAddress! + index * n, pool: pool)
      }
    }
    var elements = [Double](repeating: 0, count: count * count)
    elements.withUnsafeMutableBufferPointer {
      BLAS.multiply(
        rows: count, columns: count, inner: n, vectors, products, transposeRight: true,
        into: $0.baseAddress!)
    }
    return elements
  }
}
