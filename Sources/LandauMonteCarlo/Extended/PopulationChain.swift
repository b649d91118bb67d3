/// A chain that can take over the configuration of another: what population annealing needs.
public protocol PopulationChain: TemperedChain {
  /// Takes over temperature and configuration; the random stream stays its own, so that copies part.
  func copyConfiguration(from other: Self)
}
