import LandauCore
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

func fileBytes(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let got = fread(&chunk, 1, chunk.count, file)
    if got == 0 { return bytes }
    bytes += chunk[..<got]
  }
}

func fileText(_ path: String) -> String { String(decoding: fileBytes(path), as: UTF8.self) }

/// Compares text with a file in `Tests/Golden`; `RECORD=1` rewrites the file and fails.
func expectGolden(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
  let path = "/\(tests)/Golden/\(name)"
  if getenv("RECORD") != nil {
    try FileWriting.writeAtomically(text, to: path)
    Issue.record("\(name) was recorded", sourceLocation: sourceLocation)
    return
  }
  let golden = fileText(path)
  guard text != golden else { return }
  let new = text.split(separator: "\n", omittingEmptySubsequences: false)
  let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(new, old).enumerated().first { $1.0 != $1.1 }?.offset ?? min(new.count, old.count)
  let was = line < old.count ? old[line] : "(end)"
  let isNow = line < new.count ? new[line] : "(end)"
  Issue.record(
    "\(name), line \(line + 1): expected '\(was)', got '\(isNow)'", sourceLocation: sourceLocation)
}

/// What keeps a text from being well-formed XML as far as gnuplot's output goes: tags that do not match,
/// bare `&` or `<`; nil when nothing does.
func xmlFault(_ text: String) -> String? {
  var open: [String] = []
  var rest = text[...]
  while let start = rest.firstIndex(where: { $0 == "<" || $0 == "&" }) {
    if rest[start] == "&" {
      guard let end = rest[start...].firstIndex(of: ";"),
        rest.distance(from: start, to: end) < 8
      else { return "a bare &" }
      rest = rest[rest.index(after: end)...]
      continue
    }
    guard let end = rest[start...].firstIndex(of: ">") else { return "a tag does not end" }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.contains("<") { return "a bare <" }
    if tag.hasPrefix("?") || tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
    let name = String(tag.prefix { !$0.isWhitespace }.drop { $0 == "/" })
    if tag.hasPrefix("/") {
      guard open.popLast() == name else { return "</\(name)> closes something else" }
    } else {
      open.append(name)
    }
  }
  return open.isEmpty ? nil : "<\(open.joined(separator: ">, <"))> is not closed"
}
