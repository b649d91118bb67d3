import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauStudies

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PlantedParityTests {
  /// The number of negative products in a configuration given as bits.
  private func negatives(_ planted: PlantedParity, _ bit: (Int) -> Bool) -> Int {
    let side = planted.side
    return (0..<side * side).count { site in
      planted.shape.reduce(false) { parity, offset in
        parity
          != bit(
            (site / side + offset.row) % side * side + (site % side + offset.column) % side)
      }
    }
  }

  @Test(arguments: [2, 3, 4])
  func `Counts of patterns are those of enumeration`(order: Int) {
    let planted = PlantedParity(order: order, side: 4, bias: 0.3)
    var counts = [Double](repeating: 0, count: 17)
    for state in 0..<1 << 16 { counts[negatives(planted) { state >> $0 & 1 == 1 }] += 1 }
    let formula = planted.patternCounts
    let factor = counts[0] / formula[0]
    for k in 0...16 { expectClose(counts[k], factor * formula[k], ulps: 4) }
  }

  @Test(arguments: [2, 3, 4])
  func `Samples have the mean of the exact sum`(order: Int) {
    let planted = PlantedParity(order: order, side: 8, bias: 0.3)
    let weights = planted.patternCounts.enumerated().map { $1 * pow(0.7 / 1.3, Double($0)) }
    let total = weights.reduce(0, +)
    let mean = weights.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element } / total
    expectAgreement(with: mean, seed: .test(order), minimalBias: 0.5) { seed, effort in
      var rng = seed.makeStream()
      let values = (0..<1500 * effort).map { _ in
        let spins = planted.sample(using: &rng)
        return Double(negatives(planted) { spins[$0] < 0 })
      }
      return Estimate.mean(of: values)
    }
  }

  @Test func `Corners determine their spins`() {
    var rng = Seed.test().makeStream()
    let planted = PlantedParity(order: 3, side: 8, bias: 0.3)
    let corners = (0..<64).map { _ in rng.uniform() < 0.5 }
    let spins = PlantedParity.spins(ofCorners: corners, side: 8)
    for site in 0..<64 {
      let (row, column) = (site / 8, site % 8)
      let product = planted.shape.reduce(false) {
        $0 != spins[(row + $1.row) % 8 * 8 + (column + $1.column) % 8]
      }
      #expect(product == corners[site])
    }
    #expect(planted.largestLowerMean < 1e-9)
  }

  @Test func `The optimum is that of independent products`() {
    // 64 independent products of mean p: threshold at half of what the log-likelihood ratio gains.
    let p = 0.3
    let planted = PlantedParity(order: 3, side: 8, bias: p)
    var (first, second, ways) = (0.0, 0.0, 1.0)
    for k in 0...64 {
      let fair = ways * pow(0.5, 64)
      let biased = ways * pow((1 - p) / 2, Double(k)) * pow((1 + p) / 2, Double(64 - k))
      if biased > fair { second += biased } else { first += fair }
      ways *= Double(64 - k) / Double(k + 1)
    }
    expectClose(planted.optimalAccuracy, (first + second) / 2, relative: 1e-12)
  }
}
