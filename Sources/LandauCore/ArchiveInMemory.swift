import Synchronization

/// An archive that keeps nothing beyond the process: for runs without `--output`, and for tests.
public final class ArchiveInMemory: Archive {
  private struct State {
    var contents: ArchiveContents?
    var snapshots: [ArchiveChain: [Int8]] = [:]
    var isClosed = false
  }

  /// Always nil: a run in memory begins anew.
  public let stored: ArchiveContents?
  private let state: Mutex<State>

  /// - Parameter stored: what the run goes on from; nil begins anew.
  public init(stored: ArchiveContents? = nil) {
    self.stored = stored
    state = Mutex(State(contents: stored))
  }

  /// What has been committed so far; nil before the first commit.
  public var contents: ArchiveContents? { state.withLock { $0.contents } }

  /// The configurations committed so far.
  public var snapshots: [ArchiveChain: [Int8]] { state.withLock { $0.snapshots } }

  public func commit(_ commit: ArchiveCommit) throws(RunError) {
    let isOpen = state.withLock { state in
      guard !state.isClosed else { return false }
      var contents =
        state.contents ?? ArchiveContents(checkpoint: [], status: commit.status)
      contents.checkpoint = commit.checkpoint
      contents.status = commit.status
      contents.series.merge(commit.series) { $0 + $1 }
      state.snapshots.merge(commit.snapshots) { $0 + $1 }
      state.contents = contents
      return true
    }
    guard isOpen else { throw RunError("the archive has been closed") }
  }

  public func finish(_ result: ArchiveResult) throws(RunError) {
    let isOpen = state.withLock { state in
      guard !state.isClosed else { return false }
      state.contents?.isFinished = true
      state.contents?.report = result.report
      state.isClosed = true
      return true
    }
    guard isOpen else { throw RunError("the archive has been closed") }
  }

  public func close() { state.withLock { $0.isClosed = true } }
}
