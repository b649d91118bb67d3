public import LandauCore

extension Lattice {
  /// A piece of a crystal.
  ///
  /// - Parameters:
  ///   - sides: cells along each axis of the unit cell, from 1 on.
  ///   - boundary: one for all axes, or one per axis; periodic by default.
  /// - Throws: `InputError` when the numbers of axes differ, a side is below 1, or there are too many
  ///   sites or bonds.
  public init(
    _ cell: UnitCell, sides: [Int], boundary: [Boundary] = [.periodic]
  ) throws(InputError) {
    guard sides.count == cell.axisCount else {
      throw .notAllowed(
        "size", sides.map { "\($0)" }.joined(separator: "x"),
        allowed: "\(cell.axisCount) numbers for the \(cell.name) lattice")
    }
    guard boundary.count == 1 || boundary.count == sides.count else {
      throw .notAllowed(
        "boundary", boundary.map(\.rawValue).joined(separator: ","),
        allowed: "one for all axes or one for each of the \(sides.count)")
    }
    let boundary =
      boundary.count == sides.count
      ? boundary : [Boundary](repeating: boundary[0], count: sides.count)
    let cells = try HypercubicLattice(sides: sides)
    let count = cells.siteCount
    guard count <= Self.maximumCount / max(cell.basis.count, 2 * cell.bonds.count) else {
      throw .notAllowed("size", cells, allowed: "at most \(Self.maximumCount) sites and bond ends")
    }
    var bonds: [Bond] = []
    var crossings: [Int8] = []
    bonds.reserveCapacity(count * cell.bonds.count)
    let walker = CellWalker(cells: cells, boundary: boundary)
    for index in 0..<count {
      for bond in cell.bonds {
        guard let end = walker.step(from: index, by: bond.offset) else { continue }
        bonds.append(
          Bond(
            source: index * cell.basis.count + bond.source,
            target: end.cell * cell.basis.count + bond.target))
        crossings += end.crossings
      }
    }
    self.init(
      name: cell.name, sides: sides, boundary: boundary, cell: cell,
      siteCount: count * cell.basis.count, bonds: bonds, crossings: crossings)
  }

  /// The same sites and bonds as a periodic `HypercubicLattice`, in the same order.
  public init(_ lattice: HypercubicLattice) throws(InputError) {
    self = try Lattice(.hypercubic(lattice.dimension), sides: lattice.sides)
  }

  /// Where a site is, in units of the nearest-neighbour distance; nil for a graph.
  public func position(of site: Int) -> [Double]? {
    guard let cell else { return nil }
    var index = site / cell.basis.count
    var position = cell.basis[site % cell.basis.count]
    for axis in sides.indices.reversed() {
      let steps = Double(index % sides[axis])
      index /= sides[axis]
      for k in position.indices { position[k] += steps * cell.vectors[axis][k] }
    }
    return position
  }

  /// The vector along a bond, the boundary crossed rather than the crystal; nil for a graph.
  public func displacement(of bond: Int) -> [Double]? {
    guard let cell, let from = position(of: Int(bonds[bond].source)),
      let to = position(of: Int(bonds[bond].target))
    else { return nil }
    var vector = zip(to, from).map { $0 - $1 }
    for axis in sides.indices {
      let turns = Double(Int(crossings[bond * sides.count + axis]) * sides[axis])
      for k in vector.indices { vector[k] += turns * cell.vectors[axis][k] }
    }
    return vector
  }

  /// Whether every axis is closed, so that all cells are alike.
  public var isTranslationInvariant: Bool {
    cell != nil && boundary.allSatisfy { $0 == .periodic || $0 == .helical }
  }

  /// +1 or -1 per bond: the product of the signs of the antiperiodic boundaries it crosses.
  public var bondSigns: [Int8] {
    guard boundary.contains(.antiperiodic) else { return [Int8](repeating: 1, count: bonds.count) }
    return bonds.indices.map { bond in
      var sign: Int8 = 1
      for axis in sides.indices where boundary[axis] == .antiperiodic {
        if crossings[bond * sides.count + axis] % 2 != 0 { sign = -sign }
      }
      return sign
    }
  }

  /// +1 or -1 per site such that every bond joins different signs; nil where there is none. Sites of each
  /// connected piece begin with +1.
  public var sublatticeSigns: [Int8]? {
    guard !bonds.contains(where: \.isSelfBond) else { return nil }
    var signs = [Int8](repeating: 0, count: siteCount)
    var stack: [Int] = []
    for root in 0..<siteCount where signs[root] == 0 {
      signs[root] = 1
      stack.append(root)
      while let site = stack.popLast() {
        for place in neighbourRange(of: site) {
          let other = Int(neighbours[place])
          if signs[other] == 0 {
            signs[other] = -signs[site]
            stack.append(other)
          } else if signs[other] == signs[site] {
            return nil
          }
        }
      }
    }
    return signs
  }
}

/// Finds the cell some steps away, round the boundaries.
private struct CellWalker {
  let cells: HypercubicLattice
  let boundary: [Lattice.Boundary]

  func step(from index: Int, by offset: [Int]) -> (cell: Int, crossings: [Int8])? {
    var position = zip(cells.coordinates(of: index), offset).map { $0 + $1 }
    var crossings = [Int8](repeating: 0, count: position.count)
    // Last axis first: a helical axis hands its turns to the axis before.
    for axis in position.indices.reversed() {
      let side = cells.sides[axis]
      var turns = position[axis] / side
      if position[axis] % side < 0 { turns -= 1 }
      if turns == 0 { continue }
      if boundary[axis] == .open { return nil }
      position[axis] -= turns * side
      crossings[axis] = Int8(clamping: turns)
      if boundary[axis] == .helical && axis > 0 { position[axis - 1] += turns }
    }
    return (cells.site(at: position), crossings)
  }
}
