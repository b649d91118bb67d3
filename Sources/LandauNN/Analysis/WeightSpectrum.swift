import LandauLinearAlgebra
public import LandauTensor

/// The eigenvalues of WᵀW / n of a weight matrix, n the larger of its extents.
///
/// At random initialisation of variance s² they fill the Marchenko-Pastur law between s² (1 ± sqrt(q))², q the
/// smaller extent over the larger; trained matrices grow tails, whose power law (`PowerLaw`) is used
/// to compare them.
/// - Note: Martin and Mahoney 2021, JMLR 22, 165 (arXiv:1810.01075).
public struct WeightSpectrum: Sendable, Hashable {
  /// Ascending; as many as the smaller extent.
  public let eigenvalues: [Double]
  public let aspect: Double
  /// The mean square of the entries.
  public let variance: Double

  /// - Parameter weight: `[inputs, outputs]`, or a kernel `[outputs, inputs, window…]`, which is taken as a matrix of
  ///   outputs by the rest.
  /// - Complexity: a product and a diagonalisation of the smaller extent.
  public init(of weight: Tensor) throws {
    precondition(
      weight.rank >= 2 && weight.count > 0 && [.float, .double].contains(weight.scalarType),
      "the spectrum of \(weight.type)")
    let matrix = weight.asType(.double).reshaped([weight.shape[0], -1])
    let wide = matrix.shape[0] <= matrix.shape[1] ? matrix : matrix.transposed()
    let (small, large) = (wide.shape[0], wide.shape[1])
    let gram = matmul(wide, wide.transposed()) / Double(large)
    eigenvalues = try SymmetricEigen(gram.scalars(), count: small).values.map { max(0, $0) }
    aspect = Double(small) / Double(large)
    variance = (wide * wide).mean().item()
  }

  /// The ends of the Marchenko-Pastur law of a random matrix with this shape and variance.
  public var randomRange: ClosedRange<Double> {
    let root = aspect.squareRoot()
    return (variance * (1 - root) * (1 - root))...(variance * (1 + root) * (1 + root))
  }

  /// The sum of eigenvalues over the largest one: how many directions carry the matrix.
  public var stableRank: Double {
    eigenvalues.last.map { $0 > 0 ? eigenvalues.reduce(0, +) / $0 : 0 } ?? 0
  }
}
