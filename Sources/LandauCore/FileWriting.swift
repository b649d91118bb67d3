#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writing files so that a reader sees the old content or the new, never a part.
public enum FileWriting {
  /// Writes `bytes` beside `path` under a temporary name, flushes to disk, and renames.
  ///
  /// A symbolic link is followed and stays. What is no regular file, such as `/dev/null` or a pipe, is
  /// written to directly and never replaced.
  ///
  /// - Throws: `RunError` naming the path and the system's reason; the temporary file is removed.
  public static func writeAtomically(_ bytes: [UInt8], to path: String) throws(RunError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT != S_IFREG {
      try writeDirectly(bytes, to: path)
      return
    }
    let target = exists ? resolved(path) : path
    let temporary = "\(target).tmp-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    let written = writeAll(bytes, to: descriptor) && (fsync(descriptor) == 0 || errno == EINVAL)
    let error = failure(path)
    guard close(descriptor) == 0, written else {
      unlink(temporary)
      throw written ? failure(path) : error
    }
    guard rename(temporary, target) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  /// Writes UTF-8 text the same way.
  public static func writeAtomically(_ text: String, to path: String) throws(RunError) {
    try writeAtomically(Array(text.utf8), to: path)
  }

  /// A device or a pipe is opened as it is; opening a folder this way fails with the system's reason.
  private static func writeDirectly(_ bytes: [UInt8], to path: String) throws(RunError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    let written = writeAll(bytes, to: descriptor)
    let error = failure(path)
    guard close(descriptor) == 0, written else { throw written ? failure(path) : error }
  }

  /// Writes all of `bytes` to an open file; false, with the reason in `errno`, when that failed.
  package static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      offset += written
    }
    return true
  }

  /// The path with all symbolic links followed.
  private static func resolved(_ path: String) -> String {
    guard let pointer = realpath(path, nil) else { return path }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private static func failure(_ path: String) -> RunError {
    RunError("\(path): cannot be written (\(String(cString: strerror(errno))))")
  }
}
