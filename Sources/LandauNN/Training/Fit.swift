public import LandauCore
public import LandauTensor

/// Trains a model on mini-batches and leaves it with the parameters of its best epoch.
///
/// The step (loss and gradients) is compiled once per batch shape. Every epoch visits all examples in an
/// order drawn from `seed` and the epoch's number, so a run is reproducible to the last bit. The watched
/// loss is that of the validation examples, or of the training steps where there are none (taken while the
/// parameters still moved: give validation examples where the best epoch matters).
///
/// - Parameters:
///   - training: tensors whose leading axes are the same examples; handed to `loss` batch by batch.
///   - validation: the same for examples that only judge; evaluated as one batch.
///   - progress: called after every epoch with the report so far.
///   - loss: a scalar of the model and a batch. What it captures is frozen.
/// - Returns: losses and how it ended; nothing is thrown, the caller judges the status.
public func fit<Model: TensorTree & Sendable>(
  _ model: inout Model, using optimizer: inout some Optimizer, training: [Tensor],
  validation: [Tensor]? = nil, options: TrainingOptions = TrainingOptions(), seed: Seed,
  cancellation: Cancellation = .never, progress: (TrainingReport) -> Void = { _ in },
  loss: @escaping @Sendable (Model, [Tensor]) -> Tensor
) -> TrainingReport {
  let run = TrainingRun(model: model, data: training, options: options, seed: seed, loss: loss)
  var report = TrainingReport()
  var parameters = model.tensors
  var best = (loss: Double.infinity, parameters: parameters)
  let baseRate = optimizer.learningRate
  epochs: for epoch in 0..<options.epochs {
    var total = 0.0
    for batch in run.batches(epoch: epoch) {
      if cancellation.isRequested {
        report.status = .interrupted
        break epochs
      }
      optimizer.learningRate =
        baseRate * options.schedule.factor(step: report.stepCount, of: run.totalSteps)
      let (value, gradients) = run.step(parameters, batch)
      guard value.isFinite else {
        report.status = .diverged
        break epochs
      }
      optimizer.step(&parameters, gradients: gradients)
      report.stepCount += 1
      total += value * Double(batch[0].shape[0])
    }
    report.trainingLosses.append(total / Double(run.exampleCount))
    if let validation { report.validationLosses.append(run.evaluate(parameters, validation)) }
    let watched = report.validationLosses.last ?? report.trainingLosses[epoch]
    if !watched.isFinite {
      report.status = .diverged
      break
    }
    if watched < best.loss - options.minimumImprovement {
      best = (watched, parameters)
      report.bestEpoch = epoch
    }
    progress(report)
    if let patience = options.patience, epoch - (report.bestEpoch ?? 0) >= patience {
      report.status = .stoppedEarly
      break
    }
  }
  optimizer.learningRate = baseRate
  model = model.replacing(best.parameters)
  return report
}

/// What the epochs of one training run share.
private struct TrainingRun {
  let data: [Tensor]
  let exampleCount: Int
  let batchSize: Int
  let totalSteps: Int
  let seed: Seed
  private let compiledStep: @Sendable ([Tensor]) -> [Tensor]
  private let compiledLoss: @Sendable ([Tensor]) -> [Tensor]

  init<Model: TensorTree & Sendable>(
    model: Model, data: [Tensor], options: TrainingOptions, seed: Seed,
    loss: @escaping @Sendable (Model, [Tensor]) -> Tensor
  ) {
    let counts = Set(data.map { $0.shape.first ?? 0 })
    guard let count = counts.first, counts.count == 1, count >= 1 else {
      preconditionFailure(
        "training data must share a leading axis; the shapes are \(data.map(\.shape))")
    }
    self.data = data
    self.seed = seed
    exampleCount = count
    batchSize = min(options.batchSize, count)
    totalSteps = (count + batchSize - 1) / batchSize * options.epochs
    let size = model.tensors.count
    compiledStep = compile { arguments in
      let both = valueAndGradient { (tree: Model, batch: [Tensor]) in loss(tree, batch) }
      let (value, gradient) = both(
        model.replacing(Array(arguments[..<size])), Array(arguments[size...]))
      return [value] + gradient.tensors
    }
    compiledLoss = compile { arguments in
      [loss(model.replacing(Array(arguments[..<size])), Array(arguments[size...]))]
    }
  }

  /// The batches of an epoch, in the epoch's own order; all examples in one batch keep theirs.
  func batches(epoch: Int) -> LazyMapSequence<StrideTo<Int>, [Tensor]> {
    var order = (0..<exampleCount).map { Int32($0) }
    if batchSize < exampleCount {
      var rng = seed.child("shuffle", epoch).makeStream()
      rng.shuffle(&order)
    }
    return stride(from: 0, to: exampleCount, by: batchSize).lazy.map { [order] start in
      if batchSize == exampleCount { return data }
      let rows = Tensor(Array(order[start..<min(start + batchSize, exampleCount)]))
      return data.map { $0.gathered(rows, axis: 0) }
    }
  }

  func step(_ parameters: [Tensor], _ batch: [Tensor]) -> (value: Double, gradients: [Tensor]) {
    let results = compiledStep(parameters + batch)
    return (results[0].item(), Array(results[1...]))
  }

  func evaluate(_ parameters: [Tensor], _ batch: [Tensor]) -> Double {
    compiledLoss(parameters + batch)[0].item()
  }
}
