public import LandauCore
public import LandauTensor

/// Trains a model on mini-batches and leaves it with the parameters of its best epoch.
///
/// The step (loss and gradients) is compiled once per batch shape. Every epoch visits all examples in an
/// order drawn from `seed` and the epoch's number, so a run is reproducible to the last bit. The watched
/// loss is that of the validation examples, or of the training steps where there are none (taken while the
/// parameters still moved: give validation examples where the best epoch matters). Tensors of the model that
/// are not trained (`isTrained`) are no business of the optimiser.
///
/// - Parameters:
///   - optimizer: its `factors`, if any, are one per tensor of the model.
///   - training: tensors whose leading axes are the same examples; handed to the objective batch by batch.
///   - validation: the same for examples that only judge.
///   - pool: whose threads share large steps; the numbers are the same without it.
///   - progress: shows epochs done and the last losses.
///   - afterEpoch: called with the report so far; draws live curves, say.
/// - Returns: losses and how it ended; nothing is thrown, the caller judges the status.
public func fit<Model: TensorTree & Sendable>(
  _ model: inout Model, using optimizer: inout some Optimizer,
  objective: TrainingObjective<Model>, training: [Tensor], validation: [Tensor]? = nil,
  options: TrainingOptions = TrainingOptions(), seed: Seed, pool: WorkerPool? = nil,
  cancellation: Cancellation = .never, progress: Progress = .silent,
  afterEpoch: (TrainingReport) -> Void = { _ in }
) -> TrainingReport {
  let run = TrainingRun(
    model, objective, training: training, options: options, seed: seed, pool: pool)
  var state = TrainingState(model.tensors, optimizer, options)
  let factors = run.choose(&state.optimizer)
  let ownPool = optimizer.state.pool
  state.optimizer.state.pool = pool ?? ownPool
  run.run(
    &state, validation: validation.map { Dataset($0) }, cancellation: cancellation,
    progress: progress, afterEpoch: afterEpoch, commit: { (_, _) throws(Never) in })
  optimizer = state.optimizer
  optimizer.factors = factors
  optimizer.state.pool = ownPool
  model = model.replacing(state.best.tensors)
  return state.report
}

/// Trains a model by a plain loss; see `fit` with an objective.
///
/// - Parameter loss: a scalar of the model and a batch. What it captures is frozen.
public func fit<Model: TensorTree & Sendable>(
  _ model: inout Model, using optimizer: inout some Optimizer, training: [Tensor],
  validation: [Tensor]? = nil, options: TrainingOptions = TrainingOptions(), seed: Seed,
  pool: WorkerPool? = nil, cancellation: Cancellation = .never, progress: Progress = .silent,
  afterEpoch: (TrainingReport) -> Void = { _ in },
  loss: @escaping @Sendable (Model, [Tensor]) -> Tensor
) -> TrainingReport {
  fit(
    &model, using: &optimizer, objective: TrainingObjective(loss: loss), training: training,
    validation: validation, options: options, seed: seed, pool: pool, cancellation: cancellation,
    progress: progress, afterEpoch: afterEpoch)
}

/// Trains a model and keeps the state of the run in a file, from which the same call goes on after an interruption.
///
/// Where the file exists the run takes it up and ends as if it had never stopped, bit for bit (with the same
/// kernels of the processor); a finished run returns its result at once. The file is replaced as a whole:
/// a run that is killed loses what came after the last checkpoint. What makes a run the same are model, data, options, seed,
/// rule and learning rate; other settings of the rule are not compared. See `fit` without a checkpoint.
///
/// - Throws: `InputError`, before any work, where the file is damaged or holds another run; `RunError` where it cannot
///   be written, and then model and optimiser are as they were.
public func fit<Model: TensorTree & Sendable>(
  _ model: inout Model, using optimizer: inout some Optimizer,
  objective: TrainingObjective<Model>, training: [Tensor], validation: [Tensor]? = nil,
  options: TrainingOptions = TrainingOptions(), checkpoint: TrainingCheckpoint, seed: Seed,
  pool: WorkerPool? = nil, cancellation: Cancellation = .never, progress: Progress = .silent,
  afterEpoch: (TrainingReport) -> Void = { _ in }
) throws -> TrainingReport {
  let run = TrainingRun(
    model, objective, training: training, options: options, seed: seed, pool: pool)
  var state = TrainingState(model.tensors, optimizer, options)
  let factors = run.choose(&state.optimizer)
  let ownPool = optimizer.state.pool
  state.optimizer.state.pool = pool ?? ownPool
  let judges = validation.map { Dataset($0) }
  let job = TrainingJob(run, state, names: model.named.map(\.name), validation: judges)
  // A file that cannot be written shows now and not after the first hours.
  if checkpoint.exists {
    try checkpoint.restore(&state, job)
  } else {
    try checkpoint.save(state, job)
  }
  try run.run(
    &state, validation: judges, cancellation: cancellation,
    progress: progress, afterEpoch: afterEpoch
  ) { (state, isEpochEnd) throws(RunError) in
    if checkpoint.isDue(state, isEpochEnd) { try checkpoint.save(state, job) }
  }
  if !state.isComplete || state.report.status == .diverged { try checkpoint.save(state, job) }
  optimizer = state.optimizer
  optimizer.factors = factors
  optimizer.state.pool = ownPool
  model = model.replacing(state.best.tensors)
  return state.report
}

extension TrainingRun {
  /// Leaves the optimiser with the factors of trained tensors alone.
  ///
  /// - Returns: the factors it had.
  fileprivate func choose(_ optimizer: inout some Optimizer) -> [ParameterFactor] {
    let factors = optimizer.factors
    precondition(
      factors.isEmpty || factors.count == trained.count + carried.count,
      "\(factors.count) parameter factors for a model of \(trained.count + carried.count) tensors")
    if !factors.isEmpty { optimizer.factors = trained.map { factors[$0] } }
    return factors
  }
}
