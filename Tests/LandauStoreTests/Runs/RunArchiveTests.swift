import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run at an output path: begun, resumed, finished, extended, refused.
@Suite struct RunArchiveTests {
  typealias Run = ScriptedRun

  static let result = ArchiveResult(
    estimates: [
      ("energyPerSite", [Estimate(-1.5, error: 0.25, integratedTime: 2), nil])
    ],
    attributes: [.init("model", .string("ising")), .init("convention", .string("H = -J s s"))],
    report: .pairs(["points": .array([.number(0.1), .integer(3)])]))

  /// Commits up to `target` sweeps, stopping for good after `stop` of them.
  @discardableResult
  static func run(
    _ path: String, job: ArchiveJob = Run.job, target: Int, stop: Int = .max,
    restart: Bool = false
  ) throws -> RunArchive {
    let archive = try RunArchive.open(path, job: job, target: target, restart: restart)
    let done = archive.stored?.status.done ?? 0
    if archive.stored?.isFinished == true { return archive }
    for step in (done + 1)..<max(done + 1, min(target, stop) + 1) {
      try archive.commit(Run.commit(step, target: target))
    }
    if stop >= target { try archive.finish(result) }
    archive.close()
    return archive
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    try #require(try MachineDisk().read(path))
  }

  static func total(_ path: String) throws -> Run.Total {
    let run = try RunFile.read(path)
    var total = Run.Total(
      checkpoint: run.contents.checkpoint, done: run.contents.status.done,
      series: run.contents.series)
    for chain in run.contents.snapshotCounts.keys {
      try run.forEachSnapshots(of: chain) { (values) throws(InputError) in
        total.snapshots[chain, default: []] += values
      }
    }
    return total
  }

