#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs `body` with the path of a fresh empty folder, which is removed afterwards with all it holds.
public func withTemporaryFolder<Result>(_ body: (_ path: String) throws -> Result) throws -> Result
{
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array("\(base)/landau-test-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else {
    throw FolderError(description: "no folder can be made in \(base)")
  }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { removeTree(path) }
  return try body(path)
}

/// The names in a folder in alphabetical order, without "." and "..".
public func folderListing(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names.sorted()
}

private struct FolderError: Error, CustomStringConvertible { var description: String }

private func removeTree(_ path: String) {
  for name in folderListing(path) {
    let child = "\(path)/\(name)"
    if unlink(child) != 0 { removeTree(child) }
  }
  rmdir(path)
}
