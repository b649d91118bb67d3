import LandauCore

/// How far a chain is within its burn-in, so that it can be interrupted, kept and taken up.
///
///     var stage = BurnIn(500)
///     chain.burnIn(&stage) { clock.isOver }     // as often as it takes
///     assert(stage.isComplete)
///
/// The configurations do not depend on where it was interrupted.
public struct BurnIn: Sendable, Hashable {
  /// Sweeps in all.
  public let count: Int
  public internal(set) var isComplete = false
  /// Sweeps made so far.
  var made = 0
  /// Of cluster updates: sites visited or flipped, local sweeps beside them, clusters of the second half and
  /// their sites.
  var visited = 0
  var localSweeps = 0
  var clusters = 0
  var clusterSites = 0
  /// What a chain has learnt about its step size; empty before.
  var learnt: [Double] = []
  /// Of chains within the chain, one after the other.
  var parts: [BurnIn] = []

  public init(_ count: Int) {
    precondition(count >= 0, "\(count) sweeps of burn-in")
    self.count = count
  }

  /// Makes what is missing of `count` equal sweeps.
  ///
  /// - Parameter isOver: is looked at before every sweep.
  public mutating func makeSweeps(unless isOver: () -> Bool, _ sweep: () -> Void) {
    while made < count {
      if isOver() { return }
      sweep()
      made += 1
    }
    isComplete = true
  }

  /// Flips clusters until `count` times as many sites have been visited as there are; the clusters of the second
  /// half decide how many make a sweep.
  ///
  /// - Parameters:
  ///   - prepare: comes before each cluster and does what keeps pace with the visits.
  ///   - flip: flips a cluster and returns the sites it visited.
  /// - Returns: sites over the mean cluster when complete, else nil.
  mutating func flipClusters(
    siteCount: Int, unless isOver: () -> Bool, prepare: (inout BurnIn) -> Void = { _ in },
    flip: () -> Int
  ) -> Double? {
    let target = max(1, count) * siteCount
    while 2 * visited < target && clusters == 0 {
      if isOver() { return nil }
      prepare(&self)
      visited += flip()
    }
    while clusters == 0 || visited < target || clusters < 16 {
      if isOver() { return nil }
      prepare(&self)
      let size = flip()
      visited += size
      clusterSites += size
      clusters += 1
    }
    isComplete = true
    return Double(siteCount) * Double(clusters) / Double(clusterSites)
  }

  func save(to writer: inout StateWriter) {
    writer.write(
      words: [made, visited, localSweeps, clusters, clusterSites, isComplete ? 1 : 0].map {
        UInt64($0)
      })
    writer.write(numbers: learnt)
    writer.write(parts.count)
    for part in parts { part.save(to: &writer) }
  }

  mutating func restore(from reader: inout StateReader) throws(InputError) {
    let words = try reader.words(count: 6).map { Int(truncatingIfNeeded: $0) }
    guard words.allSatisfy({ $0 >= 0 }) else { throw .damagedCheckpoint }
    (made, visited, localSweeps) = (words[0], words[1], words[2])
    (clusters, clusterSites, isComplete) = (words[3], words[4], words[5] != 0)
    learnt = try reader.numbers()
    let count = try reader.integer()
    guard (0...16).contains(count) else { throw .damagedCheckpoint }
    parts = []
    for _ in 0..<count {
      var part = BurnIn(self.count)
      try part.restore(from: &reader)
      parts.append(part)
    }
  }
}
