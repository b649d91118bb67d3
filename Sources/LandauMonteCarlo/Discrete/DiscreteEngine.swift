import LandauCore

/// What a `DiscreteChain` asks of the update it runs on; called once per sweep or less.
protocol DiscreteEngine: AnyObject {
  /// What was done, for the report; a function of the job alone.
  var algorithm: String { get }
  func setBeta(_ beta: Double)
  func sweep(_ count: Int)
  /// Stops early when asked to, between sweeps or clusters.
  func burnIn(_ count: Int, unless cancellation: Cancellation)
  /// Attempts (single sites), sites visited (clusters).
  var updateCount: Int { get }
  /// Attempts that changed a site; nil where the word has no meaning.
  var acceptanceRate: Double? { get }
  /// |m|^2 and |m|^4 averaged over the states the clusters of the last sweep might have got; nil where that is
  /// not known.
  func improvedMoments() -> ImprovedMoments?
  /// What changes during a run, the configuration apart.
  func save(to writer: inout StateWriter)
  func restore(from reader: inout StateReader) throws(InputError)
}

/// Moments of the order parameter per site.
struct ImprovedMoments: Sendable, Hashable {
  var second: Double
  var fourth: Double
}

extension DiscreteEngine {
  func burnIn(_ count: Int, unless cancellation: Cancellation) {
    for _ in 0..<count where !cancellation.isRequested { sweep(1) }
  }
  func improvedMoments() -> ImprovedMoments? { nil }
}
