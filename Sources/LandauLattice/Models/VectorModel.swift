public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Unit vectors on the sites of a lattice: XY (n = 2), Heisenberg (n = 3), O(n).
///
/// H = -sum over bonds of J_b s_i . s_j - h sum over sites of the first component. With a twist, s_j is
/// turned in the plane of its first two components by the twist of every boundary the bond crosses.
///
/// Configurations are arrays of numbers, the components of a spin next to each other.
public struct VectorModel: Sendable, Hashable {
  public let lattice: Lattice
  /// n, from 2.
  public let components: Int
  /// J of every bond.
  public let couplings: [Double]
  /// J where all bonds have the same.
  public let uniformCoupling: Double?
  public let field: Double
  /// Radians by which spins turn across the boundary of each axis; empty for none.
  public let twist: [Double]

  /// - Throws: `InputError` when n is below 2 or above 16, counts do not fit, or a number is not finite.
  public init(
    lattice: Lattice, components: Int, couplings: [Double], field: Double = 0, twist: [Double] = []
  ) throws(InputError) {
    guard (2...16).contains(components) else {
      throw .notAllowed("components", components, allowed: "2 to 16")
    }
    guard couplings.count == lattice.bondCount else {
      throw .notAllowed(
        "the number of couplings", couplings.count,
        allowed: "\(lattice.bondCount), the number of bonds")
    }
    guard twist.isEmpty || (lattice.crystal != nil && twist.count == lattice.sides.count) else {
      throw .notAllowed(
        "the number of twists", twist.count, allowed: "none or one per axis of a crystal")
    }
    for number in couplings + [field] + twist where !number.isFinite {
      throw .notAllowed("coupling, field or twist", number, allowed: "finite numbers")
    }
    self.lattice = lattice
    self.components = components
    self.couplings = couplings
    self.field = field
    self.twist = twist.contains { $0 != 0 } ? twist : []
    let first = couplings.first ?? 0
    uniformCoupling = couplings.allSatisfy { $0 == first } ? first : nil
  }

  /// One coupling for all bonds (its sign changed across antiperiodic boundaries).
  ///
  /// - Throws: `InputError` as the other initialiser does.
  public init(
    _ lattice: Lattice, components: Int, coupling: Double = 1, field: Double = 0,
    twist: [Double] = []
  ) throws(InputError) {
    self = try VectorModel(
      lattice: lattice, components: components,
      couplings: lattice.bondSigns.map { coupling * Double($0) }, field: field, twist: twist)
  }

  public var siteCount: Int { lattice.siteCount }
  /// Numbers in a configuration.
  public var variableCount: Int { lattice.siteCount * components }

  /// Angle by which the spin at the target of a bond is turned.
  public func twistAngle(of bond: Int) -> Double {
    twist.indices.reduce(0) {
      $0 + twist[$1] * Double(lattice.crossings[bond * twist.count + $1])
    }
  }

  /// Total energy.
  public func energy(of configuration: Span<Double>) -> Double {
    precondition(
      configuration.count == variableCount,
      "the configuration has \(configuration.count) numbers, the lattice \(variableCount)")
    var energy = 0.0
    for index in lattice.bonds.indices {
      let bond = lattice.bonds[index]
      energy -= couplings[index] * bondProduct(bond, index, configuration)
    }
    if field != 0 {
      for site in 0..<siteCount { energy -= field * configuration[site * components] }
    }
    return energy
  }

  private func bondProduct(
    _ bond: Lattice.Bond, _ index: Int, _ configuration: Span<Double>
  ) -> Double {
    let (one, other) = (Int(bond.source) * components, Int(bond.target) * components)
    var product = 0.0
    if twist.isEmpty {
      for k in 0..<components { product += configuration[one + k] * configuration[other + k] }
      return product
    }
    let angle = twistAngle(of: index)
    let (x, y) = (configuration[other], configuration[other + 1])
    product += configuration[one] * (cos(angle) * x - sin(angle) * y)
    product += configuration[one + 1] * (sin(angle) * x + cos(angle) * y)
    for k in 2..<max(2, components) { product += configuration[one + k] * configuration[other + k] }
    return product
  }

  /// Sum of all spins, n components.
  public func order(of configuration: Span<Double>) -> [Double] {
    var sum = [Double](repeating: 0, count: components)
    for index in configuration.indices { sum[index % components] += configuration[index] }
    return sum
  }
}
