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
@Suite(.serialized, .timeLimit(.minutes(1))) struct ExecutableTests {
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
  fileprivate var firstItem: JSONValue? {
    if case .array(let items) = self { items.first } else { nil }
  }
}
