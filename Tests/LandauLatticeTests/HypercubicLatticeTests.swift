import LandauCore
import LandauLattice
import Testing

@Suite struct HypercubicLatticeTests {
  static let shapes = [
    [1], [2], [5], [1, 1], [1, 4], [3, 2], [4, 6], [2, 1, 3], [3, 4, 5], [2, 2, 2, 2],
  ]

  @Test(arguments: shapes)
  func sitesAndCoordinatesAreInverse(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    #expect(lattice.siteCount == sides.reduce(1, *))
    #expect(lattice.bondCount == lattice.siteCount * sides.count)
    for site in 0..<lattice.siteCount {
      #expect(lattice.site(at: lattice.coordinates(of: site)) == site)
    }
  }

  @Test(arguments: shapes)
  func aStepAndItsReverseCancel(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    for site in 0..<lattice.siteCount {
      for axis in sides.indices {
        let next = lattice.neighbour(of: site, axis: axis)
        var expected = lattice.coordinates(of: site)
        expected[axis] = (expected[axis] + 1) % sides[axis]
        #expect(lattice.coordinates(of: next) == expected)
        #expect(lattice.neighbour(of: next, axis: axis, step: -1) == site)
        #expect(lattice.neighbour(of: site, axis: axis, step: sides[axis]) == site)
        #expect(
          lattice.neighbour(of: site, axis: axis, step: -3 * sides[axis] - 1)
            == lattice.neighbour(of: site, axis: axis, step: -1))
      }
    }
  }

  @Test func rowMajorOrder() throws {
    let lattice = try HypercubicLattice(sides: [3, 4])
    #expect(lattice.neighbour(of: 0, axis: 0) == 4)  // down
    #expect(lattice.neighbour(of: 0, axis: 1) == 1)  // right
    #expect(lattice.neighbour(of: 0, axis: 0, step: -1) == 8)
    #expect(lattice.neighbour(of: 0, axis: 1, step: -1) == 3)
    #expect(lattice.site(at: [-1, -1]) == 11)
    #expect("\(lattice)" == "3x4")
  }

  @Test(arguments: shapes)
  func sublatticesAlternateExactlyWhereTheLatticeIsBipartite(_ sides: [Int]) throws {
    let lattice = try HypercubicLattice(sides: sides)
    var alternates = true
    for site in 0..<lattice.siteCount {
      for axis in sides.indices where sides[axis] > 1 {
        let next = lattice.neighbour(of: site, axis: axis)
        if lattice.sublatticeSign(of: site) == lattice.sublatticeSign(of: next) {
          alternates = false
        }
      }
    }
    #expect(alternates == lattice.isBipartite)
  }

  @Test(arguments: [
    [], [0], [-3], [4, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1], [65536, 32768], [Int.max, Int.max],
  ])
  func impossibleSizesAreRefused(_ sides: [Int]) {
    #expect(throws: InputError.self) { try HypercubicLattice(sides: sides) }
  }

  @Test func theLargestSizesAreAllowed() throws {
    #expect(try HypercubicLattice(sides: [Int(Int32.max)]).siteCount == Int(Int32.max))
    #expect(try HypercubicLattice(sides: [1, 1, 1, 1, 1, 1, 1, 1]).selfBondCount == 8)
  }

  @Test func theMessageNamesSizeValueAndWhatIsAllowed() {
    do {
      _ = try HypercubicLattice(sides: [4, 0])
      Issue.record("a side of 0 was accepted")
    } catch {
      #expect(error.message == "size is 0; allowed: whole numbers from 1")
    }
  }
}
