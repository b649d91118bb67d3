import Synchronization

/// A flag that asks long work to stop at the next safe point. Signal handlers and tests set it.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  /// Never asks anybody to stop.
  public static var never: Cancellation { Cancellation() }

  public var isRequested: Bool { flag.load(ordering: .relaxed) }

  public func request() { flag.store(true, ordering: .relaxed) }

  /// - Throws: `Interrupted` once a stop has been requested.
  public func check() throws { if isRequested { throw Interrupted() } }
}
