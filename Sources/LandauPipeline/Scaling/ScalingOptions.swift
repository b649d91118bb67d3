import LandauLattice
import LandauCore

/// What `landau scaling` is asked for.
public struct ScalingOptions: Sendable, Hashable {
  /// Models that can be studied: ferromagnets without a field.
  public static let models = ["ising", "potts", "clock", "xy", "heisenberg"]

  public var model: String
  /// The name of a unit cell; square where nil.
  public var lattice: String?
  /// q of Potts and clock models.
  public var states: Int?
  /// J, positive; 1 where nil.
  public var coupling: Double?
  /// Sizes, ascending; nil takes the default of the dimension.
  public var sides: [Int]?
  /// Multiplies the length of the precision runs.
  public var effort = 1.0
  /// Stop cleanly after so many seconds.
  public var seconds: Double?
  public var seed: UInt64 = 1
  /// Folder of figure, report and result; nil for a name by model and lattice.
  public var output: String?

  public init(model: String) { self.model = model }

  func system() throws(InputError) -> ScalingSystem {
    let spins = try spins()
    let names = UnitCell.named.filter { $0.axisCount > 1 && $0.name != "ladder" }.map(\.name)
    let name = lattice ?? "square"
    guard names.contains(name), let cell = UnitCell.named.first(where: { $0.name == name }) else {
      throw .notAllowed("--lattice", name, allowed: names.joined(separator: ", "))
    }
    let coupling = coupling ?? 1
    guard coupling > 0, coupling.isFinite else {
      throw .notAllowed(
        "--coupling", coupling,
        allowed: "numbers above 0",
        hint: "the order parameter of an antiferromagnet is not the one that is measured here")
    }
    guard effort > 0, effort.isFinite else {
      throw .notAllowed("--effort", effort, allowed: "numbers above 0")
    }
    let system = ScalingSystem(spins: spins, cell: cell, coupling: coupling)
    if let reason = system.refusal {
      throw InputError("\(model) on the \(name) lattice: \(reason)")
    }
    return system
  }

  private func spins() throws(InputError) -> ScalingSystem.Spins {
    switch model {
    case "potts", "clock":
      guard let states else {
        throw InputError("--states is missing; allowed: whole numbers from 2 to 127")
      }
      guard (2...127).contains(states) else {
        throw .notAllowed("--states", states, allowed: "whole numbers from 2 to 127")
      }
      return model == "potts" ? .potts(states) : .clock(states)
    case "ising", "xy", "heisenberg":
      if states != nil { throw InputError("--states is not an option of \(model)") }
      return model == "ising" ? .ising : .vector(model == "xy" ? 2 : 3)
    default:
      throw .notAllowed("the model", model, allowed: Self.models.joined(separator: ", "))
    }
  }
}

extension ScalingSystem {
  /// As in `landau-scaling-potts3-square`.
  var fileName: String {
    let name =
      switch spins {
      case .ising: "ising"
      case .potts(let states): "potts\(states)"
      case .clock(let states): "clock\(states)"
      case .vector(2): "xy"
      case .vector(3): "heisenberg"
      case .vector(let components): "o\(components)"
      }
    return name + "-" + cell.name
  }

  var defaultSides: [Int] {
    if isPlaneRotor { return [8, 12, 16, 24, 32, 48, 64, 96, 128] }
    return switch dimension {
    case 2: [8, 12, 16, 24, 32, 48, 64, 96, 128]
    case 3: [6, 8, 12, 16, 24, 32, 48, 64]
    default: [4, 6, 8, 12, 16]
    }
  }
}
