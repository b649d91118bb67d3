import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Chains of a quantum model at a temperature, what they measure, and the canonical averages of small systems.
struct QuantumSeries: Sendable {
  let model: ResolvedQuantumModel
  let beta: Double

  /// The most spins whose levels are all computed, for exact values beside.
  private static let exactSpins = 10

  /// - Throws: `InputError` for models and parameters without chains: longitudinal fields of tfim, frustrated exchange.
  init(_ model: ResolvedQuantumModel, beta: Double) throws(InputError) {
    self.model = model
    self.beta = beta
    switch model.name {
    case .tfim:
      for point in model.values.indices {
        guard model.value(.field, at: point) == 0 else {
          throw InputError(
            "--field is \(model.value(.field, at: point)), and chains of tfim at a temperature have none along z"
          )
        }
        let field = model.value(.transverseField, at: point)
        guard field > 0 else {
          throw .notAllowed(
            "--transverse-field", field, allowed: "numbers above 0 at a temperature")
        }
      }
    case .xxz, .heisenberg:
      // Whether exchange is frustrated depends on the sign of J alone.
      for point in model.values.indices { _ = try chain(point, seed: Seed(0)) }
    case .rydberg:
      for point in model.values.indices where model.value(.rabi, at: point) == 0 {
        throw .notAllowed("--rabi", 0, allowed: "numbers other than 0 at a temperature")
      }
      // Tables of pairs and of what the terms weigh.
      let pairs = Double(model.lattice.siteCount) * Double(model.lattice.siteCount) / 2
      try MemoryBudget.require(400 * pairs, for: "--size", model.sizeText)
    default:
      throw InputError(
        "--temperature and --beta are options of tfim, xxz, quantum-heisenberg and rydberg, and \(model.name.rawValue) is in its ground state"
      )
    }
  }

  func chain(_ point: Int, seed: Seed) throws(InputError) -> any SeriesExpansion {
    func value(_ parameter: QuantumParameter) -> Double { model.value(parameter, at: point) }
    let lattice = model.lattice
    let (pair, single) = model.units
    func bonds(_ coupling: Double) -> [Double] {
      [Double](repeating: coupling, count: lattice.bondCount)
    }
    switch model.name {
    case .tfim:
      return try TransverseIsingSeries(
        lattice: lattice, couplings: bonds(pair * value(.coupling)),
        transverseField: single * value(.transverseField), beta: beta, seed: seed)
    case .rydberg:
      return try RydbergSeries(try array(point), beta: beta, seed: seed)
    default:
      let coupling = pair * value(.coupling)
      return try XXZSeries(
        lattice: lattice, transverse: bonds(coupling),
        longitudinal: bonds(coupling * anisotropy(point)), field: single * value(.field),
        beta: beta, seed: seed)
    }
  }

  private func anisotropy(_ point: Int) -> Double {
    model.name == .heisenberg ? 1 : model.value(.anisotropy, at: point)
  }

  private func array(_ point: Int) throws(InputError) -> RydbergArray {
    try RydbergArray(
      model.lattice, rabi: model.value(.rabi, at: point),
      detuning: model.value(.detuning, at: point), interaction: model.interaction(at: point))
  }

  /// Name in JSON, head, and factor of an observable: spins of one half count half.
  struct Quantity: Sendable {
    var observable: Observable
    var name: String
    var head: String
    var unit = 1.0
  }

  /// Those of the model that its chains measure.
  var quantities: [Quantity] {
    let single = model.units.single
    let square = single * single
    switch model.name {
    case .tfim:
      return [
        .init(observable: .energyPerSite, name: "energyPerSite", head: "energy"),
        .init(
          observable: TransverseIsingSeries.transverseOrder, name: "xPerSite", head: "<x>",
          unit: single),
        .init(
          observable: TransverseIsingSeries.couplingEnergy, name: "couplingEnergyPerSite",
          head: "-J<zz> per site"),
        .init(observable: .absOrder, name: "absMagnetizationPerSite", head: "|m|", unit: single),
        .init(observable: .orderSquared, name: "zSquaredPerSite", head: "<m_z^2>", unit: square),
      ]
    case .rydberg:
      return [
        .init(observable: .energyPerSite, name: "energyPerSite", head: "energy"),
        .init(observable: RydbergSeries.density, name: "occupationPerSite", head: "<n>"),
        .init(observable: RydbergSeries.transverseOrder, name: "xPerSite", head: "<x>"),
        .init(
          observable: RydbergSeries.densitySquared, name: "occupationSquaredPerSite",
          head: "<n^2> of the average"),
        .init(
          observable: .staggeredOrderSquared, name: "zStaggeredSquaredPerSite",
          head: "staggered <m_z^2>"),
      ]
    default:
      return [
        .init(observable: .energyPerSite, name: "energyPerSite", head: "energy"),
        .init(
          observable: XXZSeries.transverseBonds, name: "xxPerBond", head: "<xx>", unit: square),
        .init(
          observable: XXZSeries.longitudinalBonds, name: "zzPerBond", head: "<zz>", unit: square),
        .init(observable: .order(0), name: "zPerSite", head: "<z>", unit: single),
        .init(observable: .orderSquared, name: "zSquaredPerSite", head: "<m_z^2>", unit: square),
        .init(
          observable: XXZSeries.transverseSquared, name: "xSquaredPerSite", head: "<m_x^2>",
          unit: square),
        .init(
          observable: .staggeredOrderSquared, name: "zStaggeredSquaredPerSite",
          head: "staggered <m_z^2>", unit: square),
        .init(
          observable: XXZSeries.transverseStaggeredSquared, name: "xStaggeredSquaredPerSite",
          head: "staggered <m_x^2>", unit: square),
        .init(observable: XXZSeries.windingSquared, name: "windingSquared", head: "<W^2>"),
      ]
    }
  }

