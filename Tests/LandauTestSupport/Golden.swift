public import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Checks a text against the recorded one in the folder `Golden` beside the test's file.
///
/// With `RECORD=1` in the environment the file is rewritten and the test fails, so that nobody records
/// and passes in one go; look at the difference before committing it.
public func expectGolden(
  _ text: String, _ name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  let path = folder.joined(separator: "/") + "/Golden/" + name
  if getenv("RECORD").map({ String(cString: $0) }) == "1" {
    let isWritten = write(text, to: path)
    #expect(
      Bool(false), "\(isWritten ? "recorded" : "cannot write") \(path)",
      sourceLocation: sourceLocation)
    return
  }
  guard let recorded = read(path) else {
    #expect(
      Bool(false), "\(path) is missing; record it with RECORD=1", sourceLocation: sourceLocation)
    return
  }
  #expect(text == recorded, "differs from \(path)", sourceLocation: sourceLocation)
}

private func read(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += buffer[..<count]
  }
}

private func write(_ text: String, to path: String) -> Bool {
  let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  mkdir(folder.joined(separator: "/"), 0o755)
  guard let file = fopen(path, "w") else { return false }
  let bytes = Array(text.utf8)
  let count = fwrite(bytes, 1, bytes.count, file)
  return fclose(file) == 0 && count == bytes.count
}
