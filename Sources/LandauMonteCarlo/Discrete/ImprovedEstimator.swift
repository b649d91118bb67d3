import LandauLattice

/// Moments of the order parameter averaged over all states the clusters might get: of Potts models
/// by their sizes, of two states by the sums of the signed spins of a cluster, which may be of both
/// signs.
struct ImprovedEstimator {
  private let storage: DiscreteStorage
  private let isCount: Bool
  private let sums: UnsafeMutablePointer<Int32>
  private let owned = OwnedBuffers()
  /// |order vector|^2
  private let square: Double

  /// nil where order vectors are no regular simplex, or states are more than two and clusters only
  /// mirrored.
  init?(storage: DiscreteStorage, isCount: Bool) {
    let vectors = storage.model.spins.orderVectors
    guard isCount || storage.stateCount == 2 else { return nil }
    let products = vectors.map { one in
      vectors.map { zip(one, $0).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let square = products[0][0]
    let states = vectors.indices
    for one in states {
      for other in states {
        let expected = one == other ? square : -square / Double(states.count - 1)
        guard abs(products[one][other] - expected) <= 1e-9 * square else { return nil }
      }
    }
    self.storage = storage
    self.isCount = isCount
    self.square = square
    sums = owned.make(storage.count, 0)
  }

  /// - Parameter labels: the root of each site.
  func moments(labels: UnsafeMutablePointer<Int32>) -> ImprovedMoments {
    let count = storage.count
    for site in 0..<count { sums[site] = 0 }
    if isCount {
      for site in 0..<count { sums[Int(labels[site])] &+= 1 }
    } else {
      for site in 0..<count {
        sums[Int(labels[site])] &+= 2 &* Int32(storage.states[site]) &- 1
      }
    }
    let length = square.squareRoot()
    return ImprovedMoments(
      clusterSums: UnsafeBufferPointer(start: sums, count: count).lazy.map { length * Double($0) },
      dimension: storage.stateCount - 1, siteCount: count)
  }
}
