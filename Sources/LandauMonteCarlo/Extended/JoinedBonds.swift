#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which bonds are joined, with weights for how many are.
final class JoinedBonds {
  let bondCount: Int
  /// One for each bond that is joined.
  let isJoined: UnsafeMutablePointer<UInt8>
  /// Of joining one more bond, by the number joined already; times 2^32.
  let chances: UnsafeMutablePointer<UInt32>
  /// How often each number was joined, counted after every bond that could be.
  let histogram: UnsafeMutablePointer<Int>
  var count = 0
  private let owned = OwnedBuffers()

  init(bondCount: Int) {
    self.bondCount = bondCount
    isJoined = owned.make(bondCount, 0)
    chances = owned.make(bondCount, 0)
    histogram = owned.make(bondCount + 1, 0)
  }

  /// The chance W(B + 1) / (W(B) + W(B + 1)) of a bond given all others, W = exp(`logWeights`).
  func setWeights(_ logWeights: [Double]) {
    precondition(
      logWeights.count == bondCount + 1, "\(logWeights.count) weights for \(bondCount) bonds")
    for joined in 0..<bondCount {
      let chance = 1 / (1 + exp(logWeights[joined] - logWeights[joined + 1]))
      chances[joined] = UInt32(min(chance * 0x1p32, 0x1p32 - 1))
    }
  }

  func clearHistogram() { histogram.update(repeating: 0, count: bondCount + 1) }
}

extension SwendsenWangDiscrete {
  /// A pass in which every bond between equal states is joined with the chance it has given all others,
  /// one after the other, and every cluster then draws one of the states.
  func pass(_ bonds: JoinedBonds, using generator: inout some RandomNumberGenerator) {
    var rng = generator
    let (states, high, low) = (storage.states, storage.high, storage.low)
    let (isJoined, chances, histogram) = (bonds.isJoined, bonds.chances, bonds.histogram)
    for site in 0..<storage.count { labels[site] = Int32(truncatingIfNeeded: site) }
    var count = bonds.count
    for bond in 0..<storage.bondCount {
      let (one, other) = (Int(high[bond]), Int(low[bond]))
      // Joined bonds join equal states: a bond between others is not.
      if states[one] != states[other] { continue }
      count &-= Int(isJoined[bond])
      let joins = UInt32(truncatingIfNeeded: rng.next() >> 32) < chances[count]
      isJoined[bond] = joins ? 1 : 0
      if joins {
        count &+= 1
        unite(one, other)
      }
      histogram[count] &+= 1
    }
    bonds.count = count
    draw(using: &rng)
    generator = rng
  }
}
