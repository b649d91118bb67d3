import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
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

  /// What has not been committed yet.
  fileprivate struct New {
    var series: [ArchiveKey: [Double]] = [:]
    var snapshots: [ArchiveChain: [Int8]] = [:]

    mutating func add(_ other: New) {
      series.merge(other.series) { $0 + $1 }
      snapshots.merge(other.snapshots) { $0 + $1 }
    }
  }

  fileprivate mutating func add(_ unit: any SampleUnit, keepsSnapshots: Bool) -> New {
    let taken = unit.takeRecords()
    contents.series.merge(taken.series) { $0 + $1 }
    if keepsSnapshots { snapshots.merge(taken.snapshots) { $0 + $1 } }
    return New(series: taken.series, snapshots: taken.snapshots)
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
  /// Seconds between looks at what has been measured.
  private static let displayInterval = 2.0
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
    var nextCommit = begin + options.commitEvery
    progress.begin("sampling", total: unitCount * sweepsOfUnit)
    defer { progress.end() }
    // However short the time, something is done in it: repeating the command always ends.
    var hasAdvanced = false
    for index in 0..<unitCount {
      let unit = try makeUnit(index, pool: pool)
      records.observables = unit.observables
      if !state.units[index].isEmpty { try unit.restore(state.units[index]) }
      progress.advance(min(sweepsOfUnit, unit.sweepsMade))
      var pending = SampleRecords.New()
      while !unit.isComplete, !cancellation.isRequested,
        Progress.now() < deadline || !hasAdvanced
      {
        let now = Progress.now()
        let slice = max(1e-3, min(Self.displayInterval, deadline - now, nextCommit - now))
        hasAdvanced = true
        unit.advance(for: slice, pool: pool, cancellation: cancellation, progress: progress)
        pending.add(records.add(unit, keepsSnapshots: archive == nil))
        progress.detail(detail(unit, records))
        let start = Progress.now()
        let isOver = unit.isComplete || cancellation.isRequested || start >= deadline
        guard let archive, isOver || start >= nextCommit else { continue }
        state.units[index] = unit.saved()
        let done = (index * sweepsOfUnit + min(sweepsOfUnit, unit.sweepsMade)) / unitCount
        try archive.commit(
          ArchiveCommit(
            checkpoint: state.checkpoint, series: pending.series, snapshots: pending.snapshots,
            status: ArchiveStatus(
              done: done / (sweepsOfUnit / plan.sweeps), target: plan.sweeps,
              seconds: (stored?.status.seconds ?? 0) + start - begin)))
        pending = SampleRecords.New()
        let end = Progress.now()
        nextCommit = end + max(options.commitEvery, Self.commitPatience * (end - start))
      }
      for (point, work) in unit.works { records.works[point] = work }
      records.isComplete = records.isComplete && unit.isComplete
      if !unit.isComplete { break }
    }
    return records
  }

  /// Where the run is, how fast, and what it finds, for those who wait.
  private func detail(_ unit: any SampleUnit, _ records: SampleRecords) -> String {
    guard let (point, work) = unit.works.max(by: { $0.key < $1.key }) else { return "" }
    var parts: [String] = []
    if model.isScanned { parts.append("\(parameterName) \(SampleJob.short(parameters[point]))") }
    if let first = records.observables.first {
      let series = Series(
        records.contents.chains(of: first.name, point: point), spacing: plan.measureEvery)
      if series.count > 16 { parts.append("\(first) \(series.estimate())") }
    }
    if let acceptance = work.acceptanceRate {
      parts.append("acceptance \(Estimate.fixed(acceptance, digits: 2))")
    }
    if let rate = work.rate, rate > 0 {
      parts.append("\(Estimate.fixed(rate * 1e-6, digits: 1)) updates/us")
    }
    return parts.joined(separator: ", ")
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
