import LandauCore
import LandauStore
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The real program: streams, exit status, signals.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ExecutableTests {
  private func landau(
    _ line: String, signal: (number: Int32, after: String)? = nil
  ) throws -> ChildProcess {
    let program = try #require(
      ChildProcess.builtProgram("landau"), "landau is not beside the tests")
    let words = line.split(separator: " ").map(String.init)
    return try #require(ChildProcess.run(program, words, signal: signal))
  }

  @Test func version() throws {
    let run = try landau("--version")
    #expect(run.status == 0)
    #expect(run.standardOutput == "landau \(Release.version)\n")
    #expect(run.standardError == "")
  }

  @Test(arguments: [
    "", "sample ising --size 0 --temperature 2", "sample ising --size 8 --temperature -1",
    "sample ising --size 1024 --temperature 2 --sweeps 2000000 --snapshots 2000000 --output m.npz",
    "inspect /no/such/file",
  ])
  func badInputIsOneLineAndStatusTwo(line: String) throws {
    let run = try landau(line)
    #expect(run.status == 2, "\(run.standardError)")
    #expect(run.standardOutput == "")
    #expect(run.standardError.hasPrefix("landau: "))
    #expect(run.standardError.count(where: \.isNewline) == 1)
  }

  @Test func jsonIsAllThereIsOnStandardOutput() throws {
    let run = try landau("sample ising --size 8 --temperature 2:3:2 --sweeps 100 --json")
    #expect(run.status == 0)
    let json = try JSONReader.parse(run.standardOutput)
    #expect(json["command"] == .string("sample"))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalEndsWithWhatThereIs(number: Int32) throws {
    let run = try landau(
      "sample ising --size 16 --temperature 2.3 --sweeps 200000000 --measure-every 50 --json",
      signal: (number, "sampling"))
    #expect(run.status == 4, "\(run.standardError)")
    let point = try #require(try JSONReader.parse(run.standardOutput)["points"]?.firstItem)
    guard case .array(let warnings)? = point["warnings"], case .string(let text)? = warnings.first
    else {
      Issue.record("no warning")
      return
    }
    #expect(text.hasPrefix("stopped early after"))
    #expect(point["energyPerSite"]?["value"] != nil)
  }

  /// Twenty times in the middle of the work, no warning: the next start goes on from the last commit, and the
  /// end is the same, bit for bit, as that of a run nobody disturbed.
  /// Silent error 13: a checkpoint that is not that of the run.
  @Test func killedRunsEndAsIfNothingHadHappened() throws {
    let program = try #require(ChildProcess.builtProgram("landau"))
    try withTemporaryFolder { folder in
      let line =
        "sample edwards-anderson --size 8 --temperature 0.7:2:4 --update tempering --sweeps 60000"
        + " --measure-every 10 --chains 2 --snapshots 60 --seed 5 --commit-every 0.01 --json --quiet"
      let straight = try landau(line + " --output \(folder)/straight.h5")
      #expect(straight.status == 0, "\(straight.standardError)")
      var rng = Seed.test("kill").makeStream()
      var kills = 0
      for _ in 0..<20 {
        let seconds = 0.02 + 0.1 * rng.uniform()
        let command =
          "timeout -s KILL \(seconds) '\(program)' \(line) --output '\(folder)/killed.h5'"
        let run = try #require(ChildProcess.run("/bin/sh", ["-c", command]))
        if run.status == 137 { kills += 1 }
      }
      #expect(kills >= 10, "the run was over after \(kills) kills")
      let killed = try landau(line + " --output \(folder)/killed.h5")
      #expect(killed.status == 0, "\(killed.standardError)")
      let numbers = try JSONReader.parse(straight.standardOutput).timeless["points"]
      #expect(try JSONReader.parse(killed.standardOutput).timeless["points"] == numbers)
      let one = try RunFile.read("\(folder)/straight.h5")
      let other = try RunFile.read("\(folder)/killed.h5")
      #expect(one.contents.series == other.contents.series)
      #expect(one.contents.report == other.contents.report)
      #expect(try snapshots(one) == snapshots(other))
      #expect(try !snapshots(one).isEmpty)
    }
  }

  private func snapshots(_ run: RunFile) throws -> [Int8] {
    var values: [Int8] = []
    for chain in run.contents.snapshotCounts.keys.sorted() {
      try run.forEachSnapshots(of: chain) { values += $0 }
    }
    return values
  }

  @Test func aFullDiskIsAFailure() throws {
    guard access("/dev/full", W_OK) == 0 else { return }
    let program = try #require(ChildProcess.builtProgram("landau"))
    let run = try #require(
      ChildProcess.run("/bin/sh", ["-c", "'\(program)' --help > /dev/full"]))
    #expect(run.status == 1)
    #expect(run.standardError.hasPrefix("landau: standard output cannot be written"))
  }
}

extension JSONValue {
  /// Without what may depend on time and machine.
  var timeless: JSONValue {
    switch self {
    case .object(let members):
      .object(
        members.filter { !["seconds", "rate", "nanosecondsPerSpin"].contains($0.key) }
          .map { Member($0.key, $0.value.timeless) })
    case .array(let items): .array(items.map(\.timeless))
    default: self
    }
  }

  fileprivate var firstItem: JSONValue? {
    if case .array(let items) = self { items.first } else { nil }
  }
}
