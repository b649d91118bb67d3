public import LandauCore
public import LandauLattice

/// Looks for a configuration of the lowest energy by parallel tempering and descents from where it comes by.
///
/// Nothing is proved: what speaks for a result is how many of the independent runs end at the same energy.
///
///     let search = try GroundStateSearch(model: glass, seed: Seed(1), pool: pool)
///     print(search.energy, search.hitCount, "of", search.energies.count)
public struct GroundStateSearch: Sendable, Hashable {
  /// How much is done.
  public struct Plan: Sendable, Hashable {
    /// Independent runs.
    public var runCount = 8
    /// Exchanges of temperature in each run, a sweep of every replica each; a tenth of them adapt the ladder.
    public var exchanges = 1000
    /// Exchanges between descents.
    public var descentEvery = 10
    /// Temperatures; from the spread of the local energies to a twentieth of it when nil.
    public var ladder: TemperatureLadder?

    public init() {}
  }

  /// The lowest energy found.
  public let energy: Double
  /// A configuration that has it, the state of every site.
  public let configuration: [UInt8]
  /// The lowest energy of each run.
  public let energies: [Double]
  /// Runs that found the lowest energy of all (to a billionth of the largest cost of one site).
  public let hitCount: Int

  /// - Parameters:
  ///   - pool: shares out the runs; the result does not depend on it.
  ///   - cancellation: is looked at before every descent and ends the search with what was found.
  ///   - progress: advances by one per run; the caller begins the phase.
  /// - Throws: `InputError` for a plan that cannot be.
  public init(
    model: DiscreteModel, plan: Plan = Plan(), seed: Seed,
    pool: WorkerPool = WorkerPool(threadCount: 1), unless cancellation: Cancellation = .never,
    progress: Progress = .silent
  ) throws(InputError) {
    for (name, value) in [
      ("runCount", plan.runCount), ("exchanges", plan.exchanges),
      ("descentEvery", plan.descentEvery),
    ] where value < 1 {
      throw .notAllowed(name, value, allowed: "whole numbers from 1")
    }
    let ladder: TemperatureLadder
    if let given = plan.ladder { ladder = given } else { ladder = try Self.ladder(for: model) }
    let found: [Valley]
    do {
      found = try pool.map(plan.runCount) { run in
        defer { progress.advance() }
        return try Self.search(
          model, plan, ladder, seed: seed.child("run", run), unless: cancellation)
      }
    } catch {
      throw error as? InputError ?? InputError("\(error)")
    }
    let best = found.min { $0.energy < $1.energy }!
    energy = model.energy(of: best.configuration.span)
    configuration = best.configuration
    energies = found.map(\.energy)
    let scale = DiscreteStorage(model: model, start: best.configuration).largestCost
    hitCount = found.count { $0.energy <= best.energy + 1e-9 * scale }
  }

  /// A configuration that no change of one site improves.
  private struct Valley {
    var energy: Double
    var configuration: [UInt8]
  }

  private static func search(
    _ model: DiscreteModel, _ plan: Plan, _ ladder: TemperatureLadder, seed: Seed,
    unless cancellation: Cancellation
  ) throws(InputError) -> Valley {
    var tempering = ReplicaExchangePlan()
    tempering.ladderCount = 1
    tempering.burnIn = plan.exchanges / 10
    tempering.chainBurnIn = 0
    let replicas = try ReplicaExchange(ladder: ladder, plan: tempering, seed: seed) {
      (beta, seed) throws(InputError) in
      try DiscreteChain(model: model, beta: beta, update: .metropolis, seed: seed)
    }
    let storage = DiscreteStorage(model: model, start: model.states(0))
    storage.descend()
    var best = Valley(energy: storage.energy(), configuration: storage.configuration)
    let end = plan.exchanges - tempering.burnIn
    var target = min(0, end)
    repeat {
      replicas.run(to: target, unless: cancellation)
      _ = replicas.takeRecordings()
      // The cold half: descents from hot configurations end anywhere.
      for place in (ladder.count / 2)..<ladder.count {
        guard let chain = replicas.chain(at: place) as? DiscreteChain else { continue }
        storage.load(chain.configuration)
        storage.descend()
        let energy = storage.energy()
        if energy < best.energy {
          best = Valley(energy: energy, configuration: storage.configuration)
        }
      }
      if target >= end { break }
      target = min(end, target + plan.descentEvery)
    } while !cancellation.isRequested
    return best
  }

  /// From the spread of the energies of one site down to a twentieth of it, in as many steps as the size asks for.
  private static func ladder(for model: DiscreteModel) throws(InputError) -> TemperatureLadder {
    let storage = DiscreteStorage(model: model, start: model.states(0))
    let squares = (0..<storage.bondCount).reduce(0.0) {
      $0 + 2 * storage.bondCouplings[$1] * storage.bondCouplings[$1]
    }
    let pairs = model.spins.pairEnergies.joined()
    let gap = (pairs.max()! - pairs.min()!) / 2
    var spread = gap * (squares / Double(model.siteCount)).squareRoot()
    if spread <= 0 { spread = max(storage.largestCost, 1) }
    let count = max(8, Int((1.2 * Double(model.siteCount).squareRoot()).rounded(.up)))
    return try .geometric(from: 1 / spread, to: 20 / spread, count: count)
  }
}
