public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// From snapshots along a scan to the transition and what tells its sides apart.
public struct Discovery: Sendable {
  /// How much work is spent.
  public struct Effort: Sendable {
    /// Optimiser steps of each final network.
    public var steps = 6000
    /// Optimiser steps of each network while windows are chosen and labels shuffled.
    public var trialSteps = 1000
    /// Networks trained on shuffled labels.
    public var shuffles = 10
    /// Resampled curves behind each location's error.
    public var resamples = 400
    /// Optimiser steps of each classifier of the other methods; zero leaves them out.
    public var methodSteps = 1000
    /// Rounds of the search for a formula of the prediction; zero leaves it out.
    public var formulaCycles = 8
    /// Optimiser steps of each network that convolves continuous spins; zero leaves them out.
    public var convolutionSteps = 800
    public init() {}

    /// For a first look.
    public static var quick: Effort {
      var effort = Effort()
      effort.steps = 1200
      effort.trialSteps = 500
      effort.methodSteps = 300
      effort.formulaCycles = 4
      effort.convolutionSteps = 600
      return effort
    }
  }

  /// Scans of fewer values are too coarse for a slope: the change is bracketed by the order parameter, or not at all.
  public static let smallestScan = 7

  public var windows: [Window]
  public var effort: Effort
  public var seed: Seed
  /// The functions that the energy of the model is a sum of, where it is known; they are called by name.
  public var bonds: Set<Term> = []
  /// Counts other windows in the snapshots of one size (its number in the list), so that the list can grow; nil
  /// keeps to the windows given.
  public var recount: (@Sendable (_ windows: [Window], _ size: Int) throws -> Ensemble)?
  /// Distributions of a sufficient statistic at each size, where the model is known; empty otherwise. With them
  /// every curve is compared with the best that any network could do.
  public var distributions: [ScanDistributions?] = []
  /// Area per site in units of the squared bond length, for helicity moduli: 1 on the square lattice.
  public var siteArea = 1.0

  public init(windows: [Window], seed: Seed, effort: Effort = Effort()) {
    self.windows = windows
    self.seed = seed
    self.effort = effort
  }

