import LandauCore
import LandauLattice
import Testing

@testable import LandauMonteCarlo

/// A small model whose transition matrices are computed exactly.
struct DiscreteCase: CustomTestStringConvertible, Sendable {
  enum Kind: Sendable, Hashable {
    case ising
    case potts(Int)
    case clock(Int)
    case blumeCapel(Double)
    /// States 0 and 1, an energy only where both ends are 1.
    case gas
    /// Three Potts states, one of them dearer, and a reflection of the others only.
    case tilted
  }

  enum Couplings: Sendable, Hashable {
    case uniform(Double)
    /// Taken in turn by the bonds.
    case cycle([Double])
  }

  var kind: Kind
  var cell: UnitCell = .chain
  var sides: [Int]
  var boundary: [Lattice.Boundary] = [.periodic]
  var couplings = Couplings.uniform(1)
  /// Taken in turn by the sites; none when empty.
  var fields: [Double] = []
  var beta: Double

  var lattice: Lattice { get throws { try Lattice(cell, sides: sides, boundary: boundary) } }

  var model: DiscreteModel {
    get throws {
      let lattice = try lattice
      let numbers: [Double]
      switch couplings {
      case .uniform(let coupling): numbers = lattice.bondSigns.map { coupling * Double($0) }
      case .cycle(let values):
        numbers = lattice.bonds.indices.map { values[$0 % values.count] }
      }
      let spins: DiscreteModel.SpinSpace
      switch kind {
      case .ising: spins = .ising
      case .potts(let states): spins = .potts(states)
      case .clock(let states): spins = .clock(states)
      case .blumeCapel(let crystalField): spins = .blumeCapel(crystalField: crystalField)
      case .tilted:
        spins = DiscreteModel.SpinSpace(
          pairEnergies: DiscreteModel.SpinSpace.potts(3).pairEnergies, siteEnergies: [0, 0, 0.7],
          orderVectors: [[1], [-1], [0]], reflections: [[1, 0, 2]])
      case .gas:
        spins = DiscreteModel.SpinSpace(
          pairEnergies: [[0, 0], [0, 1]], siteEnergies: [0, -0.7], orderVectors: [[0], [1]])
      }
      return try DiscreteModel(
        name: "\(kind)", lattice: lattice, couplings: numbers,
        fields: fields.isEmpty
          ? [] : (0..<lattice.siteCount).map { fields[$0 % fields.count] },
        spins: spins)
    }
  }

  var testDescription: String {
    "\(kind) \(cell.name) \(sides) \(boundary.map(\.rawValue)) \(couplings) \(fields) \(beta)"
  }

