import LandauLattice

/// The models that `discover` samples itself.
public enum DiscoverModel: String, Sendable, Hashable, CaseIterable {
  case ising
  case isingGauge = "ising-gauge"

  public static var all: [String] { allCases.map(\.rawValue) }

  /// The same model among all there are.
  public var name: ModelOptions.Name { self == .ising ? .ising : .isingGauge }
}

extension DiscoverModel {
  /// The model of the infinite lattice with the options of `discover`.
  func resolved(dimension: Int, coupling: Double, field: Double) -> ResolvedModel {
    let lattices: [ModelOptions.Lattice] = [.chain, .square, .cubic]
    return ResolvedModel(
      name: name, lattice: lattices[min(dimension, 3) - 1], dimension: dimension, sides: nil,
      boundary: [Lattice.Boundary](repeating: .periodic, count: dimension),
      parameters: self == .ising ? [.coupling: coupling, .field: field] : [:])
  }
}
