import LandauCore
import LandauExact
import LandauLattice

/// The exact solution that fits a model, chosen once and evaluated at many temperatures.
struct ExactSolution: Sendable {
  /// Whose it is, for the report.
  var method: String
  /// Everything known at one beta, under the names of the conventions page.
  var values: @Sendable (_ beta: Double) -> [ExactValue]

  /// How much work may go into it.
  enum Effort: Int, Sendable {
    /// Milliseconds: beside a simulation.
    case quick = 16
    /// Tenths of seconds: for the register of truths.
    case moderate = 20
    /// Seconds: when exact values are what was asked for.
    case full = 25

    /// The most spins that are enumerated.
    var enumeratedSpins: Int { rawValue }

    /// Table entries that exact sums at all temperatures together may touch.
    var summedEntries: Double {
      switch self {
      case .quick: 3e8
      case .moderate: 1e9
      case .full: .infinity
      }
    }
  }

  enum Outcome: Sendable {
    case known(ExactSolution)
    case unknown(reason: String)

    var solution: ExactSolution? { if case .known(let solution) = self { solution } else { nil } }
  }

  /// - Parameter count: of temperatures that it will be asked for, which share the effort.
  static func finite(
    _ model: ResolvedModel, _ physical: PhysicalModel, effort: Effort, count: Int
  ) throws(InputError) -> Outcome {
    switch physical {
    case .ising: try finiteIsing(model, physical, effort: effort, count: count)
    case .discrete(let discrete):
      try finiteDiscrete(model, discrete, effort: effort, count: count)
    case .gauge, .links:
      model.dimension == 2
        ? .known(try gauge(model, physical))
        : .unknown(
          reason: "gauge theories in \(model.dimension) dimensions have no known solution")
    case .dipolar, .baxterWu: unknown(model, "on a finite lattice")
    case .vector: ring(model).map { .known($0) } ?? unknown(model, "on this lattice")
    case .scalar(let field):
      try freeField(field).map { .known($0) } ?? unknown(model, "for lambda above 0")
    }
  }

  static func infinite(_ model: ResolvedModel) throws(InputError) -> Outcome {
    guard model.bondCouplings.isEmpty else { return unknown(model, "with different couplings") }
    if model.name == .ising, let planar = planarIsing(model) { return .known(planar) }
    if model.name != .ising, let chain = ring(model) { return .known(chain) }
    guard model.name.isGauge || model.name == .ising && model.isPeriodicHypercubic else {
      return unknown(model, "on the infinite \(model.latticeName) lattice")
    }
    switch (model.name, model.dimension) {
    case (let name, 3...) where name.isGauge:
      return .unknown(
        reason: "gauge theories in \(model.dimension) dimensions have no known solution")
    case (let name, _) where name.isGauge:
      return .unknown(
        reason: "the infinite gauge theory is the limit of independent plaquettes: give --size")
    case (.ising, _) where model.coupling == 0: return .known(independentSpins(model))
    case (.ising, 1): return .known(try longRing(model))
    case (.ising, 2) where model.field == 0: return .known(onsager(model))
    case (.ising, 2):
      return .unknown(reason: "the two-dimensional Ising model in a field has no known solution")
    default:
      return .unknown(
        reason: "the Ising model in \(model.dimension) dimensions has no known solution")
    }
  }
}

// The solutions.
extension ExactSolution {
  private static func finiteIsing(
    _ model: ResolvedModel, _ physical: PhysicalModel, effort: Effort, count: Int
  ) throws(InputError) -> Outcome {
    // First what gives the most quantities.
    if model.siteCount <= effort.enumeratedSpins { return .known(try enumeration(model)) }
    if model.coupling == 0 { return .known(independentSpins(model)) }
    if model.dimension == 1 { return .known(try ring(model, siteCount: model.siteCount)) }
    // Kaufman's formula loses its digits for an antiferromagnet with an odd side.
    if let sides = model.sides, sides.count == 2, model.field == 0, try !model.ising().isFrustrated
    {
      return .known(
        try kaufman(KaufmanTorus(rows: sides[0], columns: sides[1], coupling: model.coupling)))
    }
    return try sum(model, states: 2, effort: effort, count: count) { () throws(InputError) in
      try physical.fewValued
    }
  }

  private static func kaufman(_ torus: KaufmanTorus) throws(InputError) -> ExactSolution {
    ExactSolution(method: "finite torus, Kaufman 1949") { beta in
      thermal(
        beta: beta, siteCount: Double(torus.siteCount),
        logPartition: torus.logPartition(beta: beta),
        energy: torus.energyPerSite(beta: beta), heat: torus.specificHeatPerSite(beta: beta))
        + [ExactValue(name: "magnetizationPerSite", value: 0)]
    }
  }

