import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct DualFeaturesTests {
  /// 2 links, 6 pairs, 4 triples and the plaquette (Gupta, Ferrari and Iqbal); with stars two straight pairs, four triples and the star.
  @Test func `The square lattice has thirteen loop features and seven of stars`() {
    let loops = DualFeatures(loopsOf: .square)
    #expect(
      loops.matched.map(\.members.count) == [1, 1] + Array(repeating: 2, count: 6) + [
        3, 3, 3, 3, 4,
      ])
    let all = DualFeatures(of: .square)
    #expect(all.matched.count == 20)
    #expect(Array(all.matched.prefix(13)) == loops.matched)
    #expect(Set(all.matched).isDisjoint(with: all.heldOut))
    #expect(all.heldOut.count > 10)
  }

  @Test(arguments: [(UnitCell.triangular, 3, 2), (.honeycomb, 6, 1), (.cubic, 4, 3)])
  func `Loops are the shortest ones`(cell: UnitCell, length: Int, count: Int) {
    let loops = DualFeatures.loops(of: cell)
    #expect(loops.allSatisfy { $0.count == length })
    #expect(loops.count == count)
  }

  @Test func `Clusters that differ by a translation are the same`() {
    let one = TermCluster([.init(0, [0, 0]), .init(1, [1, 0])])
    let moved = TermCluster([.init(1, [4, -2]), .init(0, [3, -2])])
    #expect(one == moved)
    #expect(one != TermCluster([.init(0, [0, 0]), .init(1, [0, 0])]))
  }

  /// Two levels of a single class: reweighting is a sum that can be written down.
  @Test func `Moments are reweighted by the totals of their level`() {
    var table = MomentTable(couplings: [0], momentCount: 1)
    for (total, moment) in [(2, 1.0), (2, 3), (-2, 5)] {
      withUnsafePointer(to: moment) { table.add(totals: [total], $0) }
    }
    let (up, down) = (1.6487212707001282, 0.6065306597126334)  // e^(1/2), e^(-1/2)
    let exact = (4 * up + 5 * down) / (2 * up + down)
    #expect(abs(table.moments(at: [0.25])[0] - exact) < 1e-14)
    var less = table
    less.merge(table, sign: -1)
    less.merge(table)
    #expect(abs(less.moments(at: [0.25])[0] - exact) < 1e-14)
  }
}
