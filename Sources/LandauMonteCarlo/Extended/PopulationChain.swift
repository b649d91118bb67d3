import LandauLattice

/// A chain that can take over the configuration of another: what population annealing needs.
public protocol PopulationChain: TemperedChain, SendableMetatype {
  /// Takes over temperature and configuration; the random stream stays its own, so that copies part.
  func copyConfiguration(from other: Self)
}

extension DiscreteChain: PopulationChain {
  public func copyConfiguration(from other: DiscreteChain) {
    precondition(
      storage.count == other.storage.count && storage.stateCount == other.storage.stateCount,
      "configurations of \(model.name) on \(model.lattice) and of \(other.model.name) on "
        + "\(other.model.lattice) differ in shape")
    load(from: other.storage)
    beta = other.beta
  }
}
