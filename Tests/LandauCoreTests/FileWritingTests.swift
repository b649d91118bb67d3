import LandauCore
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct FileWritingTests {
  private func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 21)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/data.bin"
      let large = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0) }
      try FileWriting.writeAtomically(large, to: path)
      #expect(contents(path) == large)
      try FileWriting.writeAtomically("né\n", to: path)
      #expect(contents(path) == Array("né\n".utf8))
      try FileWriting.writeAtomically([], to: path)
      #expect(contents(path) == [])
      #expect(folderListing(folder) == ["data.bin"])
    }
  }

  /// A folder that does not exist, and a folder in the place of the file: one line, nothing left.
  @Test func unwritablePaths() throws {
    try withTemporaryFolder { folder in
      mkdir("\(folder)/taken", 0o755)
      for path in ["\(folder)/missing/file", "\(folder)/taken"] {
        let error = #expect(throws: RunError.self) {
          try FileWriting.writeAtomically("x", to: path)
        }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("\(path): cannot be written (") && !message.contains("\n"))
      }
      #expect(folderListing(folder) == ["taken"])
      #expect(folderListing("\(folder)/taken") == [])
    }
  }

  @Test func emptyPath() {
    #expect(throws: RunError.self) { try FileWriting.writeAtomically("x", to: "") }
  }

  /// A device stays a device, and a full one is reported.
  @Test func devices() throws {
    try FileWriting.writeAtomically("x", to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #if os(Linux)
      #expect(throws: RunError.self) { try FileWriting.writeAtomically("x", to: "/dev/full") }
    #endif
  }

  @Test func symbolicLinksStay() throws {
    try withTemporaryFolder { folder in
      try FileWriting.writeAtomically("old", to: "\(folder)/real")
      symlink("\(folder)/real", "\(folder)/link")
      try FileWriting.writeAtomically("new", to: "\(folder)/link")
      #expect(contents("\(folder)/real") == Array("new".utf8))
      var status = stat()
      #expect(lstat("\(folder)/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(folderListing(folder) == ["link", "real"])
    }
  }
}

@Suite struct ProgressTests {
  /// What is written to standard error while `body` runs (by other tests too).
  private func standardError(_ body: () -> Void) throws -> String {
    try withTemporaryFolder { folder in
      let file = open("\(folder)/stderr", O_RDWR | O_CREAT, 0o600)
      let saved = dup(STDERR_FILENO)
      dup2(file, STDERR_FILENO)
      body()
      dup2(saved, STDERR_FILENO)
      close(saved)
      lseek(file, 0, SEEK_SET)
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = max(0, read(file, &bytes, bytes.count))
      close(file)
      // What others had to say is passed on.
      _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress!, count) }
      return String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  private func work(_ progress: Progress, label: String) {
    progress.begin(label, total: 3)
    for _ in 0..<5 { progress.advance() }
    progress.note("\(label) noted")
    progress.begin("\(label) empty", total: 0)
    progress.advance()
    progress.end()
  }

  @Test func silence() throws {
    let text = try standardError { work(.silent, label: "quiet-phase") }
    #expect(!text.contains("quiet-phase"))
  }

  @Test func linesWithoutTerminal() throws {
    let text = try standardError { work(Progress(), label: "loud-phase") }
    #expect(text.contains("loud-phase 0/3 (0%)\n"))
    #expect(text.contains("loud-phase noted\n"))
    #expect(text.split(separator: "\n").count { $0.hasPrefix("loud-phase 3/3") } <= 1)
    #expect(!text.contains("\r"))
  }
}
