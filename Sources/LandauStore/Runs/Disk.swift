import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adds bytes to the end of a file that is being made.
typealias Append = ([UInt8]) throws(RunError) -> Void

/// What commits need of a file system; tests put one in its place that fails at any chosen step.
protocol Disk: Sendable {
  /// The names in a folder, in ascending order; nil where there is no such folder.
  func names(in folder: String) -> [String]?

  /// At most `count` bytes from `offset` on: fewer at the end of the file; nil where there is no file.
  func read(_ path: String, at offset: Int, count: Int) throws(RunError) -> [UInt8]?

  /// Makes a new file, or empties an old one, of the pieces that `body` appends; returns once they are on
  /// the disk (the name itself only after `syncFolder`).
  func create(
    _ path: String, _ body: (_ append: @escaping Append) throws(RunError) -> Void
  ) throws(RunError)

  func apply(_ change: DiskChange) throws(RunError)
}

/// What can happen to names.
enum DiskChange: Sendable, Hashable {
  case makeFolder(String)
  case rename(from: String, to: String)
  /// Removing what is not there is no error.
  case remove(String)
  case removeFolder(String)
  /// Returns once all changes of names in a folder are on the disk.
  case syncFolder(String)
}

extension Disk {
  /// A whole file; nil where there is none.
  func read(_ path: String) throws(RunError) -> [UInt8]? {
    var bytes: [UInt8] = []
    while let piece = try read(path, at: bytes.count, count: 1 << 20) {
      if piece.isEmpty { return bytes }
      bytes += piece
    }
    return nil
  }
}

/// The file system of the machine.
struct MachineDisk: Disk {
  func names(in folder: String) -> [String]? {
    guard let handle = opendir(folder) else { return nil }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func read(_ path: String, at offset: Int, count: Int) throws(RunError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.failure(path, "read")
    }
    defer { close(descriptor) }
    var problem: RunError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { problem = Self.failure(path, "read") }
        if got <= 0 { break }
        filled += got
      }
    }
    if let problem { throw problem }
    return bytes
  }

  func create(
    _ path: String, _ body: (_ append: @escaping Append) throws(RunError) -> Void
  ) throws(RunError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path, "written") }
    do throws(RunError) {
      try body { (piece) throws(RunError) in
        guard FileWriting.writeAll(piece, to: descriptor) else {
          throw Self.failure(path, "written")
        }
      }
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(path, "written") }
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw Self.failure(path, "written") }
  }

  func apply(_ change: DiskChange) throws(RunError) {
    switch change {
    case .makeFolder(let path):
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw Self.failure(path, "made") }
    case .rename(let from, let to):
      guard rename(from, to) == 0 else { throw Self.failure(to, "written") }
    case .remove(let path):
      guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure(path, "removed") }
    case .removeFolder(let path):
      guard rmdir(path) == 0 || errno == ENOENT else { throw Self.failure(path, "removed") }
    case .syncFolder(let path):
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.failure(path, "written") }
      defer { close(descriptor) }
      // Some file systems cannot flush folders and say so by EINVAL.
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw Self.failure(path, "written") }
    }
  }

  private static func failure(_ path: String, _ done: String) -> RunError {
    RunError("\(path.printable): cannot be \(done) (\(String(cString: strerror(errno))))")
  }
}
