import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

@Suite struct HotellingTestTests {
  // The F distribution of scipy 1.16.
  @Test(arguments: [
    (3.0, 1, 9, 0.11730680301423817), (20, 5, 63, 0.00517721487316727),
    (100, 17, 63, 2.9073093936101642e-05), (1, 2, 10, 0.651227777641959),
  ])
  func `Tails are those of F`(square: Double, dimension: Int, freedom: Int, expected: Double) {
    expectClose(
      HotellingTest.survival(square, dimension: dimension, degreesOfFreedom: freedom), expected,
      relative: 1e-12)
  }

  /// Means of 40 pieces of three numbers that share most of their noise, each piece left out once.
  private func probability(shift: Double, seed: Seed, isFitted: Bool = false) -> Double? {
    var rng = seed.makeStream()
    let pieces = (0..<40).map { _ in
      let common = rng.normal()
      let values = (0..<3).map { _ in common + 0.05 * rng.normal() }
      return [values[0] + shift, values[1], values[2]]
    }
    func residuals(_ pieces: [[Double]]) -> [Double] {
      let means = (0..<3).map { k in pieces.reduce(0) { $0 + $1[k] } / Double(pieces.count) }
      let mean = isFitted ? means.reduce(0, +) / 3 : 0
      return means.map { $0 - mean }
    }
    let replicates = pieces.indices.map { left in
      residuals(pieces.indices.filter { $0 != left }.map { pieces[$0] })
    }
    return HotellingTest.probability(
      residuals(pieces), replicates: replicates, freedom: isFitted ? 2 : nil)
  }

  /// A tenth of p-values lie below 0.1, also where a mean was taken off first. 2000 times: four standard deviations are 54.
  @Test(arguments: [false, true])
  func `False alarms come as often as said`(isFitted: Bool) throws {
    let below = try (0..<2000).count { index in
      let p = try #require(probability(shift: 0, seed: .test(index, isFitted), isFitted: isFitted))
      return p < 0.1
    }
    #expect(abs(below - 200) < 54)
  }

  /// A third of a single error, and six errors of the difference.
  @Test(arguments: [false, true])
  func `What averages disagree about together is seen`(isFitted: Bool) throws {
    let seen = try (0..<100).count { index in
      let p = try #require(
        probability(shift: 0.06, seed: .test(index, isFitted), isFitted: isFitted))
      return p < 0.001
    }
    #expect(seen > 60)
  }

  @Test func `Without errors there is no answer`() {
    #expect(HotellingTest.probability([1, 2], replicates: [[1, 2], [1, 2], [1, 2]]) == nil)
    #expect(HotellingTest.probability([], replicates: [[], []]) == nil)
  }
}