  /// Estimates from what the chains of a point measured, the specific heat with them.
  func estimates(
    _ recording: Recording, _ chain: any SeriesExpansion
  ) -> [(quantity: Quantity, estimate: Estimate)] {
    var list: [(quantity: Quantity, estimate: Estimate)] = quantities.compactMap { item in
      guard let series = recording[item.observable] else { return nil }
      var estimate = series.estimate()
      estimate.value *= item.unit
      estimate.error *= abs(item.unit)
      return (item, estimate)
    }
    if let energy = recording[.energyPerSite] {
      let heat = Quantity(
        observable: .energyPerSite, name: "specificHeatPerSite", head: "specific heat")
      list.insert((heat, chain.specificHeat(energy)), at: 1)
    }
    return list
  }

  /// Canonical averages of all levels, of few spins; empty for more.
  func exactValues(_ point: Int) throws -> [String: Double] {
    let n = model.lattice.siteCount
    guard n <= Self.exactSpins else { return [:] }
    let solved = try SpinDiagonalization(model.hamiltonian(at: point))
    let signs = model.lattice.sublatticeSigns
    func square(_ axis: SpinAxis, _ signs: [Int8]? = nil) -> PauliSum {
      var sum = PauliSum(siteCount: n)
      for i in 0..<n {
        for j in 0..<n {
          let sign = signs.map { Double($0[i]) * Double($0[j]) } ?? 1
          sum.add(
            sign / Double(n * n), i == j ? [] : [.init(axis, i), .init(axis, j)])
        }
      }
      return sum
    }
    func mean(_ axis: SpinAxis) -> PauliSum {
      var sum = PauliSum(siteCount: n)
      for i in 0..<n { sum.add(1 / Double(n), [.init(axis, i)]) }
      return sum
    }
    func bonds(_ axis: SpinAxis) -> PauliSum {
      var sum = PauliSum(siteCount: n)
      for bond in model.lattice.bonds {
        sum.add(
          1 / Double(model.lattice.bondCount),
          [.init(axis, Int(bond.source)), .init(axis, Int(bond.target))])
      }
      return sum
    }
    var sums: [(name: String, sum: PauliSum)] = [
      ("xPerSite", mean(.x)), ("zPerSite", mean(.z)), ("zSquaredPerSite", square(.z)),
    ]
    if model.name != .tfim {
      sums += [
        ("xSquaredPerSite", square(.x)), ("xxPerBond", bonds(.x)), ("zzPerBond", bonds(.z)),
      ]
      if signs != nil {
        sums += [
          ("zStaggeredSquaredPerSite", square(.z, signs)),
          ("xStaggeredSquaredPerSite", square(.x, signs)),
        ]
      }
    }
    let averages = try solved.canonicalAverages(beta: beta, of: sums.map(\.sum))
    let energy = averages.energy / Double(n)
    let raw = Dictionary(uniqueKeysWithValues: zip(sums.map(\.name), averages.observables))
    var values = [
      "energyPerSite": energy, "specificHeatPerSite": averages.heatCapacity / Double(n),
    ]
    for item in quantities {
      if let value = raw[item.name] { values[item.name] = item.unit * value }
    }
    switch model.name {
    case .tfim:
      let field = model.units.single * model.value(.transverseField, at: point)
      values["couplingEnergyPerSite"] = energy + field * raw["xPerSite"]!
    case .rydberg:
      let z = raw["zPerSite"]!
      values["occupationPerSite"] = (1 - z) / 2
      values["occupationSquaredPerSite"] = (1 - 2 * z + raw["zSquaredPerSite"]!) / 4
    default: break
    }
    return values
  }
}
