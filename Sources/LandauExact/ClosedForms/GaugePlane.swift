#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// U(1) and SU(2) lattice gauge theory in two infinite dimensions, where plaquettes are independent
/// (Gross and Witten 1980). Weights exp(beta cos theta) and exp((beta / 2) tr U); `beta` > 0.
public enum GaugePlane {
  /// <cos theta> of U(1), I_1 / I_0.
  public static func u1Plaquette(beta: Double) -> Double {
    let values = BesselFunctions.scaled(beta)
    return values[1] / values[0]
  }

  /// <tr U> / 2 of SU(2), I_2 / I_1.
  public static func su2Plaquette(beta: Double) -> Double {
    let values = BesselFunctions.scaled(beta)
    return values[2] / values[1]
  }

  /// <Q^2> / V of U(1) with Q the sum of plaquette angles in (-pi, pi] over 2 pi: <theta^2> / 4 pi^2,
  /// where <theta^2> = pi^2 / 3 + 4 sum (-1)^n I_n / (n^2 I_0).
  public static func u1TopologicalSusceptibility(beta: Double) -> Double {
    let values = BesselFunctions.scaled(beta)
    var sum = 0.0
    for n in values.indices.dropFirst().reversed() {
      sum += (n % 2 == 0 ? 1 : -1) * values[n] / values[0] / Double(n * n)
    }
    let square = Double.pi * Double.pi
    return (square / 3 + 4 * sum) / (4 * square)
  }

  /// <cos theta> of U(1) on a torus of `plaquetteCount` plaquettes: Z = sum over n of I_n^V.
  public static func u1Plaquette(beta: Double, plaquetteCount: Int) -> Double {
    // The plaquettes are weighted as the bonds of a closed chain of XY spins.
    guard let ring = try? ClassicalChain(.xy, siteCount: max(1, plaquetteCount)) else {
      preconditionFailure("a torus of \(plaquetteCount) plaquettes")
    }
    return 0 - ring.energyPerSite(beta: beta)
  }

  /// The dual coupling of the three-dimensional Z2 gauge theory for an Ising coupling, or back.
  public static func isingDual(_ coupling: Double) -> Double { -0.5 * log(tanh(coupling)) }
}