  private static func enumeration(_ model: ResolvedModel) throws(InputError) -> ExactSolution {
    let all = try Enumeration(of: model.ising())
    let sites = Double(model.siteCount)
    return ExactSolution(method: "enumeration of all 2^\(model.siteCount) configurations") { beta in
      let square = all.magnetizationMoment(2, beta: beta)
      let modulus = all.absoluteMagnetization(beta: beta)
      // Without a field the mean vanishes by symmetry; summing would leave the rounding.
      let mean = model.field == 0 ? 0 : all.magnetizationMoment(1, beta: beta)
      return thermal(
        beta: beta, siteCount: sites, logPartition: all.logPartition(beta: beta),
        energy: all.energyPerSite(beta: beta), heat: all.specificHeatPerSite(beta: beta))
        + [
          ExactValue(name: "magnetizationPerSite", value: mean),
          ExactValue(name: "absMagnetizationPerSite", value: modulus),
          ExactValue(name: "magnetizationSquaredPerSite", value: square),
          ExactValue(
            name: "susceptibilityPerSite", value: beta * sites * (square - modulus * modulus)),
          ExactValue(name: "susceptibilityDisorderedPerSite", value: beta * sites * square),
          ExactValue(name: "binderCumulant", value: all.binderCumulant(beta: beta)),
        ]
    }
  }

  private static func ring(
    _ model: ResolvedModel, siteCount: Int
  ) throws(InputError) -> ExactSolution {
    let ring = try IsingRing(siteCount: siteCount, coupling: model.coupling, field: model.field)
    let sites = Double(siteCount)
    return ExactSolution(method: "ring, transfer matrix") { beta in
      let mean = ring.magnetizationPerSite(beta: beta)
      // beta (<M^2> - <M>^2)/N, so its limit at beta 0 is that of independent spins.
      let variance = beta == 0 ? 1 / sites : ring.susceptibilityPerSite(beta: beta) / (beta * sites)
      let square = variance + mean * mean
      return thermal(
        beta: beta, siteCount: sites, logPartition: ring.logPartition(beta: beta),
        energy: ring.energyPerSite(beta: beta), heat: ring.specificHeatPerSite(beta: beta))
        + [
          ExactValue(name: "magnetizationPerSite", value: mean),
          ExactValue(name: "magnetizationSquaredPerSite", value: square),
          ExactValue(name: "susceptibilityDisorderedPerSite", value: beta * sites * square),
        ]
    }
  }

  /// The infinite chain as a ring of 2^40 sites, which differs by less than 1e-12.
  ///
  /// The difference is exp(-N / correlation length), or below exp(-2 beta |J|) where the correlation
  /// length is larger than that.
  private static func longRing(_ model: ResolvedModel) throws(InputError) -> ExactSolution {
    let long = try ring(model, siteCount: 1 << 40)
    let intensive = [
      "logPartitionPerSite", "freeEnergyPerSite", "energyPerSite", "specificHeatPerSite",
      "magnetizationPerSite",
    ]
    return ExactSolution(method: "infinite chain, transfer matrix") { beta in
      long.values(beta).filter { intensive.contains($0.name) }
    }
  }

  private static func onsager(_ model: ResolvedModel) -> ExactSolution {
    let solution = Onsager(coupling: model.coupling)
    return ExactSolution(method: "infinite lattice, Onsager 1944 and Yang 1952") { beta in
      perSite(
        beta: beta, logPartition: solution.logPartitionPerSite(beta: beta),
        energy: solution.energyPerSite(beta: beta), heat: solution.specificHeatPerSite(beta: beta))
        + [
          ExactValue(
            name: "spontaneousMagnetizationPerSite",
            value: solution.spontaneousMagnetization(beta: beta))
        ]
    }
  }

  /// Spins without coupling in a field.
  private static func independentSpins(_ model: ResolvedModel) -> ExactSolution {
    let field = model.field
    let siteCount = model.sides == nil ? nil : Double(model.siteCount)
    return ExactSolution(method: "independent spins") { beta in
      let one = Paramagnet(beta: beta, field: field)
      let mean = ExactValue(name: "magnetizationPerSite", value: one.magnetization)
      let intensive = perSite(
        beta: beta, logPartition: one.logPartition, energy: one.energy, heat: one.specificHeat)
      guard let siteCount else { return intensive + [mean] }
      return [ExactValue(name: "logPartition", value: siteCount * one.logPartition)] + intensive
        + [mean]
    }
  }

  static func thermal(
    beta: Double, siteCount: Double, logPartition: Double, energy: Double, heat: Double
  ) -> [ExactValue] {
    [ExactValue(name: "logPartition", value: logPartition)]
      + perSite(beta: beta, logPartition: logPartition / siteCount, energy: energy, heat: heat)
  }

  static func perSite(
    beta: Double, logPartition: Double, energy: Double, heat: Double
  ) -> [ExactValue] {
    [
      ExactValue(name: "logPartitionPerSite", value: logPartition),
      // Minus infinity at infinite temperature, null in JSON.
      ExactValue(name: "freeEnergyPerSite", value: -logPartition / beta),
      ExactValue(name: "energyPerSite", value: energy),
      ExactValue(name: "specificHeatPerSite", value: heat),
    ]
  }
}
