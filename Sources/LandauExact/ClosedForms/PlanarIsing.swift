public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Ising model on the infinite triangular, honeycomb or kagome lattice without field.
///
/// H = -J sum over bonds of s_i s_j, k_B = 1, everything per site. The triangular lattice is Houtappel's
/// and Wannier's integral (1950); the honeycomb lattice follows by summing over one of its sublattices
/// (star-triangle), the kagome lattice by turning its triangles into stars (Kano and Naya 1953).
/// Accurate to about 1e-14 away from the transition. `beta` is finite and not negative.
public struct PlanarIsing: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case triangular, honeycomb, kagome
  }

  public let lattice: Kind
  public let coupling: Double

  /// - Throws: `InputError` for a coupling that is not finite, or a negative one on the kagome lattice.
  public init(_ lattice: Kind, coupling: Double = 1) throws(InputError) {
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    guard lattice != .kagome || coupling >= 0 else {
      throw .notAllowed("coupling", coupling, allowed: "0 and above on the kagome lattice")
    }
    self.lattice = lattice
    self.coupling = coupling
  }

  /// Zero where there is no transition: the triangular antiferromagnet.
  public var criticalTemperature: Double {
    switch lattice {
    case .triangular: coupling > 0 ? 4 * coupling / log(3) : 0
    case .honeycomb: 2 * abs(coupling) / log(2 + 3.0.squareRoot())
    case .kagome: 4 * coupling / log(3 + 2 * 3.0.squareRoot())
    }
  }

  /// ln Z / N.
  public func logPartitionPerSite(beta: Double) -> Double { logarithm(beta).value }

  /// -T ln Z / N; `beta` must be positive.
  public func freeEnergyPerSite(beta: Double) -> Double { -logarithm(beta).value / beta }

  public func energyPerSite(beta: Double) -> Double { 0 - abs(coupling) * logarithm(beta).first }

  /// beta^2 d^2(ln Z / N) / d beta^2; diverges at the transition.
  public func specificHeatPerSite(beta: Double) -> Double {
    let kappa = beta * abs(coupling)
    return kappa * kappa * logarithm(beta).second.orZero
  }

  /// ln Z / N + beta e.
  public func entropyPerSite(beta: Double) -> Double {
    let jet = logarithm(beta)
    return (jet.value - beta * abs(coupling) * jet.first).orZero
  }

  /// The order below the transition, zero above (Potts 1952, Naya 1954); of the sublattices for J < 0.
  ///
  /// - Throws: `InputError` for the kagome lattice.
  public func spontaneousMagnetization(beta: Double) throws(InputError) -> Double {
    guard beta * criticalTemperature > 1 else { return 0 }
    let z = exp(-2 * beta * abs(coupling))
    func cube(_ x: Double) -> Double { x * x * x }
    switch lattice {
    case .triangular:
      let ratio = 16 * pow(z, 6) / ((1 + 3 * z * z) * cube(1 - z * z))
      return pow(max(0, 1 - ratio), 0.125)
    case .honeycomb:
      let ratio = 16 * cube(z) * (1 + cube(z)) / (cube(1 - z) * cube(1 - z * z))
      return pow(max(0, 1 - ratio), 0.125)
    case .kagome:
      throw .notAllowed("lattice", "kagome", allowed: "triangular, honeycomb for the magnetisation")
    }
  }

  /// ln Z / N with its derivatives with respect to beta |J|.
  private func logarithm(_ beta: Double) -> Jet {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let kappa = Jet.variable(beta * abs(coupling))
    switch lattice {
    case .triangular:
      return coupling < 0 ? Self.triangularAntiferromagnet(kappa) : Self.triangular(kappa)
    case .honeycomb: return Self.honeycomb(kappa)
    case .kagome: return Self.kagome(kappa)
    }
  }

  /// ln((p + sqrt(p^2 - q^2)) / 2) from p - q and q.
  private static func rootLogarithm(gap: Jet, q: Jet) -> Jet {
    let root = gap.value > 0 ? (gap * (gap + 2 * q)).squareRoot() : Jet(0)
    return (0.5 * (gap + q + root)).logarithm()
  }

  /// ln 2 + (1 / 2 pi) times the integral over a from 0 to pi of ln((P + sqrt(P^2 - Q^2)) / 2), with
  /// P = C^3 + S^3 - S cos a, Q = 2 S cos(a / 2), C and S the hyperbolic functions of 2 kappa. With
  /// y = e^(-2 kappa), P - Q is (1 - 3 y^2)^2 / (4 y^3) + 2 S (1 - u)(2 + u), u = cos(a / 2).
  private static func triangular(_ kappa: Jet) -> Jet {
    let square = (-4 * kappa).exponential()
    let critical = 1 - 3 * square
    let least = 0.25 * (critical * critical)
    let sinh = 0.5 * (square * (1 - square))
    let integral = Quadrature.integrate(from: 0, to: Double.pi) { a, rest -> Jet in
      let quarter = sin(a / 4)
      let u = sin(rest / 2)
      let gap = least + (2 * 2 * quarter * quarter * (2 + u)) * sinh
      return rootLogarithm(gap: gap, q: (2 * u) * sinh)
    }
    return log(2.0) + 3 * kappa + (0.5 / Double.pi) * integral
  }

  /// The same for J < 0, where P - |Q| is least at u = 1/2 and vanishes at zero temperature:
  /// (y^3 + 3 y) / 4 + 2 |S| (u - 1/2)^2.
  private static func triangularAntiferromagnet(_ kappa: Jet) -> Jet {
    let square = (-4 * kappa).exponential()
    let least = 0.25 * (square * (3.0 + square))
    let sinh = 0.5 * (1 - square)
    let middle = 2 * Double.pi / 3
    /// `distance` is a - 2 pi / 3.
    func value(distance: Double) -> Jet {
      let shift = -2 * sin(Double.pi / 3 + distance / 4) * sin(distance / 4)
      let gap = least + (2 * shift * shift) * sinh
      return rootLogarithm(gap: gap, q: (2 * (0.5 + shift)) * sinh)
    }
    let lower = Quadrature.integrate(from: 0, to: middle) { value(distance: -$1) }
    let upper = Quadrature.integrate(from: middle, to: Double.pi) { a, _ in value(distance: a) }
    return log(2.0) + kappa + (0.5 / Double.pi) * (lower + upper)
  }

  /// ln(2 cosh x) for x >= 0.
  private static func logTwoCosh(_ x: Jet) -> Jet {
    x + (-2 * x).exponential().logarithmOfOnePlus()
  }

  /// A spin between three others at K acts as bonds K' between them: e^(4 K') = 2 cosh 2K - 1, with the
  /// factor 2 cosh(K) e^(K').
  private static func bondsOfStar(_ kappa: Jet) -> Jet {
    let y = (-2 * kappa).exponential()
    let small: Jet = y * y - y
    let logarithm: Jet = small.logarithmOfOnePlus()
    return 0.5 * kappa + 0.25 * logarithm
  }

  private static func honeycomb(_ kappa: Jet) -> Jet {
    let bonds = bondsOfStar(kappa)
    return 0.5 * (logTwoCosh(kappa) + bonds + triangular(bonds))
  }

  /// Triangles of K are stars of K' with cosh 2K' = (e^(4K) + 1) / 2; each kagome spin then lies between
  /// two centres and acts as a bond K'' with e^(2 K'') = cosh 2K' and the factor 2 sqrt(cosh 2K').
  private static func kagome(_ kappa: Jet) -> Jet {
    let half = (-4 * kappa).exponential()
    // ln cosh 2K' and K' itself, through e^(2K') = c + sqrt(c^2 - 1).
    let logCosh = 4 * kappa + (0.5 * (1 + half)).logarithm()
    if kappa.value == 0 {
      // The square root below has no derivatives at infinite temperature: three spins share two
      // triangles, so ln Z / N is ln 2 + kappa^2 (two bonds a site) + (2/3) kappa^3 + …
      return Jet(log(2.0), 0, 2)
    }
    // sqrt(c^2 - 1) / c, where (c - 1) / c = tanh 2K.
    let fade = (-1 * logCosh).exponential()
    let less = -1 * (-4 * kappa).exponentialMinusOne() / (1 + half)
    let root = (less * (1 + fade)).squareRoot()
    let star = 0.5 * (logCosh + root.logarithmOfOnePlus())
    let factor = logTwoCosh(star) + kappa
    let stars = honeycomb(0.5 * logCosh) - factor
    let between = log(2.0) + 0.5 * logCosh
    return between + (2.0 / 3) * stars
  }
}
