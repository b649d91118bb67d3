#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writing files so that a reader sees the old content or the new, never a part.
public enum FileWriting {
  /// Writes `bytes` beside `path` under a temporary name, flushes to disk, and renames.
  ///
  /// - Throws: `RunError` naming the path and the system's reason; the temporary file is removed.
  public static func writeAtomically(_ bytes: [UInt8], to path: String) throws(RunError) {
    let temporary = "\(path).tmp-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        let error = failure(path)
        close(descriptor)
        unlink(temporary)
        throw error
      }
      offset += written
    }
    guard fsync(descriptor) == 0 || errno == EINVAL, close(descriptor) == 0,
      rename(temporary, path) == 0
    else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  /// Writes UTF-8 text the same way.
  public static func writeAtomically(_ text: String, to path: String) throws(RunError) {
    try writeAtomically(Array(text.utf8), to: path)
  }

  private static func failure(_ path: String) -> RunError {
    RunError("\(path): cannot be written (\(String(cString: strerror(errno))))")
  }
}
