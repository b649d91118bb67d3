import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The diagonal operators of an array, by code: detunings of all sites, then pairs.
struct RydbergTerms {
  var ends: [UInt32] = []
  var kinds: [UInt32] = []
  /// By kind: for n = 0 and n' = 0, n = 1 and n' = 0, 0 and 1, 1 and 1.
  var weights: [[Double]] = []
  /// Sum of C.
  var constant = 0.0

  init(_ array: RydbergArray, degrees: [Int]) {
    var numbers: [[Double]: UInt32] = [:]
    func share(_ site: Int) -> Double {
      degrees[site] == 0 ? 0 : array.detuning / Double(degrees[site])
    }
    for site in 0..<array.siteCount {
      let own = degrees[site] == 0 ? array.detuning : 0
      // Both ends are one: bits 0 and 3.
      add([site, site], [0, 0, 0, own], &numbers)
    }
    for pair in array.pairs {
      let (a, b) = (share(pair.first), share(pair.second))
      add([pair.first, pair.second], [0, a, b, a + b - pair.strength], &numbers)
    }
  }

  private mutating func add(_ sites: [Int], _ bare: [Double], _ numbers: inout [[Double]: UInt32]) {
    ends += sites.map { UInt32($0) }
    let lowest = bare.min()!
    constant -= lowest
    if let number = numbers[bare] {
      kinds.append(number)
      return
    }
    let number = UInt32(weights.count)
    numbers[bare] = number
    kinds.append(number)
    let largest = bare.max()! - lowest
    weights.append(bare.map { $0 - lowest > 1e-12 * largest ? $0 - lowest : 0 })
  }

  /// By two bits, and whether the first, the second or both ends are turned: ln of the new weight over the old one.
  static func ratios(_ weights: [Double]) -> [Double] {
    (0..<16).map { place in
      let (old, turned) = (weights[place / 4], place % 4 + 1)
      guard old > 0, turned < 4 else { return 0 }
      return log(weights[place / 4 ^ turned] / old)
    }
  }
}
