public import LandauCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The archive of `--output x.h5`: a folder `x.h5.run` of commits while the run goes on, one HDF5 file when
/// it is done.
///
/// At any moment one of these holds: neither is there; the folder alone (the run goes on); the file alone (it is
/// finished); both, the folder being a longer or newer run that will replace the file, or what an interruption
/// left of the run that made it. Opening tells them apart and goes on accordingly.
public final class RunArchive: Archive {
  /// What was there; its `isFinished` says whether the run is complete and only its result is wanted.
  public let stored: ArchiveContents?
  /// The finished file, links followed.
  public let path: String

  private struct State {
    /// Nil when nothing is left to do, or after `close`.
    var folder: RunFolder<MachineDisk>?
    var lock: RunLock?
    /// The finished file that stands there until `finish`.
    var replaces: RunManifest.Replaced?
  }

  /// What the run is.
  public let job: ArchiveJob
  private let state: Mutex<State>

  init(
    path: String, job: ArchiveJob, stored: ArchiveContents?, folder: RunFolder<MachineDisk>?,
    lock: RunLock?, replaces: RunManifest.Replaced?
  ) {
    self.path = path
    self.job = job
    self.stored = stored
    state = Mutex(State(folder: folder, lock: lock, replaces: replaces))
  }

  /// Opens the run of `job` at `path`: begins it, takes it up where its last commit is, or finds it finished.
  ///
  /// - Parameters:
  ///   - target: measured sweeps wanted. A finished run with fewer, or with fewer parts than the job's, is extended.
  ///   - restart: begins anew. A finished file stays until the new run replaces it.
  ///   - portable: goes on with a run of another kernel level.
  /// - Throws: `InputError` when a different job is there, or something else, or another process works on it;
  ///   `RunError` when the disk fails.
  public static func open(
    _ path: String, job: ArchiveJob, target: Int, restart: Bool = false, portable: Bool = false
  ) throws -> RunArchive {
    let path = try resolved(path)
    let folderPath = path + RunFile.folderSuffix
    // A finished run is read without a trace, so that it may stand where nobody may write.
    if !restart, RunFile.exists(path), !RunFile.exists(folderPath) {
      let run = try FinishedRun.read(path)
      try job.requireSame(
        as: run.job, path: path, portable: portable || run.isDone(target, of: job))
      if run.isDone(target, of: job) { return finished(path, job, run, target: target) }
    }
    let lock = try lockFolder(folderPath)
    var goesOn = false
    defer { if !goesOn { removeIfEmpty(folderPath, lock) } }
    let opening = RunOpening(
      path: path, folderPath: folderPath, job: job, target: target, portable: portable)
    switch try restart ? opening.restart() : opening.examine() {
    case .finished(let run): return finished(path, job, run, target: target)
    case .going(let folder, let replaces, let notes):
      var contents = try folder.contents()
      contents?.status.target = target
      contents?.notes += notes
      goesOn = true
      return RunArchive(
        path: path, job: job, stored: contents, folder: folder, lock: lock, replaces: replaces)
    }
  }

  private static func finished(_ path: String, _ job: ArchiveJob, _ run: RunFile, target: Int)
    -> RunArchive
  {
    var contents = run.contents
    if contents.status.done > target {
      contents.notes.append(
        "\(path.printable) has \(contents.status.done) sweeps, more than the \(target) asked for")
    }
    if run.job.partCount > job.partCount {
      contents.notes.append(
        "\(path.printable) has \(run.job.partCount) \(ArchiveJob.parts), more than the \(job.partCount) asked for"
      )
    }
    contents.status.target = target
    return RunArchive(
      path: path, job: job, stored: contents, folder: nil, lock: nil, replaces: nil)
  }

  public func commit(_ commit: ArchiveCommit) throws(RunError) {
    try withFolder { (folder, state) throws(RunError) in
      try folder.commit(commit, of: job, replaces: state)
    }
  }

