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
    let built = CellWalker(cells: cells, boundary: boundary).bonds(of: cell)
    self.init(
      name: cell.name, sides: sides, boundary: boundary, cell: cell,
      siteCount: count * cell.basis.count, bonds: built.bonds, crossings: built.crossings)
  }

  /// The same sites and bonds as a periodic `HypercubicLattice`, in the same order.
  public init(_ lattice: HypercubicLattice) throws(InputError) {
    self = try Lattice(.hypercubic(lattice.dimension), sides: lattice.sides)
  }

  /// Where a site is, in units of the nearest-neighbour distance; nil for a graph.
  public func position(of site: Int) -> [Double]? {
    guard let cell = crystal else { return nil }
    let place = places.isEmpty ? site : Int(places[site])
    var index = place / cell.basis.count
    var position = cell.basis[place % cell.basis.count]
    for axis in sides.indices.reversed() {
      let steps = Double(index % sides[axis])
      index /= sides[axis]
      for k in position.indices { position[k] += steps * cell.vectors[axis][k] }
    }
    return position
  }

  /// The vector along a bond, the boundary crossed rather than the crystal; nil for a graph.
  public func displacement(of bond: Int) -> [Double]? {
    guard let from = position(of: Int(bonds[bond].source)),
      let to = position(of: Int(bonds[bond].target)), let periods
    else { return nil }
    var vector = zip(to, from).map { $0 - $1 }
    for axis in sides.indices {
      let turns = Double(crossings[bond * sides.count + axis])
      for k in vector.indices { vector[k] += turns * periods[axis][k] }
    }
    return vector
  }

  /// How far one is carried by going once round each axis; nil for a graph. Round a helical axis one ends a
  /// step along the axis before.
  public var periods: [[Double]]? {
    guard let cell = crystal else { return nil }
    return sides.indices.map { axis in
      let isScrew = boundary[axis] == .helical && axis > 0
      return (0..<cell.dimension).map { k in
        Double(sides[axis]) * cell.vectors[axis][k] - (isScrew ? cell.vectors[axis - 1][k] : 0)
      }
    }
  }

  /// Whether every axis is closed without a change of sign.
  public var isClosed: Bool {
    crystal != nil && boundary.allSatisfy { $0 == .periodic || $0 == .helical }
  }

  /// Whether every axis is closed and nothing is missing, so that all cells are alike.
  public var isTranslationInvariant: Bool { isClosed && !isDiluted }

  /// Where each site goes when the crystal is shifted by one cell along an axis; nil where that does not map
  /// every bond on a bond: for a graph, a diluted crystal, and across open and antiperiodic boundaries.
  public func translation(along axis: Int) -> [Int]? {
    guard let cell, !isDiluted, let cells = try? HypercubicLattice(sides: sides) else { return nil }
    // A helical axis hands its turns to the axis before.
    var through = axis
    while boundary[through] == .helical && through > 0 { through -= 1 }
    for axis in through...axis where boundary[axis] == .open || boundary[axis] == .antiperiodic {
      return nil
    }
    return CellWalker(cells: cells, boundary: boundary).shift(along: axis).flatMap { target in
      cell.basis.indices.map { target * cell.basis.count + $0 }
    }
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

  /// The coupling of every bond where each bond of the unit cell has one of its own (its sign changed where a bond
  /// crosses an odd number of antiperiodic boundaries).
  ///
  /// - Parameter couplings: one per bond of the cell, in its order.
  /// - Precondition: a crystal that lacks nothing.
  public func couplings(ofCell couplings: [Double]) -> [Double] {
    guard let cell, couplings.count == cell.bonds.count else {
      preconditionFailure("\(couplings.count) couplings for a cell of \(name)")
    }
    return zip(bondKinds, bondSigns).map { couplings[$0] * Double($1) }
  }

  /// Which bond of the unit cell each bond is a copy of.
  private var bondKinds: [Int] {
    guard let cell, let cells = try? HypercubicLattice(sides: sides) else { return [] }
    return CellWalker(cells: cells, boundary: boundary).bondKinds(of: cell)
  }

  /// +1 or -1 per site such that every bond between two sites joins different signs; nil where there is
  /// none. Sites of each connected piece begin with +1; bonds of a site with itself do not count.
  public var sublatticeSigns: [Int8]? { signs { _ in -1 } }

  /// +1 or -1 per site such that s_i s_j is the sign of the coupling of every bond between two sites, those
  /// of coupling 0 left out: a state that satisfies all bonds. Nil where there is none: frustration.
  ///
  /// - Parameter couplings: one per bond.
  public func satisfyingSigns(_ couplings: [Double]) -> [Int8]? {
    precondition(
      couplings.count == bondCount, "\(couplings.count) couplings for \(bondCount) bonds")
    return signs { couplings[$0] > 0 ? 1 : couplings[$0] < 0 ? -1 : 0 }
  }

  private func signs(_ product: (Int) -> Int8) -> [Int8]? {
    var signs = [Int8](repeating: 0, count: siteCount)
    var stack: [Int] = []
    for root in 0..<siteCount where signs[root] == 0 {
      signs[root] = 1
      stack.append(root)
      while let site = stack.popLast() {
        for place in neighbourRange(of: site) {
          let wanted = product(Int(neighbourBonds[place])) * signs[site]
          if wanted == 0 { continue }
          let other = Int(neighbours[place])
          if signs[other] == 0 {
            signs[other] = wanted
            stack.append(other)
          } else if signs[other] != wanted {
            return nil
          }
        }
      }
    }
    return signs
  }
}
