#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One thread, with a stack of 8 MiB, for work that goes on while the caller does or waits for something else.
///
/// Either `join` or `detach` is called, once.
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
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 8 << 20)
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
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

  /// Lets the thread end by itself when the work is done.
  public func detach() {
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
  }

  /// Waits until the work is done.
  public func join() {
    #if canImport(Glibc)
      pthread_join(thread, nil)
    #else
      if let thread { pthread_join(thread, nil) }
    #endif
  }
}
