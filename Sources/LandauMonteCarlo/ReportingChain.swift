/// A chain that tells what it does and how fast, for reports.
public protocol ReportingChain: MarkovChain {
  /// What is being done, in words; the same on every machine.
  var algorithm: String { get }
  /// Single-variable updates made in `sweep` so far: attempts of local updates, visits of Swendsen-Wang, flips
  /// of Wolff.
  var updateCount: Int { get }
  /// The fraction of proposals accepted so far; nil where every update is accepted.
  var acceptanceRate: Double? { get }
}
