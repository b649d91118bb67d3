public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Checks of a path that will be written at the end, made before the work begins.
public enum OutputPath {
  /// Makes the folder that a job leaves its files in, before any work is done.
  ///
  /// - Throws: `InputError` when it cannot be made or written to.
  public static func makeFolder(_ folder: String) throws(InputError) {
    var status = stat()
    if stat(folder, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .notAllowed("--output", folder, allowed: "a folder, new or existing")
      }
    } else if mkdir(folder, 0o755) != 0 {
      throw InputError("--output is \(folder); the folder cannot be made (\(reason()))")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw InputError("--output is \(folder); it cannot be written to (\(reason()))")
    }
  }

  /// - Throws: `InputError` when `path` is a folder, when the folder it is in does not exist, or when
  ///   either does not let this user write.
  static func requireWritable(_ path: String) throws(InputError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw refusal(path, "is a folder") }
      if access(path, W_OK) != 0 { throw refusal(path, reason()) }
    }
    let folder = parent(of: path)
    guard stat(folder, &status) == 0 else { throw refusal(path, "no folder '\(folder)'") }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw refusal(path, "'\(folder)' is not a folder")
    }
    if access(folder, W_OK | X_OK) != 0 { throw refusal(path, reason()) }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func reason() -> String { String(cString: strerror(errno)).lowercased() }

  private static func refusal(_ path: String, _ reason: String) -> InputError {
    InputError("--output is \(path); it cannot be written (\(reason))")
  }
}