  /// Both signs, fields, random couplings, dilution, sides 1 to 3, all cells that are small.
  static let local: [DiscreteCase] = [
    DiscreteCase(kind: .ising, sides: [1], beta: 0.7),
    DiscreteCase(kind: .ising, sides: [2], fields: [0.3], beta: 0),
    DiscreteCase(kind: .ising, sides: [4], beta: 0.7),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 2], couplings: .uniform(-1), beta: 0.44),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [2, 3], couplings: .cycle([0.3, -1.1, 0.77, 2, -0.51]),
      fields: [0.2, -0.7, 1], beta: 0.5),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [3, 2], couplings: .cycle([1, -1, 1, 0, 1]), beta: 0.6),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [2, 3], boundary: [.open, .antiperiodic], beta: 0.4),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [3, 2], boundary: [.periodic, .helical], beta: 0.4),
    DiscreteCase(
      kind: .ising, cell: .triangular, sides: [3, 2], couplings: .uniform(-1), beta: 0.8),
    DiscreteCase(kind: .ising, cell: .honeycomb, sides: [2, 1], fields: [-0.4], beta: 0.5),
    DiscreteCase(kind: .ising, cell: .kagome, sides: [2, 1], beta: 0.5),
    DiscreteCase(kind: .ising, cell: .bcc, sides: [2, 1, 2], beta: 0.2),
    DiscreteCase(kind: .potts(3), sides: [1], beta: 1),
    DiscreteCase(kind: .potts(3), sides: [4], beta: 0),
    DiscreteCase(kind: .potts(3), cell: .square, sides: [2, 2], beta: 1),
    DiscreteCase(
      kind: .potts(3), cell: .square, sides: [2, 2], couplings: .uniform(-1), fields: [0.5],
      beta: 1),
    DiscreteCase(
      kind: .potts(3), cell: .triangular, sides: [3, 1],
      couplings: .cycle([0.3, 1.1, -0.77, 2, 0.51]), fields: [0.2, -0.7, 1], beta: 0.6),
    DiscreteCase(kind: .potts(4), cell: .square, sides: [2, 2], beta: 1.1),
    DiscreteCase(
      kind: .potts(4), cell: .ladder, sides: [2], couplings: .cycle([1, -1]), beta: 0.7),
    DiscreteCase(kind: .clock(4), cell: .honeycomb, sides: [2, 1], beta: 0.9),
    DiscreteCase(kind: .clock(5), sides: [3], couplings: .uniform(-1), fields: [0.3], beta: 1.2),
    DiscreteCase(kind: .clock(6), cell: .kagome, sides: [1, 1], beta: 0.8),
    DiscreteCase(kind: .blumeCapel(0.4), cell: .square, sides: [2, 2], beta: 0.8),
    DiscreteCase(kind: .blumeCapel(0.4), cell: .square, sides: [1, 3], fields: [0.3], beta: 0.8),
    DiscreteCase(
      kind: .blumeCapel(-0.4), cell: .square, sides: [1, 3],
      couplings: .cycle([0.3, 1.1, -0.77, 2, 0.51]), beta: 0.8),
    DiscreteCase(kind: .gas, cell: .square, sides: [1, 4], beta: 0.9),
    DiscreteCase(kind: .gas, cell: .square, sides: [2, 3], couplings: .uniform(-0.5), beta: 0.9),
  ]

  static let clusters: [DiscreteCase] = [
    DiscreteCase(kind: .ising, sides: [1], beta: 0.7),
    DiscreteCase(kind: .ising, sides: [2], beta: 0),
    DiscreteCase(kind: .ising, sides: [4], beta: 0.7),
    DiscreteCase(kind: .ising, sides: [3], boundary: [.open], couplings: .uniform(-1), beta: 0.7),
    DiscreteCase(kind: .ising, cell: .square, sides: [2, 2], couplings: .uniform(-1), beta: 0.44),
    DiscreteCase(kind: .ising, cell: .square, sides: [1, 3], beta: 0.44),
    DiscreteCase(
      kind: .ising, sides: [4], couplings: .cycle([0.3, -1.1, 0.3, 0]), beta: 0.5),
    DiscreteCase(kind: .ising, cell: .honeycomb, sides: [2, 1], beta: 0.5),
    DiscreteCase(kind: .ising, cell: .kagome, sides: [1, 1], beta: 0.5),
    DiscreteCase(kind: .ising, sides: [3], fields: [0.4], beta: 0.5),
    DiscreteCase(
      kind: .ising, sides: [3], boundary: [.open], couplings: .cycle([1, -1]),
      fields: [0.4, 0.4, -0.4], beta: 0.5),
    DiscreteCase(
      kind: .ising, sides: [4], boundary: [.antiperiodic], couplings: .cycle([1, -1]), beta: 0.5),
    DiscreteCase(
      kind: .ising, cell: .square, sides: [2, 2], boundary: [.open, .helical], beta: 0.4),
    DiscreteCase(kind: .potts(3), sides: [1], beta: 1),
    DiscreteCase(kind: .potts(3), sides: [4], beta: 1),
    DiscreteCase(kind: .potts(3), sides: [4], couplings: .cycle([1.3, 0.4, 0]), beta: 1),
    DiscreteCase(kind: .potts(3), cell: .kagome, sides: [1, 1], beta: 0.7),
    DiscreteCase(kind: .potts(3), sides: [3], fields: [0.6], beta: 0.7),
    DiscreteCase(kind: .potts(3), sides: [3], fields: [-0.6], beta: 0.7),
    DiscreteCase(kind: .potts(4), sides: [3], beta: 1),
    DiscreteCase(kind: .potts(4), sides: [2], fields: [0.6, 0.2], beta: 0.5),
    DiscreteCase(kind: .tilted, sides: [3], beta: 0.7),
    DiscreteCase(kind: .clock(3), sides: [3], beta: 0.7),
    DiscreteCase(kind: .clock(4), sides: [3], beta: 0.7),
    DiscreteCase(kind: .clock(4), sides: [3], boundary: [.open], couplings: .uniform(-1), beta: 1),
    DiscreteCase(kind: .clock(5), sides: [2], beta: 0.7),
    DiscreteCase(kind: .clock(6), sides: [2], beta: 0.7),
    DiscreteCase(kind: .clock(6), sides: [2], couplings: .cycle([0.4, 1.2]), beta: 0.7),
    DiscreteCase(kind: .clock(4), sides: [2], fields: [0.5], beta: 0.7),
    DiscreteCase(kind: .blumeCapel(0.4), sides: [3], beta: 0.8),
    DiscreteCase(kind: .blumeCapel(0.4), sides: [4], couplings: .uniform(-1), beta: 0.6),
    DiscreteCase(kind: .blumeCapel(0.4), cell: .square, sides: [1, 3], beta: 0.6),
    DiscreteCase(kind: .blumeCapel(0.4), sides: [2], fields: [0.5], beta: 0.6),
  ]
}
