public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Classical chains with nearest neighbours, exactly, by the eigenvalues of their transfer matrices.
///
/// Closed to a ring of some sites, or infinite; k_B = 1, no field. Energies: Potts -J delta(a, b), clock
/// -J cos(2 pi (a - b) / q), XY and Heisenberg -J cos(angle). `beta` is finite and not negative. The
/// measures of XY and Heisenberg spins are normalised to one. The specific heat has an absolute error of
/// about 1e-16 (beta J)^2.
public struct ClassicalChain: Sendable, Hashable {
  public enum Spin: Sendable, Hashable {
    case potts(states: Int)
    case clock(states: Int)
    case xy
    case heisenberg
  }

  public let spin: Spin
  /// Nil for the infinite chain.
  public let siteCount: Int?
  public let coupling: Double

  /// - Throws: `InputError` for fewer than one site or two states, a coupling that is not finite, or a
  ///   negative one on a ring of an odd number of sites, where the sum alternates and loses its digits
  ///   (but for three sites and more of three states and more of Potts spins).
  public init(_ spin: Spin, siteCount: Int? = nil, coupling: Double = 1) throws(InputError) {
    if let siteCount, siteCount < 1 {
      throw .notAllowed("size", siteCount, allowed: "whole numbers from 1")
    }
    switch spin {
    case .potts(let states), .clock(let states):
      guard (2...100_000).contains(states) else {
        throw .notAllowed("states", states, allowed: "2 to 100000")
      }
    case .xy, .heisenberg: break
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    if let siteCount, coupling < 0, siteCount % 2 == 1 {
      guard case .potts(let states) = spin, states >= 3, siteCount >= 3 else {
        throw .notAllowed(
          "size", siteCount, allowed: "even rings where the coupling is negative",
          hint: "an odd ring is frustrated")
      }
    }
    self.spin = spin
    self.siteCount = siteCount
    self.coupling = coupling
  }

  /// An eigenvalue, divided by e^(beta |J|), with its first two derivatives in beta |J|.
  private struct Level {
    var eigenvalue: Jet
    var multiplicity: Double
  }

  /// ln Z / N.
  public func logPartitionPerSite(beta: Double) -> Double { logarithm(beta).value }

  public func energyPerSite(beta: Double) -> Double { 0 - abs(coupling) * logarithm(beta).first }

  /// beta^2 d^2(ln Z / N) / d beta^2.
  public func specificHeatPerSite(beta: Double) -> Double {
    let kappa = beta * abs(coupling)
    return kappa * kappa * logarithm(beta).second.orZero
  }

  /// The helicity modulus of an XY ring: N <n^2> / beta over the winding numbers n of the dual sum.
  ///
  /// - Throws: `InputError` for another chain, or the infinite one, or beta 0.
  public func helicityModulus(beta: Double) throws(InputError) -> Double {
    guard case .xy = spin, let siteCount else {
      throw .notAllowed("chain", "\(spin)", allowed: "rings of XY spins for the helicity modulus")
    }
    guard beta > 0 else { throw .notAllowed("beta", beta, allowed: "numbers above 0") }
    let values = BesselFunctions.scaled(beta * abs(coupling))
    var (sum, total) = (0.0, 1.0)
    for (n, value) in values.enumerated().dropFirst() {
      let weight =
        2 * exp(Double(siteCount) * log(value / values[0]))
      total += weight
      sum += weight * Double(n * n)
    }
    return Double(siteCount) * sum / total / beta
  }

  /// ln Z / N with its derivatives with respect to beta |J|.
  private func logarithm(_ beta: Double) -> Jet {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let kappa = beta * abs(coupling)
    let levels = levels(kappa)
    // The largest in size; the first for J > 0, but another for an antiferromagnet of Potts spins.
    let largest = levels.max { $0.eigenvalue.magnitude < $1.eigenvalue.magnitude }!
    let sign = largest.eigenvalue.value < 0 ? -1.0 : 1.0
    let reference = sign * largest.eigenvalue
    let logarithm = Jet(kappa, 1, 0) + reference.logarithm()
    guard let siteCount else { return logarithm }
    var sum = Jet(0)
    for level in levels {
      sum = sum + level.multiplicity * (level.eigenvalue / reference).power(siteCount)
    }
    return logarithm + (1 / Double(siteCount)) * sum.logarithm()
  }

  /// Eigenvalues with their multiplicities, for J of either sign.
  private func levels(_ kappa: Double) -> [Level] {
    switch spin {
    case .potts(let states):
      let jet = Jet.variable(kappa)
      let fade = (-1 * jet).exponential()
      let (same, other) = coupling < 0 ? (fade * fade, fade) : (Jet(1), fade)
      return [
        Level(eigenvalue: same + Double(states - 1) * other, multiplicity: 1),
        Level(eigenvalue: same - other, multiplicity: Double(states - 1)),
      ]
    case .clock(let states): return clockLevels(kappa, states)
    case .xy:
      let values = BesselFunctions.scaled(kappa)
      return values.indices.dropLast(2).map { n in
        // I_n' = (I_(n-1) + I_(n+1)) / 2, and e^-kappa takes one away from each derivative.
        let at = { (index: Int) in values[abs(index)] }
        let first = (at(n - 1) + at(n + 1)) / 2
        let second = (at(n - 2) + 2 * at(n) + at(n + 2)) / 4
        return level(n, values[n], first, second, multiplicity: n == 0 ? 1 : 2)
      }
    case .heisenberg:
      let values = BesselFunctions.scaledSpherical(kappa)
      return values.indices.dropLast(2).map { l in
        let at = { (index: Int) in index < 0 ? 0 : values[index] }
        func slope(_ l: Int) -> Double {
          l < 0 ? 0 : (Double(l) * at(l - 1) + Double(l + 1) * at(l + 1)) / Double(2 * l + 1)
        }
        let second =
          (Double(l) * slope(l - 1) + Double(l + 1) * slope(l + 1)) / Double(2 * l + 1)
        return level(l, values[l], slope(l), second, multiplicity: Double(2 * l + 1))
      }
    }
  }

  /// f e^-kappa has the derivatives f' - f and f'' - 2 f' + f; odd ones change sign with J.
  private func level(
    _ n: Int, _ value: Double, _ first: Double, _ second: Double, multiplicity: Double
  ) -> Level {
    let sign = coupling < 0 && n % 2 == 1 ? -1.0 : 1
    return Level(
      eigenvalue: sign * Jet(value, first - value, second - 2 * first + value),
      multiplicity: multiplicity)
  }

  private func clockLevels(_ kappa: Double, _ states: Int) -> [Level] {
    let jet = Jet.variable(kappa)
    let sign = coupling < 0 ? -1.0 : 1
    let cosines = (0..<states).map { step in
      let near = min(step, states - step)
      if 4 * near == states { return 0.0 }
      return cos(2 * Double.pi * Double(near) / Double(states))
    }
    let weights = cosines.map { ((sign * $0 - 1) * jet).exponential() }
    // q log q would do; chains have few states.
    return (0..<states).map { m in
      var sum = Jet(0)
      for step in 0..<states { sum = sum + cosines[step * m % states] * weights[step] }
      return Level(eigenvalue: sum, multiplicity: 1)
    }
  }
}
