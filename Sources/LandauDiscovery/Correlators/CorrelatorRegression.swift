public import LandauCore

/// All correlators of a window, written out: the honest baseline of the correlator network.
///
/// Products of spins that are translates of one another have one mean and are one feature. Nothing is learned but
/// the logistic regression on them.
public struct CorrelatorRegression: Sendable {
  /// In order of degree.
  public let terms: [Term]
  /// `[sample, term]`.
  let features: [Double]

  /// - Parameters:
  ///   - snapshots: of two-valued spins.
  ///   - order: the highest degree of the products.
  /// - Complexity: that of `CorrelatorCounts`.
  public init(_ snapshots: Snapshots, window: Window, order: Int, pool: WorkerPool) {
    precondition(
      snapshots.isBinary, "correlators are written out for -1 and +1, not \(snapshots.levels)")
    let counts = CorrelatorCounts(snapshots, windows: [window], pool: pool)
    var seen = Set<Term>()
    let kept = (1...counts.featureCount).compactMap { mask -> (term: Term, column: Int)? in
      guard mask.nonzeroBitCount <= order else { return nil }
      let term = Term(mask: mask, window: window, channelCount: snapshots.channels.count)
      return seen.insert(term).inserted ? (term, mask - 1) : nil
    }.sorted { ($0.term.degree, $0.column) < ($1.term.degree, $1.column) }
    terms = kept.map(\.term)
    features = (0..<snapshots.sampleCount).flatMap { sample in
      kept.map { Double(counts.values[sample * counts.featureCount + $0.column]) }
    }
  }
}
