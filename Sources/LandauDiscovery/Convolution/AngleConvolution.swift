public import LandauCore
import LandauNN
import LandauTensor

/// What networks that convolve continuous spins predict, and what their windows compute, as formulas.
///
/// Windows of unit vectors have no finite set of functions; the counted cosines (`AngleSnapshots.alphabet`) are a choice.
/// Networks without that choice are trained on the same snapshots, and what each of their windows computes is then
/// sought as a formula by symbolic regression. If it is one of the counted functions, the choice has lost nothing.
public struct AngleConvolution: Sendable {
  /// What one window computes.
  public struct Branch: Sendable {
    public var window: Window
    /// Share of the variance of its function that a common rotation of all its vectors changes: 0 if it depends on differences of
    /// angles alone.
    public var turned: Estimate
    /// The function of a single window in units of its standard deviation; nil if none was found.
    public var formula: NetworkFormula?
  }

  public var siteShape: [Int]
  public var sampleCount: Int
  /// Share of the parameter's variance that is explained on snapshots that the networks have not seen.
  public var r2: Estimate
  /// The same of networks that see the counted functions of the same windows in the same snapshots.
  public var countedR2: Estimate
  public var branches: [Branch]
}

extension Discovery {
  /// Positions of a window that are looked at in each snapshot, at most.
  static let convolutionPositions = 576

  /// Trains networks that convolve, one per part of the data, through the windows of this discovery, and reads off what the windows
  /// compute.
  ///
  /// - Complexity: O(steps x batch x positions) per part; half a minute of processor time with the steps of a quick discovery.
  /// - Throws: `Interrupted`.
  public func convolve(
    _ snapshots: AngleSnapshots, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> AngleConvolution {
    let root = seed.child("convolution")
    let ensemble = Ensemble(joining: [Ensemble.Part(snapshots, windows: windows, pool: pool)])
    let parts = windows.map {
      AngleWindows(snapshots, window: $0, positions: Self.convolutionPositions)
    }
    progress.begin("training by convolution", total: ensemble.folds.count)
    let steps = effort.convolutionSteps
    let trained = try pool.map(ensemble.folds.count) { fold -> (AngleNetwork, [Float]) in
      try cancellation.check()
      let result = Self.fit(
        ensemble, parts, split: Split(ensemble, fold: fold), steps: steps,
        seed: root.child("fold", fold))
      progress.advance()
      return result
    }
    progress.end()
    let outputs = NetworkOutputs(ensemble, trained.map(\.1))
    let counted = try train(
      ensemble, windows: Array(windows.indices), seed: root.child("counted"), pool: pool,
      progress: .silent, cancellation: cancellation)
    let branches = try windows.indices.map { index in
      try read(
        parts[index], window: windows[index],
        networks: trained.map { $0.0.branches[index] }, channels: snapshots.channels,
        siteDimension: snapshots.siteShape.count, seed: root.child("branch", index), pool: pool,
        cancellation: cancellation)
    }
    return AngleConvolution(
      siteShape: snapshots.siteShape, sampleCount: ensemble.sampleCount,
      r2: CurveEstimation.r2(ensemble, predictions: outputs.held),
      countedR2: CurveEstimation.r2(ensemble, predictions: counted.outputs.held),
      branches: branches)
  }

  /// One network, and its predictions of all samples.
  private static func fit(
    _ ensemble: Ensemble, _ parts: [AngleWindows], split: Split, steps: Int, seed: Seed
  ) -> (AngleNetwork, [Float]) {
    let batchSize = 64
    let set = TrainingSet(ensemble, windows: Array(parts.indices), training: split.training)
    func tensors(_ samples: [Int]) -> [Tensor] {
      let p = samples.map { ensemble.parameterIndex[$0] }
      let (labels, weights) = (p.map { set.labels[$0] }, p.map { set.weights[$0] })
      return [labels, weights].map { Tensor($0, shape: [samples.count, 1]) }
        + parts.map { $0.tensor(samples) }
    }
    var rng = seed.child("initial").makeStream()
    let step = max(1, split.training.count / 1024)
    let some = stride(from: 0, to: split.training.count, by: step).map { split.training[$0] }
    var network = AngleNetwork(
      windows: parts.map { $0.tensor(some) },
      labels: some.map { set.labels[ensemble.parameterIndex[$0]] }, using: &rng)
    var optimizer = AdamW(learningRate: 2e-3, weightDecay: 1e-3)
    let perEpoch = (split.training.count + batchSize - 1) / batchSize
    _ = LandauNN.fit(
      &network, using: &optimizer, training: tensors(split.training),
      validation: tensors(split.validation),
      options: TrainingOptions(
        epochs: max(2, (steps + perEpoch - 1) / perEpoch), batchSize: batchSize,
        schedule: .cosine(warmUp: 50), validationBatchSize: batchSize),
      seed: seed.child("order"), loss: AngleNetwork.loss)
    let forward = compile { [network] in [network($0)] }
    var predictions: [Float] = []
    for start in stride(from: 0, to: ensemble.sampleCount, by: batchSize) {
      let block = start..<min(ensemble.sampleCount, start + batchSize)
      predictions += forward(parts.map { $0.tensor(block) })[0].scalars(Float.self)
    }
    return (
      network, predictions.map { Float(Double($0) * set.labelScale + set.labelCenter) }
    )
  }
}
