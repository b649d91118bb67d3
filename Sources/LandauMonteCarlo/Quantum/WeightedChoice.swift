import LandauCore

/// Draws an index with given weights in constant time, by Walker's aliases (1977); equal weights need no table.
struct WeightedChoice: Sendable {
  let count: Int
  let total: Double
  /// Empty where all weights are equal: the 64-bit fraction below which an index is itself, and what it is else.
  private let thresholds: [UInt64]
  private let aliases: [Int32]

  /// - Precondition: weights of at least 0.
  init(_ weights: [Double]) {
    let (count, total) = (weights.count, weights.reduce(0, +))
    (self.count, self.total) = (count, total)
    guard let first = weights.first, weights.contains(where: { $0 != first }) else {
      (thresholds, aliases) = ([], [])
      return
    }
    var shares = weights.map { $0 / total * Double(count) }
    var thresholds = [UInt64](repeating: .max, count: count)
    var aliases = (0..<count).map { Int32($0) }
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let low = small.popLast(), let high = large.last {
      thresholds[low] = UInt64(min(shares[low], 0x1.fffffffffffffp-1) * 0x1p64)
      aliases[low] = Int32(high)
      shares[high] -= 1 - shares[low]
      if shares[high] < 1 {
        large.removeLast()
        small.append(high)
      }
    }
    // What rounding leaves over has a share of 1.
    (self.thresholds, self.aliases) = (thresholds, aliases)
  }

  /// - Precondition: a positive total.
  @inline(__always)
  func index(using rng: inout RandomStream) -> Int {
    let product = rng.next().multipliedFullWidth(by: UInt64(count))
    let index = Int(product.high)
    if thresholds.isEmpty { return index }
    return thresholds.withUnsafeBufferPointer { thresholds in
      // The low word is uniform up to count / 2^64.
      product.low < thresholds.baseAddress.unsafelyUnwrapped[index]
        ? index
        : aliases.withUnsafeBufferPointer { Int($0.baseAddress.unsafelyUnwrapped[index]) }
    }
  }
}
