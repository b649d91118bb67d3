public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Z2 lattice gauge theory on a two-dimensional torus, exactly.
///
/// H = -sum over plaquettes of the product of their four links, weight exp(-beta H). The plaquettes
/// are independent signs but for their product, which is +1; all other degrees of freedom are free.
public struct IsingGaugeTorus: Sendable, Hashable {
  public let rows: Int
  public let columns: Int

  /// - Throws: `InputError` for sides below 1 or above 65536.
  public init(rows: Int, columns: Int) throws(InputError) {
    for side in [rows, columns] {
      guard (1...65536).contains(side) else {
        throw .notAllowed("size", side, allowed: "whole numbers from 1 to 65536")
      }
    }
    self.rows = rows
    self.columns = columns
  }

  public var plaquetteCount: Int { rows * columns }

  /// ln Z over all 2^(2 V) link configurations.
  public func logPartition(beta: Double) -> Double {
    // The plaquettes are weighted as the bonds of a ring with as many sites.
    Double(plaquetteCount) * log(2.0) + ring.logPartition(beta: beta)
  }

  /// <plaquette> = tanh(beta) (1 + tanh^(V-2)) / (1 + tanh^V).
  public func plaquette(beta: Double) -> Double { 0 - ring.energyPerSite(beta: beta) }

  /// The mean of H per plaquette.
  public func energyPerPlaquette(beta: Double) -> Double { ring.energyPerSite(beta: beta) }

  /// beta^2 times the variance of H, per plaquette.
  public func specificHeatPerPlaquette(beta: Double) -> Double {
    ring.specificHeatPerSite(beta: beta)
  }

  /// The exact probability of each value of H: an even number of plaquettes is violated.
  public func energyDistribution(beta: Double) -> EnergyDistribution {
    EvenBinomial(count: plaquetteCount, reducedCoupling: beta).distribution(coupling: 1)
  }

  /// The probability that no plaquette is violated.
  public func unviolatedProbability(beta: Double) -> Double {
    let t = tanh(beta)
    let logarithm = Double(plaquetteCount) * -log1p(exp(-2 * beta))
    return 2 * exp(logarithm) / (1 + Jet(t).power(plaquetteCount).value)
  }

  private var ring: IsingRing {
    // One site or more and finite couplings: nothing to refuse.
    guard let ring = try? IsingRing(siteCount: plaquetteCount) else {
      preconditionFailure("a ring of \(plaquetteCount) sites")
    }
    return ring
  }
}
