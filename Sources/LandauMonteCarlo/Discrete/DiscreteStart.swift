import LandauCore
import LandauLattice

/// The configurations runs of a model begin with at a temperature.
///
/// All bonds and fields satisfied (in one of the ways there are, at random) where such a configuration exists and
/// mean-field theory sees order, else random states.
struct DiscreteStart {
  private let model: DiscreteModel
  private let ground: SatisfiedStates?

  init(_ model: DiscreteModel, beta: Double) {
    self.model = model
    let pairs = model.spins.pairEnergies.joined()
    let reach = model.couplings.reduce(0) { $0 + abs($1) } / Double(model.siteCount)
    let startsOrdered = beta * reach * (pairs.max()! - pairs.min()!) > 1
    ground = startsOrdered ? try? SatisfiedStates.of(model).get() : nil
  }

  func configuration(seed: Seed) -> [UInt8] {
    var rng = seed.makeStream()
    if let configuration = ground?.configuration(using: &rng) { return configuration }
    return (0..<model.siteCount).map { _ in UInt8(rng.index(below: model.stateCount)) }
  }
}
