import LandauCore
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A model of a definite size, as the rooms below know it.
enum PhysicalModel: Sendable {
  /// The Ising model on a periodic hypercubic lattice, which has kernels of its own.
  case ising(IsingModel)
  case discrete(DiscreteModel)
  case vector(VectorModel)
  case scalar(ScalarFieldModel)
  case gauge(IsingGaugeModel)
  /// Links of a continuous group: what is measured on them, and how they begin.
  case links(GaugeMeasurements, start: GaugeStart)
  case dipolar(DipolarClockModel)
  case baxterWu(BaxterWuModel)

  /// Sites, by which "per site" divides.
  var siteCount: Int {
    switch self {
    case .ising(let model): model.siteCount
    case .discrete(let model): model.siteCount
    case .vector(let model): model.siteCount
    case .scalar(let model): model.siteCount
    case .gauge(let model): model.siteCount
    case .links(let plan, _): plan.model.siteCount
    case .dipolar(let model): model.siteCount
    case .baxterWu(let model): model.variableCount
    }
  }
}

extension ResolvedModel {
  /// The model with its couplings drawn and its lattice built; the size must be known.
  ///
  /// - Throws: `InputError` as the models and lattices do, and for files that cannot be read.
  func physical() throws(InputError) -> PhysicalModel {
    do throws(InputError) {
      return try built()
    } catch {
      // The rooms below know parameters, not options.
      let first = error.message.prefix { $0 != " " }
      let isOption = ModelParameter(rawValue: String(first)) != nil || first == "size"
      throw isOption ? InputError("--\(error.message)") : error
    }
  }

  private func built() throws(InputError) -> PhysicalModel {
    if !bondCouplings.isEmpty { return .discrete(try withBondCouplings()) }
    switch name {
    case .ising where isPeriodicHypercubic: return .ising(try ising())
    case .ising:
      return .discrete(
        try .ising(crystal(), coupling: coupling, field: field))
    case .potts:
      return .discrete(
        try .potts(crystal(), states: states, coupling: coupling, field: field))
    case .clock:
      return .discrete(
        try .clock(crystal(), states: states, coupling: coupling, field: field))
    case .blumeCapel:
      return .discrete(
        try .blumeCapel(
          crystal(), coupling: coupling, crystalField: parameters[.crystalField] ?? 0,
          field: field))
    case .xy:
      return .vector(
        try VectorModel(
          crystal(), components: 2, coupling: coupling, field: field, twist: twist))
    case .heisenberg:
      return .vector(
        try VectorModel(
          crystal(), components: 3, coupling: coupling, field: field, twist: twist))
    case .phi4: return .scalar(try scalarField())
    case .dipolarClock:
      return .dipolar(
        try DipolarClockModel(
          crystal(), coupling: coupling, dipolarCoupling: parameters[.dipolar] ?? 0))
    case .edwardsAnderson, .sherringtonKirkpatrick: return .discrete(try spinGlass())
    case .baxterWu: return .baxterWu(try BaxterWuModel(sides: sides ?? [], coupling: coupling))
    case .isingGauge:
      return .gauge(try IsingGaugeModel(lattice: HypercubicLattice(sides: sides ?? [])))
    case .u1Gauge, .su2Gauge, .su3Gauge:
      let model = try GaugeModel(
        name.group ?? .u1, lattice: HypercubicLattice(sides: sides ?? []))
      return .links(
        try GaugeMeasurements(
          model, loops: WilsonLoop.upTo(Int(parameters[.loops] ?? 2)),
          smearing: parameters[.smear].map { Int($0) }, flowTime: parameters[.flowTime]),
        start: words[.start].flatMap(GaugeStart.init) ?? .hot)
    }
  }

  /// The Ising model on a periodic hypercubic lattice.
  func ising() throws(InputError) -> IsingModel {
    try IsingModel(sides: sides ?? [], coupling: coupling, field: field)
  }

  private var states: Int { Int(parameters[.states] ?? 2) }

  /// Few-valued spins with a coupling for each bond of the unit cell.
  private func withBondCouplings() throws(InputError) -> DiscreteModel {
    let lattice = try crystal()
    let spins: DiscreteModel.SpinSpace =
      switch name {
      case .potts: .potts(states)
      case .clock: .clock(states)
      case .blumeCapel: .blumeCapel(crystalField: parameters[.crystalField] ?? 0)
      default: .ising
      }
    return try DiscreteModel(
      name: name.rawValue, lattice: lattice, couplings: lattice.couplings(ofCell: bondCouplings),
      fields: field == 0 ? [] : [Double](repeating: field, count: lattice.siteCount), spins: spins)
  }

  /// The lattice with its bonds.
  func crystal() throws(InputError) -> Lattice {
    let sides = sides ?? []
    if lattice == .complete { return try .complete(siteCount: sides[0]) }
    return try Lattice(
      lattice.cell ?? .hypercubic(dimension), sides: sides, boundary: boundary)
  }

  /// Disorder has seeds of its own: `--seed` changes the chains and not the couplings.
  private static let disorderSeed = Seed(0).child("disorder")

