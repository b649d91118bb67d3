import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct TwistedClockChainTests {
  /// Mean shares of bonds with no and with the largest difference on a 2 x 2 torus, by enumeration.
  private func exact(
    _ states: Int, _ logWeights: [Double], isSummed: Bool
  ) -> (none: Double, largest: Double) {
    var (total, none, largest) = (0.0, 0.0, 0.0)
    let shifts = isSummed ? states : 1
    for number in 0..<states * states * states * states {
      let spins = [1, states, states * states, states * states * states].map {
        number / $0 % states
      }
      for twist in 0..<shifts * shifts {
        let twists = [twist / shifts, twist % shifts]
        var differences: [Int] = []
        for site in 0..<4 {
          let (row, column) = (site / 2, site % 2)
          for (axis, next) in [(1 - row) * 2 + column, row * 2 + 1 - column].enumerated() {
            let crosses = (axis == 0 ? row : column) == 1
            let rest =
              (spins[next] - spins[site] - (crosses ? twists[axis] : 0) + 2 * states) % states
            differences.append(min(rest, states - rest))
          }
        }
        let weight = exp(differences.reduce(0) { $0 + logWeights[$1] })
        total += weight
        none += weight * Double(differences.count { $0 == 0 }) / 8
        largest += weight * Double(differences.count { $0 == states / 2 }) / 8
      }
    }
    return (none / total, largest / total)
  }

  /// Biases of 0.01 are found; weights that do not fall with the difference are among them.
  @Test(arguments: [
    (4, [1.0, 0, -1], true), (5, [0.8, 0.1, 0.3], true), (5, [0.8, 0.1, 0.3], false),
    (6, [0.6, 0, -0.2, 0.1], true),
  ])
  func `Differences have the weights of enumeration`(
    states: Int, logWeights: [Double], isSummed: Bool
  ) throws {
    let exact = exact(states, logWeights, isSummed: isSummed)
    func share(_ difference: Int, _ seed: Seed, _ effort: Int) -> Estimate {
      let chain = TwistedClockChain(
        side: 2, states: states, logWeights: logWeights, isSummed: isSummed, seed: seed)
      chain.sweep(100)
      return Series(
        (0..<20_000 * effort).map { _ -> Double in
          chain.sweep()
          var count = 0
          chain.visitDifferences { if $1 == difference { count += 1 } }
          return Double(count) / 8
        }
      ).estimate()
    }
    let seed = Seed.test(states, isSummed)
    expectAgreement(with: exact.none, seed: seed.child("none"), minimalBias: 0.01) {
      share(0, $0, $1)
    }
    expectAgreement(with: exact.largest, seed: seed.child("largest"), minimalBias: 0.01) {
      share(states / 2, $0, $1)
    }
  }
}
