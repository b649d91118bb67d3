import LandauCore
import LandauMonteCarlo
import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A rank that does units of a sampling run for the rank that keeps it.
struct SampleWorker {
  let job: SampleJob
  let ranks: any Ranks
  /// Rank that gives out units and takes parts of them.
  let keeper: Int
  let pool: WorkerPool
  let cancellation: Cancellation

  /// Works until told to stop. What goes wrong is told to the keeper.
  ///
  /// - Throws: `RunError` where messages cannot be sent.
  func run() throws {
    do {
      try serve()
    } catch let error as InputError {
      try send(.failure(error.message, isInput: true))
    } catch {
      try send(.failure("\(error)", isInput: false))
    }
  }

  private func send(_ message: RankMessage) throws(RunError) {
    try ranks.send(message.bytes, to: keeper)
  }

  private func serve() throws {
    let begin = Progress.now()
    try send(.idle)
    while true {
      guard let received = try ranks.received() else {
        usleep(500)
        continue
      }
      switch try RankMessage(received.bytes) {
      case .work(let number, let piece, let state):
        if try work(number, piece, state, deadline: begin + (job.options.seconds ?? .infinity)) {
          return
        }
        try send(.idle)
      case .stop: return
      case .idle, .progress, .part, .failure:
        throw RunError("a rank sent what only the first takes")
      }
    }
  }

  /// One piece from its state to its end, the deadline or a stop.
  ///
  /// - Returns: whether the keeper said to stop.
  private func work(
    _ index: Int, _ piece: SamplePiece, _ state: [UInt8], deadline: Double
  ) throws -> Bool {
    let unit = try job.makeUnit(piece, pool: pool)
    if !state.isEmpty { try unit.restore(state) }
    var isStopped = false
    var hasAdvanced = false
    var parts = CommitSchedule(every: job.options.commitEvery)
    while !unit.isComplete, !isStopped, !cancellation.isRequested,
      Progress.now() < deadline || !hasAdvanced
    {
      unit.advance(
        for: parts.slice(before: deadline), pool: pool, cancellation: cancellation,
        progress: .silent)
      hasAdvanced = true
      if let received = try ranks.received(), case .stop = try RankMessage(received.bytes) {
        isStopped = true
      }
      let start = Progress.now()
      if unit.isComplete || isStopped { break }
      guard parts.isDue(at: start) else {
        try send(.progress(piece: index, sweeps: unit.sweepsMade))
        continue
      }
      try send(.part(part(of: unit, index, isLast: false)))
      parts.restart(after: start)
    }
    try send(.part(part(of: unit, index, isLast: true)))
    return isStopped
  }

  private func part(
    of unit: any SampleUnit, _ index: Int, isLast: Bool
  ) -> RankMessage.UnitPart {
    let taken = unit.takeRecords()
    return RankMessage.UnitPart(
      piece: index, state: job.keepsRun ? unit.saved() : [], sweeps: unit.sweepsMade,
      isLast: isLast, isComplete: unit.isComplete, observables: unit.observables.map(\.name),
      series: taken.series, snapshots: taken.snapshots, works: isLast ? unit.works : [:])
  }
}
