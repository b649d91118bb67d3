public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Ising model without field on a square torus, cylinder or open rectangle with any couplings,
/// exactly, by Pfaffians (Kasteleyn 1963; McCoy and Wu 1973).
///
/// H = -sum of J_ij s_i s_j. Every site becomes four vertices, R, L, U and D; the even graphs of the
/// high-temperature expansion are counted by the Pfaffian of a signed matrix, on a torus by half the sum
/// of four, with the signs of the couplings across the edges changed in three of them. Polynomial in the
/// size: a 16 x 16 torus takes about a second, where a transfer matrix would need 4^16 terms. At low
/// temperature the four cancel; the loss is measured, not guessed, see `Solution`.
public struct PfaffianTorus: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// From each site to its right and downwards, `[rows, columns]`; the last lead round the torus.
  public let right: [Double]
  public let down: [Double]

  /// The most sites; the matrix then takes 130 MB.
  public static let maximumSiteCount = 576

  /// - Parameters:
  ///   - right: `[rows, columns]` row-major; the last column is zero where the edge is open.
  ///   - down: the same; the last row is zero where the edge is open.
  /// - Throws: `InputError` for more than 576 sites, or couplings that are not finite or not as many.
  public init(
    rows: Int, columns: Int, right: [Double], down: [Double]
  ) throws(InputError) {
    guard rows >= 1, columns >= 1, rows <= 576, columns <= 576,
      rows * columns <= Self.maximumSiteCount
    else {
      throw .notAllowed(
        "size", "\(rows)x\(columns)", allowed: "at most \(Self.maximumSiteCount) sites")
    }
    for couplings in [right, down] {
      guard couplings.count == rows * columns, couplings.allSatisfy(\.isFinite) else {
        throw .notAllowed(
          "the number of couplings", couplings.count, allowed: "\(rows * columns), all finite")
      }
    }
    self.rows = rows
    self.columns = columns
    self.right = right
    self.down = down
  }

  public var siteCount: Int { rows * columns }

  /// The thermodynamics with the precision it was computed to.
  public struct Solution: Sendable, Hashable {
    public let thermal: ThermalPoint
    /// Of Z: what the cancellation between the four Pfaffians leaves of rounding errors, or the
    /// difference of two evaluations with the sites in another order, whichever is larger.
    public let relativeError: Double
  }

  /// Solves at one temperature, `beta` not negative.
  ///
  /// - Throws: `InputError` where fewer than six digits of Z would be left, at low temperature.
  public func solve(
    beta: Double, pool: WorkerPool = WorkerPool()
  ) throws(InputError) -> Solution {
    guard beta >= 0, beta.isFinite else {
      throw .notAllowed("beta", beta, allowed: "finite numbers from 0")
    }
    let torus = self
    let sectors = sectors
    let products =
      try? pool.map(2 * sectors.count) { index in
        torus.pfaffian(sectors[index / 2], beta: beta, mirrored: index % 2 == 1)
      }
    guard let products else { preconditionFailure("nothing here throws") }
    let first = Self.combine(sectors, products.enumerated().filter { $0.0 % 2 == 0 }.map(\.1))
    let second = Self.combine(sectors, products.enumerated().filter { $0.0 % 2 == 1 }.map(\.1))
    let logarithms = (first.sum.logarithm(), second.sum.logarithm())
    let drift = abs(
      logarithms.0.value - logarithms.1.value
        + Double(first.exponent - second.exponent) * 0.693147180559945309417)
    // Rounding errors of all pivots, as measured against Kaufman's formula up to 20 x 20.
    let sites = Double(siteCount)
    let rounding = 1e-15 * sites * sites.squareRoot() * first.size / abs(first.sum.value)
    let error = max(drift, rounding)
    guard first.sum.value > 0, second.sum.value > 0, error < 1e-6 else {
      throw .notAllowed(
        "beta", beta, allowed: "temperatures at which the Pfaffians keep six digits",
        hint: "sum over states instead, or lower beta")
    }
    let prefactor = prefactor(beta)
    let logarithm = logarithms.0 + prefactor
    return Solution(
      thermal: ThermalPoint(
        beta: beta, siteCount: siteCount,
        logPartition: logarithm.value + Double(first.exponent) * 0.693147180559945309417,
        energy: 0 - logarithm.first, energyVariance: logarithm.second.orZero),
      relativeError: error)
  }

  /// The sign changes across the edges with the weight of the sector.
  private struct Sector: Sendable {
    var across: Double
    var along: Double
    var weight: Double
  }

  /// Where no bond crosses an edge the sectors are equal in pairs, and the weights add up.
  private var sectors: [Sector] {
    let crossing = (0..<rows).contains { right[$0 * columns + columns - 1] != 0 }
    let closing = (0..<columns).contains { down[(rows - 1) * columns + $0] != 0 }
    switch (crossing, closing) {
    case (true, true):
      return [
        Sector(across: -1, along: -1, weight: 0.5), Sector(across: -1, along: 1, weight: 0.5),
        Sector(across: 1, along: -1, weight: 0.5), Sector(across: 1, along: 1, weight: -0.5),
      ]
    case (true, false): return [Sector(across: -1, along: 1, weight: 1)]
    case (false, true): return [Sector(across: 1, along: -1, weight: 1)]
    case (false, false): return [Sector(across: 1, along: 1, weight: 1)]
    }
  }

  private static func combine(
    _ sectors: [Sector], _ products: [ScaledProduct<Jet>]
  ) -> (sum: Jet, size: Double, exponent: Int) {
    let exponent = products.filter { $0.factor.value != 0 }.map(\.exponent).max() ?? 0
    var (sum, size) = (Jet(0), 0.0)
    for (sector, product) in zip(sectors, products) {
      let scale = scalbn(sector.weight, Int32(clamping: product.exponent - exponent))
      sum = sum + scale * product.factor
      size += abs(scale) * abs(product.factor.value)
    }
    return (sum, size, exponent)
  }

  /// ln of 2^N times the product of cosh(beta J) over all bonds.
  private func prefactor(_ beta: Double) -> Jet {
    var sum = Jet(Double(siteCount) * log(2.0))
    for coupling in right + down {
      let k = abs(beta * coupling)
      let slope = tanh(k)
      sum =
        sum
        + Jet(
          k + log1p(exp(-2 * k)) - log(2.0), abs(coupling) * slope,
          coupling * coupling * (1 - slope * slope))
    }
    return sum
  }

  /// `mirrored` numbers the sites from the other end.
  private func pfaffian(_ sector: Sector, beta: Double, mirrored: Bool) -> ScaledProduct<Jet> {
    let count = siteCount
    var matrix = SkewMatrix<Jet>(count: 4 * count)
    func vertex(_ site: Int, _ kind: Int) -> Int {
      4 * (mirrored ? count - 1 - site : site) + kind
    }
    // Of R, L, U, D.
    let internals: [(Int, Int, Double)] = [
      (0, 1, 1), (0, 2, -1), (0, 3, -1), (1, 2, 1), (1, 3, -1), (2, 3, 1),
    ]
    for site in 0..<count {
      for (one, other, sign) in internals {
        matrix.add(Jet(sign), row: vertex(site, one), column: vertex(site, other))
      }
      let (row, column) = (site / columns, site % columns)
      let beside = row * columns + (column + 1) % columns
      let below = (row + 1) % rows * columns + column
      let horizontal = Self.tangent(right[site], beta)
      let vertical = Self.tangent(down[site], beta)
      let across = column == columns - 1 ? sector.across : 1
      let along = row == rows - 1 ? sector.along : 1
      matrix.add(across * horizontal, row: vertex(site, 0), column: vertex(beside, 1))
      matrix.add(along * vertical, row: vertex(site, 2), column: vertex(below, 3))
    }
    var product = matrix.pfaffian()
    // The four vertices of one site alone give -1.
    if count % 2 == 1 { product.multiply(by: Jet(-1)) }
    return product
  }

  /// tanh(beta J) with its derivatives in beta.
  private static func tangent(_ coupling: Double, _ beta: Double) -> Jet {
    let value = tanh(beta * coupling)
    let slope = coupling * (1 - value * value)
    return Jet(value, slope, -2 * value * coupling * slope)
  }
}
