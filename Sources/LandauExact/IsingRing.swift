public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Ising chain with periodic ends in a field, exactly, by its two transfer-matrix eigenvalues.
///
/// H = -J sum of s_i s_(i+1) - h sum of s_i, k_B = 1; two sites share two bonds, one site has a bond
/// with itself. Either sign of J, any number of sites. `beta` is finite and not negative.
public struct IsingRing: Sendable, Hashable {
  public let siteCount: Int
  public let coupling: Double
  public let field: Double

  /// - Throws: `InputError` for fewer than one site or a coupling or field that is not finite.
  public init(siteCount: Int, coupling: Double = 1, field: Double = 0) throws(InputError) {
    guard siteCount >= 1 else {
      throw .notAllowed("size", siteCount, allowed: "whole numbers from 1")
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    guard field.isFinite else { throw .notAllowed("field", field, allowed: "finite numbers") }
    self.siteCount = siteCount
    self.coupling = coupling
    self.field = field
  }

  /// ln Z of the whole ring.
  public func logPartition(beta: Double) -> Double { byBeta(beta).value }

  public func energyPerSite(beta: Double) -> Double { 0 - byBeta(beta).first / Double(siteCount) }

  /// beta^2 (<E^2> - <E>^2) / N.
  public func specificHeatPerSite(beta: Double) -> Double {
    beta * beta * byBeta(beta).second / Double(siteCount)
  }

  /// <sum of s_i> / N.
  public func magnetizationPerSite(beta: Double) -> Double {
    byReducedField(beta).first / Double(siteCount)
  }

  /// beta (<M^2> - <M>^2) / N, with M the sum of all spins.
  public func susceptibilityPerSite(beta: Double) -> Double {
    beta * byReducedField(beta).second / Double(siteCount)
  }

  /// <s_0 s_r> without field, at distance `distance` along the ring.
  ///
  /// - Throws: `InputError` when there is a field.
  public func correlation(distance: Int, beta: Double) throws(InputError) -> Double {
    try requireNoField()
    let t = tanh(beta * coupling)
    let r = ((distance % siteCount) + siteCount) % siteCount
    let whole = power(t, siteCount)
    return (power(t, r) + power(t, siteCount - r)) / (1 + whole)
  }

  /// The exact probability of each energy: bonds are violated in even numbers, each as likely as
  /// exp(-2 beta J), otherwise independent.
  ///
  /// - Throws: `InputError` when there is a field.
  public func energyDistribution(beta: Double) throws(InputError) -> EnergyDistribution {
    try requireNoField()
    return EvenBinomial(count: siteCount, reducedCoupling: beta * coupling)
      .distribution(coupling: coupling)
  }

  private func requireNoField() throws(InputError) {
    guard field == 0 else { throw .notAllowed("field", field, allowed: "0 for this quantity") }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { Jet(base).power(exponent).value }

  private func byBeta(_ beta: Double) -> Jet {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    return logarithm(
      k: Jet(beta * coupling, coupling, 0), b: Jet(beta * abs(field), abs(field), 0))
  }

  private func byReducedField(_ beta: Double) -> Jet {
    precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
    let sign = field < 0 ? -1.0 : 1.0
    return logarithm(k: Jet(beta * coupling), b: Jet(beta * abs(field), sign, 0))
  }

  /// ln Z as a function of K = beta J and b = beta |h|. The eigenvalues of the transfer matrix,
  /// e^K cosh b +- sqrt(e^2K sinh^2 b + e^-2K), are taken over the larger of e^(K + b) and e^-K.
  private func logarithm(k: Jet, b: Jet) -> Jet {
    let scale = 2 * k.value + b.value >= 0 ? k + b : -k
    let aligned = (k + b - scale).exponential()
    let opposed = (-k - scale).exponential()
    let fade = (-2 * b).exponential()
    let half = 0.5 * (aligned * (1 + fade))
    let tilt = -0.5 * (aligned * (-2 * b).exponentialMinusOne())
    let root = (tilt * tilt + opposed * opposed).squareRoot()
    let ratio = (half - root) / (half + root)
    return Double(siteCount) * (scale + (half + root).logarithm())
      + ratio.power(siteCount).logarithmOfOnePlus()
  }
}

/// How many of a number of independent signs are -1, given that their product is +1: the violated
/// bonds of a ring, the violated plaquettes of a gauge torus.
struct EvenBinomial {
  let count: Int
  let reducedCoupling: Double

  func distribution(coupling: Double) -> EnergyDistribution {
    guard coupling != 0 else { return EnergyDistribution(energies: [0], probabilities: [1]) }
    // ln of the weight by recurrence in steps of two: C(n, k + 2) / C(n, k).
    var logarithms = [0.0]
    for k in stride(from: 0, to: count - 1, by: 2) {
      let (n, k) = (Double(count), Double(k))
      let ratio = (n - k) * (n - k - 1) / ((k + 1) * (k + 2))
      logarithms.append(logarithms.last! + log(ratio) - 4 * reducedCoupling)
    }
    let largest = logarithms.max()!
    return EnergyDistribution(
      energies: logarithms.indices.map { -coupling * Double(count - 4 * $0) },
      probabilities: logarithms.map { exp($0 - largest) })
  }
}