  /// Runs the whole analysis.
  ///
  /// - Parameter ensembles: one per lattice size, ascending.
  /// - Throws: `Interrupted` when cancelled.
  public func run(
    _ ensembles: [Ensemble], pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Findings {
    precondition(!ensembles.isEmpty)
    let chosen = try chooseAndGrow(
      ensembles, pool: pool, progress: progress, cancellation: cancellation)
    return try analyse(
      chosen.ensembles, windows: chosen.windows, selection: chosen.selection, pool: pool,
      progress: progress, cancellation: cancellation)
  }

  private func analyse(
    _ ensembles: [Ensemble], windows: [Window], selection: WindowSelection, pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws -> Findings {
    let full = ensembles[ensembles.count - 1]
    var warnings: [String] = []
    let shuffled = try shuffledLabels(
      full, windows: selection.alive, pool: pool, progress: progress, cancellation: cancellation)
    var sizes: [SizeFindings] = []
    var fits: [[TetrisFit]] = []
    progress.begin("training", total: ensembles.reduce(0) { $0 + $1.folds.count })
    do {
      for (index, ensemble) in ensembles.enumerated() {
        let trained = try train(
          ensemble, windows: selection.alive, seed: seed.child("size", index), pool: pool,
          progress: progress, cancellation: cancellation)
        let best =
          index < distributions.count ? distributions[index].map(PredictionOptimum.init) : nil
        sizes.append(judge(ensemble, trained, optimum: best, seed: seed.child("size", index)))
        fits.append(trained.fits)
      }
    } catch let stop as Interrupted {
      // What the finished sizes say is still worth saying.
      if sizes.isEmpty { throw stop }
      warnings.append(
        "stopped early: \(ensembles.count - sizes.count) of \(ensembles.count) sizes are missing")
    }
    progress.end()
    var isComplete = sizes.count == ensembles.count
    let ensembles = Array(ensembles.prefix(sizes.count))
    var methods: [MethodFindings] = []
    do {
      methods = try compare(
        ensembles, selection: selection, sizes: sizes, pool: pool, progress: progress,
        cancellation: cancellation)
    } catch is Interrupted {
      isComplete = false
      warnings.append("stopped early: the other methods are missing")
    }
    let largest = ensembles[ensembles.count - 1]
    let branches = describe(
      largest, windows: windows, selection: selection, fits: fits[fits.count - 1])
    let (indicator, values) = indicator(
      ensembles, branches: branches, fits: fits[fits.count - 1])
    let candidate = OrderParameter.find(in: largest)
    let baseline = Baseline(ensembles: ensembles, indicator: values, orderParameter: candidate)
    let isEven =
      indicator.map { found in
        ["even", "invariant", "gauge invariant"].contains { found.symmetryClass.hasPrefix($0) }
      } ?? false
    let firstOrder = FirstOrderEvidence(baseline, dimension: largest.dimension, isEven: isEven)
    // One lattice that looks ordered may only be smaller than its correlation length, as the Ising chain
    // is; order that stays as the lattice grows makes Binder's ratios cross, unless it sets in at a jump.
    let isFiniteSizeEffect =
      ensembles.count >= 3 && baseline.comparedPairs > 0 && baseline.crossings.isEmpty
      && firstOrder == nil
    let order = isFiniteSizeEffect ? nil : candidate
    if isFiniteSizeEffect, let candidate {
      warnings.append(
        "each lattice by itself looks ordered in \(candidate.pattern.formula(channels: largest.channels)), but Binder's ratios were not seen to cross: the order may fade as the lattice grows"
      )
    }
    let isShortScan = largest.parameters.count < Self.smallestScan
    if isShortScan {
      for index in sizes.indices {
        sizes[index].peak.bracket(by: order?.bracket(in: ensembles[index]))
      }
    }
    let finished = finish(
      shuffled, r2: sizes[sizes.count - 1].r2.value, slope: sizes[sizes.count - 1].peak.slope.value)
    var formula: NetworkFormula?
    if let indicator, finished.isBeaten, effort.formulaCycles > 0 {
      do {
        formula = try predictionFormula(
          largest, indicator: indicator, fits: fits[fits.count - 1], pool: pool,
          progress: progress, cancellation: cancellation)
      } catch is Interrupted {
        isComplete = false
        warnings.append("stopped early: the formula of the prediction is missing")
      }
    }
    let extrapolation = Extrapolation(
      sizes.compactMap { size in
        guard size.peak.kind == .located else { return nil }
        return point(size)
      })
    let unbinding = VortexUnbinding(ensembles, siteArea: siteArea, seed: seed.child("unbinding"))
    let verdict = Verdict(
      .init(
        sizeCount: ensembles.count, beatsShuffledLabels: finished.isBeaten,
        largestPeak: sizes[sizes.count - 1].peak.kind,
        largestLocation: sizes[sizes.count - 1].peak.location, extrapolation: extrapolation,
        baseline: baseline,
        scan: largest.parameters[0]...largest.parameters[largest.parameters.count - 1],
        firstOrder: firstOrder, unbinding: unbinding, isShortScan: isShortScan,
        looksOrdered: isFiniteSizeEffect,
        isPlaneRotor: largest.dimension == 2
          && (VortexUnbinding.hasHelicity(ensembles)
            || VortexUnbinding.circlePattern(largest) != nil)
      ))
    let changes =
      finished.isBeaten
      ? SlopeChange.all(
        in: sizes[sizes.count - 1].curve, seed: seed.child("changes"), resamples: effort.resamples)
      : []
    let parts =
      changes.count < 2
      ? [] : ScanPart.parts(of: largest, cuts: changes.map(\.location.value))
    if selection.alive.isEmpty {
      warnings.append("no window earned its place: nothing was learned")
    }
    return Findings(
      parameterName: largest.parameterName, channels: largest.channels,
      siteDimension: largest.siteShape.count, sizes: sizes, branches: branches,
      indicator: finished.isBeaten ? indicator : nil,
      indicatorCurves: indicator == nil || !finished.isBeaten
        ? [] : zip(ensembles, values).map(Self.meanCurve),
      formula: formula,
      orderParameter: order,
      orderParameterCurves: order.map { o in ensembles.map { o.magnitude(in: $0) } } ?? [],
      baseline: baseline, shuffled: finished, extrapolation: extrapolation,
      changes: changes, parts: parts, methods: methods,
      firstOrder: firstOrder, unbinding: unbinding, verdict: verdict,
      splitUnit: largest.folds.unit, isComplete: isComplete, warnings: warnings)
  }

  // MARK: - Steps

  func choose(
    _ ensemble: Ensemble, windows: [Window], pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> WindowSelection {
    let split = Split(ensemble, fold: 0, maximumTraining: 30_000)
    let trial = seed.child("selection")
    let effort = effort
    return try WindowSelection(
      windows: windows, pool: pool, progress: progress, cancellation: cancellation
    ) { subset, thorough in
      // The best of several starts: what a set of windows can tell, not how one start went.
      let held = split.validation + split.test
      return try (0..<(thorough ? 3 : 2)).map { start in
        try cancellation.check()
        return TetrisTraining.fit(
          ensemble, windows: subset, split: split,
          steps: thorough ? effort.steps / 2 : effort.trialSteps, shuffle: nil,
          seed: trial.child("start", start)
        ).squaredError(ensemble, samples: held)
      }.min()!
    }
  }

  /// The other methods through the windows that earned their place, the most important first, as far as their functions are few
  /// enough for covariances of all of them at every value.
  private func compare(
    _ ensembles: [Ensemble], selection: WindowSelection, sizes: [SizeFindings], pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws -> [MethodFindings] {
    let ranges = ensembles[0].counts.ranges
    var windows: [Int] = []
    for window in selection.alive.sorted(by: { selection.gains[$0] > selection.gains[$1] })
    where (windows + [window]).reduce(0, { $0 + ranges[$1].count }) <= 64 {
      windows.append(window)
    }
    guard !windows.isEmpty, effort.methodSteps > 0,
      ensembles.allSatisfy({ $0.parameters.count >= Self.smallestScan })
    else { return [] }
    return try PhaseDetection(
      windows: windows.sorted(), steps: effort.methodSteps, resamples: effort.resamples / 2,
      seed: seed.child("methods")
    ).run(
      ensembles, distributions: distributions, regressions: sizes, pool: pool, progress: progress,
      cancellation: cancellation)
  }

  struct Trained {
    var fits: [TetrisFit]
    var outputs: NetworkOutputs
  }

  func train(
    _ ensemble: Ensemble, windows: [Int], seed: Seed, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> Trained {
    let steps = effort.steps
    let results = try pool.map(ensemble.folds.count) { fold in
      try cancellation.check()
      let fit = TetrisTraining.fit(
        ensemble, windows: windows, split: Split(ensemble, fold: fold), steps: steps, shuffle: nil,
        seed: seed.child("fold", fold))
      let predictions = fit.predict(ensemble, samples: 0..<ensemble.sampleCount)
      progress.advance()
      return (fit, predictions)
    }
    return Trained(
      fits: results.map(\.0), outputs: NetworkOutputs(ensemble, results.map(\.1)))
  }

  private static func meanCurve(_ ensemble: Ensemble, _ values: [Float]) -> [Estimate] {
    ensemble.means { Double(values[$0]) }.map(\.estimate)
  }

  func judge(
    _ ensemble: Ensemble, _ trained: Trained, optimum: PredictionOptimum?, seed: Seed
  ) -> SizeFindings {
    let curve = CurveEstimation.curve(ensemble, trained.outputs)
    let peak = SlopePeak(curve, seed: seed, resamples: effort.resamples)
    return SizeFindings(
      siteShape: ensemble.siteShape, linearSize: ensemble.linearSize,
      sampleCount: ensemble.sampleCount, curve: curve, peak: peak,
      r2: CurveEstimation.r2(ensemble, predictions: trained.outputs.held), optimum: optimum,
      chiSquare: optimum.map { curve.chiSquare(to: $0.means) })
  }

  private func point(_ size: SizeFindings) -> Extrapolation.Point {
    Extrapolation.Point(
      linearSize: size.linearSize, location: size.peak.location,
      spread: size.curve.spread(at: size.peak.location.value), scan: size.curve.parameters)
  }

  private func shuffledLabels(
    _ ensemble: Ensemble, windows: [Int], pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> ShuffledLabels {
    guard !windows.isEmpty else {
      return ShuffledLabels(
        count: 0, r2: [], peakSlopes: [], r2Probability: 1, slopeProbability: 1)
    }
    let steps = effort.trialSteps / 2
    let root = seed.child("shuffled")
    progress.begin("shuffled labels", total: effort.shuffles)
    let results = try pool.map(effort.shuffles) { index -> (Double, Double) in
      try cancellation.check()
      var rng = root.child("labels", index).makeStream()
      var labels = ensemble.parameterIndex
      rng.shuffle(&labels)
      let split = Split(ensemble, fold: index % ensemble.folds.count, maximumTraining: 20_000)
      let fit = TetrisTraining.fit(
        ensemble, windows: windows, split: split, steps: steps, shuffle: labels,
        seed: root.child("fit", index))
      let held = split.validation + split.test
      let r2 = 1 - fit.squaredError(ensemble, samples: held, labels: labels)
      let predictions = fit.predict(ensemble, samples: held)
      progress.advance()
      return (
        r2,
        CurveEstimation.largestSlope(
          ensemble, samples: held, labels: labels, predictions: predictions)
      )
    }
    progress.end()
    return ShuffledLabels(
      count: results.count, r2: results.map(\.0), peakSlopes: results.map(\.1), r2Probability: 1,
      slopeProbability: 1)
  }

  /// Probability of the real values if they were one more draw of the shuffled ones: Student's t with
  /// n - 1 degrees of freedom and variance s^2 (1 + 1/n).
  private func finish(_ shuffled: ShuffledLabels, r2: Double, slope: Double) -> ShuffledLabels {
    func probability(_ value: Double, _ null: [Double]) -> Double {
      guard null.count >= 3 else { return 1 }
      let n = Double(null.count)
      let mean = null.reduce(0, +) / n
      let variance = null.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      // Controls that could not be measured exclude nothing.
      guard variance > 0 else { return 1 }
      let t = (value - mean) / max((variance * (1 + 1 / n)).squareRoot(), 1e-12)
      return studentTSurvival(t, degreesOfFreedom: n - 1)
    }
    var result = shuffled
    result.r2Probability = probability(r2, shuffled.r2)
    result.slopeProbability = probability(slope, shuffled.peakSlopes)
    return result
  }

  private func describe(
    _ ensemble: Ensemble, windows: [Window], selection: WindowSelection, fits: [TetrisFit]
  ) -> [BranchFindings] {
    windows.indices.map { index in
      let alive = selection.alive.firstIndex(of: index)
      let expansion =
        alive.map { position in
          Expansion.merge(
            fits.map { $0.coefficients(branch: position) },
            covariance: CurveEstimation.covariance(ensemble, window: index),
            terms: Array(ensemble.counts.terms[ensemble.counts.ranges[index]]))
        } ?? []
      return BranchFindings(
        window: windows[index], isAlive: alive != nil, importance: selection.gains[index],
        expansion: expansion)
    }
  }
}
