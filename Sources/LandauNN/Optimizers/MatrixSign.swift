import LandauTensor

/// The polar factor U Vᵀ of a matrix U S Vᵀ by Newton-Schulz iterations: matrix products alone.
///
/// Each iteration replaces every singular value s by a polynomial in s, after the matrix was divided by its
/// Frobenius norm. The first five take even small ones to about one but do not settle there (0.7 to 1.2); they
/// suffice for an update direction. The further ones, s (15 - 10 s² + 3 s⁴) / 8, settle: the distance from
/// one falls to 5/2 of its cube each time.
/// - Note: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks", for the first five.
enum MatrixSign {
  static let rough: [(Double, Double, Double)] = Array(
    repeating: (3.4445, -4.7750, 2.0315), count: 5)
  static let settling: [(Double, Double, Double)] = Array(
    repeating: (15.0 / 8, -10.0 / 8, 3.0 / 8), count: 4)

  private static let roughly = compile { [iterate($0[0], rough)] }
  private static let precisely = compile { [iterate($0[0], rough + settling)] }

  /// - Parameter isPrecise: whether singular values of more than about 1/1000 of the Frobenius norm become
  ///   one to rounding.
  /// - Returns: zero for a matrix of zeros.
  /// - Complexity: 15 (27) products of the matrix's shape, of which the smaller side counts twice.
  static func of(_ matrix: Tensor, isPrecise: Bool = false) -> Tensor {
    (isPrecise ? precisely : roughly)([matrix])[0]
  }

  private static func iterate(
    _ matrix: Tensor, _ steps: [(Double, Double, Double)]
  ) -> Tensor {
    let isTall = matrix.shape[0] > matrix.shape[1]
    let wide = isTall ? matrix.transposed() : matrix
    // The smallest normal number keeps a matrix of zeros from becoming NaN.
    let tiny = matrix.scalarType == .double ? 0x1p-1000 : 0x1p-120
    let size = maximum(abs(wide).max(), tiny)
    let scaled = wide / size
    var x = scaled / maximum(sqrt((scaled * scaled).sum()), tiny)
    for (a, b, c) in steps {
      let gram = matmul(x, x.transposed())
      x = x * a + matmul(gram * b + matmul(gram, gram) * c, x)
    }
    return isTall ? x.transposed() : x
  }
}
