import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How long work tells the person who waits how far it is: a bar on a terminal, lines otherwise.
///
/// Thread-safe. `Progress.silent` says nothing. Nothing is printed to standard output, ever.
public final class Progress: Sendable {
  public enum Style: Sendable { case automatic, silent }

  private struct State {
    var label = ""
    var done = 0
    var total = 0
    var lastPrint = -1e9
    var lineLength = 0
    var phaseStart = 0.0
    var detail = ""
  }

  private let state = Mutex(State())
  private let isSilent: Bool
  private let isTerminal: Bool

  public init(_ style: Style = .automatic) {
    isSilent = style == .silent
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  public static var silent: Progress { Progress(.silent) }

  /// Begins a phase of `total` steps.
  public func begin(_ label: String, total: Int) {
    state.withLock {
      finishLine(&$0)
      $0.label = label
      $0.done = 0
      $0.total = total
      $0.lastPrint = -1e9
      $0.phaseStart = Self.now()
      $0.detail = ""
      show(&$0)
    }
  }

  /// Reports `count` more steps of the current phase.
  public func advance(_ count: Int = 1) {
    state.withLock {
      // More steps than announced are not worth another line.
      guard $0.done < $0.total else { return }
      $0.done = min($0.total, $0.done + count)
      show(&$0)
    }
  }

  /// Says what the current phase has found so far; shown behind the bar from the next step on.
  ///
  /// - Parameter text: not worked out where nobody sees it.
  public func detail(_ text: @autoclosure () -> String) {
    guard !isSilent else { return }
    let text = text()
    state.withLock { $0.detail = text }
  }

  /// Prints a line of its own, between phases.
  public func note(_ line: String) {
    guard !isSilent else { return }
    state.withLock {
      finishLine(&$0)
      write(line + "\n")
    }
  }

  /// Ends the last phase; the terminal line is closed.
  public func end() {
    state.withLock {
      finishLine(&$0)
      $0.label = ""
    }
  }

  private func show(_ state: inout State) {
    guard !isSilent, !state.label.isEmpty, state.total > 0 else { return }
    let now = Self.now()
    let finished = state.done == state.total
    let interval = isTerminal ? 0.1 : 10
    guard finished || now - state.lastPrint >= interval else { return }
    if !isTerminal && finished && state.lastPrint < 0 && now - state.phaseStart < 1 { return }
    state.lastPrint = now
    let percent = 100 * state.done / state.total
    var text = "\(state.label) \(state.done)/\(state.total) (\(percent)%)"
    let elapsed = now - state.phaseStart
    if state.done > 0 && !finished && elapsed > 1 {
      let left = elapsed / Double(state.done) * Double(state.total - state.done)
      text += ", \(Int(left.rounded(.up))) s left"
    }
    if !state.detail.isEmpty && !finished { text += "; \(state.detail)" }
    guard isTerminal else {
      write(text + "\n")
      return
    }
    let width = 24
    let filled = width * state.done / state.total
    let bar =
      "[" + String(repeating: "#", count: filled)
      + String(repeating: "-", count: width - filled) + "] " + text
    write("\r" + bar + String(repeating: " ", count: max(0, state.lineLength - bar.count)))
    state.lineLength = bar.count
  }

  private static func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let bytes else { return 0 }
    #if canImport(Glibc)
      return Glibc.write(file, bytes, count)
    #else
      return Darwin.write(file, bytes, count)
    #endif
  }

  private func finishLine(_ state: inout State) {
    if isTerminal && state.lineLength > 0 { write("\n") }
    state.lineLength = 0
  }

  private func write(_ text: String) {
    // A failing standard error is no reason to stop the work.
    var text = text
    _ = text.withUTF8 {
      Self.systemWrite(STDERR_FILENO, $0.baseAddress, $0.count)
    }
  }

  /// Seconds on a clock that only goes forward.
  public static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
