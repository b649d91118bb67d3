import LandauCore

/// What a `DiscreteChain` asks of the update it runs on; called once per sweep or less.
protocol DiscreteEngine: AnyObject {
  /// What was done, for the report; a function of the job alone.
  var algorithm: String { get }
  /// How a checkpoint of a chain begins.
  var checkpoint: String { get }
  /// Writes the configuration to the storage, and takes it over from there, where it is kept elsewhere.
  func writeStates()
  func readStates()
  /// Total energy where it is known without the storage.
  func energy() -> Double?
  func setBeta(_ beta: Double)
  func sweep(_ count: Int)
  /// Stops early when asked to, between sweeps or clusters.
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool)
  /// Attempts (single sites), sites visited (clusters).
  var updateCount: Int { get }
  /// Attempts that changed a site; nil where the word has no meaning.
  var acceptanceRate: Double? { get }
  /// |m|^2 and |m|^4 averaged over the states the clusters of the last sweep might have got; nil
  /// where that is not known.
  func improvedMoments() -> ImprovedMoments?
  /// What changes during a run, the configuration apart.
  func save(to writer: inout StateWriter)
  func restore(from reader: inout StateReader) throws(InputError)
}

/// Moments of the order parameter per site.
struct ImprovedMoments: Sendable, Hashable {
  var second: Double
  var fourth: Double

  init(second: Double, fourth: Double) {
    self.second = second
    self.fourth = fourth
  }

  /// From the sums m_c e_c of order vectors over clusters, e_c independent unit vectors of a
  /// regular simplex in d dimensions, each as likely as the other: <|M|^2> = sum m_c^2 and <|M|^4>
  /// = (sum m_c^2)^2 + (2/d) ((sum m_c^2)^2 - sum m_c^4).
  init(clusterSums: some Sequence<Double>, dimension: Int = 1, siteCount: Int) {
    var (squares, fourths) = (0.0, 0.0)
    for sum in clusterSums {
      let square = sum * sum
      squares += square
      fourths += square * square
    }
    let sites = Double(siteCount) * Double(siteCount)
    second = squares / sites
    let pairs = squares * squares - fourths
    fourth = (squares * squares + 2 / Double(dimension) * pairs) / (sites * sites)
  }
}

extension DiscreteEngine {
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
  }
  func improvedMoments() -> ImprovedMoments? { nil }
  var checkpoint: String { "discrete/1" }
  func writeStates() {}
  func readStates() {}
  func energy() -> Double? { nil }
}
