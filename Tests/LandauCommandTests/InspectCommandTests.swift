import LandauCore
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauCommand

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct InspectCommandTests {
  private func write(
    _ arrays: [(name: String, array: NumericArray)], to path: String
  ) throws { try NPZ.write(arrays, to: path) }

  @Test func unreadableFilesAreStatusTwo() throws {
    try withTemporaryFolder { folder in
      let good = "\(folder)/good.npz"
      try write([("a", NumericArray([1.0, 2.0]))], to: good)
      let bytes = try #require(Self.bytes(of: good))
      let cases: [(String, [UInt8])] = [
        ("empty.npz", []), ("garbage.npz", Array("PK no archive at all".utf8)),
        ("truncated.npz", Array(bytes.prefix(bytes.count / 2))),
      ]
      for (name, content) in cases {
        let path = "\(folder)/\(name)"
        try FileWriting.writeAtomically(content, to: path)
        let run = CommandRun("inspect \(path)")
        #expect(run.status == 2, "\(name)")
        #expect(run.output == "", "\(name)")
        #expect(run.complaint?.contains(name) == true, "\(name): \(run.error)")
      }
    }
  }

  @Test func whatIsNoSnapshotIsListedWithAReason() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/numbers.npz"
      try write([("a", NumericArray([1.0, 2.0]))], to: path)
      let run = CommandRun("inspect \(path) --json")
      #expect(run.status == 0)
      let json = try run.json()
      #expect(json["arrays"]?.items.first?["name"] == .string("a"))
      #expect(json["snapshots"] == .null)
      guard case .string? = json["reason"] else {
        Issue.record("no reason")
        return
      }
      // Asked for explicitly it is an error.
      #expect(CommandRun("inspect \(path) --spins a").status == 2)
      #expect(CommandRun("inspect \(path) --spins none").complaint?.contains("none") == true)
    }
  }

  @Test func oddDataAreWarnedOf() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/odd.npz"
      let parameters = [0.0, 0.1, 0.2, 0.3, 1.3, 1.4]
      try write(
        [
          ("g", NumericArray(parameters)),
          ("spins", NumericArray([Int8](repeating: 1, count: 6 * 1 * 4), shape: [6, 1, 4])),
        ], to: path)
      let run = CommandRun("inspect \(path)")
      #expect(run.status == 0, "\(run.error)")
      for word in ["jumps from 0.3 to 1.3", "single sample", "all values are equal"] {
        #expect(run.output.contains(word), "\(word) in \(run.output)")
      }
    }
  }

  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    return Array(buffer[..<fread(&buffer, 1, buffer.count, file)])
  }
}
