import LandauCore
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct NeighbourRowsTests {
  private static let lattices: [(UnitCell, [Int])] = [
    (.square, [9, 12]), (.square, [2, 2]), (.triangular, [3, 10]), (.kagome, [3, 3]),
    (.cubic, [4, 5, 9]), (.bcc, [4, 4, 9]), (.diamond, [3, 3, 3]),
  ]

  /// The lists are those of the lattice, boundaries and double bonds included, and equal bonds are as many.
  @Test(arguments: 0..<lattices.count, [2, 3])
  func rowsAreTheNeighbours(index: Int, states: Int) throws {
    let (cell, sides) = Self.lattices[index]
    let model = try DiscreteModel.potts(Lattice(cell, sides: sides), states: states)
    var rng = Seed.test(index, states).makeStream()
    let configuration = (0..<model.siteCount).map { _ in UInt8(rng.index(below: states)) }
    let storage = DiscreteStorage(model: model, start: configuration)
    let rows = try #require(storage.rows)
    for site in 0..<storage.count {
      let first = Int(rows.rowOfSite[site]) * rows.width
      let found = (0..<rows.width).map { Int32(site) + rows.distances[first + $0] }
      let places = Int(storage.start[site])..<Int(storage.start[site + 1])
      #expect(found == places.map { storage.neighbours[$0] })
    }
    if let equal = rows.equalBonds(storage.states) {
      let direct = (0..<storage.bondCount).count {
        configuration[Int(storage.high[$0])] == configuration[Int(storage.low[$0])]
      }
      #expect(equal == direct)
    } else {
      #expect(cell.basis.count > 1 || sides.last! < 9)
    }
    #expect(storage.energy() == model.energy(of: configuration.span))
  }

  @Test func sitesWithoutBonds() throws {
    let configuration: [UInt8] = [0, 1, 1]
    let alone = try Lattice(siteCount: 3, bonds: [])
    let model = try DiscreteModel.ising(alone, field: 0.5)
    let storage = DiscreteStorage(model: model, start: configuration)
    #expect(storage.energy() == model.energy(of: configuration.span))
  }

  @Test func irregularGraphsHaveNone() throws {
    let open = try Lattice(.square, sides: [4, 4], boundary: [.open, .open])
    let model = try DiscreteModel.ising(open)
    #expect(DiscreteStorage(model: model, start: [UInt8](repeating: 0, count: 16)).rows == nil)
  }
}
