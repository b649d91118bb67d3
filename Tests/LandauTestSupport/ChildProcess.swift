#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program started by a test, with what it printed.
public struct ChildProcess: Sendable {
  /// Exit status, or 128 plus the number of the signal that ended it.
  public var status: Int32
  public var standardOutput: String
  public var standardError: String

  /// The program of that name beside the test's own executable: the product of the same build.
  public static func builtProgram(_ name: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count > 0 else { return nil }
    let own = String(decoding: buffer[..<count], as: UTF8.self)
    let path = own.split(separator: "/", omittingEmptySubsequences: false).dropLast() + [name[...]]
    let program = path.joined(separator: "/")
    return access(program, X_OK) == 0 ? program : nil
  }

  /// Runs a program to its end.
  ///
  /// - Parameter signal: sent half a second after the program has printed `after` to standard error.
  public static func run(
    _ program: String, _ arguments: [String], signal: (number: Int32, after: String)? = nil
  ) -> ChildProcess? {
    var (output, error): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&output) == 0, pipe(&error) == 0 else { return nil }
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    #if canImport(Glibc)
      var attributes = posix_spawnattr_t()
    #else
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The threads that tests run on block signals, which a child would inherit.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    posix_spawn_file_actions_adddup2(&actions, error[1], 2)
    // Children of other tests must not hold these open.
    for descriptor in output + error { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var process = pid_t()
    let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let status = posix_spawn(&process, program, &actions, &attributes, words, environ)
    close(output[1])
    close(error[1])
    defer {
      close(output[0])
      close(error[0])
    }
    guard status == 0 else { return nil }
    return collect(process, output: output[0], error: error[0], signal: signal)
  }

  private static func collect(
    _ process: pid_t, output: Int32, error: Int32, signal: (number: Int32, after: String)?
  ) -> ChildProcess {
    var texts: [[UInt8]] = [[], []]
    var sources = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: error, events: Int16(POLLIN), revents: 0),
    ]
    var pending = signal
    var buffer = [UInt8](repeating: 0, count: 65536)
    while sources.contains(where: { $0.fd >= 0 }) {
      guard poll(&sources, 2, -1) > 0 else { continue }
      for index in 0..<2 where sources[index].fd >= 0 && sources[index].revents != 0 {
        let count = read(sources[index].fd, &buffer, buffer.count)
        if count <= 0 { sources[index].fd = -1 }
        texts[index] += buffer[..<max(0, count)]
      }
      if let due = pending, String(decoding: texts[1], as: UTF8.self).contains(due.after) {
        usleep(500_000)
        kill(process, due.number)
        pending = nil
      }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signalled = status & 0x7F
    return ChildProcess(
      status: signalled == 0 ? (status >> 8) & 0xFF : 128 + signalled,
      standardOutput: String(decoding: texts[0], as: UTF8.self),
      standardError: String(decoding: texts[1], as: UTF8.self))
  }
}
