import LandauCore
import LandauTensor

/// All that changes in the course of a training run: with it a run goes on where another one stopped.
struct TrainingState<Rule: Optimizer> {
  /// All tensors of the model.
  var tensors: [Tensor]
  var optimizer: Rule
  var average: ParameterAverage?
  var best: (loss: Double, tensors: [Tensor])
  var report = TrainingReport()
  /// The epoch that is being done, and the batch in it that comes next.
  var epoch = 0
  var batch = 0
  /// Of the epoch's steps so far.
  var losses = WeightedMean()
  /// Whether nothing is left to do; the report's status then says how it ended.
  var isComplete = false

  init(_ tensors: [Tensor], _ optimizer: Rule, _ options: TrainingOptions) {
    self.tensors = tensors
    self.optimizer = optimizer
    average = options.average.map { ParameterAverage($0) }
    best = (.infinity, tensors)
  }
}

extension TrainingRun {
  /// Runs epochs until the end, or until somebody asks to stop.
  ///
  /// - Parameters:
  ///   - commit: called where a checkpoint may be taken; `isEpochEnd` tells epochs from steps.
  func run<Rule: Optimizer, Failure: Error>(
    _ state: inout TrainingState<Rule>, validation: Dataset?, cancellation: Cancellation,
    progress: Progress, afterEpoch: (TrainingReport) -> Void,
    commit: (_ state: TrainingState<Rule>, _ isEpochEnd: Bool) throws(Failure) -> Void
  ) throws(Failure) {
    let baseRate = state.optimizer.learningRate
    defer { state.optimizer.learningRate = baseRate }
    progress.begin("training", total: options.epochs)
    progress.advance(state.epoch)
    defer { progress.end() }
    func finish(_ status: TrainingReport.Status) {
      state.report.status = status
      state.isComplete = status != .interrupted
    }
    while state.epoch < options.epochs && !state.isComplete {
      let batches = batches(epoch: state.epoch)
      while state.batch < batches.count {
        if cancellation.isRequested { return finish(.interrupted) }
        state.optimizer.learningRate =
          baseRate * options.schedule.factor(step: state.report.stepCount, of: totalSteps)
        let batch = batches[state.batch]
        let loss = step(
          &state.tensors, batch, number: state.report.stepCount, using: &state.optimizer)
        state.optimizer.learningRate = baseRate
        guard loss.isFinite else { return finish(.diverged) }
        state.average?.update(trained.map { state.tensors[$0] })
        state.report.stepCount += 1
        state.losses.add(loss, weight: Double(batch[0].shape[0]))
        state.batch += 1
        if state.batch < batches.count { try commit(state, false) }
      }
      endEpoch(&state, validation: validation)
      if !state.isComplete {
        progress.detail(detail(state.report))
        progress.advance()
        afterEpoch(state.report)
        if let patience = options.patience,
          state.epoch - 1 - (state.report.bestEpoch ?? 0) >= patience
        {
          finish(.stoppedEarly)
        } else if state.epoch == options.epochs {
          finish(.finished)
        }
      }
      try commit(state, true)
    }
  }

  /// Judges the model at the end of an epoch and keeps it where it is the best so far.
  private func endEpoch(_ state: inout TrainingState<some Optimizer>, validation: Dataset?) {
    let report = state.report
    state.report.trainingLosses.append(state.losses.mean)
    state.report.trainingErrors.append(state.losses.error)
    var judged = state.tensors
    if let average = state.average {
      for (index, mean) in zip(trained, average.parameters) { judged[index] = mean }
    }
    if let validation {
      let (loss, metrics) = judge(judged, validation)
      state.report.validationLosses.append(loss.mean)
      state.report.validationErrors.append(loss.error)
      for (name, value) in zip(metricNames, metrics) {
        state.report.metrics[name, default: []].append(value)
      }
    }
    let watched = state.report.validationLosses.last ?? state.report.trainingLosses[state.epoch]
    if !watched.isFinite {
      state.report.status = .diverged
      state.isComplete = true
    } else if watched < state.best.loss - options.minimumImprovement {
      state.best = (watched, judged)
      state.report.bestEpoch = report.trainingLosses.count
    }
    state.epoch += 1
    state.batch = 0
    state.losses = WeightedMean()
  }

  private func detail(_ report: TrainingReport) -> String {
    func short(_ value: Double) -> String {
      let text = "\(value)"
      return String(text.prefix(8))
    }
    let training = "loss \(short(report.trainingLosses.last ?? .nan))"
    return report.validationLosses.last.map { training + ", validation \(short($0))" } ?? training
  }
}
