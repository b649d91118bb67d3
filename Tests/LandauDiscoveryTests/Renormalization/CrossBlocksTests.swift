import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct CrossBlocksTests {
  private func blocks(_ fine: [Int8], side: Int, tieShare: Double) -> [Int8] {
    var rng = Seed.test("ties").makeStream()
    return CrossBlocks(tieShare: tieShare).blocked(fine, side: side, using: &rng)
  }

  /// One cross of a 4 x 4 torus of -1: with its centre turned there are four votes to two against it, with centre and one neighbour turned
  /// a tie, with one more a majority for it.
  @Test func `Majorities win and ties are shared`() {
    var fine = [Int8](repeating: -1, count: 16)
    fine[0] = 1
    #expect(blocks(fine, side: 4, tieShare: 1) == [-1, -1, -1, -1])
    #expect(blocks(fine, side: 4, tieShare: 0) == [-1, -1, -1, -1])
    fine[4] = 1
    #expect(blocks(fine, side: 4, tieShare: 1) == [-1, -1, -1, -1])
    #expect(blocks(fine, side: 4, tieShare: 0) == [1, -1, -1, -1])
    fine[12] = 1
    #expect(blocks(fine, side: 4, tieShare: 1) == [1, -1, -1, -1])
  }

  @Test func `Blocks turn with the spins`() {
    var rng = Seed.test().makeStream()
    let fine = (0..<64).map { _ in Int8(rng.index(below: 2)) * 2 - 1 }
    for share in [0.0, 1] {
      #expect(
        blocks(fine.map { -$0 }, side: 8, tieShare: share)
          == blocks(fine, side: 8, tieShare: share).map { -$0 })
    }
  }

  /// Independent spins: <M^2> of blocks measured with the rule that was matched to a target.
  @Test func `Matched blocks have the magnetisation asked for`() throws {
    try expectAgreement(with: 20, seed: .test(), minimalBias: 1) { seed, effort in
      var rng = seed.makeStream()
      let fields = (0..<20_000 * effort).map { _ in
        (0..<64).map { _ in rng.uniform() < 0.53 ? Int8(1) : -1 }
      }
      var moments = CrossMoments()
      for spins in fields { moments.add(spins, side: 8) }
      let rule = try #require(moments.blocks(matching: 20))
      let squares = fields.map { spins in
        let sum = rule.blocked(spins, side: 8, using: &rng).reduce(0) { $0 + Double($1) }
        return sum * sum
      }
      return Series(squares).estimate()
    }
  }

  @Test func `What no share of ties can give is refused`() {
    var moments = CrossMoments()
    moments.add([Int8](repeating: 1, count: 64), side: 8)
    #expect(moments.blocks(matching: 20) == nil)
  }
}
