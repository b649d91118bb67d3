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
