/// Variables with few values each and an energy: what enumeration and checks need to know of a model.
///
/// Energies are with the couplings as given, k_B = 1. Fast updates do not go through this protocol.
/// `conformanceProblems` checks a model of your own.
public protocol LatticeModel: Sendable {
  associatedtype Spin: BitwiseCopyable & Sendable & Equatable

  /// How many variables there are: sites of a spin model, links of a gauge theory.
  var variableCount: Int { get }

  /// The values a variable can take.
  var states: [Spin] { get }

  /// Total energy of a configuration with `variableCount` entries.
  func energy(of spins: Span<Spin>) -> Double

  /// Change of the total energy when `spins[site]` becomes `new`.
  func energyChange(at site: Int, to new: Spin, in spins: Span<Spin>) -> Double
}
