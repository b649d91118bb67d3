import LandauCore
import LandauTestSupport
import Testing

@testable import LandauPipeline

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClockDualityTests {
  /// Four clocks are two Ising models at half the coupling, each with the dual of Kramers and Wannier; two and three are Potts models.
  @Test(arguments: [0.3, 0.9, 1.7])
  func `Clocks of two, three and four states are dual to clocks`(coupling: Double) {
    let ising = -0.5 * log(tanh(coupling / 2)) * 2
    let four = ClockDuality.dual([coupling], states: 4)
    #expect(abs(four[0] - ising) < 1e-13 && abs(four[1]) < 1e-13)
    let two = ClockDuality.dual([coupling], states: 2)
    #expect(abs(two[0] + 0.5 * log(tanh(coupling))) < 1e-13)
    // K (cos 0 - cos 2 pi/3) = 3 K/2 is that of the Potts model.
    let three = ClockDuality.dual([coupling], states: 3)
    #expect(abs(expm1(1.5 * coupling) * expm1(1.5 * three[0]) - 3) < 1e-12)
  }

  @Test(arguments: 2...7)
  func `The dual of the dual is the model`(states: Int) {
    let once = ClockDuality.dual([0.8], states: states)
    let twice = ClockDuality.dual(once, states: states)
    #expect(abs(twice[0] - 0.8) < 1e-12)
    #expect(twice.dropFirst().allSatisfy { abs($0) < 1e-12 })
    if states > 4 { #expect(once.dropFirst().allSatisfy { abs($0) > 1e-3 }) }
  }

  /// Products of "these links agree" on a 2 x 2 torus and of their images in the dual with all twists: one, two and four links.
  @Test(arguments: [4, 5, 6])
  func `Correlations of both sides are equal on a torus`(states: Int) {
    let coupling = 0.7
    let map = ClockDuality.map([coupling], states: states)
    let dual = ClockDuality.dual([coupling], states: states)
    // Bonds `(axis, row, column)`; the dual site (0, 0) is in the face above and right of the site (0, 0).
    let features = [
      [(0, 0, 0)], [(0, 0, 0), (1, 0, 1)], [(0, 0, 0), (1, 1, 0), (0, 0, 1), (1, 0, 0)],
    ]
    let images = features.map { bonds in
      bonds.map { axis, row, column in
        axis == 0 ? (1, row, (column + 1) % 2) : (0, (row + 1) % 2, column)
      }
    }
    let original = means(
      states, ClockDuality.logWeights([coupling], states: states), isSummed: false, features
    ) { $0 == 0 ? 1 : 0 }
    let other = means(
      states, ClockDuality.logWeights(dual, states: states), isSummed: true, images
    ) { map[$0] }
    for (one, two) in zip(original, other) { #expect(abs(one - two) < 1e-12) }
    // A coupling off by a per cent is seen.
    let off = means(
      states, ClockDuality.logWeights(dual.map { 1.01 * $0 }, states: states), isSummed: true,
      images
    ) { map[$0] }
    #expect(abs(off[0] - original[0]) > 1e-4)
  }

  /// Averages of products of a function of the differences of some bonds.
  private func means(
    _ states: Int, _ logWeights: [Double], isSummed: Bool, _ features: [[(Int, Int, Int)]],
    _ value: (Int) -> Double
  ) -> [Double] {
    let shifts = isSummed ? states : 1
    var total = 0.0
    var sums = features.map { _ in 0.0 }
    for number in 0..<states * states * states {
      // One spin is 0: all others are differences.
      let spins = [0, number % states, number / states % states, number / states / states]
      for twist in 0..<shifts * shifts {
        func difference(_ axis: Int, _ row: Int, _ column: Int) -> Int {
          let next = axis == 0 ? (1 - row) * 2 + column : row * 2 + 1 - column
          let crossed = (axis == 0 ? row : column) == 1
          let shift = crossed ? (axis == 0 ? twist / shifts : twist % shifts) : 0
          let rest = (spins[next] - spins[row * 2 + column] - shift + 2 * states) % states
          return min(rest, states - rest)
        }
        var logWeight = 0.0
        for axis in 0..<2 {
          for site in 0..<4 { logWeight += logWeights[difference(axis, site / 2, site % 2)] }
        }
        let weight = exp(logWeight)
        total += weight
        for (index, bonds) in features.enumerated() {
          sums[index] += bonds.reduce(weight) { $0 * value(difference($1.0, $1.1, $1.2)) }
        }
      }
    }
    return sums.map { $0 / total }
  }
}
