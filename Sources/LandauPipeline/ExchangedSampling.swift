import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo

/// Snapshots of all values of a scan from replicas that exchange their temperatures.
///
/// Where single sites do the work, a chain that is in the wrong phase stays there: below the first-order transition of
/// Blume and Capel's model an empty lattice waits for a droplet of a hundred sites to form. Two things help.
/// Replicas begin with both phases side by side, a strip that was hot and a strip that was cold: the boundary moves
/// into the phase of higher free energy, and nothing has to form. And they exchange temperatures with
/// their neighbours on the scan, so that what is decided at the transition, where it is easiest, reaches the others.
///
/// The chains of the scan are ladders from end to end, independent of one another, and the folds of all errors
/// are whole ladders.
enum ExchangedSampling {
  /// A function of the model alone: where clusters do not reach every configuration, or there are none.
  static func isNeeded(_ model: DiscreteModel) -> Bool {
    !model.isReachedByClusters || !model.fields.isEmpty
  }

  /// Unchecked: a loop of the pool gives each ladder to one thread.
  final class Ladder: @unchecked Sendable {
    private let exchange: ReplicaExchange
    let observables: [Observable]
    let algorithm: String

    /// - Parameters:
    ///   - betas: hot to cold.
    ///   - coldShare: the part of the lattice that begins cold.
    init(
      _ model: DiscreteModel, betas: [Double], coldShare: Double, seed: Seed,
      cancellation: Cancellation
    ) throws(InputError) {
      var plan = ReplicaExchangePlan()
      plan.ladderCount = 1
      // What is measured must belong to the snapshots: it is taken along with them.
      plan.exchangesPerMeasurement = .max
      plan.tuning = .none
      plan.burnIn = 0
      exchange = try ReplicaExchange(
        ladder: TemperatureLadder(betas: betas), plan: plan, seed: seed
      ) { (beta, seed) throws(InputError) in
        let cold = try DiscreteChain(model: model, beta: 2 * beta, seed: seed.child("cold"))
        let chain = try DiscreteChain(model: model, beta: 0.5 * beta, seed: seed)
        cold.burnIn(30, unless: cancellation)
        chain.burnIn(30, unless: cancellation)
        // Neighbours in number are neighbours along the last axes: the first numbers are a strip.
        let cut = Int(coldShare * Double(model.siteCount))
        chain.load(Array(cold.configuration[..<cut]) + Array(chain.configuration[cut...]))
        chain.beta = beta
        return chain
      }
      let first = try DiscreteChain(model: model, beta: betas[0], seed: seed)
      (observables, algorithm) = (first.observables, first.algorithm)
    }

    func advance(_ count: Int, _ cancellation: Cancellation) {
      exchange.run(to: exchange.productionCount + count, unless: cancellation)
    }

    /// At each temperature some configurations, one after the other, and what was measured on them.
    func take(
      _ count: Int, spacing: Int, _ cancellation: Cancellation
    ) -> [(snapshots: [Int8], rows: [Double])] {
      var taken = [(snapshots: [Int8], rows: [Double])](
        repeating: ([], []), count: exchange.ladder.count)
      for _ in 0..<count {
        advance(spacing, cancellation)
        for place in taken.indices {
          let chain = exchange.chain(at: place)
          chain.measure(into: &taken[place].rows)
          (chain as? any SnapshotChain)?.appendSnapshot(to: &taken[place].snapshots)
        }
      }
      return taken
    }
  }
}

extension DiscoverySampler {
  /// Bytes of configurations kept until they are counted.
  private static let batchBytes = 1 << 26

  /// One size by ladders of replicas; every other one begins cold for the most part, the others hot.
  func exchanged(
    _ model: DiscreteModel, _ shape: [Int], orbits: WindowOrbits?, keptPerValue: Int,
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Sampled {
    let physical = PhysicalModel.discrete(model)
    let factory = try ChainFactory(model: physical, update: "auto")
    // The ladder goes from hot to cold, the scan from cold to hot.
    let betas = grid.reversed().map { 1 / $0 }
    let root = seed.child("size", indices: shape)
    let ladders = try pool.map(DiscoverSettings.chainCount) { number in
      let ladder = try ExchangedSampling.Ladder(
        model, betas: betas, coldShare: number % 2 == 0 ? 0.375 : 0.625,
        seed: root.child("ladder", number), cancellation: cancellation)
      ladder.advance(max(400, factory.defaultBurnIn(beta: betas[0])), cancellation)
      return ladder
    }
    let isCluster = ["wolff", "swendsen-wang"].contains(factory.name(beta: betas[0]))
    let spacing = Self.spacing(isCluster: isCluster)
    let bytes = DiscoverSettings.chainCount * grid.count * physical.siteCount
    let batch = max(8, min(perChain, Self.batchBytes / bytes))
    let column = ladders[0].observables.firstIndex(of: .energyPerSite) ?? 0
    let width = ladders[0].observables.count
    // By value of the scan.
    var parts = [[Ensemble.Part]](repeating: [], count: grid.count)
    var energies = [[[Double]]](
      repeating: [[Double]](repeating: [], count: ladders.count), count: grid.count)
    var looked: [Snapshots] = []
    var done = 0
    var shown = 0
    while done < perChain {
      let count = min(batch, perChain - done)
      let taken = try pool.map(ladders.count) {
        ladders[$0].take(count, spacing: spacing, cancellation)
      }
      try cancellation.check()
      for (index, temperature) in grid.enumerated() {
        let kept = taken.map { $0[grid.count - 1 - index] }
        let observables = Dictionary(
          uniqueKeysWithValues: ladders[0].observables.enumerated().map { position, observable in
            (
              observable.name,
              kept.flatMap { chain in
                (0..<count).map { chain.rows[$0 * width + position] }
              }
            )
          })
        for (number, chain) in kept.enumerated() {
          energies[index][number] += (0..<count).map { chain.rows[$0 * width + column] }
        }
        let found = part(
          physical, shape, kept.map(\.snapshots), perChain: count, temperature: temperature,
          orbits: orbits, observables: observables, pool: pool)
        parts[index].append(found.part)
        // Sizes small enough to be looked at as they are come in one batch.
        if done == 0, keptPerValue > 0, let snapshots = found.snapshots {
          looked.append(snapshots.selecting(snapshots.samples(perParameter: keptPerValue)))
        }
      }
      done += count
      while shown * perChain < done * grid.count {
        progress.advance()
        shown += 1
      }
    }
    return Sampled(
      ensemble: Ensemble(joining: parts.flatMap { $0 }, foldCount: DiscoverSettings.chainCount),
      algorithms: [ladders[0].algorithm + ", exchanging temperatures"],
      energies: energies.map { $0.flatMap { $0 } },
      metastable: zip(grid, energies).filter { Self.remembersStart($0.1) }.map(\.0),
      kept: looked.isEmpty ? nil : Snapshots(joining: looked))
  }
}
