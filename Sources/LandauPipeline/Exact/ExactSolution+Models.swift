import LandauCore
import LandauExact
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Solutions of models other than Ising's on periodic hypercubic lattices.
extension ExactSolution {
  static func unknown(_ model: ResolvedModel, _ place: String) -> Outcome {
    .unknown(reason: "no solution of \(model.name.rawValue) \(place) is built in")
  }

  /// Few-valued spins: all configurations, a ring, or a sum over all configurations of a narrow lattice.
  static func finiteDiscrete(
    _ model: ResolvedModel, _ discrete: DiscreteModel, effort: Effort, count: Int
  ) throws(InputError) -> Outcome {
    let bits = Double(discrete.siteCount) * log2(Double(discrete.stateCount))
    if bits <= Double(effort.enumeratedSpins) + 1e-9 { return .known(try enumeration(discrete)) }
    if model.bondCouplings.isEmpty, let ring = ring(model) { return .known(ring) }
    return try sum(model, states: discrete.stateCount, effort: effort, count: count) { discrete }
  }

  private static func enumeration(_ model: DiscreteModel) throws(InputError) -> ExactSolution {
    let method = "enumeration of all \(model.stateCount)^\(model.siteCount) configurations"
    let sites = Double(model.siteCount)
    // Moments of the order parameter where it counts in whole numbers.
    let orders = model.spins.orderVectors.map { $0[0] }
    let isCounted = model.orderComponents == 1 && orders.allSatisfy { $0 == $0.rounded() }
    let all = try Enumeration(of: model, order: { isCounted ? Int(orders[Int($0)]) : 0 })
    return ExactSolution(method: method) { beta in
      let heat = thermal(
        beta: beta, siteCount: sites, logPartition: all.logPartition(beta: beta),
        energy: all.energyPerSite(beta: beta), heat: all.specificHeatPerSite(beta: beta))
      guard isCounted else { return heat }
      let square = all.magnetizationMoment(2, beta: beta)
      let modulus = all.absoluteMagnetization(beta: beta)
      return heat + [
        ExactValue(name: "magnetizationPerSite", value: all.magnetizationMoment(1, beta: beta)),
        ExactValue(name: "absMagnetizationPerSite", value: modulus),
        ExactValue(name: "magnetizationSquaredPerSite", value: square),
        ExactValue(
          name: "susceptibilityPerSite", value: beta * sites * (square - modulus * modulus)),
        ExactValue(name: "susceptibilityDisorderedPerSite", value: beta * sites * square),
        ExactValue(name: "binderCumulant", value: all.binderCumulant(beta: beta)),
      ]
    }
  }

  /// Rings and infinite chains without a field; nil for everything else, and for frustrated rings.
  static func ring(_ model: ResolvedModel) -> ExactSolution? {
    guard model.lattice == .chain, model.isPeriodic, model.field == 0 else { return nil }
    let states = Int(model.parameters[.states] ?? 2)
    let spin: ClassicalChain.Spin
    switch model.name {
    case .potts: spin = .potts(states: states)
    case .clock: spin = .clock(states: states)
    case .xy: spin = .xy
    case .heisenberg: spin = .heisenberg
    default: return nil
    }
    let siteCount = model.sides?[0]
    guard let chain = try? ClassicalChain(spin, siteCount: siteCount, coupling: model.coupling)
    else { return nil }
    let method = siteCount == nil ? "infinite chain, transfer matrix" : "ring, transfer matrix"
    return ExactSolution(method: method) { beta in
      let logPartition = chain.logPartitionPerSite(beta: beta)
      var values = perSite(
        beta: beta, logPartition: logPartition, energy: chain.energyPerSite(beta: beta),
        heat: chain.specificHeatPerSite(beta: beta))
      if let siteCount {
        values.insert(
          ExactValue(name: "logPartition", value: Double(siteCount) * logPartition), at: 0)
        if let helicity = try? chain.helicityModulus(beta: beta) {
          values.append(ExactValue(name: "helicityModulus", value: helicity))
        }
      }
      return values
    }
  }

  /// The infinite triangular, honeycomb or kagome lattice without a field; nil for others.
  static func planarIsing(_ model: ResolvedModel) -> ExactSolution? {
    guard let lattice = PlanarIsing.Kind(rawValue: model.lattice.rawValue),
      model.lattice != .square, model.isPeriodic, model.field == 0, model.coupling != 0
    else { return nil }
    guard let planar = try? PlanarIsing(lattice, coupling: model.coupling) else { return nil }
    return ExactSolution(method: "infinite \(lattice.rawValue) lattice, closed form") { beta in
      perSite(
        beta: beta, logPartition: planar.logPartitionPerSite(beta: beta),
        energy: planar.energyPerSite(beta: beta), heat: planar.specificHeatPerSite(beta: beta))
    }
  }

  /// The scalar field without interaction; nil with one.
  static func freeField(_ model: ScalarFieldModel) throws(InputError) -> ExactSolution? {
    guard model.lambda == 0 else { return nil }
    let free = try FreeScalarField(sides: model.lattice.sides, massSquared: model.massSquared)
    // phi of the standard form is sqrt(gradient coefficient) times phi of this one.
    let scale = model.coefficients.gradient
    let sites = Double(model.siteCount)
    return ExactSolution(method: "free field, Fourier transform") { _ in
      let logPartition = free.logPartition - sites / 2 * log(scale)
      return [
        ExactValue(name: "logPartition", value: logPartition),
        ExactValue(name: "logPartitionPerSite", value: logPartition / sites),
        ExactValue(name: "actionPerSite", value: free.actionPerSite),
        ExactValue(name: "fieldPerSite", value: 0),
        ExactValue(name: "fieldSquaredPerSite", value: free.squaredField / scale),
        ExactValue(name: "virialPerSite", value: 1),
        ExactValue(name: "susceptibilityDisorderedPerSite", value: free.susceptibility / scale),
      ]
    }
  }
}
