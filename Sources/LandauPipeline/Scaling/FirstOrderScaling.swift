import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// A first-order transition: two peaks of the energy distribution, sampled with flat energies, extrapolated in
/// the number of sites.
///
/// Peaks at equal height and their distance approach their limits as L^-d (Lee and Kosterlitz 1991, Janke 1993),
/// and so does the beta where both are equally high.
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
  let latentFit: ScalingFit
  let betaFit: ScalingFit
  let orderedFit: ScalingFit
  let disorderedFit: ScalingFit

  var latentHeat: ScalingNumber { Self.number(latentFit) }
  var criticalBeta: ScalingNumber { Self.number(betaFit) }

  static func number(_ fit: ScalingFit) -> ScalingNumber {
    let value = fit.parameter(0)
    return ScalingNumber(value.value, statistical: value.error, systematic: fit.rangeSpread)
  }

  /// The fits by name, in the order of the reports.
  var fits: [(name: String, fit: ScalingFit)] {
    [
      ("latentHeatPerSite", latentFit), ("beta", betaFit), ("orderedEnergyPerSite", orderedFit),
      ("disorderedEnergyPerSite", disorderedFit),
    ]
  }

  /// - Throws: `InputError` where no fit succeeds.
  init(_ sizes: [Size], dimension: Int) throws(InputError) {
    self.sizes = sizes
    self.dimension = dimension
    func fit(_ quantity: Int, perSite: Bool) throws(InputError) -> ScalingFit {
      let values = Replicates(
        independent: sizes.map { size in
          let scale = perSite ? 1 / Double(size.siteCount) : 1
          return size.peaks.quantities.map { [$0[quantity] * scale] }
        })
      return try ScalingFit(
        .limitWithExponent(Double(dimension)), sizes: sizes.map { Double($0.side) }, values: values)
    }
    betaFit = try fit(0, perSite: false)
    orderedFit = try fit(1, perSite: true)
    disorderedFit = try fit(2, perSite: true)
    latentFit = try fit(3, perSite: true)
  }
}

/// Whether two phases coexist: the valley between two peaks of the energy deepens with the size.
struct Coexistence: Sendable {
  var sides: [Int]
  /// ln of peak over valley, size by size.
  var barriers: [Estimate]
  /// Energies per site of the peaks of the largest size, and where they are equally high.
  var energies: ClosedRange<Double>
  var beta: Double

  /// - Parameter found: peaks of growing sizes.
  /// - Returns: nil where the valley does not deepen clearly.
  init?(_ found: [(sample: ScalingSample, peaks: DoublePeak)]) {
    sides = found.map(\.sample.plan.side)
    barriers = found.map(\.peaks.barrier)
    guard let first = barriers.first, let last = barriers.last, let (sample, peaks) = found.last
    else { return nil }
    let error = (first.error * first.error + last.error * last.error).squareRoot()
    guard last.value > 0.5, last.value - first.value > max(0.3, 3 * error),
      peaks.orderedEnergy.value < peaks.disorderedEnergy.value
    else { return nil }
    let sites = Double(sample.siteCount)
    energies = (peaks.orderedEnergy.value / sites)...(peaks.disorderedEnergy.value / sites)
    beta = peaks.equalHeightBeta.value
  }

  /// The two peaks of one size; nil where there are not two.
  static func peaks(_ sample: ScalingSample) -> DoublePeak? {
    let sites = Double(sample.siteCount)
    let energy = Series(
      sample.chains.map { $0.energy.map { ($0 * sites).rounded(toDigits: 9) } },
      spacing: sample.plan.measureEvery)
    guard let width = binWidth(energy),
      let reweighting = try? Reweighting([SampledState(beta: sample.plan.beta, energy: energy)])
    else { return nil }
    return try? DoublePeak(reweighting, near: sample.plan.beta, binWidth: width)
  }

  /// About sixty bins, each as wide as a whole number of steps between energies.
  static func binWidth(_ energy: Series) -> Double? {
    let levels = Set(energy.chains.joined()).sorted()
    guard let low = levels.first, let high = levels.last, levels.count > 20 else { return nil }
    let step = zip(levels, levels.dropFirst()).map { $1 - $0 }.min()!
    return step * max(1, ((high - low) / (60 * step)).rounded())
  }
}

extension Double {
  fileprivate func rounded(toDigits digits: Int) -> Double {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    return abs(self) < 1e6 ? (self * scale).rounded() / scale : self
  }
}

extension ScalingJob {
  /// Sizes that tell a first-order transition: small enough for cluster updates to cross between the phases.
  var coexistenceSides: [Int] { system.dimension == 2 ? [10, 14, 18] : [4, 6, 8] }

  /// The size at whose crossing they are looked at.
  var coexistencePause: Int { system.dimension == 2 ? 16 : 6 }

