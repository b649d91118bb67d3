import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Correlations of spins of the critical square Ising model on a large torus of equal sides: the scaling limit, exactly.
///
/// At z = (x + i y)/L, with theta functions of the square torus (tau = i, nome q = exp(-pi)),
///
///     L^(1/4) G = C |theta_1'(0)/theta_1(z)|^(1/4) sum over nu = 1...4 of |theta_nu(z/2)| / sum over nu = 2...4 of |theta_nu(0)|.
///
/// At short distances L drops out and what is left is C r^(-1/4), the law of the plane, whose amplitude is that of McCoy and Wu: along the
/// diagonal G = e^(1/4) 2^(1/12) A^(-3) n^(-1/4) with Glaisher's constant A, and r = sqrt(2) n. The lattice adds terms that fall like 1/L^2
/// and 1/r^2.
/// - Note: P. Di Francesco, H. Saleur and J.-B. Zuber, Nucl. Phys. B 290, 527 (1987); B. McCoy and T. T. Wu, The Two-Dimensional Ising
///   Model (1973).
public enum CriticalIsingTorus {
  /// C in G = C r^(-1/4) of the plane, 0.70338.
  public static let amplitude = exp(0.25) * exp2(5.0 / 24) * exp(-3 * logGlaisher)

  /// ln of Glaisher's constant 1.2824271291, which is 1/12 - zeta'(-1).
  private static let logGlaisher = 0.248754477033784262547253

  /// L^(1/4) <s(0) s(x, y)>.
  ///
  /// - Parameters:
  ///   - x: over L.
  ///   - y: over L; not both whole numbers.
  /// - Returns: to some ulps.
  public static func scaledCorrelation(x: Double, y: Double = 0) -> Double {
    // All four functions have the lattice's periods up to factors that cancel; near the origin the series converge best.
    let z = Complex(x - x.rounded(), y - y.rounded())
    let half = Complex(z.real / 2, z.imaginary / 2)
    let spin = (1...4).reduce(0) { $0 + theta($1, half).magnitude }
    let vacuum = (2...4).reduce(0) { $0 + theta($1, Complex(0, 0)).magnitude }
    return amplitude * pow(slope / theta(1, z).magnitude, 0.25) * spin / vacuum
  }

  /// L^(1/4) <m^2>: the integral of `scaledCorrelation` over the torus.
  public static let scaledSquaredOrder = 1.091950536

  /// theta_1'(0) = pi theta_2 theta_3 theta_4, all at 0 (Jacobi), with theta_1 a function of z rather than of pi z.
  private static let slope =
    Double.pi * (2...4).reduce(1) { $0 * theta($1, Complex(0, 0)).real }

  /// theta_nu(z | i) = sum of q^(n^2) exp(2 pi i n z), n half-integer for nu = 1 and 2, with signs for 1 and 4.
  private static func theta(_ nu: Int, _ z: Complex) -> Complex {
    let isHalf = nu <= 2
    let isSigned = nu == 1 || nu == 4
    return (-6...6).reduce(Complex(0, 0)) { sum, index in
      let n = Double(index) + (isHalf ? 0.5 : 0)
      let sign: Double = isSigned && index % 2 != 0 ? -1 : 1
      let exponent = Complex(
        -Double.pi * n * n - 2 * Double.pi * n * z.imaginary, 2 * Double.pi * n * z.real)
      return sum + sign * exponent.exponential()
    }
  }
}
