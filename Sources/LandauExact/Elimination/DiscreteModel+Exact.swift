public import LandauCore
public import LandauLattice

extension StateGraph {
  /// Any model of few-valued spins on a lattice, with its couplings and fields.
  ///
  /// - Throws: `InputError` for fewer than 2 or more than 64 states.
  public init(_ model: DiscreteModel) throws(InputError) {
    let states = UInt8(model.stateCount)
    try self.init(
      siteCount: model.siteCount, stateCount: model.stateCount,
      bonds: zip(model.lattice.bonds, model.couplings).map { bond, coupling in
        .init(Int(bond.source), Int(bond.target), coupling)
      },
      pairEnergy: model.spins.pairEnergies.flatMap { $0 },
      siteEnergy: (0..<model.siteCount).flatMap { site in
        (0..<states).map { model.siteEnergy(of: $0, at: site) }
      })
  }
}

extension IsingGraph {
  /// An Ising model on a lattice, with its couplings and fields.
  ///
  /// - Throws: `InputError` when the spins are others than -1 and +1.
  public init(_ model: DiscreteModel) throws(InputError) {
    guard model.spins == .ising else {
      throw .notAllowed("model", model.name, allowed: "Ising models for this method")
    }
    try self.init(
      siteCount: model.siteCount,
      bonds: zip(model.lattice.bonds, model.couplings).map { bond, coupling in
        .init(Int(bond.source), Int(bond.target), coupling)
      }, fields: model.fields)
  }
}

extension ExactSum {
  /// Sums over all configurations of a model on a lattice; translations that leave it unchanged make
  /// the sum shorter.
  ///
  /// - Throws: `InputError` when the lattice is too wide, or has fewer than 2 or more than 64 states.
  public init(of model: DiscreteModel, pool: WorkerPool = WorkerPool()) throws(InputError) {
    let lattice = model.lattice
    let translations = lattice.sides.indices.compactMap { lattice.translation(along: $0) }
    try self.init(of: StateGraph(model), permutations: translations, pool: pool)
  }
}
