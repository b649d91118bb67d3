import LandauTestSupport
import Testing

@testable import LandauLattice

private let orders: [(cell: UnitCell, order: Int)] = [
  (.chain, 2), (.ladder, 4), (.square, 8), (.triangular, 12), (.honeycomb, 12), (.kagome, 12),
  (.cubic, 48), (.bcc, 48), (.fcc, 48), (.diamond, 48),
]

@Test(arguments: orders.indices)
func crystalsHaveTheirPointGroups(index: Int) {
  let (cell, order) = orders[index]
  let group = cell.symmetries()
  #expect(group.count == order, "\(cell.name)")
  #expect(group.count { $0.isIdentity } == 1)
  // Closed: one after the other is one of them again, up to a translation.
  func normal(_ operation: CellSymmetry) -> [[Int]] {
    operation.matrix
      + operation.targets.map { target in
        [target.site] + zip(target.offset, operation.targets[0].offset).map { $0 - $1 }
      }
  }
  let known = Set(group.map(normal))
  for one in group {
    for other in group {
      let zero = [Int](repeating: 0, count: cell.axisCount)
      let product = CellSymmetry(
        matrix: one.matrix.map { row in
          row.indices.map { j in row.indices.reduce(0) { $0 + row[$1] * other.matrix[$1][j] } }
        },
        targets: cell.basis.indices.map { site in
          let step = other.image(site: site, cell: zero)
          let end = one.image(site: step.site, cell: step.cell)
          return .init(site: end.site, offset: end.cell)
        })
      #expect(known.contains(normal(product)))
    }
  }
}

@Test func couplingsLeaveLessOfAGroup() {
  #expect(UnitCell.square.symmetries(bondKinds: [0, 1]).count == 4)
  #expect(UnitCell.triangular.symmetries(bondKinds: [0, 0, 1]).count == 4)
  #expect(UnitCell.triangular.symmetries(bondKinds: [0, 1, 2]).count == 2)
  #expect(UnitCell.cubic.symmetries(bondKinds: [0, 0, 1]).count == 16)
}

@Test func toriKeepWhatTheirSidesAllow() {
  func count(_ cell: UnitCell, _ sides: [Int]) -> Int {
    cell.symmetries().count { $0.preservesTorus(of: sides) }
  }
  #expect(count(.square, [6, 6]) == 8 && count(.square, [6, 8]) == 4)
  #expect(count(.triangular, [6, 6]) == 12 && count(.triangular, [6, 9]) == 2)
  // Two periods, one along the other's diagonal, close as well.
  #expect(count(.triangular, [6, 12]) == 4)
  #expect(UnitCell.triangular.symmetries().count { $0.preservesBox(of: [5, 5]) } == 4)
  #expect(UnitCell.kagome.symmetries().count { $0.preservesBox(of: [5, 5]) } == 2)
}
