public import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Checks that every line of code on a page of the manual stands in the calling file, where it is
/// compiled and run.
///
/// Code is what is indented by four spaces; how far it is indented in the file does not matter.
///
/// - Parameters:
///   - page: the name of the file in `docs/manual`.
///   - minimum: the number of lines the page has at least, so that an empty page does not pass.
public func expectPageShowsCode(
  _ page: String, minimum: Int, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let folders = file.split(separator: "/", omittingEmptySubsequences: false)
  let tests = try #require(folders.lastIndex(of: "Tests"), sourceLocation: sourceLocation)
  let path = folders[..<tests].joined(separator: "/") + "/docs/manual/" + page
  let shown = try #require(lines(of: path), sourceLocation: sourceLocation)
    .filter { $0.hasPrefix("    ") }.map { $0.drop { $0 == " " } }
  let own = Set(
    try #require(lines(of: file), sourceLocation: sourceLocation).map { $0.drop { $0 == " " } })
  #expect(shown.count >= minimum, sourceLocation: sourceLocation)
  let missing = shown.filter { !own.contains($0) }
  #expect(missing.isEmpty, "\(missing)", sourceLocation: sourceLocation)
}

private func lines(of path: String) -> [Substring]? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var byte = fgetc(file)
  while byte != EOF {
    bytes.append(UInt8(byte))
    byte = fgetc(file)
  }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
}
