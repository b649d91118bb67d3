import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sizes of a continuous transition, smallest first.
struct MeasuredWindows: Sendable {
  var windows: [ScalingWindow] = []
  /// Three runs each.
  var sizes: [ScalingFindings.Size] = []
  /// Of the largest size; see `Coexistence`.
  var unseenLatentHeat: Double?
}

extension ScalingJob {
  /// Share of the time that goes to the transition itself, which gives beta_c, beta/nu and gamma/nu; the rest goes to
  /// both sides of it, which give nu, the least precise of all on two axes. On three, lattices are small and beta_c needs it.
  var middleShare: Double { system.dimension == 2 ? 0.4 : 0.7 }
  /// By which part of its value xi/L grows, to first order, from the middle of a window to its end: about two
  /// standard deviations of the energy. Larger windows are better for nu, but for corrections that grow with
  /// the square of the width (third order of beta in the scaling field).
  static let reach = 1.0

  /// Measures all sizes at the transition and on both sides of it, smallest first.
  ///
  /// A pilot run of all sizes says how far apart the sides are: xi/L changes there by `reach`, so distances shrink
  /// as L^(-1/nu), which need not be known.
  func windows(
    near beta: Double, _ run: ScalingRun
  ) throws -> MeasuredWindows {
    let middles = plans(sides, beta: beta, effort: options.effort)
    run.progress.begin(
      "measuring", total: middles.reduce(0) { $0 + 4 * $1.chains })
    let pilots = try system.measure(
      middles.map { plan in
        var pilot = plan
        pilot.sweeps = max(200, plan.sweeps / 50)
        return pilot
      }, stage: "pilot", run
    ).map { ScalingCurves($0) }
    let critical = CriticalPoint(pilots)?.critical ?? beta
    var measured = MeasuredWindows()
    for (plan, distance) in zip(middles, Self.distances(pilots, at: critical)) {
      let plans = [-distance, 0, distance].map { shift in
        var own = plan
        own.beta = critical + shift
        let share = shift == 0 ? middleShare : (1 - middleShare) / 2
        own.sweeps = max(250, Int(share * Double(plan.sweeps)))
        return own
      }
      guard
        let samples = try run.unlessStopped({
          try system.measure(plans, stage: "precision", run)
        })
      else { break }
      let curves = try run.pool.map(samples.count) { ScalingCurves(samples[$0]) }
      measured.windows.append(
        ScalingWindow(low: curves[0], middle: curves[1], high: curves[2]))
      measured.sizes += try run.pool.map(samples.count) { ScalingFindings.Size(samples[$0]) }
      measured.unseenLatentHeat = Coexistence.unseenLatentHeat(samples[1])
    }
    // After a stop, the sizes that are complete, if they are enough.
    let count = measured.windows.count
    if count < sides.count && count < Self.minimumSizeCount { throw Interrupted() }
    run.progress.end()
    return measured
  }

  /// Half widths of the windows, on a line of their logarithms against ln L.
  private static func distances(_ pilots: [ScalingCurves], at beta: Double) -> [Double] {
    let own = pilots.map { pilot in
      let curve = pilot.whole
      let ratio = curve.value(.correlationLength, at: beta)
      return reach * ratio / curve.slope(.correlationLength, at: beta)
    }
    let usable = own.indices.filter { own[$0] > 0 && own[$0].isFinite }
    let fit = LinearFit(
      design: usable.map { [1, log(Double(pilots[$0].side))] },
      values: usable.map { log(own[$0]) }, errors: usable.map { _ in 1 })
    return pilots.map { pilot in
      let line = fit.map { exp($0.value(at: [1, log(Double(pilot.side))]).value) }
      // Without slopes to go by: where reweighting ends.
      return min(line ?? pilot.halfWidth, 0.3 * beta)
    }
  }

  /// The same time for every size, as far as more measurements help.
  func plans(_ sides: [Int], beta: Double, effort: Double) -> [ScalingPlan] {
    var budget = system.siteUpdates * effort
    var left = Double(sides.count)
    return sides.map { side in
      let share = budget / left
      let sites = Double(system.siteCount(side: side))
      let sweeps = Int(max(500, min(Self.sweepLimit * effort, share / sites / 4)))
      budget -= Double(4 * sweeps) * sites
      left -= 1
      return ScalingPlan(side: side, beta: beta, sweeps: sweeps)
    }
  }

  /// Sweeps of one chain at effort 1: more would only make the smallest sizes more precise than their corrections
  /// are known.
  private static let sweepLimit = 5e5
}
