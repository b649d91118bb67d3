import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Keeps other processes from working on the same run; the system lets go of it when the process ends.
final class RunLock: Sendable {
  static let fileName = "lock"

  private let path: String
  private let descriptor: Int32

  /// - Parameter folder: the folder of the run, which exists.
  /// - Throws: `InputError` when another process has it, `RunError` when the system cannot lock.
  init(folder: String) throws {
    path = "\(folder)/\(Self.fileName)"
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw Self.failure(path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let error = Self.failure(path)
        close(descriptor)
        if isTaken {
          throw InputError.file(
            folder.printable, "another process is working on this run; wait until it has ended")
        }
        throw error
      }
      // Whoever finished a run has removed the file that was opened here a moment ago.
      if Self.isSame(descriptor, path) {
        self.descriptor = descriptor
        return
      }
      flock(descriptor, LOCK_UN)
      close(descriptor)
    }
  }

  /// Unlocks by name: a child process that was made a moment ago may still hold the open file.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// Removes the file; the lock is held until this object goes.
  func removeFile() { unlink(path) }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var (held, named) = (stat(), stat())
    return fstat(descriptor, &held) == 0 && stat(path, &named) == 0
      && held.st_ino == named.st_ino && held.st_dev == named.st_dev
  }

  private static func failure(_ path: String) -> RunError {
    RunError("\(path.printable): cannot be locked (\(String(cString: strerror(errno))))")
  }
}
