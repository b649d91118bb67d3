import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStore

/// What a run left: its series and configurations, and what was done for each point.
struct SampleRecords {
  /// Series of all streams in order of time.
  var contents: ArchiveContents
  /// Configurations of a run in memory; an archive keeps its own.
  var snapshots: [ArchiveChain: [Int8]] = [:]
  var observables: [Observable] = []
  /// By point.
  var works: [Int: SamplePoint.Work] = [:]
  var isComplete = true

  func recording(point: Int, plan: SamplePlan) -> Recording {
    Recording(
      observables: observables,
      values: observables.map { observable in
        // A stored run may be longer than what is asked for.
        contents.chains(of: observable.name, point: point).map {
          Array($0.prefix(plan.sweeps / plan.measureEvery))
        }
      }, spacing: plan.measureEvery)
  }

  fileprivate mutating func add(_ unit: any SampleUnit, keepsSnapshots: Bool) -> (
    series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]
  ) {
    let records = unit.takeRecords()
    contents.series.merge(records.series) { $0 + $1 }
    if keepsSnapshots { snapshots.merge(records.snapshots) { $0 + $1 } }
    return records
  }
}

/// The states of the units of a run, as a checkpoint holds them; empty for a unit not begun.
private struct SampleState {
  var units: [[UInt8]]

  init(unitCount: Int) { units = [[UInt8]](repeating: [], count: unitCount) }

  init(_ checkpoint: [UInt8], unitCount: Int) throws(InputError) {
    self.init(unitCount: unitCount)
    var reader = StateReader(checkpoint)
    for index in units.indices { units[index] = try reader.bytes() }
  }

  var checkpoint: [UInt8] {
    var writer = StateWriter()
    for unit in units { writer.write(bytes: unit) }
    return writer.bytes
  }
}

extension SampleJob {
  /// Seconds between commits to disk, at least.
  private static let commitInterval = 10.0
  /// How much longer than the last commit took the next one waits: commits cost at most 5 per cent.
  private static let commitPatience = 20.0

  /// Runs what is still to be done, commits from time to time, and returns everything there is.
  func record(
    _ archive: (any Archive)?, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> SampleRecords {
    let unitCount = unitCount
    let stored = archive?.stored
    var state =
      try stored.map { stored throws(InputError) in
        try SampleState(stored.checkpoint, unitCount: unitCount)
      } ?? SampleState(unitCount: unitCount)
    var records = SampleRecords(
      contents: stored
        ?? ArchiveContents(checkpoint: [], status: ArchiveStatus(done: 0, target: plan.sweeps)))
    let begin = Progress.now()
    let deadline = begin + (options.seconds ?? .infinity)
    var interval = Self.commitInterval
    progress.begin("sampling", total: unitCount * sweepsOfUnit)
    defer { progress.end() }
    for index in 0..<unitCount {
      let unit = try makeUnit(index, pool: pool)
      records.observables = unit.observables
      if !state.units[index].isEmpty { try unit.restore(state.units[index]) }
      progress.advance(min(sweepsOfUnit, unit.sweepsMade))
      while !unit.isComplete, !cancellation.isRequested, Progress.now() < deadline {
        let slice = min(interval, deadline - Progress.now())
        unit.advance(for: slice, pool: pool, cancellation: cancellation, progress: progress)
        let new = records.add(unit, keepsSnapshots: archive == nil)
        guard let archive else { continue }
        let start = Progress.now()
        state.units[index] = unit.saved()
        let done = (index * sweepsOfUnit + min(sweepsOfUnit, unit.sweepsMade)) / unitCount
        try archive.commit(
          ArchiveCommit(
            checkpoint: state.checkpoint, series: new.series, snapshots: new.snapshots,
            status: ArchiveStatus(
              done: done / (sweepsOfUnit / plan.sweeps), target: plan.sweeps,
              seconds: (stored?.status.seconds ?? 0) + start - begin)))
        interval = max(
          Self.commitInterval, Self.commitPatience * (Progress.now() - start))
      }
      for (point, work) in unit.works { records.works[point] = work }
      records.isComplete = records.isComplete && unit.isComplete
      if !unit.isComplete { break }
    }
    return records
  }

  // MARK: - Units

  /// Points are done one after the other, or all together when they exchange.
  private var unitCount: Int { factory.isTempering ? 1 : options.scan.betas.count }

  /// Measured sweeps of all chains of a unit.
  private var sweepsOfUnit: Int {
    plan.chainCount * plan.sweeps * (options.scan.betas.count / unitCount)
  }

  private func makeUnit(_ index: Int, pool: WorkerPool) throws(InputError) -> any SampleUnit {
    if factory.isTempering { return try makeTempering(pool) }
    let beta = options.scan.betas[index]
    if case .gauge(let gauge) = physical, plan.isDirect {
      return DirectGaugeUnit(
        model: gauge, beta: beta, seed: seed(beta: beta), point: index, count: plan.sweeps,
        snapshotEvery: plan.snapshotEvery)
    }
    let lengths = plan.lengths(defaultBurnIn: factory.defaultBurnIn(beta: beta))
    var chains: [any ReportingChain] = []
    for chain in 0..<plan.chainCount {
      // Several chains run side by side; a single one may use all threads within its sweeps.
      chains.append(
        try factory.chain(
          beta: beta, seed: seed(beta: beta).child("chain", chain),
          pool: plan.chainCount == 1 ? pool : nil))
    }
    return ChainUnit(
      chains, lengths: lengths, point: index, update: factory.name(beta: beta),
      threadCount: pool.threadCount)
  }

  private func makeTempering(_ pool: WorkerPool) throws(InputError) -> any SampleUnit {
    let betas = options.scan.betas
    let points = betas.indices.sorted { betas[$0] < betas[$1] }
    let tempering = try factory.tempering(
      betas: betas, plan: plan, seed: Seed(options.seed).child("tempering"), pool: pool)
    let chain = tempering.chain(at: 0) as? any ReportingChain
    return TemperingUnit(
      tempering, points: points, plan: plan, siteCount: physical.siteCount,
      algorithm: "tempering, an exchange after every sweep of " + (chain?.algorithm ?? "its chains")
    )
  }
}
