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
  /// By point; one for each realisation of the disorder.
  var works: [Int: [SamplePoint.Work]] = [:]
  var isComplete = true

  /// - Parameter realization: which of those averaged over, counted from 0.
  func recording(point: Int, plan: SamplePlan, realization: Int = 0) -> Recording {
    let first = realization * plan.chainCount
    let values = observables.map { observable in
      (first..<(first + plan.chainCount)).map { chain in
        let key = ArchiveKey(point: point, chain: chain, name: observable.name)
        // A stored run may be longer than what is asked for.
        return Array((contents.series[key] ?? []).prefix(plan.sweeps / plan.measureEvery))
      }
    }
    // A run that an earlier version began lacks the first measurements of what is new since then.
    let counts = values.map { $0.reduce(0) { $0 + $1.count } }
    let whole = observables.indices.filter { counts[$0] == counts[0] }
    return Recording(
      observables: whole.map { observables[$0] }, values: whole.map { values[$0] },
      spacing: plan.measureEvery)
  }

  /// What has not been committed yet.
  struct New {
    var series: [ArchiveKey: [Double]] = [:]
    var snapshots: [ArchiveChain: [Int8]] = [:]

    mutating func add(_ other: New) {
      series.merge(other.series) { $0 + $1 }
      snapshots.merge(other.snapshots) { $0 + $1 }
    }
  }

  mutating func add(
    series: [ArchiveKey: [Double]], snapshots new: [ArchiveChain: [Int8]], keepsSnapshots: Bool
  ) -> New {
    contents.series.merge(series) { $0 + $1 }
    if keepsSnapshots { snapshots.merge(new) { $0 + $1 } }
    return New(series: series, snapshots: new)
  }
}

extension SampleRecords {
  /// What a run has before it begins: what it left in an archive, or nothing.
  ///
  /// - Parameter target: the sweeps of a new run.
  init(stored: ArchiveContents?, target: Int) {
    self.init(
      contents: stored
        ?? ArchiveContents(checkpoint: [], status: ArchiveStatus(done: 0, target: target)))
  }
}

/// The states of the units of a run, as a checkpoint holds them; empty for a unit not begun.
struct SampleState {
  var units: [[UInt8]]

  init(units: [[UInt8]]) { self.units = units }

  /// - Parameter stored: what the run left in an archive; nil for a new one.
  init(stored: ArchiveContents?, unitCount: Int) throws(InputError) {
    units = [[UInt8]](repeating: [], count: unitCount)
    guard let stored else { return }
    var reader = StateReader(stored.checkpoint)
    // A run that realisations were added to has no state of them yet.
    for index in units.indices where !reader.isAtEnd { units[index] = try reader.bytes() }
  }

  var checkpoint: [UInt8] {
    var writer = StateWriter()
    for unit in units { writer.write(bytes: unit) }
    return writer.bytes
  }
}

extension SampleJob {
  /// Runs what is still to be done, commits from time to time, and returns everything there is.
  ///
  /// - Parameter team: ranks that share out the replicas of every unit; nil for this one alone.
  /// - Throws: what went wrong at any of them, or while committing.
  func record(
    _ archive: (any Archive)?, pool: WorkerPool, progress: Progress, cancellation: Cancellation,
    team: LadderTeam? = nil
  ) throws -> SampleRecords {
    let unitCount = unitCount
    let stored = archive?.stored
    var state = try SampleState(stored: stored, unitCount: unitCount)
    var records = SampleRecords(stored: stored, target: plan.sweeps)
    let begin = Progress.now()
    let deadline = begin + (options.seconds ?? .infinity)
    var commits = CommitSchedule(every: options.commitEvery)
    progress.begin(
      team.map { "sampling on \($0.count) ranks" } ?? "sampling",
      total: unitCount * sweepsOfUnit)
    defer { progress.end() }
    // However short the time, something is done in it: repeating the command always ends.
    var hasAdvanced = false
    var detailSeconds = 0.0
    for index in 0..<unitCount {
      team?.begin(unit: index)
      let unit = try makeUnit(SamplePiece(unit: index), pool: pool, team: team)
      records.observables = unit.observables
      if !state.units[index].isEmpty { try unit.restore(state.units[index]) }
      progress.advance(min(sweepsOfUnit, unit.sweepsMade))
      var pending = SampleRecords.New()
      while !unit.isComplete, !cancellation.isRequested,
        Progress.now() < deadline || !hasAdvanced
      {
        hasAdvanced = true
        unit.advance(
          for: commits.slice(before: deadline), pool: pool, cancellation: cancellation,
          progress: progress)
        try team?.check()
        let taken = unit.takeRecords()
        pending.add(
          records.add(
            series: taken.series, snapshots: taken.snapshots, keepsSnapshots: archive == nil))
        if detailSeconds < Self.mostDetail * (Progress.now() - begin) {
          let start = Progress.now()
          progress.detail(detail(unit, records, realization: realization(ofUnit: index)))
          detailSeconds += Progress.now() - start
        }
        let start = Progress.now()
        let isOver = unit.isComplete || cancellation.isRequested || start >= deadline
        guard let archive, isOver || commits.isDue(at: start) else { continue }
        state.units[index] = unit.saved()
        try team?.check()
        let done = (index * sweepsOfUnit + min(sweepsOfUnit, unit.sweepsMade)) / unitCount
        try archive.commit(
          ArchiveCommit(
            checkpoint: state.checkpoint, series: pending.series, snapshots: pending.snapshots,
            status: ArchiveStatus(
              done: done / (sweepsOfUnit / plan.sweeps), target: plan.sweeps,
              seconds: (stored?.status.seconds ?? 0) + start - begin)))
        pending = SampleRecords.New()
        commits.restart(after: start)
      }
      for (point, work) in unit.works { records.works[point, default: []].append(work) }
      records.isComplete = records.isComplete && unit.isComplete
      if !unit.isComplete { break }
    }
    return records
  }

  /// The share of the time that those who wait are told estimates in: series grow, and so does what an estimate costs.
  private static let mostDetail = 0.02

  /// Where the run is, how fast, and what it finds, for those who wait.
  private func detail(
    _ unit: any SampleUnit, _ records: SampleRecords, realization: Int
  ) -> String {
    guard let (point, work) = unit.works.max(by: { $0.key < $1.key }) else { return "" }
    var parts: [String] = []
    if options.realizations != nil {
      parts.append("realisation \(firstRealization + realization)")
    }
    if model.isScanned { parts.append("\(parameterName) \(SampleJob.short(parameters[point]))") }
    if let first = records.observables.first {
      let recording = records.recording(point: point, plan: plan, realization: realization)
      if let series = recording[first], series.count > 16 {
        parts.append("\(first) \(series.estimate())")
      }
    }
    if let acceptance = work.acceptanceRate {
      parts.append("acceptance \(Estimate.fixed(acceptance, digits: 2))")
    }
    if let rate = work.rate, rate > 0 {
      parts.append("\(Estimate.fixed(rate * 1e-6, digits: 1)) updates/us")
    }
    return parts.joined(separator: ", ")
  }
}
