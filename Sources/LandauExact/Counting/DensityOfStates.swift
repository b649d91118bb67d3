#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The exact number of configurations of each energy.
public struct DensityOfStates: Sendable, Hashable {
  /// Total energies that occur, ascending.
  public let energies: [Double]
  /// Numbers of configurations, exact.
  public let counts: [BigNatural]
  /// What "per site" divides by.
  public let siteCount: Int

  /// Levels of count zero are left out.
  init(energies: [Double], counts: [BigNatural], siteCount: Int) {
    let levels = zip(energies, counts).filter { !$0.1.isZero }.sorted { $0.0 < $1.0 }
    self.energies = levels.map(\.0)
    self.counts = levels.map(\.1)
    self.siteCount = siteCount
  }

  /// The number of all configurations.
  public var total: BigNatural { counts.reduce(BigNatural()) { $0 + $1 } }

  /// The number of configurations at an energy of the list or near it, zero elsewhere.
  public func count(at energy: Double, tolerance: Double = 1e-9) -> BigNatural {
    guard let index = energies.firstIndex(where: { abs($0 - energy) <= tolerance }) else {
      return 0
    }
    return counts[index]
  }

  /// ln g(E), as the microcanonical entropy is called.
  public var logCounts: [Double] { counts.map(\.logarithm) }

  /// The probability of each energy in equilibrium, each to a relative error of about 1e-13.
  public func energyDistribution(beta: Double) -> EnergyDistribution {
    let logarithms = zip(energies, counts).map { $1.logarithm - beta * $0 }
    let largest = logarithms.max()!
    return EnergyDistribution(
      energies: energies, probabilities: logarithms.map { exp($0 - largest) })
  }

  /// ln Z, the mean energy and its variance; any beta, negative ones too.
  public func thermal(beta: Double) -> ThermalPoint {
    precondition(beta.isFinite, "beta is \(beta)")
    let logarithms = zip(energies, counts).map { $1.logarithm - beta * $0 }
    let largest = logarithms.max()!
    let distribution = energyDistribution(beta: beta)
    return ThermalPoint(
      beta: beta, siteCount: siteCount,
      logPartition: largest + log(logarithms.reduce(0) { $0 + exp($1 - largest) }),
      energy: distribution.mean, energyVariance: distribution.variance)
  }
}
