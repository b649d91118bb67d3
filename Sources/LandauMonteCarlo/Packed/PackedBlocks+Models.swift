import LandauCore
import LandauLattice

extension LaneLinks {
  /// On the grid with the most lanes, or one of one's own; nil where none fits.
  init?(
    sides: [Int], basisCount: Int, canCut: [Bool], width: Int = 2, grid: LaneGrid? = nil,
    _ make: (LaneGrid) -> LaneLinks?
  ) {
    let grids =
      grid.map { [$0] }
      ?? LaneGrid.candidates(
        sides: sides, basisCount: basisCount, canCut: canCut, width: width)
    // Few grids fail, and those that follow mostly for the same reason.
    for grid in grids.prefix(4) {
      if let links = make(grid) {
        self = links
        return
      }
    }
    return nil
  }
}

extension PackedBlocks {
  /// Nil where lanes cannot hold the spins, or the lattice cannot be cut into equal blocks: where sites or bonds are
  /// missing, couplings differ in more than signs, or fields from block to block.
  ///
  /// - Parameter grid: of one's own, however few lanes it has.
  convenience init?(
    _ model: DiscreteModel, beta: Double, seed: Seed, level: KernelLevel = .current,
    grid: LaneGrid? = nil
  ) {
    let lattice = model.lattice
    guard let spins = PackedSpins(model.spins), let cell = lattice.cell else { return nil }
    var known: (links: Links, costs: [PackedCosts])?
    let lanes = LaneLinks(
      sides: lattice.sides, basisCount: cell.basis.count,
      canCut: lattice.boundary.map { $0 == .periodic || $0 == .antiperiodic },
      // Wider than the way to the next neighbour of the same kind, if there is one.
      width: 1
        + cell.bonds.reduce(0) { $1.source == $1.target ? $1.offset.map(abs).reduce($0, max) : $0 },
      grid: grid
    ) { grid in
      if known == nil {
        let links = Links(model)
        known = (links, PackedLattice.costs(model, links))
      }
      let (links, costs) = known!
      guard PackedLattice.refusal(of: model, links, costs) == nil,
        Self.areAlike(costs, in: grid)
      else { return nil }
      return LaneLinks(grid, checking: grid.laneCount) { site, body in
        for place in Int(links.start[site])..<Int(links.start[site + 1]) {
          body(Int(links.sites[place]), links.couplings[place])
        }
      }
    }
    guard let lanes, let (links, costs) = known else { return nil }
    self.init(
      lanes, spins: spins, coupling: PackedLattice.coupling(spins, links),
      crystalField: PackedLattice.crystalField(model),
      fields: lanes.grid.offsets.places.map { costs[$0].field }, beta: beta, seed: seed,
      level: level)
  }

  /// Whether sites at the same place of all blocks have the same.
  private static func areAlike(_ costs: [PackedCosts], in grid: LaneGrid) -> Bool {
    if costs.allSatisfy({ $0 == costs[0] }) { return true }
    let (lanes, places) = grid.offsets
    return places.allSatisfy { place in
      lanes.allSatisfy { costs[$0 + place] == costs[place] }
    }
  }

  /// Of a ring, rectangle or box, of which every block is like the first; nil where it cannot be cut.
  convenience init?(
    _ model: IsingModel, beta: Double, seed: Seed, level: KernelLevel
  ) {
    let lattice = model.lattice
    let axes = lattice.sides.indices.filter { lattice.sides[$0] > 1 }
    guard model.coupling != 0, 2 * axes.count <= PackedSpins.ising.maximumDegree else { return nil }
    let lanes = LaneLinks(
      sides: lattice.sides, basisCount: 1, canCut: lattice.sides.map { _ in true }
    ) { grid in
      LaneLinks(grid, checking: 1) { site, body in
        for axis in axes {
          for step in [1, -1] {
            body(lattice.neighbour(of: site, axis: axis, step: step), model.coupling)
          }
        }
      }
    }
    guard let lanes else { return nil }
    self.init(
      lanes, spins: .ising, coupling: abs(model.coupling),
      fields: [Double](repeating: -2 * model.field, count: lanes.grid.placeCount), beta: beta,
      seed: seed, level: level)
  }
}
