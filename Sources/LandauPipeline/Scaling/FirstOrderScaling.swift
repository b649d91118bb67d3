import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A first-order transition: two phases in the distribution of the energy, sampled with flat numbers of bonds.
///
/// Cut at the valley, where both phases have the same weight, the distance of their mean energies approaches the
/// latent heat as fast as the states between die out: as exp(-r L^(d-1)), r the free energy of the interfaces, which
/// the valley shows (Borgs and Kotecky 1990, Borgs and Janke 1992). That beta itself approaches the transition as
/// L^-d, with corrections of that kind. Peaks at equal height approach their limits as L^-d on much larger lattices
/// only (Lee and Kosterlitz 1991, Janke 1993): ten-state Potts at L = 16 to 48 is not there. Their limit is reported
/// beside.
struct FirstOrderScaling: Sendable {
  struct Size: Sendable {
    var plan: ScalingPlan
    var siteCount: Int
    var peaks: DoublePeak
    /// Journeys from one end of the energies to the other, of all chains.
    var tunnellings: Int

    var side: Int { plan.side }
  }

  let sizes: [Size]
  let dimension: Int
  /// ln(peak/valley) grows by this with L^(d-1).
  let interfaceRate: Double
  let latentFit: ScalingFit
  let betaFit: ScalingFit
  let orderedFit: ScalingFit
  let disorderedFit: ScalingFit
  /// Of the distance of the peaks at equal height.
  let peakFit: ScalingFit

  var latentHeat: ScalingNumber { Self.number(latentFit) }
  var criticalBeta: ScalingNumber { Self.number(betaFit) }
  var peakDistance: ScalingNumber { Self.number(peakFit) }

  static func number(_ fit: ScalingFit) -> ScalingNumber {
    let value = fit.parameter(0)
    return ScalingNumber(value.value, statistical: value.error, systematic: fit.rangeSpread)
  }

  /// The fits by name, in the order of the reports.
  var fits: [(name: String, fit: ScalingFit)] {
    [
      ("latentHeatPerSite", latentFit), ("beta", betaFit), ("orderedEnergyPerSite", orderedFit),
      ("disorderedEnergyPerSite", disorderedFit), ("peakDistancePerSite", peakFit),
    ]
  }

  /// What a reader must know of these results.
  var warnings: [String] {
    let rare = sizes.filter { $0.tunnellings < Self.fewJourneys }.map {
      "L = \($0.side): only \($0.tunnellings) journeys between the phases; errors may be too small"
    }
    return rare + fits.compactMap { name, fit in fit.parameter(0).warning.map { "\(name): \($0)" } }
  }

  private static let fewJourneys = 50

  /// - Throws: `InputError` where no fit succeeds.
  init(_ sizes: [Size], dimension: Int) throws(InputError) {
    self.sizes = sizes
    self.dimension = dimension
    let power = Double(dimension - 1)
    interfaceRate = Self.rate(sizes, power: power)
    func fit(
      _ quantity: Int, perSite: Bool, _ form: ScalingFit.Form? = nil
    ) throws(InputError) -> ScalingFit {
      let values = Replicates(
        independent: sizes.map { size in
          let scale = perSite ? 1 / Double(size.siteCount) : 1
          return size.peaks.quantities.map { [$0[quantity] * scale] }
        })
      return try ScalingFit(
        form ?? .limitWithExponent(Double(dimension)), sizes: sizes.map { Double($0.side) },
        values: values)
    }
    // In the order of `DoublePeak.quantities`.
    peakFit = try fit(3, perSite: true)
    betaFit = try fit(5, perSite: false)
    orderedFit = try fit(6, perSite: true)
    disorderedFit = try fit(7, perSite: true)
    latentFit = try fit(8, perSite: true, .limitWithRate(interfaceRate, power: power))
  }

  /// The slope of the barriers against L^(d-1), weighted by their errors.
  private static func rate(_ sizes: [Size], power: Double) -> Double {
    let barriers = sizes.map(\.peaks.barrier)
    let cross = sizes.map { pow(Double($0.side), power) }
    let fit = LinearFit.polynomial(
      degree: 1, x: cross, values: barriers.map(\.value), errors: barriers.map(\.error))
    let slope = fit?.coefficients[1] ?? .nan
    // A valley that does not deepen tells nothing; then corrections are those of one e-fold over all sizes.
    return slope > 0 ? slope : 1 / cross.last!
  }
}

