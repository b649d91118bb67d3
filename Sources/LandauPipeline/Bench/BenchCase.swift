import LandauCore
import LandauMonteCarlo

/// Something of which it is known how fast it could be at best.
struct BenchCase: Sendable {
  /// What no implementation of the same algorithm can do without.
  struct Floor: Sendable {
    var words: String
    /// Nanoseconds for an update.
    var nanoseconds: @Sendable (ProcessorRates) -> Double

    /// Random words for an update, drawn eight side by side.
    static func vectorWords(_ count: Double) -> Floor {
      Floor(words: "\(fixed(count)) random words, eight at a time") {
        1e9 * count * $0.vectorWord
      }
    }

    /// Random words for an update, one after the other.
    static func words(_ count: Double) -> Floor {
      Floor(words: "\(fixed(count)) random words, one by one") {
        1e9 * count * $0.singleWord
      }
    }

    private static func fixed(_ count: Double) -> String {
      Estimate.fixed(count, digits: count < 0.1 ? 4 : 2)
    }
  }

  /// A number of sweeps, of which it says how many updates they were.
  typealias Work = (Int) -> Double

  var name: String
  /// What is done, and what counts as an update.
  var what: String
  var floor: Floor
  /// Whether all threads share the work, and the clock is the one on the wall.
  var isThreaded = false
  /// Brings a system to where it is timed.
  var prepare: @Sendable (WorkerPool) throws -> Work
}

/// Seconds an update took in several blocks.
struct BenchTime: Sendable {
  var median: Double
  var best: Double

  /// - Parameters:
  ///   - clock: seconds.
  ///   - cancellation: is looked at between blocks.
  init(clock: () -> Double, cancellation: Cancellation, _ work: BenchCase.Work) throws {
    // Blocks of a twentieth of a second: short enough for a quiet moment of a busy machine.
    var sweeps = 1
    while true {
      try cancellation.check()
      let start = clock()
      _ = work(sweeps)
      if clock() - start >= 0.05 || sweeps >= 1 << 24 { break }
      sweeps *= 2
    }
    var times: [Double] = []
    for _ in 0..<9 {
      try cancellation.check()
      let start = clock()
      let updates = work(sweeps)
      times.append((clock() - start) / updates)
    }
    times.sort()
    median = times[times.count / 2]
    best = times[0]
  }
}
