/// Which of the three Pauli matrices.
public enum SpinAxis: String, Sendable, Hashable, CaseIterable {
  case x, y, z
}

/// A real combination of products of Pauli matrices: Hamiltonians and observables of spins 1/2.
///
///     var energy = PauliSum(siteCount: 2)
///     energy.add(-1, [.z(0), .z(1)])     // -z0 z1
///     energy.add(-0.5, [.x(0)])
///
/// Basis state b has spin i up (z_i = +1) where bit i of b is 0. A product flips the bits of its x and y factors and multiplies by
/// i^(number of y) (-1)^(set bits of b at its y and z factors).
public struct PauliSum: Sendable, Hashable {
  /// One Pauli matrix at one site.
  public struct Factor: Sendable, Hashable {
    public var axis: SpinAxis
    public var site: Int

    public init(_ axis: SpinAxis, _ site: Int) { (self.axis, self.site) = (axis, site) }

    public static func x(_ site: Int) -> Factor { Factor(.x, site) }
    public static func y(_ site: Int) -> Factor { Factor(.y, site) }
    public static func z(_ site: Int) -> Factor { Factor(.z, site) }
  }

  /// A product of Pauli matrices at different sites, as sets of sites.
  public struct Product: Sendable, Hashable, Comparable {
    /// Sites with x or y: what is flipped.
    public var flippedSites: SiteSet
    /// Sites with y or z: what gives signs.
    public var signedSites: SiteSet

    public init(flippedSites: SiteSet, signedSites: SiteSet) {
      self.flippedSites = flippedSites
      self.signedSites = signedSites
    }

    /// Of at most 64 spins.
    public init(flips: UInt64, signs: UInt64) {
      self.init(flippedSites: SiteSet(word: flips), signedSites: SiteSet(word: signs))
    }

    /// The flipped sites as bits.
    ///
    /// - Precondition: no site above 63.
    public var flips: UInt64 { flippedSites.word }
    /// The sites that give signs as bits.
    ///
    /// - Precondition: no site above 63.
    public var signs: UInt64 { signedSites.word }

    /// y factors.
    public var imaginaryCount: Int { flippedSites.intersection(signedSites).count }
    /// Whether its matrix in the z basis is real.
    public var isReal: Bool { imaginaryCount % 2 == 0 }

    /// The axis at a site; nil where the product has no factor there.
    public func axis(at site: Int) -> SpinAxis? {
      switch (flippedSites.contains(site), signedSites.contains(site)) {
      case (false, false): nil
      case (true, false): .x
      case (true, true): .y
      case (false, true): .z
      }
    }

    /// Sites with a factor.
    public var support: SiteSet { flippedSites.union(signedSites) }

    public static func < (a: Product, b: Product) -> Bool {
      (a.flippedSites, a.signedSites) < (b.flippedSites, b.signedSites)
    }
  }

  public let siteCount: Int
  /// Coefficient of each product; none is zero.
  public private(set) var coefficients: [Product: Double] = [:]

  /// The largest number of sites.
  public static let maximumSiteCount = SiteSet.maximumSiteCount