  public func finish(_ result: ArchiveResult) throws(RunError) {
    try withFolder { (folder, _) throws(RunError) in
      guard let manifest = folder.manifest else {
        throw RunError("\(path.printable): nothing has been committed")
      }
      let temporary = "\(folder.path)/result.h5"
      let assembly = RunAssembly(folder: folder, manifest: manifest, result: result)
      do throws(RunError) {
        try assembly.write(to: temporary)
        try Self.flush(temporary)
        try folder.disk.apply(.rename(from: temporary, to: path))
      } catch {
        unlink(temporary)
        throw RunError("\(error.message); \(folder.path.printable) keeps all that was committed")
      }
      try folder.disk.apply(.syncFolder(Self.parent(path)))
    }
    state.withLock { state in
      // What cannot be removed is told apart from a run that goes on when it is met again.
      if let folder = state.folder { try? RunFolder.removeAll(folder.path, on: folder.disk) }
    }
    close()
  }

  public func close() {
    state.withLock { state in
      if let folder = state.folder, let lock = state.lock { Self.removeIfEmpty(folder.path, lock) }
      state.folder = nil
      state.lock = nil
    }
  }

  deinit { close() }

  /// The configurations committed so far of one chain, in order of time, some at a time.
  ///
  /// - Throws: `RunError` when the files cannot be read; nothing is given after `finish` and `close`.
  public func forEachSnapshots(
    of chain: ArchiveChain, _ body: ([Int8]) throws(RunError) -> Void
  ) throws(RunError) {
    try withFolder { (folder, _) throws(RunError) in
      try folder.forEachSnapshots(of: chain, body)
    }
  }

  private func withFolder(
    _ body: (inout RunFolder<MachineDisk>, RunManifest.Replaced?) throws(RunError) -> Void
  ) throws(RunError) {
    let error = state.withLock { state -> RunError? in
      guard var folder = state.folder else {
        return RunError("\(path.printable): the run is finished or closed")
      }
      do throws(RunError) {
        defer { state.folder = folder }
        try body(&folder, state.replaces)
        return nil
      } catch { return error }
    }
    if let error { throw error }
  }
}

// The file system around the folder.
extension RunArchive {
  /// The path with links followed, refused where it is something that no run can be.
  private static func resolved(_ path: String) throws(InputError) -> String {
    guard RunFile.exists(path) else {
      guard !path.isEmpty else { throw InputError("the name of the output file is empty") }
      return path
    }
    guard try FileBytes.kind(of: path) == .file else {
      throw InputError.file(path.printable, "is a folder, where a file is to be written")
    }
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the folder where it is missing, and takes its lock.
  static func lockFolder(_ folder: String) throws -> RunLock {
    while true {
      do throws(RunError) {
        try MachineDisk().apply(.makeFolder(folder))
        try MachineDisk().apply(.syncFolder(parent(folder)))
      } catch { throw InputError(error.message) }
      do { return try RunLock(folder: folder) } catch {
        // The process that had it removed the folder between the two steps.
        if RunFile.exists(folder) { throw error }
      }
    }
  }

  /// Removes a folder that holds nothing but its lock.
  static func removeIfEmpty(_ folder: String, _ lock: RunLock) {
    guard MachineDisk().names(in: folder) == [RunLock.fileName] else { return }
    lock.removeFile()
    rmdir(folder)
  }

  static func flush(_ path: String) throws(RunError) {
    let descriptor = Self.openForFlush(path)
    guard descriptor >= 0 else { throw systemFailure(path) }
    let isFlushed = fsync(descriptor) == 0 || errno == EINVAL
    let error = systemFailure(path)
    Self.closeDescriptor(descriptor)
    if !isFlushed { throw error }
  }

  private static func systemFailure(_ path: String) -> RunError {
    RunError("\(path.printable): cannot be written (\(String(cString: strerror(errno))))")
  }

  private static func openForFlush(_ path: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.open(path, O_RDWR | O_CLOEXEC)
    #else
      Darwin.open(path, O_RDWR | O_CLOEXEC)
    #endif
  }

  private static func closeDescriptor(_ descriptor: Int32) {
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
  }
}
