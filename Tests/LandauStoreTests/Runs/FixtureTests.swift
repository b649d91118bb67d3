import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files of every released version are still read and gone on with.
///
/// `Tests/Fixtures/runs-1` was written by version 0.1.0: `finished.h5` with 12 sweeps and the folder of a run that
/// was interrupted after 12 of 20. They are never written again; a new format gets a new folder.
@Suite struct FixtureTests {
  typealias Run = ScriptedRun

  static let folder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/") + "/Fixtures/runs-1"
  }()

  /// Copies of the fixtures, which the tests may change.
  private func withFixtures(_ body: (_ folder: String) throws -> Void) throws {
    if getenv("RECORD_RUNS").map({ String(cString: $0) }) == "1" { try record() }
    try withTemporaryFolder { folder in
      mkdir("\(folder)/unfinished.h5.run", 0o755)
      for inner in ["", "/unfinished.h5.run"] {
        for name in folderListing(Self.folder + inner) {
          guard let bytes = try? MachineDisk().read("\(Self.folder)\(inner)/\(name)") else {
            continue
          }
          try FileWriting.writeAtomically(bytes, to: "\(folder)\(inner)/\(name)")
        }
      }
      try body(folder)
    }
  }

  /// Only for a new format.
  private func record() throws {
    mkdir(Self.folder, 0o755)
    try RunArchiveTests.run("\(Self.folder)/finished.h5", target: 12)
    try RunArchiveTests.run("\(Self.folder)/unfinished.h5", target: 20, stop: 12)
    unlink("\(Self.folder)/unfinished.h5.run/lock")
    Issue.record("recorded \(Self.folder)")
  }

  @Test func areRead() throws {
    try withFixtures { folder in
      #expect(folderListing(folder) == ["finished.h5", "unfinished.h5.run"])
      for name in ["finished.h5", "unfinished.h5"] {
        let path = "\(folder)/\(name)"
        #expect(try RunArchiveTests.total(path) == Run.total(12))
        let run = try RunFile.read(path)
        #expect(run.job.firstDifference(from: Run.job) == nil && run.job.version == "0.1.0")
        #expect(run.contents.status.target == (name == "finished.h5" ? 12 : 20))
      }
      #expect(
        try RunFile.read("\(folder)/finished.h5").contents.report == RunArchiveTests.result.report)
      let contents = try SnapshotFile.open("\(folder)/finished.h5")
      #expect(contents.shape == [24, 3, 3] && contents.snapshots.parameters == [2, 2.5])
    }
  }

  /// Silent error 13: checkpoints of an earlier version that are lost.
  @Test func areGoneOnWith() throws {
    try withFixtures { folder in
      for name in ["finished.h5", "unfinished.h5"] {
        try RunArchiveTests.run("\(folder)/\(name)", target: 20)
        #expect(try RunArchiveTests.total("\(folder)/\(name)") == Run.total(20))
      }
      #expect(folderListing(folder) == ["finished.h5", "unfinished.h5"])
    }
  }
}
