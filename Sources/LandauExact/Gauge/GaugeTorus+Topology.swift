public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The topological charge of U(1) on a torus: Q = sum of the plaquettes' angles in (-pi, pi] over 2 pi.
///
/// The angles are independent with weight exp(beta cos phi) but for their sum, a multiple of 2 pi, so P(Q) is
/// proportional to the density at 2 pi Q of the sum of V such angles, by its characteristic function
///
///     P(Q) ~ integral d nu exp(-2 pi i nu Q) w(nu)^V,
///     w(nu) = (1/2 pi) integral of exp(beta cos phi) cos(nu phi) over (-pi, pi)
///           = sum over n of I_n(beta) sin(pi (nu - n)) / (pi (nu - n)).
///
/// |Q| is at most V/2, so the integral is a sum over nu = j/M exactly where M > V, and up to P(M - |Q|) else.
public struct TopologicalCharge: Sendable {
  /// P(Q) for Q from 0 on; P(-Q) = P(Q). Ends where it falls below 1e-15.
  public let probabilities: [Double]
  public let plaquetteCount: Int

  /// - Throws: `InputError` for fewer than four plaquettes, and a beta that is negative or above 1000.
  public init(plaquetteCount: Int, beta: Double) throws(InputError) {
    guard plaquetteCount >= 4 else {
      throw .notAllowed("the number of plaquettes", plaquetteCount, allowed: "whole numbers from 4")
    }
    guard (0...1000).contains(beta) else {
      throw .notAllowed("beta", beta, allowed: "numbers from 0 to 1000")
    }
    self.plaquetteCount = plaquetteCount
    let bessel = ScaledBessel(beta, atLeast: 24)
    func factor(_ nu: Double) -> Double {
      let turn = sin(Double.pi * (nu - nu.rounded())) / Double.pi
      var sum = 0.0
      for n in -bessel.reach...bessel.reach where bessel[n] > 1e-20 * bessel[0] {
        let distance = nu - Double(n)
        // sin(pi (nu - n)) = (-1)^(n - round nu) sin(pi (nu - round nu)).
        let sign = (n - Int(nu.rounded())) % 2 == 0 ? 1.0 : -1.0
        sum += bessel[n] * (abs(distance) < 1e-12 ? 1 : sign * turn / distance)
      }
      return sum
    }
    // Angles have at most the variance of uniform ones; forty standard deviations of the sum, and never more
    // than there can be.
    let spread = Double.pi / 3.0.squareRoot() * Double(plaquetteCount).squareRoot()
    let modulus = min(plaquetteCount + 2, Int(40 * spread / (2 * Double.pi)) + 8)
    let center = factor(0)
    var waves: [Double] = []
    for index in 0... {
      let ratio = factor(Double(index) / Double(modulus)) / center
      let wave = pow(abs(ratio), Double(plaquetteCount))
      waves.append(ratio < 0 && plaquetteCount % 2 == 1 ? -wave : wave)
      // Beyond every whole number the factor is below the one before it.
      if index > modulus, waves.suffix(modulus).allSatisfy({ abs($0) < 1e-19 }) { break }
    }
    var all: [Double] = []
    for charge in 0...max(1, min(plaquetteCount / 2, modulus / 2)) {
      var sum = waves[0]
      for (index, wave) in waves.enumerated().dropFirst() {
        let turns = Double(index * charge % modulus) / Double(modulus)
        sum += 2 * wave * cos(2 * Double.pi * turns)
      }
      all.append(sum)
    }
    // What rounding leaves of the others would only add up.
    let known = all.prefix { $0 > 1e-15 * all[0] }
    let total = known[0] + 2 * known.dropFirst().reduce(0, +)
    probabilities = known.map { $0 / total }
  }

  /// P(Q) for a charge of either sign.
  public func probability(_ charge: Int) -> Double {
    abs(charge) < probabilities.count ? probabilities[abs(charge)] : 0
  }

  /// <Q^2>/V.
  public var susceptibility: Double {
    let square = probabilities.indices.reduce(0) {
      $0 + 2 * Double($1 * $1) * probabilities[$1]
    }
    return square / Double(plaquetteCount)
  }
}
