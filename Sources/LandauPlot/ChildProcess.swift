import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs one program to its end or to a time limit and keeps what it says on standard error.
struct ChildProcess {
  enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)
    case timedOut
    /// The program is not there.
    case missing
  }

  var ending: Ending
  /// The last lines of standard error.
  var errorText: String

  /// - Parameters:
  ///   - program: a name looked up in PATH, or a path.
  ///   - seconds: after this long the child is killed.
  /// - Throws: `RunError` when the system cannot start any process.
  static func run(_ program: String, _ arguments: [String], limit seconds: Double) throws(RunError)
    -> ChildProcess
  {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure(program, errno) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    // Children of other threads must not hold these open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t.make()
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var process = pid_t()
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let status = posix_spawnp(&process, program, &actions, nil, words, environ)
    for word in words { free(word) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    defer { close(ends[0]) }
    if status == ENOENT || status == EACCES { return ChildProcess(ending: .missing, errorText: "") }
    guard status == 0 else { throw failure(program, status) }
    return wait(for: process, listening: ends[0], limit: seconds)
  }

  private static func wait(for process: pid_t, listening: Int32, limit: Double) -> ChildProcess {
    let start = Progress.now()
    var said: [UInt8] = []
    var state: Int32 = 0
    var timedOut = false
    while true {
      drain(listening, into: &said)
      let result = waitpid(process, &state, WNOHANG)
      if result == process { break }
      if result < 0 && errno != EINTR { break }
      if !timedOut && Progress.now() - start > limit {
        timedOut = true
        kill(process, SIGKILL)
      }
      usleep(2000)
    }
    drain(listening, into: &said)
    let text = String(decoding: said, as: UTF8.self)
    if timedOut { return ChildProcess(ending: .timedOut, errorText: text) }
    let signal = state & 0x7F
    return ChildProcess(
      ending: signal == 0 ? .exited(state >> 8 & 0xFF) : .killed(signal: signal), errorText: text)
  }

  /// Keeps the pipe empty, so that a talkative child never waits for us.
  private static func drain(_ file: Int32, into said: inout [UInt8]) {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let got = read(file, &chunk, chunk.count)
      guard got > 0 else { return }
      said += chunk[..<got]
      if said.count > 16384 { said.removeFirst(said.count - 8192) }
    }
  }

  private static func failure(_ program: String, _ code: Int32) -> RunError {
    RunError("\(program) cannot be started (\(String(cString: strerror(code))))")
  }
}

extension posix_spawn_file_actions_t {
  /// Linux has a struct here and Darwin a pointer; both are ready after `init`.
  fileprivate static func make() -> posix_spawn_file_actions_t {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t? = nil
    #endif
    posix_spawn_file_actions_init(&actions)
    #if canImport(Glibc)
      return actions
    #else
      return actions!
    #endif
  }
}
