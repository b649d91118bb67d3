import Synchronization

/// A flag that asks long work to stop at the next safe point. Signal handlers and tests set it; a deadline sets itself.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  /// Whose requests count, too.
  private let parent: Cancellation?
  /// In seconds of `Progress.now()`.
  private let deadline: Double

  public init() {
    parent = nil
    deadline = .infinity
  }

  private init(parent: Cancellation, deadline: Double) {
    self.parent = parent
    self.deadline = deadline
  }

  /// A flag that follows this one and asks by itself after so many seconds; looking at it costs a look at the clock.
  public func orAfter(seconds: Double) -> Cancellation {
    Cancellation(parent: self, deadline: Progress.now() + seconds)
  }

  /// Never asks anybody to stop.
  public static var never: Cancellation { Cancellation() }

  public var isRequested: Bool {
    if flag.load(ordering: .relaxed) { return true }
    guard let parent else { return false }
    return parent.isRequested || Progress.now() >= deadline
  }

  public func request() { flag.store(true, ordering: .relaxed) }

  /// - Throws: `Interrupted` once a stop has been requested.
  public func check() throws { if isRequested { throw Interrupted() } }
}
