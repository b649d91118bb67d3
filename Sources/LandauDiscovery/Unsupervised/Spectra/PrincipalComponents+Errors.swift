public import LandauCore
public import LandauLinearAlgebra

extension PrincipalComponents {
  /// Shares of the total variance of the components kept, with errors by the jackknife over folds.
  ///
  /// Leaving out a fold moves the components a little, and eigenvalues are stationary under such moves: the
  /// covariance without the fold is diagonalised within the span of the components kept (Rayleigh and Ritz),
  /// and its total variance is exact. Keep some components more than are asked about.
  ///
  /// - Parameters:
  ///   - matrix: the samples that the components were found from.
  ///   - folds: of every sample, `0 ..< foldCount`, independent of one another (`SampleFolds`).
  /// - Throws: `LinearAlgebraError` where LAPACK does not converge.
  public func explainedVariance(
    of matrix: SampleMatrix, folds: [Int], foldCount: Int
  ) throws(LinearAlgebraError) -> [Estimate] {
    precondition(
      folds.count == matrix.rowCount, "\(folds.count) folds of \(matrix.rowCount) samples")
    precondition(foldCount > 1, "a jackknife over \(foldCount) folds")
    let (q, p) = (componentCount, featureCount)
    let scores = projected(matrix)
    let sums = (0..<foldCount).map { fold in
      FoldSums(fold, of: matrix, scores: scores, folds: folds, mean: mean)
    }
    var deleted: [[Double]] = []
    for left in sums {
      let rest = sums.reduce(0) { $0 + $1.count } - left.count
      precondition(rest > 1, "without one fold \(rest) samples are left")
      let shift = (0..<p).map { c in sums.reduce(0) { $0 + $1.features[c] } - left.features[c] }
      let total =
        sums.reduce(0) { $0 + $1.square } - left.square
        - shift.reduce(0) { $0 + $1 * $1 } / rest
      let means = (0..<q).map { c in sums.reduce(0) { $0 + $1.scores[c] } - left.scores[c] }
      let covariance = (0..<q * q).map { index in
        sums.reduce(0) { $0 + $1.products[index] } - left.products[index]
          - means[index / q] * means[index % q] / rest
      }
      let values = try SymmetricEigen(covariance, count: q).values
      deleted.append((0..<q).map { total > 0 ? values[q - 1 - $0] / total : 0 })
    }
    return (0..<q).map { k in
      var estimate = JackknifedValue(full: shares[k], deleted: deleted.map { $0[k] }).estimate
      estimate.degreesOfFreedom = Double(foldCount - 1)
      return estimate
    }
  }

  /// Sums over one fold, of deviations from the mean of all samples.
  private struct FoldSums {
    var count = 0.0
    var features: [Double]
    var square = 0.0
    var scores: [Double]
    var products: [Double]

    init(_ fold: Int, of matrix: SampleMatrix, scores z: SampleMatrix, folds: [Int], mean: [Double])
    {
      let (p, q) = (matrix.columnCount, z.columnCount)
      features = [Double](repeating: 0, count: p)
      scores = [Double](repeating: 0, count: q)
      products = [Double](repeating: 0, count: q * q)
      for row in 0..<matrix.rowCount where folds[row] == fold {
        count += 1
        for c in 0..<p {
          let d = matrix.values[row * p + c] - mean[c]
          features[c] += d
          square += d * d
        }
        for a in 0..<q {
          let za = z.values[row * q + a]
          scores[a] += za
          for b in 0..<q { products[a * q + b] += za * z.values[row * q + b] }
        }
      }
    }
  }
}