  /// Looks for two peaks of the energy, each size where those of the one before are equally high.
  func coexistence(near beta: Double, _ run: ScalingRun) throws -> Coexistence? {
    var beta = beta
    var found: [(sample: ScalingSample, peaks: DoublePeak)] = []
    for side in coexistenceSides {
      // The first peaks may be equally high a few per cent beside the crossing of moments.
      let shifts = found.isEmpty ? [1, 1.006, 1.012, 1.018, 1.024] : [1]
      var look: (sample: ScalingSample, peaks: DoublePeak)?
      for shift in shifts where look == nil {
        // Between two phases clusters take tens to hundreds of sweeps: enough journeys for a valley that stands
        // out by four standard deviations.
        let sweeps = Int(4e7) / system.siteCount(side: side)
        let plan = ScalingPlan(side: side, beta: shift * beta, sweeps: sweeps)
        let sample = try system.measure([plan], stage: "peaks", run)[0]
        look = Coexistence.peaks(sample).map { (sample, $0) }
      }
      guard let look else { return nil }
      found.append(look)
      beta = look.peaks.equalHeightBeta.value
    }
    return Coexistence(found)
  }

  /// Multicanonical runs of several sizes.
  func firstOrder(
    _ coexistence: Coexistence, steps: [ScalingSearch.Step], _ run: ScalingRun
  ) throws -> ScalingFindings {
    var sizes: [FirstOrderScaling.Size] = []
    var failures: [String] = []
    var leftOut: [Int] = []
    let sides =
      options.sides ?? (system.dimension == 2 ? [16, 20, 24, 28, 32, 40] : [6, 8, 10, 12])
    run.progress.begin("flat histograms", total: sides.count)
    for side in sides {
      let sites = Double(system.siteCount(side: side))
      let sweeps = Int(1.5e10 * options.effort / Double(sides.count) / sites / 4)
      let plan = ScalingPlan(
        side: side, beta: coexistence.beta, sweeps: max(2000, sweeps), measureEvery: 5)
      do {
        sizes.append(try multicanonical(plan, coexistence, run))
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
        result: .firstOrder(found), steps: steps, sizes: [], warnings: warnings(found) + failures,
        leftOut: leftOut)
    } catch {
      return ScalingFindings(
        result: .none(reason: "two phases coexist, but \(error.message)"), steps: steps, sizes: [])
    }
  }

  private func warnings(_ found: FirstOrderScaling) -> [String] {
    found.fits.compactMap { name, fit in fit.parameter(0).warning.map { "\(name): \($0)" } }
      + found.sizes.filter { $0.tunnellings < 50 }.map {
        "L = \($0.side): only \($0.tunnellings) journeys between the phases"
      }
  }

  private func multicanonical(
    _ plan: ScalingPlan, _ coexistence: Coexistence, _ run: ScalingRun
  ) throws -> FirstOrderScaling.Size {
    let model = try system.discreteModel(side: plan.side)
    let sites = Double(model.siteCount)
    let (low, high) = (coexistence.energies.lowerBound, coexistence.energies.upperBound)
    // Wide enough for both peaks of the smallest size.
    let margin = 0.6 * (high - low)
    var wangLandau = WangLandauPlan()
    wangLandau.energyRange = (sites * (low - margin))...(sites * (high + margin))
    wangLandau.finalLogFactor = 1e-4
    let seed = run.seed.child("multicanonical", plan.side)
    let walk = try WangLandau(model: model, plan: wangLandau, seed: seed, pool: run.pool)
    walk.run(unless: run.cancellation)
    try run.cancellation.check()
    let weights = FlatWeights(try walk.densityOfStates())
    let chains = try (0..<plan.chains).map { index in
      try MulticanonicalChain(
        model: model, weights: weights, ends: (sites * low)...(sites * high),
        seed: seed.child("chain", index))
    }
    let runner = ChainRunner(
      chains: chains,
      lengths: .init(sweeps: plan.sweeps, burnIn: plan.burnIn, measureEvery: plan.measureEvery))
    runner.advance(pool: run.pool, cancellation: run.cancellation)
    try run.cancellation.check()
    let energy = runner.recording[.energyPerSite]!.map { ($0 * sites).rounded(toDigits: 9) }
    let state = SampledState(logWeight: { weights.logWeight($0) }, energy: energy)
    let peaks = try DoublePeak(
      Reweighting([state]), near: coexistence.beta,
      binWidth: weights.bins.width
        * max(1, ((high - low) * sites / weights.bins.width / 40).rounded()))
    return FirstOrderScaling.Size(
      plan: plan, siteCount: model.siteCount, peaks: peaks,
      tunnellings: chains.reduce(0) { $0 + $1.tunnellingCount })
  }
}
