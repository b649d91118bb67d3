#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Ising model on the infinite square lattice without field: Onsager 1944 and Yang 1952.
///
/// H = -J sum over bonds of s_i s_j, k_B = 1, everything per site. For J < 0 the thermodynamics is
/// that of |J|, and the order is that of the two sublattices. `beta` must be finite and not negative.
public struct Onsager: Sendable, Hashable {
  /// J, of either sign; zero leaves the spins free.
  public let coupling: Double

  public init(coupling: Double = 1) {
    precondition(coupling.isFinite, "an Ising coupling of \(coupling)")
    self.coupling = coupling
  }

  /// ln(1 + sqrt 2) / 2, the critical value of beta |J|.
  public static let criticalReducedCoupling = 0.440686793509771512616304662489

  /// 2 |J| / ln(1 + sqrt 2); zero without coupling.
  public var criticalTemperature: Double { abs(coupling) / Self.criticalReducedCoupling }

  /// ln Z / N, to about 1e-15.
  public func logPartitionPerSite(beta: Double) -> Double {
    let point = Point(reducedCoupling(beta))
    return point.logTwoCosh + point.integral
  }

  /// -T ln Z / N; `beta` must be positive.
  public func freeEnergyPerSite(beta: Double) -> Double { -logPartitionPerSite(beta: beta) / beta }

  /// The energy, continuous with infinite slope at the transition, where it is -sqrt 2 |J|.
  public func energyPerSite(beta: Double) -> Double {
    let point = Point(reducedCoupling(beta))
    guard point.kappa > 0 else { return 0 }
    return -abs(coupling) / tanh(2 * point.kappa) * point.bracket
  }

  /// The specific heat beta^2 d^2(ln Z / N) / d beta^2; diverges as the logarithm of the distance to
  /// the transition and is infinite where the distance is zero in floating point.
  public func specificHeatPerSite(beta: Double) -> Double {
    let point = Point(reducedCoupling(beta))
    guard point.kappa > 0 else { return 0 }
    guard point.elliptic.mean > 0 else { return .infinity }
    let factor = point.kappa / tanh(2 * point.kappa)
    let elliptic = point.elliptic
    // (2/pi) (2K - 2E - (1 - kappa')(pi/2 + kappa' K)) with K = pi / (2 mean).
    let braces =
      elliptic.squaredModulus + 2 * elliptic.tailSum
      - (1 - point.signedModulus) * (point.bracket * elliptic.mean)
    return max(0, factor * factor * braces / elliptic.mean)
  }

  /// The entropy ln Z / N + beta e, from ln 2 at infinite temperature to 0.
  public func entropyPerSite(beta: Double) -> Double {
    max(0, logPartitionPerSite(beta: beta) + beta * energyPerSite(beta: beta))
  }

  /// The spontaneous magnetisation (1 - sinh^-4(2 beta |J|))^(1/8), zero above the transition; for
  /// J < 0 that of a sublattice.
  public func spontaneousMagnetization(beta: Double) -> Double {
    let kappa = reducedCoupling(beta)
    guard kappa > Self.criticalReducedCoupling else { return 0 }
    let s = sinh(min(2 * kappa, 300))
    let square = s * s
    return pow((s - 1) / s * ((s + 1) / s) * ((square + 1) / square), 0.125)
  }

  /// <s(0,0) s(1,1)>, the correlation of nearest neighbours along the diagonal; 2/pi at the transition.
  public func diagonalCorrelation(beta: Double) -> Double {
    let kappa = reducedCoupling(beta)
    if kappa > 20 { return 1 }  // 1 - sinh^-4 / 4 differs by less than an ulp
    let s = sinh(2 * kappa)
    let ordered = s > 1
    let modulus = ordered ? 1 / (s * s) : s * s
    guard modulus > 0 else { return 0 }
    let below = ordered ? (s - 1) * (s + 1) / (s * s) : (1 - s) * (1 + s)  // 1 - k
    let complementary = (below * (1 + modulus)).squareRoot()
    let elliptic = EllipticIntegrals(
      complementary: complementary, difference: modulus * modulus / (1 + complementary))
    if ordered { return 2 / Double.pi * elliptic.second }
    guard elliptic.mean > 0 else { return 2 / Double.pi }
    // (E - k'^2 K) / k, where the leading terms cancel by hand.
    return (elliptic.squaredModulus / 2 - elliptic.tailSum) / (elliptic.mean * modulus)
  }

  private func reducedCoupling(_ beta: Double) -> Double {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    return beta * abs(coupling)
  }

  /// What all formulas share at one value of kappa = beta |J|.
  private struct Point {
    let kappa: Double
    /// 2 tanh^2(2 kappa) - 1: minus one at infinite temperature, 0 at the transition, 1 at zero.
    let signedModulus: Double
    let elliptic: EllipticIntegrals
    /// 1 + (2/pi) signedModulus K(k), without cancellation on the disordered side.
    let bracket: Double

    init(_ kappa: Double) {
      self.kappa = kappa
      let s = sinh(min(2 * kappa, 18))
      signedModulus =
        2 * kappa < 18 ? (s - 1) * (s + 1) / (1 + s * s) : 1 - 2 / pow(cosh(2 * kappa), 2)
      let hyperbolic = tanh(2 * kappa)
      // 1 - |signedModulus|
      let difference =
        signedModulus < 0
        ? 2 * hyperbolic * hyperbolic
        : 2 * kappa < 18 ? 2 / (1 + s * s) : 2 / pow(cosh(2 * kappa), 2)
      elliptic = EllipticIntegrals(
        complementary: abs(signedModulus), difference: difference)
      bracket =
        elliptic.mean == 0
        ? 1
        : signedModulus < 0
          ? elliptic.meanLessModulus / elliptic.mean : 1 + signedModulus / elliptic.mean
    }

    var logTwoCosh: Double { 2 * kappa + log1p(exp(-4 * kappa)) }

    /// (1/pi) times the integral over u from 0 to pi/2 of ln((1 + sqrt(1 - k^2 cos^2 u)) / 2), by the
    /// double exponential rule, which the near-singularity at the end u = 0 does not disturb.
    var integral: Double {
      let step = 1.0 / 32
      var sum = 0.0
      for index in -128...128 {
        let t = step * Double(index)
        let stretched = Double.pi / 2 * sinh(t)
        // u = (pi/4)(1 + tanh), from the side that keeps its digits.
        let u = Double.pi / 2 / (1 + exp(-2 * stretched))
        let weight = Double.pi / 4 * (Double.pi / 2) * cosh(t) / pow(cosh(stretched), 2)
        guard weight > 0 else { continue }
        let sine = sin(u)
        let cosine = cos(u)
        let root =
          (sine * sine + signedModulus * signedModulus * cosine * cosine).squareRoot()
        // 1 - root = k^2 cos^2 u / (1 + root)
        sum += weight * log1p(-elliptic.squaredModulus * cosine * cosine / (2 * (1 + root)))
      }
      return sum * step / Double.pi
    }
  }
}
