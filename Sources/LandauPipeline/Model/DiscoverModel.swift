import LandauCore
import LandauDiscovery
import LandauLattice

/// The models that `discover` samples itself.
public enum DiscoverModel {
  static let names: [ModelOptions.Name] = [
    .ising, .potts, .clock, .blumeCapel, .baxterWu, .xy, .isingGauge,
  ]

  public static var all: [String] { names.map(\.rawValue) }

  /// Those that files can be known to come from, for exact values.
  public static let known = ["ising", linksName]

  /// The model whose variables are links: channel c leads from a site to the next one along axis c.
  static let linksName = "ising-gauge"

  public static func name(_ text: String) -> ModelOptions.Name? {
    names.first { $0.rawValue == text }
  }
}

extension DiscoverOptions {
  /// The model with the size still open.
  ///
  /// - Throws: `InputError` for options the model does not have, and lattices without cells or with more than
  ///   three axes.
  func resolvedModel(_ name: ModelOptions.Name) throws(InputError) -> ResolvedModel {
    var model = ModelOptions(name: name)
    model.parameters = parameters
    model.bondCouplings = bondCouplings
    if let lattice {
      guard let known = ModelOptions.Lattice(rawValue: lattice), known.isCrystal else {
        throw .notAllowed(
          "--lattice", lattice,
          allowed: ModelCatalogue.crystals.map(\.rawValue).joined(separator: ", "))
      }
      model.lattice = known
    }
    // The axes of a written size decide where no lattice is named; the numbers come later.
    model.dimension = lattice == nil ? sizes?.map(\.count).max().flatMap { $0 > 1 ? $0 : nil } : nil
    let resolved = try model.resolved(infinite: true)
    guard resolved.dimension <= 3 else {
      throw .notAllowed(
        "--size", "\(resolved.dimension)-dimensional", allowed: "up to three axes for discover")
    }
    guard name != .isingGauge || resolved.dimension == 2 else {
      throw .notAllowed(
        "--size", "\(resolved.dimension)-dimensional", allowed: "two axes for ising-gauge here")
    }
    if let written = sizes?.map(\.count).max(), written > 1, written != resolved.dimension {
      throw InputError(
        "--size has \(written) axes, --lattice \(resolved.latticeName) has \(resolved.dimension)")
    }
    return resolved
  }
}

extension ResolvedModel {
  /// The Ising model or the gauge theory that a file is known to come from.
  static func known(_ text: String?, dimension: Int) -> ResolvedModel? {
    guard let text, DiscoverModel.known.contains(text), (1...3).contains(dimension),
      let name = DiscoverModel.name(text)
    else { return nil }
    let lattices: [ModelOptions.Lattice] = [.chain, .square, .cubic]
    return ResolvedModel(
      name: name, lattice: lattices[dimension - 1], dimension: dimension, sides: nil,
      boundary: [Lattice.Boundary](repeating: .periodic, count: dimension),
      parameters: name == .ising ? [.coupling: 1, .field: 0] : [:])
  }

  func sized(_ sides: [Int]) -> ResolvedModel {
    var model = self
    model.sides = sides
    return model
  }

  /// The cell that repeats.
  var unitCell: UnitCell { lattice.cell ?? .hypercubic(dimension) }

  /// What the scan of `discover` runs over.
  var scannedName: String { name == .isingGauge ? "beta" : "temperature" }

  /// Names of what a cell holds: one spin, the links that start in it, or its sites.
  var discoveryChannels: [String] {
    if name == .isingGauge { return ["down", "right"] }
    let count = unitCell.basis.count
    return count == 1 ? ["spin"] : (0..<count).map { String(UnicodeScalar(UInt8(97 + $0))) }
  }

  /// Whether a field or the lattice leaves the exchanges of spin values that the couplings allow.
  private var hasInternalSymmetry: Bool { field == 0 }

  /// The functions that windows are expanded in.
  var alphabet: Alphabet {
    switch name {
    case .potts, .clock:
      Alphabet(
        levels: (0..<Int8(clamping: Int(parameters[.states] ?? 2))).map { $0 },
        symmetry: !hasInternalSymmetry ? .none : name == .potts ? .permutations : .rotations)
    case .blumeCapel: Alphabet(levels: [-1, 0, 1], symmetry: .none)
    // Two opposite angles stand for a continuum: pairs have the same functions up to multiples of the angle.
    case .xy: AngleSnapshots.alphabet
    default: .spins
    }
  }

  /// The functions that the energy is a sum of, apart from those of single spins.
  var bondTerms: Set<Term> {
    let kind: Term.Kind =
      switch (name, alphabet.symmetry) {
      case (.potts, _): .equality
      case (.clock, .rotations), (.xy, _): .angle
      default: .product
      }
    switch name {
    case .isingGauge: return []
    case .baxterWu:
      return Set(
        BaxterWuModel.triangles.map { triangle in
          Term(triangle.map { Term.Factor(row: $0.row, column: $0.column, channel: 0) })
        })
    default:
      return Set(
        unitCell.bonds.map { bond in
          let offset = Window.Offset(bond.offset)
          return Term(
            [
              Term.Factor(row: 0, column: 0, channel: bond.source),
              Term.Factor(
                layer: offset.layer, row: offset.row, column: offset.column, channel: bond.target),
            ], kind: kind)
        })
    }
  }

  /// Displacements of cells that interact.
  var bondOffsets: [Window.Offset] {
    name == .isingGauge ? [] : unitCell.bonds.map { Window.Offset($0.offset) }
  }

  /// Whether the energy is the sum of `bondTerms`, all with one coupling that is not zero.
  var energyIsBonds: Bool {
    field == 0 && coupling != 0 && bondCouplings.isEmpty && name != .isingGauge
      && name != .blumeCapel
  }
}
