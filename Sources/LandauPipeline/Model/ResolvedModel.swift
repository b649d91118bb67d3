import LandauCore
import LandauLattice

/// A model whose options have been checked against one another; the size may still be open.
struct ResolvedModel: Sendable, Hashable {
  var name: ModelOptions.Name
  var lattice: ModelOptions.Lattice
  /// Number of axes.
  var dimension: Int
  /// One side per axis; nil for the infinite lattice.
  var sides: [Int]?
  /// One per axis; empty for graphs.
  var boundary: [Lattice.Boundary]
  /// Axes across whose end spins are turned by the angle `twist`.
  var twistedAxes: [Int] = []
  /// Couplings of the bonds of the unit cell where they differ; empty for one coupling.
  var bondCouplings: [Double] = []
  /// All parameters of the model.
  var parameters: [ModelParameter: Double]
  var words: [ModelWord: String] = [:]

  var coupling: Double { parameters[.coupling] ?? 1 }
  var field: Double { parameters[.field] ?? 0 }
  var isPeriodic: Bool { twistedAxes.isEmpty && boundary.allSatisfy { $0 == .periodic } }

  /// The twist across the end of each axis; empty for none.
  var twist: [Double] {
    guard !twistedAxes.isEmpty, let angle = parameters[.twist] else { return [] }
    return boundary.indices.map { twistedAxes.contains($0) ? angle : 0 }
  }

  /// Whether the sites are those of a chain, square, cubic, ... lattice, closed along every axis, and all bonds
  /// are alike.
  var isPeriodicHypercubic: Bool {
    isPeriodic && bondCouplings.isEmpty && [.chain, .square, .cubic, .hypercubic].contains(lattice)
  }

  /// Whether the model has a temperature, and whether it has a parameter beta at all.
  var isThermal: Bool { ModelCatalogue.entry(name).scanned == .temperatureOrBeta }
  var isScanned: Bool { ModelCatalogue.entry(name).scanned != .nothing }

  /// Sites; none while the size is open.
  var siteCount: Int { (sides?.reduce(1, *) ?? 0) * (lattice.cell?.basis.count ?? 1) }

  /// What the lattice is called; a hypercubic one of up to three axes by its own name.
  var latticeName: String {
    guard lattice == .hypercubic else { return lattice.rawValue }
    return switch dimension {
    case 1: "chain"
    case 2: "square"
    case 3: "cubic"
    default: "hypercubic"
    }
  }

  /// `64x64`
  var sizeText: String { sides.map { $0.map(String.init).joined(separator: "x") } ?? "infinite" }

  var boundaryText: String {
    let names = boundary.indices.map {
      twistedAxes.contains($0) ? ModelOptions.twisted : boundary[$0].rawValue
    }
    return Set(names).count == 1 ? names[0] : names.joined(separator: ",")
  }

  /// What the numbers mean, in one line; every report repeats it.
  var convention: String {
    let entry = ModelCatalogue.entry(name)
    if name == .phi4, let action = words[.action].flatMap(ScalarFieldModel.Action.init) {
      return action.formula + ", " + entry.convention
    }
    if words[.instance] != nil {
      let sign = words[.weights] == InstanceFile.Meaning.maxCut.rawValue ? "minus the" : "the"
      return
        "H = -sum_<ij> J_ij s_i s_j - h sum_i s_i, s = +-1, J_ij \(sign) numbers of the file; k_B = 1"
    }
    if name == .ising, !isPeriodicHypercubic {
      return "H = -J sum_<ij> s_i s_j - h sum_i s_i, s = +-1; k_B = 1"
    }
    return entry.convention
  }

  /// Lattice, size, parameters and convention, as every result object repeats them.
  var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("lattice", .string(latticeName)),
      .init("size", sides.map { .integers($0) } ?? .null),
    ]
    if !isPeriodic { members.append(.init("boundary", .string(boundaryText))) }
    if !bondCouplings.isEmpty { members.append(.init("couplings", .numbers(bondCouplings))) }
    for (parameter, _) in ModelCatalogue.entry(name).allParameters {
      guard let value = parameters[parameter] else { continue }
      members.append(
        .init(
          parameter.jsonName,
          parameter.wholeNumbers == nil ? .number(value) : .integer(Int(value))))
    }
    for (word, _) in ModelCatalogue.entry(name).words {
      if let text = words[word] { members.append(.init(word.rawValue, .string(text))) }
    }
    members.append(.init("convention", .string(convention)))
    return members
  }

  /// Model, lattice, size and parameters in words: `potts, triangular 16x16, states = 3, J = 1`.
  var heading: String { heading(sized: true) }

  /// - Parameter sized: whether the size is named.
  func heading(sized: Bool) -> String {
    var text = "\(name.rawValue), \(latticeName)" + (sized ? " \(sizeText)" : "")
    if !isPeriodic { text += " \(boundaryText)" }
    if !bondCouplings.isEmpty {
      text += ", J = " + bondCouplings.map { "\($0)" }.joined(separator: ", ")
    }
    for (parameter, standard) in ModelCatalogue.entry(name).allParameters {
      guard let value = parameters[parameter] else { continue }
      let isEssential = [.coupling, .field, .realization].contains(parameter)
      if value == standard && !isEssential { continue }
      text += ", \(parameter.symbol) = "
      text += parameter.wholeNumbers == nil ? "\(value)" : "\(Int(value))"
    }
    for (word, standard) in ModelCatalogue.entry(name).words {
      // How a chain begins is no part of the model.
      if word == .start && words[word] == standard { continue }
      if let value = words[word] { text += ", \(word.rawValue) \(value)" }
    }
    return text
  }
}

extension ModelParameter {
  /// What it is called in formulas.
  var symbol: String {
    switch self {
    case .coupling: "J"
    case .field: "h"
    case .states: "q"
    case .crystalField, .dipolar: "D"
    case .massSquared: "m^2"
    case .lambda: "lambda"
    case .probability: "p"
    case .mean: "J0"
    case .randomField: "random field"
    case .siteFraction: "sites"
    case .bondFraction: "bonds"
    case .realization: "realization"
    case .twist: "twist"
    case .loops: "loops"
    case .smear: "smearing"
    case .flowTime: "flow time"
    }
  }
}
