public import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Finds the transition of a model and its exponents, from nothing but the model.
public struct ScalingJob: Sendable {
  let options: ScalingOptions
  let system: ScalingSystem
  let sides: [Int]

  public init(_ options: ScalingOptions) throws(InputError) {
    self.options = options
    guard let cell = UnitCell.named.first(where: { $0.name == options.lattice ?? "square" }) else {
      throw .notAllowed(
        "--lattice", options.lattice ?? "",
        allowed: UnitCell.named.map(\.name).joined(separator: ", "))
    }
    system = ScalingSystem(spins: options.states.map { .potts($0) } ?? .ising, cell: cell, coupling: options.coupling ?? 1)
    sides = options.sides ?? Self.defaultSides(dimension: system.dimension)
  }

  static func defaultSides(dimension: Int) -> [Int] {
    switch dimension {
    case 2: [8, 12, 16, 24, 32, 48, 64, 96, 128]
    case 3: [6, 8, 12, 16, 24, 32, 48]
    default: [4, 6, 8, 12, 16]
    }
  }

  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let run = ScalingRun(
      seed: Seed(options.seed), pool: pool, progress: progress, cancellation: cancellation)
    var search = ScalingSearch(system, run)
    var t = Progress.now()
    guard let beta = try search.locate(sides) else {
      return Report(json: [], text: "no transition found\n")
    }
    for s in search.steps { print(s) }
    print("search", Progress.now() - t, beta)
    t = Progress.now()
    let plans = self.plans(beta: beta)
    progress.begin("measuring", total: plans.reduce(0) { $0 + $1.chains })
    let samples = try system.measure(plans, stage: "precision", run)
    progress.end()
    print("measured", Progress.now() - t)
    t = Progress.now()
    let curves = try pool.map(samples.count) { ScalingCurves(samples[$0]) }
    guard let result = ContinuousScaling(curves, dimension: system.dimension) else {
      return Report(json: [], text: "no fit\n")
    }
    print("analysed", Progress.now() - t)
    for (i, c) in curves.enumerated() {
      let r = c.replicates
      print(
        c.side, plans[i].sweeps, "taus",
        Series(samples[i].chains.map(\.energy)).estimate().integratedTime!,
        Series(samples[i].chains.map(\.square)).estimate().integratedTime!,
        c.estimate(.correlationLength, at: beta), c.estimate(.binderRatio, at: beta),
        (0..<5).map { result.fixed[i * 5 + $0] }.map(\.description), r.replicates.count,
        r.warning ?? "")
    }
    for (n, f) in [
      ("bc", result.transition), ("1/nu", result.slopes), ("m", result.order),
      ("m2", result.square),
    ] {
      print(n, f.common, f.systematic, f.correctionExponent as Any)
      for c in f.candidates.prefix(6) {
        print(
          "   ", c.smallestSide, c.correctionExponent ?? 0, c.common, c.amplitudes, c.chiSquare,
          c.degreesOfFreedom, c.weight)
      }
    }
    for (n, x) in [
      ("beta_c", result.criticalBeta), ("Tc", result.criticalBeta.inverse), ("nu", result.nu),
      ("beta", result.beta), ("gamma", result.gamma), ("eta", result.eta),
      ("b/n", result.betaOverNu), ("g/n", result.gammaOverNu),
    ] {
      print(n, x.estimate, "stat", x.statistical, "sys", x.systematic, "rel", x.error / x.value)
    }
    return Report(json: [], text: "")
  }

  /// The same time for every size, as far as more measurements help.
  func plans(beta: Double) -> [ScalingPlan] {
    var budget = 2.4e10 * options.effort
    var left = Double(sides.count)
    return sides.map { side in
      let share = budget / left
      let sites = Double(system.siteCount(side: side))
      let sweeps = min(250_000, max(1000, Int(share / sites / 4)))
      budget -= Double(4 * sweeps) * sites
      left -= 1
      return ScalingPlan(side: side, beta: beta, sweeps: sweeps)
    }
  }
}
