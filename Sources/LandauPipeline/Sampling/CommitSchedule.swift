import LandauCore

/// When what is new of a run is committed, or sent to who commits it: every so many seconds, and later where that takes long.
struct CommitSchedule {
  /// Seconds between looks at what has been measured.
  private static let displayInterval = 2.0
  /// How much longer than the last commit took the next one waits: commits cost at most 5 per cent.
  private static let patience = 20.0

  private let interval: Double
  private var next: Double

  init(every interval: Double) {
    self.interval = interval
    next = Progress.now() + interval
  }

  func isDue(at time: Double) -> Bool { time >= next }

  /// Seconds of work until somebody looks at what there is.
  func slice(before deadline: Double) -> Double {
    let now = Progress.now()
    return max(1e-3, min(Self.displayInterval, deadline - now, next - now))
  }

  /// Puts the next commit off when one that began at a time is done.
  mutating func restart(after start: Double) {
    let end = Progress.now()
    next = end + max(interval, Self.patience * (end - start))
  }
}