  @Test func aRunFromBeginToEnd() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try Self.run(path, target: 12)
      #expect(folderListing(folder) == ["x.h5"])
      #expect(try Self.total(path) == Run.total(12))
      let again = try RunArchive.open(path, job: Run.job, target: 12)
      let stored = try #require(again.stored)
      #expect(stored.isFinished && stored.report == Self.result.report && stored.notes.isEmpty)
      #expect(stored.status.done == 12 && stored.checkpoint == Run.total(12).checkpoint)
      #expect(throws: RunError.self) { try again.commit(Run.commit(13)) }
      #expect(folderListing(folder) == ["x.h5"])
    }
  }

  /// However often it is interrupted, the file has the same bytes.
  @Test func interruptionsLeaveNoTrace() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try Self.run("\(folder)/whole.h5", target: 20)
      for stop in [1, 2, 3, 7, 8, 15, 19] {
        try Self.run(path, target: 20, stop: stop)
        #expect(folderListing(folder) == ["whole.h5", "x.h5.run"])
        #expect(try Self.total(path) == Run.total(stop))
        #expect(try Self.total(path + ".run") == Run.total(stop))
      }
      try Self.run(path, target: 20)
      #expect(folderListing(folder) == ["whole.h5", "x.h5"])
      #expect(try Self.bytes(path) == Self.bytes("\(folder)/whole.h5"))
    }
  }

  /// A larger target extends; the finished file stays readable until the longer one replaces it.
  @Test func extended() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try Self.run("\(folder)/whole.h5", target: 20)
      try Self.run(path, target: 9)
      let short = try Self.bytes(path)
      for stop in [9, 11, 17] {
        let archive = try Self.run(path, target: 20, stop: stop)
        #expect(archive.stored?.isFinished == false && archive.stored?.status.target == 20)
        #expect(folderListing(folder) == ["whole.h5", "x.h5", "x.h5.run"])
        #expect(try Self.bytes(path) == short)
        #expect(try Self.total(path + ".run") == Run.total(stop))
      }
      try Self.run(path, target: 20)
      #expect(folderListing(folder) == ["whole.h5", "x.h5"])
      #expect(try Self.bytes(path) == Self.bytes("\(folder)/whole.h5"))
      // A smaller target finds more than it asked for.
      let smaller = try #require(try RunArchive.open(path, job: Run.job, target: 5).stored)
      #expect(smaller.isFinished && smaller.status.done == 20 && smaller.status.isComplete)
      #expect(smaller.notes[0].contains("has 20 sweeps, more than the 5 asked for"))
      let key = ArchiveKey(point: 1, chain: 0, name: "energyPerSite")
      #expect(smaller.prefix(measurements: 3).series[key]?.count == 3)
    }
  }

  @Test func otherJobsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      var other = Run.job
      other.seed = 4
      var kernels = Run.job
      kernels.kernelLevel = "v3"
      func refused(_ job: ArchiveJob, target: Int = 5, portable: Bool = false) -> String {
        refusal {
          _ = try RunArchive.open(path, job: job, target: target, portable: portable)
        }
      }
      try Self.run(path, target: 5, stop: 3)
      #expect(refused(other).contains("'seed' is 3 there and 4 here"))
      #expect(refused(kernels).contains("--portable"))
      try RunArchive.open(path, job: kernels, target: 5, portable: true).close()
      #expect(try Self.total(path) == Run.total(3))
      try Self.run(path, target: 5)
      #expect(refused(other).contains("'seed' is 3 there and 4 here"))
      // A finished run is the same on every machine; only going on with it is not.
      #expect(try RunArchive.open(path, job: kernels, target: 5).stored?.isFinished == true)
      #expect(refused(kernels, target: 6).contains("--portable"))
      #expect(folderListing(folder) == ["x.h5"])
    }
  }

  @Test func restarted() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      var other = Run.job
      other.seed = 4
      try Self.run(path, target: 6)
      let old = try Self.bytes(path)
      let archive = try Self.run(path, job: other, target: 6, stop: 2, restart: true)
      #expect(archive.stored == nil)
      // Interrupted, the new run is what goes on; the old file is still there.
      #expect(try Self.bytes(path) == old)
      #expect(refusal { try Self.run(path, target: 6) }.contains("'seed' is 4 there and 3 here"))
      try Self.run(path, job: other, target: 6)
      #expect(folderListing(folder) == ["x.h5"])
      #expect(try RunFile.read(path).job.seed == 4)
      #expect(try Self.total(path) == Run.total(6))
      // From a run that goes on, and once more to the same end.
      try Self.run(path, job: other, target: 9, stop: 8)
      try Self.run(path, target: 6, restart: true)
      #expect(try Self.bytes(path) == old)
    }
  }

  @Test func foreignFilesAreLeftAlone() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try FileWriting.writeAtomically("my thesis\n", to: path)
      for restart in [false, true] {
        let text = refusal {
          _ = try RunArchive.open(path, job: Run.job, target: 5, restart: restart)
        }
        #expect(text.contains("is not a readable HDF5 file"))
      }
      try HDF5Group.create(path) { (root) throws(RunError) in
        try root.write("spins", spins([3, 4]))
      }
      for restart in [false, true] {
        let text = refusal {
          _ = try RunArchive.open(path, job: Run.job, target: 5, restart: restart)
        }
        #expect(text.contains("is HDF5, but not the result of a run of Landau"))
      }
      #expect(folderListing(folder) == ["x.h5"])
      mkdir("\(folder)/y.h5", 0o755)
      #expect(
        refusal { _ = try RunArchive.open("\(folder)/y.h5", job: Run.job, target: 5) }
          .contains("is a folder"))
      #expect(
        refusal { _ = try RunArchive.open("\(folder)/none/y.h5", job: Run.job, target: 5) }
          .contains("cannot be made (No such file or directory)"))
      #expect(refusal { _ = try RunArchive.open("", job: Run.job, target: 5) }.contains("empty"))
    }
  }

  @Test func oneProcessAtATime() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      let first = try RunArchive.open(path, job: Run.job, target: 5)
      try first.commit(Run.commit(1))
      #expect(
        refusal { _ = try RunArchive.open(path, job: Run.job, target: 5) }
          .contains("another process is working on this run"))
      // Looking is allowed.
      #expect(try Self.total(path) == Run.total(1))
      first.close()
      #expect(throws: RunError.self) { try first.commit(Run.commit(2)) }
      try Self.run(path, target: 5)
      // A run that never committed leaves nothing.
      try RunArchive.open("\(folder)/y.h5", job: Run.job, target: 5).close()
      #expect(folderListing(folder) == ["x.h5"])
    }
  }

  /// Through a symbolic link the file it points to is written, and the link stays.
  @Test func linksAreFollowed() throws {
    try withTemporaryFolder { folder in
      mkdir("\(folder)/far", 0o755)
      try Self.run("\(folder)/far/x.h5", target: 2)
      symlink("\(folder)/far/x.h5", "\(folder)/x.h5")
      try Self.run("\(folder)/x.h5", target: 4)
      #expect(folderListing("\(folder)/far") == ["x.h5"])
      #expect(try Self.total("\(folder)/far/x.h5") == Run.total(4))
      var status = stat()
      #expect(lstat("\(folder)/x.h5", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  /// Killed while finishing: with the file half written, or in its place while the folder goes away.
  @Test func killedWhileFinishing() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      let runFolder = path + ".run"
      try Self.run(path, target: 20, stop: 20 - 1)
      var archive = try RunArchive.open(path, job: Run.job, target: 20)
      try archive.commit(Run.commit(20))
      archive.close()
      let names = folderListing(runFolder)
      let files = try names.map { ($0, try Self.bytes("\(runFolder)/\($0)")) }
      try Self.run(path, target: 20)
      let finished = try Self.bytes(path)
      func put(_ files: some Collection<(String, [UInt8])>) throws {
        mkdir(runFolder, 0o755)
        for (name, bytes) in files {
          try FileWriting.writeAtomically(bytes, to: "\(runFolder)/\(name)")
        }
      }
      var rng = Seed.test("finishing").makeStream()
      // In place, and any subset of the folder left.
      for trial in 0..<60 {
        try put(files.filter { _ in trial < 2 || rng.next() & 1 == 0 })
        archive = try RunArchive.open(path, job: Run.job, target: 20)
        #expect(archive.stored?.isFinished == true)
        #expect(folderListing(folder) == ["x.h5"])
        #expect(try Self.bytes(path) == finished)
      }
      // Not in place yet, a part of it in the folder.
      for count in [0, 1, 100, finished.count - 1, finished.count] {
        unlink(path)
        try put(files + [("result.h5", Array(finished[..<count]))])
        archive = try RunArchive.open(path, job: Run.job, target: 20)
        #expect(archive.stored?.isFinished == false && archive.stored?.status.isComplete == true)
        try archive.finish(Self.result)
        #expect(folderListing(folder) == ["x.h5"])
        #expect(try Self.bytes(path) == finished)
      }
    }
  }

  /// A file and a folder that do not belong together are not mixed.
  @Test func strangersAreNotMixed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try Self.run(path, target: 8, stop: 7)
      try Self.run("\(folder)/y.h5", target: 5)
      rename("\(folder)/y.h5", path)
      #expect(refusal { try Self.run(path, target: 8) }.contains("belong to different runs"))
      #expect(folderListing(folder) == ["x.h5", "x.h5.run"])
      var other = Run.job
      other.seed = 9
      unlink(path)
      try Self.run("\(folder)/y.h5", job: other, target: 50)
      rename("\(folder)/y.h5", path)
      #expect(refusal { try Self.run(path, target: 8) }.contains("belong to different runs"))
      #expect(try Self.total(path + ".run") == Run.total(7))
    }
  }

  @Test func damagedRunsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.h5"
      try Self.run(path, target: 8, stop: 5)
      for name in folderListing(path + ".run") where name.hasPrefix("state-") {
        try FileWriting.writeAtomically("nonsense", to: "\(path).run/\(name)")
      }
      #expect(refusal { try Self.run(path, target: 8) }.contains("--restart begins anew"))
      #expect(refusal { _ = try RunFile.read(path) }.contains("none of its commits is whole"))
      try Self.run(path, target: 8, restart: true)
      #expect(try Self.total(path) == Run.total(8))
    }
  }

  /// Runs of different seeds stand side by side, and the same one twice is refused.
  @Test func merged() throws {
    try withTemporaryFolder { folder in
      var paths: [String] = []
      for (seed, target) in [(3, 8), (4, 12), (5, 8)] as [(UInt64, Int)] {
        var job = Run.job
        job.seed = seed
        paths.append("\(folder)/\(seed).h5")
        try Self.run(paths.last!, job: job, target: target)
      }
      let path = "\(folder)/all.h5"
      func join(_ parts: [String], _ out: String) throws {
        let archive = try RunArchive.merge(parts, to: out)
        #expect(archive.stored?.isFinished == false)
        try archive.finish(Self.result)
      }
      try join(paths, path)
      let run = try RunFile.read(path)
      let parts = try paths.map { try Self.total($0) }
      #expect(run.contents.status.done == 8 && run.contents.checkpoint.isEmpty)
      let all = try Self.total(path)
      for (number, part) in parts.enumerated() {
        for (key, values) in part.series {
          let moved = ArchiveKey(point: key.point, chain: key.chain + 2 * number, name: key.name)
          #expect(all.series[moved] == values)
        }
        for (chain, values) in part.snapshots {
          let moved = ArchiveChain(point: chain.point, chain: chain.chain + 2 * number)
          #expect(all.snapshots[moved] == values)
        }
      }
      #expect(all.series.count == parts.reduce(0) { $0 + $1.series.count })
      #expect(all.snapshots.count == parts.reduce(0) { $0 + $1.snapshots.count })
      // Two and one are the same as three.
      try join(Array(paths[..<2]), "\(folder)/two.h5")
      try join(["\(folder)/two.h5", paths[2]], "\(folder)/three.h5")
      #expect(try Self.total("\(folder)/three.h5") == all)
      #expect(try Self.bytes("\(folder)/three.h5") == Self.bytes(path))
      let out = "\(folder)/no.h5"
      #expect(refusal { try join([paths[0], path], out) }.contains("the same chains (seed 3)"))
      #expect(refusal { try join([paths[0]], out) }.contains("at least two"))
      #expect(refusal { try join(paths, path) }.contains("is there already"))
      #expect(
        refusal { try join([paths[0], "\(folder)/none.h5"], out) }.contains("no such file")
          || refusal { try join([paths[0], "\(folder)/none.h5"], out) }.contains("not a readable"))
      var other = Run.job
      other.seed = 6
      other.parameters = [2, 3]
      try Self.run("\(folder)/6.h5", job: other, target: 3)
      #expect(
        refusal { try join([paths[0], "\(folder)/6.h5"], out) }
          .contains("'temperature' is [2, 3] and [2, 2.5]"))
      // What was merged is another job than any of its parts, and ends there.
      #expect(
        refusal { try Self.run(path, target: 8) }.contains("'mergedSeeds' is"))
      #expect(refusal { try Self.run(path, job: run.job, target: 9) }.contains("no state to go on"))
      #expect(!folderListing(folder).contains { $0.hasSuffix(".run") })
    }
  }
}
