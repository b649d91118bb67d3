public import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which order of correlators tells two classes of snapshots apart.
///
/// Filters are trained on some folds of the data with the cross-entropy; then they are frozen, and the logistic layer behind
/// them is fitted anew along a path of falling penalties: the coefficients that leave zero first name the correlators that decide.
/// Another fold picks the penalty, a third one judges, and all take their turns. Correlators are normalised by the training part alone.
public struct CorrelatorDiscovery: Sendable {
  /// How filters are trained.
  public struct Training: Sendable, Hashable {
    public var epochs = 40
    public var batchSize = 256
    public var learningRate = 0.02
    /// On the sum of the weights of a filter of unit length.
    public var filterPenalty = 0.005
    public init() {}
  }

  /// The highest order of correlators.
  public var order = 4
  /// Extents of the filters, one per axis of sites.
  public var window: [Int]
  public var filterCount = 2
  /// Whether correlators are averaged over the eight images of a square.
  public var isSymmetrized = false
  /// Parts of the data; at least three.
  public var foldCount = 5
  /// Networks per fold, each from its own initial filters.
  public var repetitions = 1
  public var training = Training()
  public var seed: Seed

  public init(window: [Int], seed: Seed) {
    self.window = window
    self.seed = seed
  }

  /// Trains networks on snapshots at two values of a parameter, the classes.
  ///
  /// - Throws: `InputError` where there are not two classes, too few samples, or a window that does not fit; `Interrupted`.
  public func run(
    _ snapshots: Snapshots, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> CorrelatorFindings {
    let folds = try folds(of: snapshots)
    guard window.count == snapshots.siteShape.count,
      zip(window, snapshots.siteShape).allSatisfy({ $0 >= 1 && $0 <= $1 })
    else {
      throw InputError.notAllowed(
        "the window", "\(window)",
        allowed: "extents up to those of the lattice, \(snapshots.siteShape)")
    }
    guard !isSymmetrized || window.count == 2 && window[0] == window[1] else {
      throw InputError.notAllowed(
        "the window", "\(window)", allowed: "squares, where correlators are symmetrised")
    }
    progress.begin("correlator networks", total: folds.count * repetitions)
    let runs = try pool.map(folds.count * repetitions) { index in
      try cancellation.check()
      let (repetition, fold) = index.quotientAndRemainder(dividingBy: folds.count)
      let split = Split(folds, fold: fold)
      let network = try train(
        snapshots, split, seed: seed.child("fold", fold).child("repetition", repetition),
        cancellation: cancellation)
      let features = features(of: snapshots, network)
      progress.advance()
      return evaluate(
        features, orders: (0..<filterCount).flatMap { _ in Array(1...order) }, snapshots, split,
        filters: readable(network.filters), fold: fold, repetition: repetition)
    }
    progress.end()
    return findings(runs, snapshots)
  }

  /// The logistic regression on all correlators up to the order, written out, with the same folds and the same path.
  ///
  /// The window has as many spins as `CorrelatorCounts` can count, at most.
  ///
  /// - Throws: `InputError` where there are not two classes or too few samples; `Interrupted`.
  public func regression(
    _ snapshots: Snapshots, pool: WorkerPool, cancellation: Cancellation
  ) throws -> (findings: CorrelatorFindings, terms: [Term]) {
    let folds = try folds(of: snapshots)
    let shape = window.count == 1 ? [1] + window : window
    let written = CorrelatorRegression(
      snapshots, window: Window(rows: shape[0], columns: shape[1]), order: order, pool: pool)
    let runs = try pool.map(folds.count) { fold in
      try cancellation.check()
      return evaluate(
        written.features, orders: written.terms.map(\.degree), snapshots, Split(folds, fold: fold),
        filters: [], fold: fold, repetition: 0)
    }
    return (findings(runs, snapshots), written.terms)
  }

  private func findings(_ runs: [CorrelatorRun], _ snapshots: Snapshots) -> CorrelatorFindings {
    let second = Double(snapshots.parameterIndex.count { $0 == 1 })
    let share = second / Double(snapshots.sampleCount)
    return CorrelatorFindings(
      runs: runs, order: order, testCount: snapshots.sampleCount, chance: max(share, 1 - share))
  }

  // MARK: - Parts of the data

  private func folds(of snapshots: Snapshots) throws(InputError) -> SampleFolds {
    precondition(
      foldCount >= 3 && repetitions >= 1 && filterCount >= 1 && order >= 1,
      "\(foldCount) folds, \(repetitions) repetitions, \(filterCount) filters, order \(order)")
    guard snapshots.parameters.count == 2 else {
      throw .notAllowed(
        "the number of values of \(snapshots.parameterName)", snapshots.parameters.count,
        allowed: "2, one for each class")
    }
    let folds = SampleFolds(
      parameterIndex: snapshots.parameterIndex.map(Int.init), chain: snapshots.chain,
      isSequential: snapshots.isSequential, foldCount: foldCount)
    guard folds.count >= 3 else {
      throw InputError(
        "correlator networks need three independent parts of either class, there are \(folds.count)"
      )
    }
    return folds
  }

  // MARK: - One network

  /// `[sample, channel, site…]` of some samples.
  private func tensor(_ snapshots: Snapshots, _ samples: some Collection<Int>) -> Tensor {
    let width = snapshots.siteCount * snapshots.channels.count
    var values: [Float] = []
    values.reserveCapacity(samples.count * width)
    for sample in samples {
      values += snapshots.values[sample * width..<(sample + 1) * width].lazy.map { Float($0) }
    }
    return Tensor(values, shape: [samples.count, snapshots.channels.count] + snapshots.siteShape)
  }

  private func train(
    _ snapshots: Snapshots, _ split: Split, seed: Seed, cancellation: Cancellation
  ) throws -> CorrelatorNetwork {
    var rng = seed.child("filters").makeStream()
    var network = CorrelatorNetwork(
      filterCount: filterCount, channelCount: snapshots.channels.count, window: window,
      order: order, isSymmetrized: isSymmetrized,
      boundary: snapshots.boundary == .periodic ? .circular : .valid, using: &rng)
    let labels = Tensor(
      split.training.map { Float(snapshots.parameterIndex[$0]) }, shape: [split.training.count, 1])
    var optimizer = AdamW.adam(learningRate: training.learningRate)
    let penalty = training.filterPenalty
    _ = fit(
      &network, using: &optimizer, training: [tensor(snapshots, split.training), labels],
      options: TrainingOptions(
        epochs: training.epochs, batchSize: training.batchSize, schedule: .cosine()),
      seed: seed.child("order"), cancellation: cancellation
    ) { CorrelatorNetwork.loss($0, $1, filterPenalty: penalty) }
    try cancellation.check()
    return network
  }

  /// `[sample, feature]` of all samples, a block at a time.
  private func features(of snapshots: Snapshots, _ network: CorrelatorNetwork) -> [Double] {
    stride(from: 0, to: snapshots.sampleCount, by: 1024).flatMap { start in
      let block = start..<min(start + 1024, snapshots.sampleCount)
      return network.features(tensor(snapshots, block)).scalars(Double.self)
    }
  }

  private func readable(_ filters: Tensor) -> [[[Double]]] {
    let values = filters.scalars(Double.self)
    let (channels, sites) = (filters.shape[1], window.reduce(1, *))
    return (0..<filters.shape[0]).map { filter in
      (0..<channels).map { channel in
        let start = (filter * channels + channel) * sites
        return Array(values[start..<start + sites])
      }
    }
  }

  // MARK: - The path behind frozen features

  private func evaluate(
    _ features: [Double], orders: [Int], _ snapshots: Snapshots, _ split: Split,
    filters: [[[Double]]], fold: Int, repetition: Int
  ) -> CorrelatorRun {
    let width = orders.count
    func row(_ sample: Int) -> ArraySlice<Double> {
      features[sample * width..<(sample + 1) * width]
    }
    func label(_ sample: Int) -> Bool { snapshots.parameterIndex[sample] == 1 }
    let path = LogisticPath(
      features: split.training.flatMap { row($0) }, labels: split.training.map(label))
    let losses = path.points.indices.map { point in
      split.validation.reduce(0.0) { sum, sample in
        let logit = path.logit(row(sample), at: point)
        let wrong = label(sample) ? -logit : logit
        // ln(1 + e^wrong) without overflow.
        return sum + max(wrong, 0) + log1p(exp(-abs(wrong)))
      }
    }
    let accuracies = path.points.indices.map { point in
      Double(split.test.count { (path.logit(row($0), at: point) > 0) == label($0) })
        / Double(split.test.count)
    }
    return CorrelatorRun(
      fold: fold, repetition: repetition, filters: filters, path: path, orders: orders,
      chosen: losses.indices.min { losses[$0] < losses[$1] }!, accuracies: accuracies)
  }
}
