public import LandauCore
public import LandauLattice

/// What several chains of one model at one temperature measured.
public struct IsingSample: Sendable {
  /// The record of one chain.
  public struct Chain: Sendable {
    /// One entry per measurement.
    public var energyPerSite: [Double] = []
    public var magnetizationPerSite: [Double] = []
    /// Kept configurations one after the other, row-major, -1 or +1.
    public var snapshots: [Int8] = []
    public var acceptanceRate: Double?
    fileprivate var algorithm = ""
    /// Sweeps that were made, short of the plan only after a cancellation.
    public var sweeps = 0
    fileprivate var updateCount = 0
    fileprivate var updateSeconds = 0.0
  }

  public let model: IsingModel
  public let beta: Double
  public let update: IsingUpdate
  /// What was done, in words; the same on every machine.
  public let algorithm: String
  public let plan: SamplingPlan
  /// Sweeps before the first measurement.
  public let burnIn: Int
  public let chains: [Chain]
  /// Seconds from start to end, everything included.
  public let seconds: Double
  /// Updates per second, measurement and burn-in excluded (see `IsingChain.updateCount`), of all
  /// chains that run at a time together.
  public let rate: Double

  /// Sweeps between measurements.
  public var spacing: Int { plan.measureEvery }

  /// Whether every chain made all its sweeps.
  public var isComplete: Bool { chains.allSatisfy { $0.sweeps == plan.sweeps } }

  /// Mean of the acceptance rates of the chains; nil for cluster updates.
  public var acceptanceRate: Double? {
    let rates = chains.compactMap(\.acceptanceRate)
    return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
  }
}

extension IsingSample {
  /// Runs independent chains and measures them.
  ///
  /// Chains are shared out to the threads of the pool; a single chain on a lattice in strips uses the
  /// pool inside its sweeps. The result depends on neither the number of threads nor the order.
  ///
  /// - Parameters:
  ///   - update: nil takes `IsingUpdate.automatic`.
  ///   - seed: chain number c draws from `seed.child("chain", c)`.
  ///   - cancellation: is looked at after every sweep. What was measured until then is returned;
  ///     `isComplete` tells.
  ///   - progress: advances by one for each chain that ends; the caller begins the phase.
  /// - Throws: `InputError` for a plan, a beta or an update that cannot be.
  public static func run(
    model: IsingModel, beta: Double, update: IsingUpdate? = nil, plan: SamplingPlan, seed: Seed,
    pool: WorkerPool, cancellation: Cancellation = .never, progress: Progress = .silent
  ) throws(InputError) -> IsingSample {
    let update = update ?? .automatic(for: model, beta: beta)
    try plan.check(for: model, update: update)
    let begin = Progress.now()
    let burnIn = plan.burnIn ?? update.defaultBurnIn(for: model)
    try IsingChain.check(model: model, beta: beta, update: update)
    let sharesSweeps = plan.chainCount == 1
    let chains: [Chain]
    do {
      chains = try pool.map(plan.chainCount) { index in
        defer { progress.advance() }
        let chain = try IsingChain(
          model: model, beta: beta, update: update, seed: seed.child("chain", index),
          pool: sharesSweeps ? pool : nil)
        return record(chain, plan: plan, burnIn: burnIn, cancellation: cancellation)
      }
    } catch {
      throw error as? InputError ?? InputError("\(error)")
    }
    let running = Double(sharesSweeps ? 1 : min(pool.threadCount, plan.chainCount))
    let busy = chains.reduce(0) { $0 + $1.updateSeconds }
    let updates = Double(chains.reduce(0) { $0 + $1.updateCount })
    return IsingSample(
      model: model, beta: beta, update: update, algorithm: chains[0].algorithm, plan: plan,
      burnIn: burnIn,
      chains: chains, seconds: Progress.now() - begin, rate: busy > 0 ? updates / busy * running : 0
    )
  }

  private static func record(
    _ chain: IsingChain, plan: SamplingPlan, burnIn: Int, cancellation: Cancellation
  ) -> Chain {
    var record = Chain()
    record.algorithm = chain.algorithm
    record.energyPerSite.reserveCapacity(plan.sweeps / plan.measureEvery)
    record.magnetizationPerSite.reserveCapacity(plan.sweeps / plan.measureEvery)
    record.snapshots.reserveCapacity(plan.snapshotCount * chain.model.siteCount)
    chain.burnIn(burnIn, unless: cancellation)
    if cancellation.isRequested { return record }
    let updatesBefore = chain.updateCount
    var nextSnapshot = 0
    while record.sweeps < plan.sweeps && !cancellation.isRequested {
      // To the next measurement or snapshot, whichever comes first.
      let measured = (record.sweeps / plan.measureEvery + 1) * plan.measureEvery
      let kept =
        nextSnapshot < plan.snapshotCount ? plan.sweepOfSnapshot(nextSnapshot) : plan.sweeps
      let target = min(measured, min(kept, plan.sweeps))
      let start = Progress.now()
      while record.sweeps < target && !cancellation.isRequested {
        chain.sweep()
        record.sweeps += 1
      }
      record.updateSeconds += Progress.now() - start
      guard record.sweeps == target else { break }
      if target == measured {
        record.energyPerSite.append(chain.energyPerSite)
        record.magnetizationPerSite.append(chain.magnetizationPerSite)
      }
      if target == kept && nextSnapshot < plan.snapshotCount {
        chain.appendSpins(to: &record.snapshots)
        nextSnapshot += 1
      }
    }
    record.updateCount = chain.updateCount - updatesBefore
    record.acceptanceRate = chain.acceptanceRate
    return record
  }
}