  private func spinGlass() throws(InputError) -> DiscreteModel {
    let mean = parameters[.mean] ?? 0
    if let path = words[.instance] {
      let instance = try ModelOptions.instance(path)
      return try .ising(
        instance.lattice(),
        couplings: instance.couplings(
          words[.weights].flatMap(InstanceFile.Meaning.init) ?? .coupling),
        fields: field == 0 ? [] : [Double](repeating: field, count: instance.siteCount))
    }
    let disordered: DisorderedModel
    if name == .sherringtonKirkpatrick {
      disordered = try .sherringtonKirkpatrick(
        siteCount: siteCount, mean: mean, width: abs(coupling), field: field)
    } else {
      let width = parameters[.randomField] ?? 0
      disordered = try DisorderedModel(
        name: name.rawValue, lattice: crystal(),
        couplings: words[.disorder] == "gaussian"
          ? .gaussian(mean: mean, width: abs(coupling))
          : .bimodal(coupling, negativeFraction: parameters[.probability] ?? 0.5),
        fields: width == 0 ? .constant(field) : .gaussian(mean: field, width: width),
        sites: Occupation(parameters[.siteFraction] ?? 1),
        bonds: Occupation(parameters[.bondFraction] ?? 1))
    }
    return try disordered.realisation(
      Int(parameters[.realization] ?? 0), of: Self.disorderSeed)
  }

  private func scalarField() throws(InputError) -> ScalarFieldModel {
    try ScalarFieldModel(
      lattice: HypercubicLattice(sides: sides ?? []),
      massSquared: parameters[.massSquared] ?? 0, lambda: parameters[.lambda] ?? 0,
      action: words[.action].flatMap(ScalarFieldModel.Action.init) ?? .standard)
  }
}

// What a run of the model needs and leaves.
extension PhysicalModel {
  /// What a site has in a kept configuration: one number, or several.
  var snapshotChannels: [String] {
    switch self {
    case .ising, .discrete, .dipolar, .baxterWu: ["spin"]
    case .gauge(let model):
      model.dimension == 2 ? ["down", "right"] : (0..<model.dimension).map { "axis\($0)" }
    case .links(let plan, _): GaugeChain.snapshotChannels(plan.model)
    case .vector(let model): (0..<model.components).map { $0 < 3 ? ["x", "y", "z"][$0] : "s\($0)" }
    case .scalar: ["field"]
    }
  }

  /// Whether kept configurations are real numbers, in single precision, rather than small whole ones.
  var isReal: Bool {
    switch self {
    case .ising, .discrete, .gauge, .dipolar, .baxterWu: false
    case .vector, .scalar, .links: true
    }
  }

  /// Bytes of one site in a kept configuration.
  var bytesPerSite: Int { snapshotChannels.count * (isReal ? 4 : 1) }

  /// Upper estimate of what a running chain holds per site.
  var workingBytesPerSite: Int {
    switch self {
    case .ising: 14
    case .gauge(let model): model.dimension == 2 ? 2 : 9 * model.dimension
    // Links, momenta and their copy, two tables, and the lines of Wilson loops.
    case .links(let plan, _):
      plan.model.dimension
        * (8 + (6 + 2 * plan.longestLoop) * (8 + 16 * plan.model.group.rank * plan.model.group.rank))
    case .dipolar: 80
    case .baxterWu: 16
    case .discrete: 40
    case .vector(let model): 40 + 24 * model.components
    case .scalar: 40
    }
  }

  /// Measured sweeps of a chain where the usual number would take long; nil for the usual one.
  ///
  /// An update of a link costs as much as tens to hundreds of spins.
  var defaultSweeps: Int? {
    guard case .links(let plan, _) = self else { return nil }
    let cost = plan.model.linkCount * plan.model.group.rank
    return max(200, min(10_000, (1 << 24) / cost))
  }

  /// Upper estimate of the number of observables.
  var observableCount: Int {
    switch self {
    case .ising, .gauge: 7
    case .links(let plan, _): plan.observables.count
    case .dipolar: 12
    case .baxterWu: 4
    case .discrete(let model): 7 + model.orderComponents
    case .vector(let model): 9 + model.components
    case .scalar: 12
    }
  }

  /// What stands for k^2 at the smallest wave vectors of a closed crystal; nil where there are none.
  var momentumSquared: Double? {
    switch self {
    case .ising(let model): Self.momentumSquared(model.lattice)
    case .scalar(let model): Self.momentumSquared(model.lattice)
    case .discrete(let model): Self.momentumSquared(model.lattice)
    case .vector(let model): Self.momentumSquared(model.lattice)
    case .gauge, .links, .dipolar, .baxterWu: nil
    }
  }

  private static func momentumSquared(_ lattice: Lattice) -> Double? {
    lattice.smallestWaveVectors.first.map(lattice.momentumSquared)
  }

  /// The same as a lattice with bonds says, which a large one does not have to build for it: 4 sin^2(k/2) with
  /// k = 2 pi/L along the longest side.
  private static func momentumSquared(_ lattice: HypercubicLattice) -> Double? {
    guard let side = lattice.sides.max(), side > 1 else { return nil }
    let half = sin(Double.pi / Double(side))
    return 4 * half * half
  }

  /// Whether all values of a kept configuration are -1 and +1.
  var isBinary: Bool {
    switch self {
    case .ising, .gauge, .baxterWu: true
    case .discrete(let model): Set(model.spins.values) == [-1, 1]
    case .vector, .scalar, .links, .dipolar: false
    }
  }

  /// Whether the order parameter is a number with a sign.
  var hasScalarOrder: Bool {
    switch self {
    case .ising, .scalar, .baxterWu: true
    case .discrete(let model): model.orderComponents == 1
    case .vector, .gauge, .links, .dipolar: false
    }
  }
}
