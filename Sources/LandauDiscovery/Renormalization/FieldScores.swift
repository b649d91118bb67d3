public import LandauLinearAlgebra

/// Learns a `FieldInverse` from pairs of fields and their blocks by matching scores.
///
/// The energy is E = sum over k of theta_k f_k with the features f_k. Integrated by parts, the squared distance of its gradient from the true
/// one is, but for a constant,
///
///     <1/2 |grad E|^2 - Laplacian E> = 1/2 theta G theta - theta d,    G_kl = <grad f_k . grad f_l>,    d_k = <Laplacian f_k>,
///
/// gradients by the fine field at fixed blocks. So theta = G^(-1) d: no normalisation, no sampling, no rate of learning.
/// - Note: A. Hyvarinen, J. Mach. Learn. Res. 6, 695 (2005).
public struct FieldScores: Sendable, Hashable {
  private static let count = FieldInverse.Feature.allCases.count
  private var gradients = [Double](repeating: 0, count: count * count)
  private var laplacians = [Double](repeating: 0, count: count)
  private var siteCount = 0.0

  public init() {}

  /// Takes in one pair.
  ///
  /// - Parameters:
  ///   - fine: `[side * side]`, `side` even and at least 4.
  ///   - coarse: `[side / 2 * side / 2]`, the blocks of `fine`.
  /// - Complexity: about 40 products a site.
  public mutating func add(fine: [Double], coarse: [Double], side: Int) {
    CrossLattice.requireShape(fine.count, side: side)
    precondition(coarse.count * 4 == fine.count, "\(coarse.count) blocks of \(fine.count) sites")
    // Gradients of the eight features at one site, in the order of the features; G takes in their products, four rows at a time.
    var rows = [SIMD8<Double>](repeating: .zero, count: Self.count)
    var traces = SIMD8<Double>.zero
    @inline(__always)
    func take(_ gradient: SIMD8<Double>, _ trace: SIMD8<Double>) {
      for row in 0..<Self.count { rows[row] += gradient[row] * gradient }
      traces += trace
    }
    CrossLattice.forEachSite(
      fine: fine, coarse: coarse, side: side,
      centre: { site, neighbours, block in
        let value = fine[site]
        let square = value * value
        take(
          SIMD8(2 * value, 4 * square * value, neighbours, block, 0, 2 * value, 0, neighbours),
          SIMD8(2, 12 * square, 0, 0, 0, 2, 0, 0))
      },
      corner: { site, neighbours in
        let value = fine[site]
        let square = value * value
        take(
          SIMD8(2 * value, 4 * square * value, neighbours, 0, 0, 0, 0, 0),
          SIMD8(2, 12 * square, 0, 0, 0, 0, 0, 0))
      },
      edge: { site, corners, one, other in
        let value = fine[site]
        let square = value * value
        let centres = one.centre + other.centre
        take(
          SIMD8(
            2 * value, 4 * square * value, corners + centres, 0, one.block + other.block, 0,
            2 * (one.others + other.others + 2 * value), centres),
          SIMD8(2, 12 * square, 0, 0, 0, 0, 4, 0))
      })
    for row in 0..<Self.count {
      for column in 0..<Self.count { gradients[row * Self.count + column] += rows[row][column] }
      laplacians[row] += traces[row]
    }
    siteCount += Double(fine.count)
  }

  /// What was learned.
  ///
  /// - Throws: `LinearAlgebraError` where the pairs do not determine all coefficients.
  public func inverse() throws(LinearAlgebraError) -> FieldInverse {
    let matrix = try Cholesky(gradients.map { $0 / siteCount }, count: Self.count)
    return FieldInverse(coefficients: try matrix.solve(laplacians.map { $0 / siteCount }))
  }
}
