import LandauCore
public import LandauLattice
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The ground state of the transverse-field Ising chain, H = -sum J_i z_i z_{i+1} - sum h_i x_i with couplings and fields of
/// any size, by free fermions.
///
/// Jordan and Wigner's Majorana operators a_i = x_1 ... x_{i-1} z_i and b_i = x_1 ... x_{i-1} y_i give x_i = i a_i b_i,
/// z_i z_{i+1} = -i a_{i+1} b_i and y_i y_{i+1} = -i a_i b_{i+1}, so H = -i sum a_i M_ij b_j with M_ii = h_i and
/// M_{i+1,i} = -J_i. On a ring the last bond carries the product of all x, which is +1 in the ground state of positive
/// couplings and fields: M_{1,N} = +J_N. With the singular values M = U S V^T the energy is -sum S_k, and
/// <i a_i b_j> = G_ij = (U V^T)_ij is all there is to know: the mean of a product of x_i, of bonds z z' or of bonds y y' is a
/// principal minor of G, of -G with rows moved down by one, or of -G with columns moved (Lieb, Schultz and Mattis 1961; Barouch
/// and McCoy 1971; Wick).
public struct TransverseIsingChain: Sendable {
  public let siteCount: Int
  public let isPeriodic: Bool
  /// Total, in the units of the couplings.
  public let energy: Double
  /// Energies of the fermions, 2 S_k, ascending; on an open chain the gaps above the ground state are their sums.
  public let fermionEnergies: [Double]
  /// G, row-major.
  private let correlations: [Double]

  /// - Parameters:
  ///   - couplings: of the bonds (i, i + 1), one fewer than fields on an open chain, as many on a ring.
  ///   - fields: one per site.
  /// - Throws: `InputError` for fewer than two sites, other numbers of couplings, or a ring that is frustrated or has fields of both
  ///   signs; `LinearAlgebraError`.
  /// - Complexity: O(N^3).
  public init(couplings: [Double], fields: [Double], isPeriodic: Bool) throws {
    let n = fields.count
    guard n >= 2, couplings.count == (isPeriodic ? n : n - 1) else {
      throw InputError(
        "\(couplings.count) couplings and \(n) fields make no \(isPeriodic ? "ring" : "open chain")"
      )
    }
    guard (couplings + fields).allSatisfy(\.isFinite) else {
      throw InputError("couplings and fields must be finite")
    }
    if isPeriodic {
      guard fields.allSatisfy({ $0 > 0 }), couplings.filter({ $0 < 0 }).count % 2 == 0 else {
        throw InputError(
          "a ring needs positive fields and an even number of negative couplings: otherwise its ground state may be odd"
        )
      }
    }
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      matrix[i * n + i] = fields[i]
      if i + 1 < n { matrix[(i + 1) * n + i] = -couplings[i] }
    }
    // On two sites the bond and the one round the ring are different entries.
    if isPeriodic { matrix[n - 1] += couplings[n - 1] }
    var (left, right) = (matrix, matrix)
    var values = [Double](repeating: 0, count: n)
    let status = matrix.withUnsafeMutableBytes { a in
      left.withUnsafeMutableBytes { u in
        right.withUnsafeMutableBytes { v in
          values.withUnsafeMutableBytes { s in
            LAPACK.singularValues(
              .double, rows: n, columns: n, a.baseAddress!, left: u.baseAddress!,
              values: s.baseAddress!, right: v.baseAddress!)
          }
        }
      }
    }
    if status > 0 { throw LinearAlgebraError.noConvergence(remaining: status) }
    var g = [Double](repeating: 0, count: n * n)
    BLAS.multiply(rows: n, columns: n, inner: n, left, right, into: &g)
    // The mean of the product of all x is the sign of the product of fields. Where the smallest fermion energy is lost in
    // rounding, its vectors may come with the other sign.
    let parity = fields.reduce(1.0) { $1 < 0 ? -$0 : $0 }
    if Self.determinant(g, n) * parity < 0 {
      for i in 0..<n {
        for j in 0..<n {
          g[i * n + j] -= 2 * left[i * n + n - 1] * right[(n - 1) * n + j]
        }
      }
    }
    siteCount = n
    self.isPeriodic = isPeriodic
    energy = -values.reduce(0, +)
    fermionEnergies = values.reversed().map { 2 * $0 }
    correlations = g
  }

  /// Equal couplings 1 and equal fields.
  public init(siteCount: Int, field: Double, isPeriodic: Bool = true) throws {
    try self.init(
      couplings: [Double](repeating: 1, count: max(0, isPeriodic ? siteCount : siteCount - 1)),
      fields: [Double](repeating: field, count: max(0, siteCount)), isPeriodic: isPeriodic)
  }

  /// The signs whose products have principal minors for means: x of every site, or the bonds z z' or y y', on a ring the last one,
  /// too.
  ///
  /// - Returns: `[sign, sign]`, row-major.
  func signMatrix(_ axis: SpinAxis) -> (entries: [Double], count: Int) {
    let count = axis == .x || isPeriodic ? siteCount : siteCount - 1
    return ((0..<count * count).map { signEntry($0 / count, $0 % count, axis) }, count)
  }

  /// One entry of it.
  private func signEntry(_ i: Int, _ j: Int, _ axis: SpinAxis) -> Double {
    let n = siteCount
    // Round the ring a bond changes its sign.
    switch axis {
    case .x: return correlations[i * n + j]
    case .y: return j + 1 == n ? correlations[i * n] : -correlations[i * n + j + 1]
    case .z: return i + 1 == n ? correlations[j] : -correlations[(i + 1) * n + j]
    }
  }

  /// The mean of x at a site.
  public func transverseMagnetization(site: Int) -> Double {
    correlations[site * siteCount + site]
  }

  /// The mean product of two spins along an axis.
  ///
  /// - Complexity: O(|i - j|^3) along y and z.
  public func correlation(_ i: Int, _ j: Int, axis: SpinAxis) -> Double {
    precondition(
      (0..<siteCount).contains(i) && (0..<siteCount).contains(j), "sites \(i) and \(j)")
    if i == j { return 1 }
    let (low, high) = (min(i, j), max(i, j))
    let signs = axis == .x ? [low, high] : Array(low..<high)
    return Self.determinant(
      signs.flatMap { row in signs.map { signEntry(row, $0, axis) } }, signs.count)
  }

  /// By elimination with pivots; entries are means, so nothing overflows.
  private static func determinant(_ matrix: [Double], _ n: Int) -> Double {
    var a = matrix
    var result = 1.0
    for column in 0..<n {
      let pivot = (column..<n).max { abs(a[$0 * n + column]) < abs(a[$1 * n + column]) }!
      let value = a[pivot * n + column]
      if value == 0 { return 0 }
      if pivot != column {
        for k in 0..<n { a.swapAt(pivot * n + k, column * n + k) }
        result = -result
      }
      result *= value
      for row in column + 1..<max(column + 1, n) {
        let factor = a[row * n + column] / value
        for k in column..<n { a[row * n + k] -= factor * a[column * n + k] }
      }
    }
    return result
  }
}
