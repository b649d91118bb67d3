import LandauCore
import LandauMonteCarlo
import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The rank that keeps a sampling run: it gives out pieces, one at a time to whoever has none, takes what is new of them, and commits. A
/// thread beside it works on pieces like every other rank, so that none waits for another.
///
/// Chains have random numbers of their own, and what is measured is stored by point and chain: results do not depend on the number of
/// ranks or on who did what. The run in the archive is the one that a single process would have kept, and either goes on with the other's.
final class SampleKeeper {
  private let job: SampleJob
  private let ranks: any Ranks
  private let archive: (any Archive)?
  private let progress: Progress
  private let cancellation: Cancellation
  /// To and from the worker of this rank.
  private let own: any Ranks
  private var records: SampleRecords
  private let pieces: [SamplePiece]
  /// Measured sweeps of each piece in the end.
  private let sweepsOfPiece: [Int]
  private var states: PieceStates
  private var pending = SampleRecords.New()
  private var sweeps: [Int]
  private var works: [Int: [Int: SamplePoint.Work]] = [:]
  private var isComplete: [Bool]
  private var next = 0
  /// Workers with a piece, and those that wait for one.
  private var busy: Set<Int> = []
  private var told: Set<Int> = []
  private let begin = Progress.now()
  private var commits: CommitSchedule
  private var hasNews = false

  /// - Parameter own: one end of a pair of which rank 1 is the worker of this process.
  init(
    _ job: SampleJob, ranks: any Ranks, own: any Ranks, archive: (any Archive)?, pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws {
    (self.job, self.ranks, self.own, self.archive) = (job, ranks, own, archive)
    (self.progress, self.cancellation) = (progress, cancellation)
    let pieces = try job.pieces(ranks: ranks.count, threadCount: pool.threadCount)
    self.pieces = pieces
    sweepsOfPiece = pieces.map(job.sweeps)
    states = try PieceStates(
      try SampleState(stored: archive?.stored, unitCount: job.unitCount), pieces: pieces, of: job,
      pool: pool)
    records = SampleRecords(stored: archive?.stored, target: job.plan.sweeps)
    sweeps = [Int](repeating: 0, count: pieces.count)
    isComplete = [Bool](repeating: false, count: pieces.count)
    commits = CommitSchedule(every: job.options.commitEvery)
  }

  /// Everything there is at the end, or at a stop.
  ///
  /// - Throws: what went wrong at any rank, or while committing.
  func run() throws -> SampleRecords {
    let deadline = begin + (job.options.seconds ?? .infinity)
    progress.begin(
      "sampling on \(ranks.count) ranks", total: sweepsOfPiece.reduce(0, +))
    defer { progress.end() }
    while true {
      var isQuiet = true
      while let received = try ranks.received() {
        isQuiet = false
        try take(received.bytes, from: received.from)
      }
      while let received = try own.received() {
        isQuiet = false
        try take(received.bytes, from: 0)
      }
      let isOver = cancellation.isRequested || Progress.now() >= deadline
      if isOver {
        // Of a stop, and of the end that a batch system sets, other ranks may not have heard.
        for worker in busy { try stop(worker) }
        next = sweeps.count
      }
      let isDone = busy.isEmpty && next == sweeps.count
      if isDone || commits.isDue(at: Progress.now()) { try commit() }
      if isDone && told.count == ranks.count { break }
      if isDone { for worker in 0..<ranks.count { try stop(worker) } }
      if isQuiet { usleep(500) }
    }
    addWorks()
    records.isComplete = isComplete.allSatisfy { $0 }
    return records
  }

  private func take(_ bytes: [UInt8], from worker: Int) throws {
    switch try RankMessage(bytes) {
    case .idle:
      guard next < sweeps.count else { return }
      let number = next
      next += 1
      busy.insert(worker)
      try send(
        .work(piece: number, pieces[number], state: states.states[number]), to: worker)
    case .progress(let piece, let made): advance(piece, to: made)
    case .part(let part):
      records.observables = part.observables.map { Observable($0) }
      pending.add(
        records.add(
          series: part.series, snapshots: part.snapshots, keepsSnapshots: archive == nil))
      if job.keepsRun { states.states[part.piece] = part.state }
      hasNews = true
      advance(part.piece, to: part.sweeps)
      guard part.isLast else { return }
      isComplete[part.piece] = part.isComplete
      works[part.piece] = part.works
      busy.remove(worker)
    case .failure(let message, let isInput):
      if isInput { throw InputError(message) }
      throw RunError("rank \(worker): \(message)")
    case .work, .stop: throw RunError("rank \(worker) sent what only the first rank sends")
    }
  }

  private func advance(_ piece: Int, to made: Int) {
    let made = min(made, sweepsOfPiece[piece])
    progress.advance(made - sweeps[piece])
    sweeps[piece] = made
  }

  /// What was done, unit by unit, in the order of a single process.
  private func addWorks() {
    let numbers = Dictionary(grouping: pieces.indices) { pieces[$0].unit }
    for unit in numbers.keys.sorted() {
      let done = numbers[unit]!.compactMap { works[$0] }
      for point in Set(done.flatMap(\.keys)) {
        records.works[point, default: []].append(
          SamplePoint.Work(joiningChains: done.compactMap { $0[point] }))
      }
    }
  }

  private func stop(_ worker: Int) throws(RunError) {
    if told.insert(worker).inserted { try send(.stop, to: worker) }
  }

  private func send(_ message: RankMessage, to worker: Int) throws(RunError) {
    if worker == 0 {
      try own.send(message.bytes, to: 1)
    } else {
      try ranks.send(message.bytes, to: worker)
    }
  }

  private func commit() throws(RunError) {
    let start = Progress.now()
    if let archive, hasNews {
      // Pieces that wait for their turn have what an earlier run left them.
      let chains = sweepsOfPiece.reduce(0, +) / job.plan.sweeps
      let done = sweeps.reduce(0, +) / chains
      try archive.commit(
        ArchiveCommit(
          checkpoint: states.whole.checkpoint, series: pending.series, snapshots: pending.snapshots,
          status: ArchiveStatus(
            done: done, target: job.plan.sweeps,
            seconds: (archive.stored?.status.seconds ?? 0) + start - begin)))
      pending = SampleRecords.New()
      hasNews = false
    }
    commits.restart(after: start)
  }
}
