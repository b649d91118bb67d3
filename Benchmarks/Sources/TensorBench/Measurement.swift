#if canImport(Landau)
  import Landau
#else
  import LandauCore
#endif

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Seconds of processor time of this process.
func processSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Seconds on the wall.
func wallSeconds() -> Double { Progress.now() }

/// Pages in memory, in MiB.
func residentMebibytes() -> Double {
  guard let file = fopen("/proc/self/statm", "r") else { return .nan }
  defer { fclose(file) }
  var (size, resident) = (0, 0)
  withUnsafeMutablePointer(to: &size) { size in
    withUnsafeMutablePointer(to: &resident) { resident in
      _ = withVaList([size, resident]) { vfscanf(file, "%ld %ld", $0) }
    }
  }
  return Double(resident * sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
}

/// Median and best of blocks of at least `seconds` each, in seconds a step.
func measure(
  blocks: Int, seconds: Double, clock: () -> Double, _ step: () -> Double
) -> (median: Double, best: Double) {
  for _ in 0..<2 { _ = step() }
  let start = clock()
  _ = step()
  let inner = max(1, Int((seconds / max(1e-9, clock() - start)).rounded(.up)))
  var times: [Double] = []
  for _ in 0..<blocks {
    let start = clock()
    for _ in 0..<inner { _ = step() }
    times.append((clock() - start) / Double(inner))
  }
  times.sort()
  return (times[blocks / 2], times[0])
}
