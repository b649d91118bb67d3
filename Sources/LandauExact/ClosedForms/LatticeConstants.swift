#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Entropies and thresholds of infinite lattices that are known in closed form.
public enum LatticeConstants {
  /// Catalan's constant, half the integral of x / sin x over a right angle.
  public static var catalan: Double {
    0.5 * Quadrature.integrate(from: 0, to: Double.pi / 2) { x, _ in x / sin(x) }
  }

  /// Entropy per site of the triangular Ising antiferromagnet at zero temperature (Wannier 1950, as
  /// corrected in 1973): (2 / pi) times the integral of ln(2 cos w) up to pi / 3.
  public static var triangularAntiferromagnetEntropy: Double {
    2 / Double.pi
      * Quadrature.integrate(from: 0, to: Double.pi / 3) { w, _ in log(2 * cos(w)) }
  }

  /// Entropy per vertex of square ice (Lieb 1967).
  public static var squareIceEntropy: Double { 1.5 * log(4.0 / 3) }

  /// Entropy per site of dimers on the square lattice (Kasteleyn, Temperley and Fisher 1961).
  public static var dimerEntropy: Double { catalan / Double.pi }

  /// ln of the number of spanning trees per site of the square lattice (Temperley 1972).
  public static var spanningTreeEntropy: Double { 4 * catalan / Double.pi }

  /// The connective constant of self-avoiding walks on the honeycomb lattice (Nienhuis 1982,
  /// Duminil-Copin and Smirnov 2012).
  public static var honeycombConnectiveConstant: Double { (2 + 2.0.squareRoot()).squareRoot() }

  /// Bond percolation on the square lattice and site percolation on the triangular lattice.
  public static var squareBondPercolation: Double { 0.5 }
  /// Bond percolation (Sykes and Essam 1964).
  public static var triangularBondPercolation: Double { 2 * sin(Double.pi / 18) }
  public static var honeycombBondPercolation: Double { 1 - triangularBondPercolation }
  /// Site percolation on the kagome lattice is bond percolation on the honeycomb lattice.
  public static var kagomeSitePercolation: Double { honeycombBondPercolation }
}

/// The +-J model on the Nishimori line, on any lattice (Nishimori 1981): disorder averages.
public struct NishimoriLine: Sendable, Hashable {
  /// The fraction of antiferromagnetic bonds, above 0 and below 1/2.
  public let antiferromagneticFraction: Double

  public init(antiferromagneticFraction: Double) {
    precondition(
      antiferromagneticFraction > 0 && antiferromagneticFraction < 0.5,
      "a fraction of \(antiferromagneticFraction)")
    self.antiferromagneticFraction = antiferromagneticFraction
  }

  /// ln((1 - p) / p) / 2.
  public var beta: Double {
    0.5 * log((1 - antiferromagneticFraction) / antiferromagneticFraction)
  }
  public var temperature: Double { 1 / beta }
  /// -tanh beta = -(1 - 2 p).
  public var energyPerBond: Double { -tanh(beta) }
}

/// Critical exponents; two of them fix the others.
public struct CriticalExponents: Sendable, Hashable {
  public let dimension: Int
  /// The scaling dimensions of temperature and field.
  public let thermal: Double
  public let magnetic: Double

  public init(dimension: Int, thermal: Double, magnetic: Double) {
    (self.dimension, self.thermal, self.magnetic) = (dimension, thermal, magnetic)
  }

  public var nu: Double { 1 / thermal }
  public var alpha: Double { 2 - Double(dimension) * nu }
  public var beta: Double { (Double(dimension) - magnetic) * nu }
  public var gamma: Double { (2 * magnetic - Double(dimension)) * nu }
  public var delta: Double { magnetic / (Double(dimension) - magnetic) }
  public var eta: Double { Double(dimension) + 2 - 2 * magnetic }

  /// The Potts model in two dimensions, 0 < q <= 4, as a Coulomb gas (den Nijs 1979, Nienhuis 1984);
  /// q = 1 is percolation, 2 the Ising model; at q = 4 there are logarithms besides.
  public static func potts(states: Double) -> CriticalExponents {
    precondition(states > 0 && states <= 4, "q is \(states)")
    let u = 2 / Double.pi * acos(states.squareRoot() / 2)
    return CriticalExponents(
      dimension: 2, thermal: 3 * (1 - u) / (2 - u), magnetic: (3 - u) * (5 - u) / (4 * (2 - u)))
  }
}
