#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One thread for work that goes on while the caller waits for something else.
public final class BackgroundThread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  #if canImport(Glibc)
    private var thread = pthread_t()
  #else
    private var thread: pthread_t?
  #endif

  /// - Throws: `RunError` where the system has no more threads.
  public init(_ body: @escaping @Sendable () -> Void) throws(RunError) {
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        #if canImport(Glibc)
          let context = context!
        #endif
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    guard status == 0 else {
      Unmanaged<Body>.fromOpaque(context).release()
      throw RunError("no thread could be started (\(String(cString: strerror(status))))")
    }
  }

  /// Waits until the work is done; to be called once.
  public func join() {
    #if canImport(Glibc)
      pthread_join(thread, nil)
    #else
      if let thread { pthread_join(thread, nil) }
    #endif
  }
}
