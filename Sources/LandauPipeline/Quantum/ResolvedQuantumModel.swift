import LandauCore
import LandauLattice

/// A quantum model with everything decided, along the scan of one of its parameters.
struct ResolvedQuantumModel: Sendable {
  let name: QuantumModelOptions.Name
  let lattice: Lattice
  let isSpinHalf: Bool
  /// All parameters in the order of reports, with their value where it is not scanned.
  let parameters: [(parameter: QuantumParameter, value: Double?)]
  /// What is scanned; the first parameter where nothing is.
  let scanned: QuantumParameter
  let values: [Double]

  /// - Throws: `InputError` for parameters that the model does not have or that are missing, for two scans, for lattices that
  ///   it does not have, and for boundaries other than periodic and open.
  init(_ options: QuantumModelOptions) throws(InputError) {
    name = options.name
    isSpinHalf = options.isSpinHalf
    let known = Self.parameters(options)
    if name == .rydberg {
      if isSpinHalf {
        throw InputError(
          "--spin-half is not an option of rydberg; its energy is written in occupations n = (1 - z)/2"
        )
      }
      if options.parameters[.interaction] != nil && options.parameters[.blockadeRadius] != nil {
        throw InputError(
          "--interaction and --blockade-radius both give the interaction of rydberg; give one of them"
        )
      }
    }
    for parameter in QuantumParameter.allCases where options.parameters[parameter] != nil {
      guard known.contains(where: { $0.parameter == parameter }) else {
        throw InputError(
          "--\(parameter.rawValue) is not an option of \(name.rawValue); it has "
            + known.map { "--\($0.parameter.rawValue)" }.joined(separator: ", "))
      }
    }
    var scanned: QuantumParameter?
    var parameters: [(parameter: QuantumParameter, value: Double?)] = []
    for (parameter, standard) in known {
      let given = options.parameters[parameter] ?? standard.map { [$0] }
      guard let given else {
        throw InputError(
          "--\(parameter.rawValue) is missing; give a number, a comma list, or START:END:COUNT")
      }
      if given.count > 1 {
        if let scanned {
          throw InputError(
            "--\(scanned.rawValue) and --\(parameter.rawValue) both have several values; scan one of them"
          )
        }
        scanned = parameter
      }
      parameters.append((parameter, given.count > 1 ? nil : given[0]))
    }
    self.scanned = scanned ?? known[0].parameter
    values = options.parameters[self.scanned] ?? [known[0].standard!]
    self.parameters = parameters
    lattice = try Self.lattice(options)
  }

  private static func parameters(
    _ options: QuantumModelOptions
  ) -> [(parameter: QuantumParameter, standard: Double?)] {
    switch options.name {
    case .tfim: [(.transverseField, nil), (.coupling, 1), (.field, 0)]
    case .xxz: [(.anisotropy, 1), (.coupling, 1), (.field, 0)]
    case .heisenberg: [(.coupling, 1), (.field, 0)]
    case .clusterIsing: [(.coupling, 1), (.field, 0), (.cluster, 1)]
    case .annni: [(.transverseField, nil), (.kappa, nil), (.coupling, 1), (.field, 0)]
    case .rydberg:
      [
        (.detuning, nil),
        (options.parameters[.interaction] == nil ? .blockadeRadius : .interaction, nil),
        (.rabi, 1),
      ]
    }
  }

  private static func lattice(_ options: QuantumModelOptions) throws(InputError) -> Lattice {
    guard let size = options.size else {
      throw InputError("--size is missing; a number of spins, or sides as in 4x4")
    }
    let boundary = options.boundary ?? [.periodic]
    if let other = boundary.first(where: { $0 != .periodic && $0 != .open }) {
      throw .notAllowed("--boundary", other.rawValue, allowed: "periodic, open for quantum spins")
    }
    let standard: ModelOptions.Lattice =
      switch size.count {
      case 1: .chain
      case 2: .square
      default: .cubic
      }
    let name = options.lattice ?? standard
    guard name.isCrystal else {
      throw .notAllowed("--lattice", name.rawValue, allowed: "crystals for quantum spins")
    }
    if [.clusterIsing, .annni].contains(options.name) && name != .chain {
      throw .notAllowed("--lattice", name.rawValue, allowed: "chain for \(options.name.rawValue)")
    }
    let lattice = try Lattice.named(
      name.rawValue, sides: size, dimension: name == .hypercubic ? size.count : nil,
      boundary: boundary)
    guard (2...4096).contains(lattice.siteCount) else {
      throw .notAllowed(
        "--size", size.map(String.init).joined(separator: "x"), allowed: "2 to 4096 spins")
    }
    if lattice.bonds.contains(where: \.isSelfBond) {
      throw InputError(
        "--size is \(size.map(String.init).joined(separator: "x")); along a periodic axis of one site a spin would be its own neighbour: use --boundary open, or other sides"
      )
    }
    return lattice
  }

