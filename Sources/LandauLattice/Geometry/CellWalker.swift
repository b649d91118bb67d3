/// Goes from cell to cell of a crystal, round its boundaries.
struct CellWalker {
  let cells: HypercubicLattice
  let boundary: [Lattice.Boundary]

  /// All bonds that start in each cell, cell by cell, and how often each crosses each boundary (axes
  /// fastest). Building a lattice costs about 40 ns a bond with its adjacency.
  func bonds(of cell: UnitCell) -> (bonds: [Lattice.Bond], crossings: [Int8]) {
    let axes = cells.dimension
    let offsets = cell.bonds.map(\.offset)
    let ends = cell.bonds.map { (source: $0.source, target: $0.target) }
    let size = cell.basis.count
    var bonds: [Lattice.Bond] = []
    bonds.reserveCapacity(cells.siteCount * ends.count)
    var crossings: [Int8] = []
    crossings.reserveCapacity(cells.siteCount * ends.count * axes)
    var position = [Int](repeating: 0, count: axes)
    var turns = [Int8](repeating: 0, count: axes)
    for index in 0..<cells.siteCount {
      for kind in ends.indices {
        guard let end = step(from: position, by: offsets[kind], &turns) else { continue }
        let (source, target) = ends[kind]
        bonds.append(Lattice.Bond(source: index * size + source, target: end * size + target))
        for axis in 0..<axes { crossings.append(turns[axis]) }
      }
      advance(&position)
    }
    return (bonds, crossings)
  }

  /// The number within the cell of every bond, in the order of `bonds`.
  func bondKinds(of cell: UnitCell) -> [Int] {
    var position = [Int](repeating: 0, count: cells.dimension)
    var turns = [Int8](repeating: 0, count: cells.dimension)
    var kinds: [Int] = []
    for _ in 0..<cells.siteCount {
      for (kind, bond) in cell.bonds.enumerated()
      where step(from: position, by: bond.offset, &turns) != nil {
        kinds.append(kind)
      }
      advance(&position)
    }
    return kinds
  }

  /// The cell one step along an axis from each; every boundary met must be closed.
  func shift(along axis: Int) -> [Int] {
    var offset = [Int](repeating: 0, count: cells.dimension)
    offset[axis] = 1
    var position = [Int](repeating: 0, count: cells.dimension)
    var turns = [Int8](repeating: 0, count: cells.dimension)
    var targets: [Int] = []
    targets.reserveCapacity(cells.siteCount)
    for _ in 0..<cells.siteCount {
      guard let target = step(from: position, by: offset, &turns) else {
        preconditionFailure("a step along axis \(axis) leaves through an open boundary")
      }
      targets.append(target)
      advance(&position)
    }
    return targets
  }

  /// The cell at an offset, or nil beyond an open boundary; `turns` receives the crossings.
  @inline(__always)
  private func step(from position: [Int], by offset: [Int], _ turns: inout [Int8]) -> Int? {
    var cell = 0
    var carry = 0
    // Last axis first: a helical axis hands its turns to the axis before.
    for axis in stride(from: position.count - 1, through: 0, by: -1) {
      let side = cells.sides[axis]
      var place = position[axis] + offset[axis] + carry
      carry = 0
      turns[axis] = 0
      if place < 0 || place >= side {
        if boundary[axis] == .open { return nil }
        let rest = place % side
        let rounds = place / side - (rest < 0 ? 1 : 0)
        place = rest < 0 ? rest + side : rest
        turns[axis] = Int8(rounds)
        if boundary[axis] == .helical { carry = rounds }
      }
      cell += place * cells.strides[axis]
    }
    return cell
  }

  /// The next cell in row-major order.
  @inline(__always)
  private func advance(_ position: inout [Int]) {
    var axis = position.count - 1
    while axis >= 0 {
      position[axis] += 1
      if position[axis] < cells.sides[axis] { return }
      position[axis] = 0
      axis -= 1
    }
  }
}
