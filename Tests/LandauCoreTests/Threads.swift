#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs `body` on some threads of their own at the same time and waits for all of them.
func withThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  for _ in 0..<count {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Box(body)).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, context)
    precondition(status == 0, "no thread: \(status)")
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}
