import LandauCore
public import LandauLattice

/// A model of quantum spins by name with its parameters, as people write it down.
public struct QuantumModelOptions: Sendable, Hashable {
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case tfim
    case xxz
    /// xxz at anisotropy 1; `heisenberg` is the classical model.
    case heisenberg = "quantum-heisenberg"
    case clusterIsing = "cluster-ising"
    case annni
    case rydberg

    public static var all: [String] { allCases.map(\.rawValue) }
  }

  public var name: Name
  public var lattice: ModelOptions.Lattice?
  public var size: [Int]?
  public var boundary: [ModelOptions.Boundary]?
  /// Values of those that were given: one, or several of the one that is scanned.
  public var parameters: [QuantumParameter: [Double]] = [:]
  /// Whether the Hamiltonian is written in S = sigma/2 instead of Pauli matrices.
  public var isSpinHalf = false

  public init(name: Name) { self.name = name }
}

/// A number that a quantum model has, under its option's name.
public enum QuantumParameter: String, Sendable, Hashable, CaseIterable {
  case coupling, field
  case transverseField = "transverse-field"
  case anisotropy, cluster
  /// kappa of annni.
  case kappa
  /// Omega, delta and V of rydberg; the radius R_b stands for V = Omega (R_b/a)^6.
  case rabi, detuning, interaction
  case blockadeRadius = "blockade-radius"

  /// `transverseField` in JSON and in files.
  var jsonName: String {
    switch self {
    case .transverseField: "transverseField"
    case .blockadeRadius: "blockadeRadius"
    default: rawValue
    }
  }
}
