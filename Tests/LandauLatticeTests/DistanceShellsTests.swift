import LandauLattice
import Testing

@Suite struct DistanceShellsTests {
  @Test func `Steps of the square lattice`() throws {
    let shells = DistanceShells(try HypercubicLattice(sides: [8, 8]), reach: 3)
    #expect(shells.squaredLengths == [0, 1, 2, 4, 5, 8, 9, 10, 13, 18])
    #expect((0..<10).map(shells.stepCount) == [1, 4, 4, 4, 8, 4, 4, 8, 8, 4])
    #expect(Set(shells.sites(of: 1, around: 0)) == [1, 7, 8, 56])
    #expect(Set(shells.sites(of: 2, around: 9)) == [0, 2, 16, 18])
  }

  /// Steps and not sites are counted, and each has its reverse.
  @Test(arguments: [4, 5, 6, 9]) func `Every step has its reverse`(_ side: Int) throws {
    let shells = DistanceShells(try HypercubicLattice(sides: [side, side]), reach: 3)
    for shell in 0..<shells.count {
      var counts: [[Int32]: Int] = [:]
      for site in 0..<shells.siteCount {
        for other in shells.sites(of: shell, around: site) {
          counts[[Int32(site), other], default: 0] += 1
        }
      }
      for (pair, count) in counts { #expect(counts[[pair[1], pair[0]]] == count) }
    }
    let total = (0..<shells.count).reduce(0) { $0 + shells.stepCount($1) }
    #expect(total == 49)
  }

  @Test func `Halfway round a torus a site is met twice`() throws {
    let shells = DistanceShells(try HypercubicLattice(sides: [2, 5]), reach: 1)
    #expect(shells.sites(of: 1, around: 0).sorted() == [1, 4, 5, 5])
  }
}
