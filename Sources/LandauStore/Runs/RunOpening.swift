import LandauCore

/// Tells what is to be done with what stands at an output path; the folder exists and is locked.
struct RunOpening {
  enum Found {
    case finished(RunFile)
    /// A run to begin or to go on with, and the finished file that it will replace, for its first commit.
    case going(RunFolder<MachineDisk>, RunManifest.Replaced?, notes: [String])
  }

  var path: String
  var folderPath: String
  var job: ArchiveJob
  var target: Int
  var portable: Bool

  private var disk: MachineDisk { MachineDisk() }

  /// Begins anew, whatever there was; a file that is no run is left alone.
  func restart() throws -> Found {
    try requireRun()
    try RunFolder.removeAll(folderPath, on: disk)
    return .going(try RunFolder(folderPath, on: disk), try finishedFile(), notes: [])
  }

  func examine() throws -> Found {
    let folder = try RunFolder(folderPath, on: disk)
    let file = try finishedFile()
    if let manifest = folder.manifest, file == nil || manifest.replaces == file {
      try job.requireSame(as: manifest.job, path: folderPath, portable: portable)
      guard job.partCount >= manifest.job.partCount else {
        throw InputError(
          "\(folderPath.printable) is a run of \(manifest.job.partCount) \(ArchiveJob.parts) that is not finished; "
            + "ask for as many or more, or begin anew with --restart")
      }
      return .going(folder, nil, notes: [])
    }
    guard let file else {
      if let damage = folder.damage { throw damage }
      return .going(folder, nil, notes: [])
    }
    return try go(onFrom: file, beside: folder)
  }

  /// There is a finished file, and the folder is older than it, or empty, or damaged.
  private func go(onFrom file: RunManifest.Replaced, beside folder: RunFolder<MachineDisk>) throws
    -> Found
  {
    let run = try FinishedRun.read(path)
    if let manifest = folder.manifest {
      guard run.job.firstDifference(from: manifest.job) == nil,
        run.isDone(manifest.status.done, of: manifest.job)
      else {
        throw InputError(
          "\(path.printable) and \(folderPath.printable) belong to different runs; "
            + "move one of them away")
      }
    }
    try job.requireSame(as: run.job, path: path, portable: portable || run.isDone(target, of: job))
    let notes = folder.damage.map { _ in
      ["\(folderPath.printable) held no whole commit and was removed; \(path.printable) is sound"]
    }
    try RunFolder.removeAll(folderPath, on: disk)
    if run.isDone(target, of: job) {
      var run = run
      run.contents.notes += notes ?? []
      return .finished(run)
    }
    return .going(try extended(run, file), file, notes: notes ?? [])
  }

  /// The first commit of a longer run: everything the finished one has.
  private func extended(_ run: RunFile, _ file: RunManifest.Replaced) throws -> RunFolder<
    MachineDisk
  > {
    guard !run.contents.checkpoint.isEmpty else {
      throw InputError(
        "\(path.printable) has \(run.contents.status.done) sweeps and no state to go on from "
          + "(merged runs have none); choose another --output")
    }
    var folder = try RunFolder(folderPath, on: disk)
    try folder.commit(
      job: job, status: run.contents.status, checkpoint: run.contents.checkpoint, replaces: file
    ) { (writer) throws(RunError) in try FinishedRun.copy(path, to: &writer) }
    return folder
  }

  private func finishedFile() throws(RunError) -> RunManifest.Replaced? {
    try FinishedRun.fingerprint(path)
  }

  /// - Throws: `InputError` when something stands at the path that is not ours to replace.
  private func requireRun() throws(InputError) {
    guard RunFile.exists(path) else { return }
    do throws(InputError) {
      try HDF5Group.reading(path) { (root) throws(InputError) in _ = try FinishedRun.job(root) }
    } catch {
      throw InputError(
        "\(error.message); it is not replaced: move it away or choose another --output")
    }
  }
}
