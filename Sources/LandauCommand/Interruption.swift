import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ctrl-C: the first one asks the job to stop at the next safe point, the second one kills.
enum Interruption {
  static let cancellation = Cancellation()

  private static let message: StaticString =
    "\nlandau: stopping, results so far follow; press again to quit at once\n"

  static func install() {
    // Made now, so that the handler below only sets a flag.
    _ = cancellation
    // A limit on the size of files is an error of the write, as a full disk is.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      #if canImport(Glibc)
        action.__sigaction_handler.sa_handler = handler
      #else
        action.__sigaction_u.__sa_handler = handler
      #endif
      // The second signal meets the default action again.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | Int32(SA_RESTART)
      var previous = sigaction()
      sigaction(number, &action, &previous)
      // A shell that starts background work with signals ignored means it.
      if isIgnored(previous) { sigaction(number, &previous, nil) }
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Glibc)
      let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    #else
      let handler = unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self)
    #endif
    return handler == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Runs inside the signal: sets a flag and writes a constant, both allowed there.
  private static let handler: @convention(c) (Int32) -> Void = { _ in
    Interruption.cancellation.request()
    _ = write(STDERR_FILENO, Interruption.message.utf8Start, Interruption.message.utf8CodeUnitCount)
  }
}