  /// The value of a parameter at a point of the scan.
  func value(_ parameter: QuantumParameter, at point: Int) -> Double {
    if parameter == scanned { return values[point] }
    return parameters.first { $0.parameter == parameter }?.value ?? 0
  }

  var isPeriodic: Bool { lattice.boundary.allSatisfy { $0 == .periodic } }

  /// In Pauli matrices.
  func hamiltonian(at point: Int) -> PauliSum {
    func value(_ parameter: QuantumParameter) -> Double { self.value(parameter, at: point) }
    let (pair, single) = units
    switch name {
    case .tfim:
      return .transverseIsing(
        lattice, coupling: pair * value(.coupling),
        transverseField: single * value(.transverseField), field: single * value(.field))
    case .xxz:
      return .xxz(
        lattice, coupling: pair * value(.coupling), anisotropy: value(.anisotropy),
        field: single * value(.field))
    case .heisenberg:
      return .xxz(
        lattice, coupling: pair * value(.coupling), field: single * value(.field))
    case .annni:
      return .axialNextNearestIsing(
        siteCount: lattice.siteCount, isPeriodic: isPeriodic, coupling: pair * value(.coupling),
        frustration: value(.kappa), transverseField: single * value(.transverseField),
        field: single * value(.field))
    case .rydberg:
      return .rydberg(
        lattice, rabi: value(.rabi), detuning: value(.detuning), interaction: interaction(at: point)
      )
    case .clusterIsing:
      return .clusterIsing(
        siteCount: lattice.siteCount, isPeriodic: isPeriodic,
        cluster: (isSpinHalf ? 0.125 : 1) * value(.cluster), field: single * value(.field),
        coupling: pair * value(.coupling))
    }
  }

  /// V of rydberg between nearest atoms.
  func interaction(at point: Int) -> Double {
    guard parameters.contains(where: { $0.parameter == .blockadeRadius }) else {
      return value(.interaction, at: point)
    }
    let square = value(.blockadeRadius, at: point) * value(.blockadeRadius, at: point)
    return value(.rabi, at: point) * square * square * square
  }

  /// S S' is a quarter of sigma sigma', S half of sigma.
  var units: (pair: Double, single: Double) { isSpinHalf ? (0.25, 0.5) : (1, 1) }

  /// What the numbers mean, in one line; every report repeats it.
  var convention: String {
    let spins =
      name == .rydberg
      ? "n = (1 - z)/2, x, y, z are Pauli matrices"
      : isSpinHalf
        ? "x, y, z are spins S = sigma/2" : "x, y, z are Pauli matrices (spins S with --spin-half)"
    let strength =
      parameters.contains { $0.parameter == .blockadeRadius } ? "Omega (R_b/a)^6" : "V"
    let energy =
      switch name {
      case .tfim: "H = -J sum_<ij> z_i z_j - h_x sum_i x_i - h sum_i z_i"
      case .xxz: "H = J sum_<ij> (x_i x_j + y_i y_j + Delta z_i z_j) - h sum_i z_i"
      case .heisenberg: "H = J sum_<ij> (x_i x_j + y_i y_j + z_i z_j) - h sum_i z_i"
      case .annni:
        "H = -J sum_i z_i z_(i+1) + kappa J sum_i z_i z_(i+2) - h_x sum_i x_i - h sum_i z_i"
      case .rydberg:
        "H = (Omega/2) sum_i x_i - delta sum_i n_i + \(strength) sum_(i<j) (a/r_ij)^6 n_i n_j"
      case .clusterIsing:
        "H = -K sum_i z_(i-1) x_i z_(i+1) - J sum_i x_i x_(i+1) - h sum_i x_i"
      }
    return "\(energy); \(spins)"
  }

  /// Sides, then the sites of a cell where there are several.
  var siteShape: [Int] {
    let basis = lattice.crystal?.basis.count ?? 1
    return lattice.sides + (basis > 1 ? [basis] : [])
  }

  var sizeText: String { lattice.sides.map(String.init).joined(separator: "x") }

  /// The first line of a report.
  var heading: String {
    let constants = parameters.compactMap { item in
      item.value.map { "\(item.parameter.rawValue) \(SampleJob.short($0))" }
    }
    let place = "\(sizeText) \(lattice.name), \(isPeriodic ? "periodic" : "open")"
    return (["\(name.rawValue), \(place)"] + constants).joined(separator: ", ")
  }

  /// The members of every result object, but for the scanned parameter.
  var members: [JSONValue.Member] {
    [
      .init("lattice", .string(lattice.name)), .init("size", .integers(lattice.sides)),
      .init("boundary", .strings(lattice.boundary.map(\.rawValue))),
      .init("spinHalf", .bool(isSpinHalf)),
    ]
      + parameters.compactMap { item in
        item.parameter == scanned
          ? nil : item.value.map { .init(item.parameter.jsonName, .number($0)) }
      } + [.init("convention", .string(convention))]
  }
}