  public init(siteCount: Int) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount),
      "\(siteCount) spins, of 1 to \(Self.maximumSiteCount)")
    self.siteCount = siteCount
  }

  /// Adds a coefficient times a product; the empty product is the identity.
  ///
  /// - Parameter factors: at different sites.
  public mutating func add(_ coefficient: Double, _ factors: [Factor]) {
    var product = Product(flippedSites: SiteSet(), signedSites: SiteSet())
    for factor in factors {
      precondition(
        (0..<siteCount).contains(factor.site), "site \(factor.site) of \(siteCount)")
      precondition(!product.support.contains(factor.site), "two factors at \(factor.site)")
      if factor.axis != .z { product.flippedSites.insert(factor.site) }
      if factor.axis != .x { product.signedSites.insert(factor.site) }
    }
    add(coefficient, product)
  }

  public mutating func add(_ coefficient: Double, _ product: Product) {
    precondition(coefficient.isFinite, "a coefficient of \(coefficient)")
    let sum = (coefficients[product] ?? 0) + coefficient
    coefficients[product] = sum == 0 ? nil : sum
  }

  /// Products and coefficients in a fixed order, flips first.
  public var terms: [(product: Product, coefficient: Double)] {
    coefficients.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Whether the matrix in the z basis is real symmetric.
  public var isReal: Bool { coefficients.keys.allSatisfy(\.isReal) }

  /// Whether the number of up spins is conserved: flips of one pair come with equal weights of xx and yy.
  public var conservesMagnetization: Bool {
    let groups = Dictionary(grouping: coefficients) { $0.key.flippedSites }
    return groups.allSatisfy { flips, terms in
      // Every basis state that does not have as many ups as downs among the flipped sites must be annihilated.
      let sites = flips.sites
      guard !sites.isEmpty else { return true }
      guard sites.count <= 8 else { return false }
      let others = Dictionary(grouping: terms) { $0.key.signedSites.subtracting(flips) }
      return others.values.allSatisfy { terms in
        (0..<1 << sites.count).allSatisfy { choice in
          guard 2 * choice.nonzeroBitCount != sites.count else { return true }
          let (real, imaginary) = terms.reduce((0.0, 0.0)) { sum, term in
            let (factor, isReal) = term.key.restricted(to: sites).phase(UInt64(choice))
            return isReal
              ? (sum.0 + term.value * factor, sum.1) : (sum.0, sum.1 + term.value * factor)
          }
          return abs(real) < 1e-12 && abs(imaginary) < 1e-12
        }
      }
    }
  }

  /// The same sum with sites renamed and, on request, all spins flipped (x stays, y and z change sign).
  public func transformed(site: (Int) -> Int, flipping: Bool = false) -> PauliSum {
    func moved(_ set: SiteSet) -> SiteSet {
      set.sites.reduce(into: SiteSet()) { $0.insert(site($1)) }
    }
    var result = PauliSum(siteCount: siteCount)
    for (product, coefficient) in coefficients {
      let sign = flipping && product.signedSites.count % 2 == 1 ? -1.0 : 1
      result.add(
        sign * coefficient,
        Product(
          flippedSites: moved(product.flippedSites), signedSites: moved(product.signedSites)))
    }
    return result
  }
}

extension PauliSum.Product {
  /// The factors at some sites, as a product of as many spins in that order.
  func restricted(to sites: [Int]) -> Self {
    var product = Self(flippedSites: SiteSet(), signedSites: SiteSet())
    for (k, site) in sites.enumerated() {
      if flippedSites.contains(site) { product.flippedSites.insert(k) }
      if signedSites.contains(site) { product.signedSites.insert(k) }
    }
    return product
  }

  /// What the product multiplies basis state `state` by, next to flipping its bits: the factor, and whether it is real or
  /// to be multiplied by i.
  @inline(__always)
  public func phase(_ state: UInt64) -> (factor: Double, isReal: Bool) {
    // i^n = 1, i, -1, -i.
    let n = imaginaryCount
    let sign = (state & signs).nonzeroBitCount & 1 == (n >> 1 & 1) ? 1.0 : -1.0
    return (sign, n & 1 == 0)
  }
}

extension PauliSum {
  public static func * (factor: Double, sum: PauliSum) -> PauliSum {
    var result = PauliSum(siteCount: sum.siteCount)
    for (product, coefficient) in sum.coefficients { result.add(factor * coefficient, product) }
    return result
  }

  /// - Precondition: as many sites.
  public static func + (a: PauliSum, b: PauliSum) -> PauliSum {
    precondition(a.siteCount == b.siteCount, "\(a.siteCount) and \(b.siteCount) sites")
    var result = a
    for (product, coefficient) in b.coefficients { result.add(coefficient, product) }
    return result
  }
}
