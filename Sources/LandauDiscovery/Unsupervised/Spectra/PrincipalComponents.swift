import LandauCore
public import LandauLinearAlgebra

/// The directions along which samples vary most: eigenvectors of their covariance, largest variance first.
///
///     let pca = try PrincipalComponents(SampleMatrix(snapshots), count: 4)
///     pca.shares[0]                     // of the total variance
///     let coordinates = pca.projected(SampleMatrix(snapshots))
///
/// Pearson, Phil. Mag. 2, 559 (1901); of spin snapshots: Wang, Phys. Rev. B 94, 195105 (2016).
public struct PrincipalComponents: Sendable {
  /// Which of two matrices with the same non-zero eigenvalues was diagonalised, the smaller one.
  public enum Side: Sendable, Hashable { case covariance, gram }

  public let side: Side
  public let sampleCount: Int
  /// `[feature]`.
  public let mean: [Double]
  /// Of all components, `min(samples - 1, features)`, descending; each with samples - 1 in the denominator.
  public let variances: [Double]
  /// `[component, feature]` row-major, orthonormal; the sign of each is such that its largest entry is
  /// positive.
  public let components: [Double]
  public let componentCount: Int

  public var featureCount: Int { mean.count }
  public var totalVariance: Double { variances.reduce(0, +) }
  /// Of the total variance, one for each variance; zeros where nothing varies.
  public var shares: [Double] {
    let total = totalVariance
    return variances.map { total > 0 ? $0 / total : 0 }
  }

  /// Diagonalises X'X (features by features) or XX' (samples by samples), whichever is smaller.
  ///
  /// With X = U s V' both have the eigenvalues s^2; from u follows v = X'u/s.
  ///
  /// - Parameter count: components to keep, fewer where there are fewer.
  /// - Throws: `LinearAlgebraError` where LAPACK does not converge.
  /// - Complexity: `samples · features · min + 9 min³` operations, LAPACK `dsyevd`.
  public init(_ matrix: SampleMatrix, count: Int) throws(LinearAlgebraError) {
    let (n, p) = (matrix.rowCount, matrix.columnCount)
    precondition(n > 1, "the variance of \(n) samples")
    precondition(count > 0, "\(count) components")
    let mean = matrix.mean
    let centered = matrix.centered(at: mean)
    let side: Side = p <= n ? .covariance : .gram
    let size = min(n, p)
    var product = [Double](repeating: 0, count: size * size)
    BLAS.multiply(
      rows: size, columns: size, inner: side == .covariance ? n : p, centered,
      transposeLeft: side == .covariance, centered, transposeRight: side == .gram, into: &product)
    let eigen = try SymmetricEigen(product, count: size)
    let rank = min(n - 1, p)
    let values = (0..<rank).map { max(0, eigen.values[size - 1 - $0]) }
    var components: [Double] = []
    for k in 0..<min(count, rank) {
      var direction = eigen.vector(size - 1 - k)
      if side == .gram {
        let samples = direction
        direction = [Double](repeating: 0, count: p)
        BLAS.multiply(
          rows: 1, columns: p, inner: n, samples, centered, into: &direction)
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A direction without variance has no image; it is reported as zero.
        direction = direction.map { length > 0 ? $0 / length : 0 }
      }
      let largest = direction.max { abs($0) < abs($1) } ?? 0
      components += largest < 0 ? direction.map { -$0 } : direction
    }
    self.side = side
    sampleCount = n
    self.mean = mean
    variances = values.map { $0 / Double(n - 1) }
    self.components = components
    componentCount = min(count, rank)
  }

  /// `[feature]`, of unit length.
  public func component(_ index: Int) -> [Double] {
    Array(components[index * featureCount..<(index + 1) * featureCount])
  }

  /// Coordinates of samples along the components kept, `[sample, component]`.
  public func projected(_ matrix: SampleMatrix) -> SampleMatrix {
    precondition(
      matrix.columnCount == featureCount,
      "\(matrix.columnCount) features, the components have \(featureCount)")
    let centered = matrix.centered(at: mean)
    var result = [Double](repeating: 0, count: matrix.rowCount * componentCount)
    BLAS.multiply(
      rows: matrix.rowCount, columns: componentCount, inner: featureCount, centered, components,
      transposeRight: true, into: &result)
    return SampleMatrix(result, rowCount: matrix.rowCount, columnCount: componentCount)
  }
}