extension ScalingJob {
  /// Runs with flat numbers of bonds, size after size: each begins with the weights of the one before.
  func firstOrder(
    _ coexistence: Coexistence, steps: [ScalingSearch.Step], _ run: ScalingRun
  ) throws -> ScalingFindings {
    var sizes: [FirstOrderScaling.Size] = []
    var failures: [String] = []
    let budget = FirstOrderBudget(coexistence, system: system, effort: options.effort)
    let sides = options.sides ?? budget.sides
    var leftOut: [Int] = []
    run.progress.begin("flat histograms", total: sides.count)
    var known = KnownPhases(energies: coexistence.energies, beta: coexistence.beta)
    for side in sides {
      let plan = budget.plan(side: side, of: sides.count, beta: known.beta)
      do {
        sizes.append(try multibondic(plan, &known, run))
      } catch let error as InputError {
        failures.append("L = \(side): \(error.message)")
      } catch is Interrupted {
        leftOut = sides.filter { $0 >= side }
        break
      }
      run.progress.advance()
    }
    if !leftOut.isEmpty && sizes.count < 3 { throw Interrupted() }
    run.progress.end()
    guard sizes.count >= 3 else {
      return ScalingFindings(
        result: .none(
          reason:
            "two phases coexist, so the transition is of first order, but their peaks were not "
            + "located: \(failures.joined(separator: "; "))"), steps: steps, sizes: [])
    }
    do throws(InputError) {
      let found = try FirstOrderScaling(sizes, dimension: system.dimension)
      return ScalingFindings(
        result: .firstOrder(found), steps: steps, sizes: [], warnings: found.warnings + failures,
        leftOut: leftOut)
    } catch {
      return ScalingFindings(
        result: .none(reason: "two phases coexist, but \(error.message)"), steps: steps, sizes: [])
    }
  }

  /// What one size hands to the next: energies per site of the peaks, where they are equally high, and weights.
  private struct KnownPhases {
    var energies: ClosedRange<Double>
    var beta: Double
    var weights: BondWeights?
  }

  private func multibondic(
    _ plan: ScalingPlan, _ known: inout KnownPhases, _ run: ScalingRun
  ) throws -> FirstOrderScaling.Size {
    let model = try system.discreteModel(side: plan.side)
    let sites = Double(model.siteCount)
    let range = (sites * known.energies.lowerBound)...(sites * known.energies.upperBound)
    let seed = run.seed.child("multibondic", plan.side)
    var start = try BondWeights(model: model, between: range, beta: plan.beta)
    if let weights = known.weights { start = start.bent(as: weights) }
    let chains = try (0..<plan.chains).map { index in
      try MultibondicChain(model: model, weights: start, seed: seed.child("chain", index))
    }
    var search = BondWeightSearch(start)
    search.run(chains, sweeps: plan.sweeps / 2, pool: run.pool, unless: run.cancellation)
    try run.cancellation.check()
    let runner = ChainRunner(
      chains: chains,
      lengths: .init(sweeps: plan.sweeps, burnIn: plan.burnIn, measureEvery: plan.measureEvery))
    runner.advance(pool: run.pool, cancellation: run.cancellation)
    try run.cancellation.check()
    let energy = runner.recording[.energyPerSite]!.map { ($0 * sites).rounded(toDigits: 9) }
    let gap = search.weights.gap
    let peaks = try DoublePeak(
      Reweighting([search.weights.sampledState(energy: energy)]), near: plan.beta,
      binWidth: gap * max(1, ((range.upperBound - range.lowerBound) / gap / 60).rounded()))
    let (ordered, disordered) = (peaks.orderedEnergy.value, peaks.disorderedEnergy.value)
    known = KnownPhases(
      energies: (ordered / sites)...(max(ordered, disordered) / sites),
      beta: peaks.equalHeightBeta.value, weights: search.weights)
    return FirstOrderScaling.Size(
      plan: plan, siteCount: model.siteCount, peaks: peaks,
      tunnellings: chains.reduce(0) { $0 + $1.tunnellingCount })
  }
}
