import LandauCore

/// How a tempering run goes.
public struct ReplicaExchangePlan: Sendable, Hashable {
  /// What the ladder is adapted to in the burn-in.
  public enum Tuning: String, Sendable, Hashable, CaseIterable {
    /// Nothing: the ladder stays as given.
    case none
    /// Equal rejection of all pairs: the most round trips where energies forget themselves between exchanges.
    case rejection
    /// The measured flow of replicas from end to end (Katzgraber et al., J. Stat. Mech. P03018 (2006)), which
    /// puts temperatures where replicas are slow.
    case flow
  }

  public var sweepsPerExchange = 1
  public var exchangesPerMeasurement = 1
  /// Exchanges before the first measurement.
  public var burnIn = 1024
  /// Sweeps each chain makes before the first exchange, in which it tunes itself.
  public var chainBurnIn = 20
  public var tuning = Tuning.rejection
  /// Independent ladders, each with a replica per temperature.
  public var ladderCount = 2

  public init() {}

  func check() throws(InputError) {
    let counts = [
      ("sweepsPerExchange", sweepsPerExchange, 1),
      ("exchangesPerMeasurement", exchangesPerMeasurement, 1), ("burnIn", burnIn, 0),
      ("chainBurnIn", chainBurnIn, 0), ("ladderCount", ladderCount, 1),
    ]
    for (name, value, least) in counts where value < least {
      throw .notAllowed(name, value, allowed: "whole numbers from \(least)")
    }
  }
}
