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

  /// A product of Pauli matrices at different sites, as masks of sites.
  public struct Product: Sendable, Hashable, Comparable {
    /// Sites with x or y: what is flipped.
    public var flips: UInt64
    /// Sites with y or z: what gives signs.
    public var signs: UInt64

    public init(flips: UInt64, signs: UInt64) {
      self.flips = flips
      self.signs = signs
    }

    /// y factors.
    public var imaginaryCount: Int { (flips & signs).nonzeroBitCount }
    /// Whether its matrix in the z basis is real.
    public var isReal: Bool { imaginaryCount % 2 == 0 }

    public static func < (a: Product, b: Product) -> Bool {
      (a.flips, a.signs) < (b.flips, b.signs)
    }
  }

  public let siteCount: Int
  /// Coefficient of each product; none is zero.
  public private(set) var coefficients: [Product: Double] = [:]

  /// The largest number of sites: masks are words.
  public static let maximumSiteCount = 64

  public init(siteCount: Int) {
    precondition(
      (1...Self.maximumSiteCount).contains(siteCount), "\(siteCount) spins in words of 64 bits")
    self.siteCount = siteCount
  }

  /// Adds a coefficient times a product; the empty product is the identity.
  ///
  /// - Parameter factors: at different sites.
  public mutating func add(_ coefficient: Double, _ factors: [Factor]) {
    var product = Product(flips: 0, signs: 0)
    for factor in factors {
      precondition(
        (0..<siteCount).contains(factor.site), "site \(factor.site) of \(siteCount)")
      let bit = UInt64(1) << UInt64(factor.site)
      precondition((product.flips | product.signs) & bit == 0, "two factors at \(factor.site)")
      switch factor.axis {
      case .x: product.flips |= bit
      case .y:
        product.flips |= bit
        product.signs |= bit
      case .z: product.signs |= bit
      }
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
    let groups = Dictionary(grouping: coefficients) { $0.key.flips }
    return groups.allSatisfy { flips, terms in
      // Every basis state that does not have as many ups as downs among the flipped sites must be annihilated.
      guard flips != 0 else { return true }
      let sites = (0..<siteCount).filter { flips >> UInt64($0) & 1 == 1 }
      guard sites.count <= 8 else { return false }
      let others = Dictionary(grouping: terms) { $0.key.signs & ~flips }
      return others.values.allSatisfy { terms in
        (0..<1 << sites.count).allSatisfy { choice in
          guard 2 * choice.nonzeroBitCount != sites.count else { return true }
          var state: UInt64 = 0
          for (k, site) in sites.enumerated() where choice >> k & 1 == 1 {
            state |= 1 << UInt64(site)
          }
          let (real, imaginary) = terms.reduce((0.0, 0.0)) { sum, term in
            let (factor, isReal) = term.key.phase(state)
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
    func moved(_ mask: UInt64) -> UInt64 {
      (0..<siteCount).reduce(UInt64(0)) {
        mask >> UInt64($1) & 1 == 1 ? $0 | 1 << UInt64(site($1)) : $0
      }
    }
    var result = PauliSum(siteCount: siteCount)
    for (product, coefficient) in coefficients {
      let sign = flipping && product.signs.nonzeroBitCount % 2 == 1 ? -1.0 : 1
      result.add(
        sign * coefficient, Product(flips: moved(product.flips), signs: moved(product.signs)))
    }
    return result
  }
}

extension PauliSum.Product {
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
