public import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Finds the transition of a model and its exponents, from nothing but the model.
///
/// The result depends on the options and the seed, not on threads or time.
public struct ScalingJob: Sendable {
  let options: ScalingOptions
  let system: ScalingSystem
  /// Sizes of the precision runs, ascending.
  let sides: [Int]
  let folder: String

  /// Sizes that a study of a continuous transition needs.
  static let minimumSizeCount = 4

  /// Finds everything that can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option, its value and what is allowed.
  public init(_ options: ScalingOptions) throws(InputError) {
    self.options = options
    system = try options.system()
    sides = options.sides ?? system.defaultSides
    folder = options.output ?? "landau-scaling-\(system.fileName)"
    try checkSides()
    // A chain tells of models that clusters do not apply to.
    _ = try system.makeChain(side: 4, beta: system.meanFieldBeta, seed: Seed(0))
    try OutputPath.makeFolder(folder)
  }

  private func checkSides() throws(InputError) {
    guard sides.count >= Self.minimumSizeCount, sides == Set(sides).sorted(),
      let first = sides.first, first >= 4
    else {
      throw .notAllowed(
        "--size", sides.map(String.init).joined(separator: ","),
        allowed: "four or more different sides from 4 on, ascending")
    }
    guard sides.last! >= 4 * first else {
      throw InputError(
        "--size is \(sides.map(String.init).joined(separator: ",")); the largest side must be at "
          + "least four times the smallest, or there is nothing to extrapolate from")
    }
    let bytes = 64 * Double(system.siteCount(side: sides.last!))
    try MemoryBudget.require(bytes * 4, for: "--size", "\(sides.last!)")
  }

  /// - Throws: `Interrupted` when stopped before the sizes measured allow an analysis, `RunError` when files
  ///   cannot be written. A stop later on gives a report of the sizes measured by then, exit status 4.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let deadline = options.seconds.map { seconds in
      Task.detached {
        // Throws when the study is complete before.
        try await Task.sleep(for: .seconds(seconds))
        cancellation.request()
      }
    }
    defer { deadline?.cancel() }
    let run = ScalingRun(
      seed: Seed(options.seed), pool: pool, progress: progress, cancellation: cancellation)
    let findings =
      system.isPlaneRotor ? try kosterlitzThouless(run) : try continuous(run)
    return try ScalingOutput.report(findings, job: self, folder: folder)
  }

  private func continuous(_ run: ScalingRun) throws -> ScalingFindings {
    var search = ScalingSearch(system, run)
    var phases: Coexistence?
    let located = try search.locate(sides, pausingAt: coexistencePause) { crossing, side in
      if case .vector = system.spins { return false }
      phases = try coexistence(near: crossing, about: side, run)
      return phases != nil
    }
    if let phases { return try firstOrder(phases, steps: search.steps, run) }
    guard let beta = located else {
      return ScalingFindings(
        result: .none(
          reason: "the moment ratios of sizes \(sides[0]) and \(2 * sides[0]) do not cross up to "
            + "beta = \(SampleJob.short(search.steps.last?.beta ?? 0))"), steps: search.steps,
        sizes: [])
    }
    let (windows, sizes) = try windows(near: beta, run)
    guard let found = ContinuousScaling(windows, dimension: system.dimension) else {
      return ScalingFindings(
        result: .none(reason: "no fit of the crossings succeeded; give a larger --effort"),
        steps: search.steps, sizes: sizes)
    }
    return ScalingFindings(
      result: .continuous(found), steps: search.steps, sizes: sizes,
      unseenLatentHeat: sizes.last?.unseenLatentHeat, warnings: warnings(found),
      leftOut: Array(sides[windows.count...]))
  }

  private func warnings(_ found: ContinuousScaling) -> [String] {
    var warnings: [String] = []
    func check(_ curves: ScalingCurves, _ beta: Double) {
      if curves.range.contains(beta) { return }
      warnings.append(
        "L = \(curves.side): compared at beta = \(SampleJob.short(beta)), outside the range that "
          + "reweighting covers; give a larger --effort")
    }
    for (window, beta) in zip(found.windows, found.fixedBetas) {
      check(window.middle, beta)
      let quantities = [ScalingCurves.Quantity.correlationLength, .binderRatio]
      for (quantity, ends) in zip(quantities, found.slopeEnds) {
        check(window.low, window.low.whole.beta(where: quantity, is: ends.lowerBound))
        check(window.high, window.high.whole.beta(where: quantity, is: ends.upperBound))
      }
    }
    for (name, fit) in found.fits where fit.best.probability < 0.001 {
      warnings.append("the best fit of \(name) is implausible (p < 0.001)")
    }
    return warnings
  }
}
