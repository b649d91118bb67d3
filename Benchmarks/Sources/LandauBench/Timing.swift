import Landau

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Seconds of processor time of this thread.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Seconds on the wall.
func wallSeconds() -> Double { Progress.now() }

/// The median and the best of `blocks` timings of a body, in seconds per unit of work.
///
/// The body returns how much work it did. Other work on the machine slows single blocks down, so the
/// best block is the figure least disturbed, and the median tells how quiet it was.
func time(
  blocks: Int = 9, clock: () -> Double = threadSeconds, _ body: () throws -> Double
) rethrows -> (median: Double, best: Double) {
  var results: [Double] = []
  for _ in 0..<blocks {
    let start = clock()
    let work = try body()
    results.append((clock() - start) / work)
  }
  results.sort()
  return (results[blocks / 2], results[0])
}
