import LandauCore

extension RunArchive {
  /// Joins finished runs of one job with different seeds: their chains stand side by side, point by point. Averages over the
  /// disorder are joined realisation after realisation, whatever the seeds.
  ///
  /// What was joined is `stored`; make the estimates from it and `finish` with them. A merged run can be merged
  /// again and has no state to be extended from. Its job is that of the first run with the argument
  /// `mergedSeeds`.
  /// - Parameters:
  ///   - paths: finished files; runs of different lengths keep their lengths. Of averages over the disorder the
  ///     realisations of one file follow on those of another.
  ///   - path: where the joined run is written; nothing may stand there.
  /// - Throws: `InputError` when jobs differ, or seeds or realisations repeat, as data would then be counted twice;
  ///   `RunError` when the disk fails.
  /// - Complexity: one copy of all data; the series are in memory, configurations are not.
  public static func merge(_ paths: [String], to path: String) throws -> RunArchive {
    var parts = try paths.map { try FinishedRun.head($0) }
    guard parts.count >= 2 else {
      throw InputError("merging needs at least two runs, \(parts.count) given")
    }
    let isAverage = parts.contains { $0.job.arguments[ArchiveJob.parts] != nil }
    if isAverage { parts.sort { $0.firstPart < $1.firstPart } }
    let (job, done) = try isAverage ? joinedAverage(parts) : mergedJob(parts)
    guard !RunFile.exists(path) else {
      throw InputError.file(path.printable, "is there already; a merged run replaces nothing")
    }
    let folderPath = path + RunFile.folderSuffix
    guard !RunFile.exists(folderPath) else {
      throw InputError.file(folderPath.printable, "is there already: a run goes on at that path")
    }
    let lock = try lockFolder(folderPath)
    var folder = try RunFolder(folderPath, on: MachineDisk())
    do throws(RunError) {
      let status = ArchiveStatus(done: done, target: done)
      try folder.commit(job: job, status: status, checkpoint: []) { (writer) throws(RunError) in
        var chains = 0
        for part in parts {
          try FinishedRun.copy(part.path, to: &writer, chains: chains)
          chains += part.chainCount
        }
      }
      return RunArchive(
        path: path, job: job, stored: try folder.contents(), folder: folder, lock: lock,
        replaces: nil)
    } catch {
      try? RunFolder.removeAll(folderPath, on: MachineDisk())
      removeIfEmpty(folderPath, lock)
      throw error
    }
  }

  /// - Parameter parts: two or more.
  private static func mergedJob(_ parts: [FinishedRun.Head]) throws(InputError) -> (
    job: ArchiveJob, done: Int
  ) {
    let first = parts[0]
    var seeds: [String: String] = [:]
    var all: [String] = []
    for part in parts {
      var (asked, stored) = (part.job, first.job)
      asked.seed = stored.seed
      asked.arguments = asked.arguments.removing(mergedSeeds)
      stored.arguments = stored.arguments.removing(mergedSeeds)
      try requireSame(asked, part.path, stored, first.path)
      for seed in part.seeds {
        if let other = seeds.updateValue(part.path, forKey: seed) {
          throw InputError(
            "\(part.path.printable) and \(other.printable) hold the same chains (seed \(seed)); "
              + "only runs of different seeds can be merged")
        }
        all.append(seed)
      }
    }
    var job = first.job
    if case .object(let members) = job.arguments.removing(mergedSeeds) {
      job.arguments = .object(members + [.init(mergedSeeds, .strings(all))])
    }
    return (job, parts.map(\.status.done).min() ?? 0)
  }

  /// The job of averages over realisations that follow one another, two or more.
  private static func joinedAverage(_ parts: [FinishedRun.Head]) throws(InputError) -> (
    job: ArchiveJob, done: Int
  ) {
    var job = parts[0].job
    for (part, next) in zip(parts, parts.dropFirst()) {
      // Realisations have random numbers of their own, so that seeds may be equal or not.
      var asked = next.job
      asked.seed = job.seed
      asked.arguments = asked.arguments.replacing(firstPart, by: job.arguments[firstPart] ?? .null)
      try requireSame(asked, next.path, job, part.path)
      let end = part.firstPart + part.job.partCount
      guard next.firstPart == end else {
        throw InputError(
          "\(part.path.printable) has the realisations \(part.firstPart) to \(end - 1) and "
            + "\(next.path.printable) those from \(next.firstPart) on; they must follow one another"
        )
      }
    }
    let count = parts.reduce(0) { $0 + $1.job.partCount }
    job.arguments = job.arguments.replacing(ArchiveJob.parts, by: .integer(count))
    return (job, parts.map(\.status.done).min() ?? 0)
  }

  private static func requireSame(
    _ asked: ArchiveJob, _ path: String, _ stored: ArchiveJob, _ first: String
  ) throws(InputError) {
    guard let difference = asked.firstDifference(from: stored) else { return }
    throw InputError(
      "\(path.printable) and \(first.printable) are runs of different jobs: "
        + "'\(difference.field)' is \(difference.asked) and \(difference.stored)")
  }

  static var mergedSeeds: String { "mergedSeeds" }
  /// The argument that numbers the first part.
  static var firstPart: String { "realization" }
}

extension FinishedRun {
  /// What a file says of itself, its series left aside.
  struct Head {
    var path: String
    var job: ArchiveJob
    var status: ArchiveStatus
    var chainCount: Int

    /// Number of the first realisation of an average over the disorder.
    var firstPart: Int {
      if case .integer(let number)? = job.arguments[RunArchive.firstPart] { number } else { 0 }
    }

    /// The seeds of all chains in it.
    var seeds: [String] {
      guard case .array(let items)? = job.arguments[RunArchive.mergedSeeds] else {
        return [String(job.seed)]
      }
      return items.map { if case .string(let seed) = $0 { seed } else { "" } }
    }
  }

  static func head(_ path: String) throws(InputError) -> Head {
    guard RunFile.exists(path) else { throw .file(path.printable, "no such file") }
    let run = try read(path)
    let chains =
      run.contents.series.keys.map(\.chain) + run.contents.snapshotCounts.keys.map(\.chain)
    return Head(
      path: path, job: run.job, status: run.contents.status, chainCount: (chains.max() ?? -1) + 1)
  }
}

extension JSONValue {
  /// An object without one of its members.
  fileprivate func removing(_ key: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }
}
