public import LandauCore
import LandauLinearAlgebra

/// All methods of phase detection on the same snapshots, windows and folds, each beside its optimum.
public struct PhaseDetection: Sendable {
  /// Indices of the counted windows that networks may look through.
  public var windows: [Int]
  /// Optimiser steps of each classifier.
  public var steps: Int
  /// Resampled curves behind each location's error.
  public var resamples: Int
  public var ranges: [ScanRange]
  public var seed: Seed

  public init(
    windows: [Int], steps: Int = 1500, resamples: Int = 200,
    ranges: [ScanRange] = ScanRange.allCases, seed: Seed
  ) {
    precondition(!windows.isEmpty, "phase detection needs a window to look through")
    self.windows = windows
    self.steps = steps
    self.resamples = resamples
    self.ranges = ranges
    self.seed = seed
  }

  /// The curves of networks trained by squared error to predict the parameter on the whole scan.
  ///
  /// - Parameter steps: optimiser steps of each network.
  /// - Throws: `Interrupted` when cancelled.
  public func regressions(
    _ ensembles: [Ensemble], distributions: [ScanDistributions?] = [], steps: Int,
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> [SizeFindings] {
    var effort = Discovery.Effort()
    effort.steps = steps
    effort.resamples = resamples
    let discovery = Discovery(windows: [], seed: seed.child("regression"), effort: effort)
    progress.begin("training", total: ensembles.reduce(0) { $0 + $1.folds.count })
    defer { progress.end() }
    return try ensembles.enumerated().map { index, ensemble in
      let child = discovery.seed.child("size", index)
      let trained = try discovery.train(
        ensemble, windows: windows, seed: child, pool: pool, progress: progress,
        cancellation: cancellation)
      let scan = index < distributions.count ? distributions[index] : nil
      return discovery.judge(
        ensemble, trained, optimum: scan.map(PredictionOptimum.init), seed: child)
    }
  }

  /// Runs all methods on all sizes.
  ///
  /// Held-out samples only: every curve is the mean over the folds' networks, each on the part it has not seen (accuracy on
  /// training samples would be biased upward). Errors hold the scatter of samples, widened by autocorrelation, and the
  /// spread of the networks, each trained on other parts and from its own seed.
  ///
  /// - Parameters:
  ///   - ensembles: one per size, ascending.
  ///   - distributions: of a sufficient statistic at each size, where known; empty otherwise.
  ///   - regressions: curves of networks trained by squared error on the whole scan; they take the place of the classifier's
  ///     mean parameter where given.
  /// - Returns: methods, and ranges within each.
  /// - Throws: `Interrupted` when cancelled.
  public func run(
    _ ensembles: [Ensemble], distributions: [ScanDistributions?] = [],
    regressions: [SizeFindings] = [], pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> [MethodFindings] {
    var found: [[[MethodSizeFindings]]] = []
    progress.begin("other methods", total: ensembles.reduce(0) { $0 + $1.folds.count })
    for (index, ensemble) in ensembles.enumerated() {
      let child = seed.child("size", index)
      let readouts = try pool.map(ensemble.folds.count) { fold in
        try cancellation.check()
        defer { progress.advance() }
        return ClassifierReadout(
          ensemble, windows: windows, fold: fold,
          ranges: ranges.map { $0.indices(of: ensemble.parameters.count) }, steps: steps,
          seed: child.child("fold", fold))
      }
      let assembly = MethodAssembly(
        ensemble: ensemble, readouts: readouts,
        scan: index < distributions.count ? distributions[index] : nil,
        regression: index < regressions.count ? regressions[index] : nil, resamples: resamples,
        seed: child)
      // Ranges side by side: smoothing many redrawn curves is most of what is left.
      found.append(
        try pool.map(ranges.count) { position in
          try cancellation.check()
          return assembly.findings(ranges[position], position: position)
        })
    }
    progress.end()
    return DetectionMethod.allCases.enumerated().flatMap { m, method in
      ranges.enumerated().map { r, range in
        let sizes = found.map { $0[r][m] }
        return MethodFindings(
          method: method, range: range, sizes: sizes,
          extrapolation: Extrapolation(sizes.compactMap(\.point)))
      }
    }
  }
}
