import LandauCore
import LandauTensor

/// What the epochs of one training run share: the data and the compiled functions.
struct TrainingRun: Sendable {
  let data: Dataset
  let options: TrainingOptions
  let seed: Seed
  let batchSize: Int
  let totalSteps: Int
  let metricNames: [String]
  /// Which tensors of the model are trained, and which are carried along.
  let trained: [Int]
  let carried: [Int]
  private let compiledStep: @Sendable ([Tensor]) -> [Tensor]
  private let compiledJudgement: @Sendable ([Tensor]) -> [Tensor]

  init<Model: TensorTree & Sendable>(
    _ model: Model, _ objective: TrainingObjective<Model>, training: [Tensor],
    options: TrainingOptions, seed: Seed, pool: WorkerPool? = nil
  ) {
    data = Dataset(training)
    self.options = options
    self.seed = seed
    batchSize = min(options.batchSize, data.count)
    totalSteps = (data.count + batchSize - 1) / batchSize * options.epochs
    metricNames = objective.metrics.map(\.name)
    let flags = model.isTrained
    let size = flags.count
    let (trained, carried) = (
      flags.indices.filter { flags[$0] }, flags.indices.filter { !flags[$0] }
    )
    (self.trained, self.carried) = (trained, carried)
    compiledStep = compile(on: pool) { arguments in
      let tensors = Array(arguments[..<size])
      let batch = Array(arguments[size..<(arguments.count - 1)])
      let context = TrainingContext(isTraining: true, key: RandomKey(words: arguments.last!))
      let both = valueAndGradient { parameters in
        var all = tensors
        for (index, parameter) in zip(trained, parameters) { all[index] = parameter }
        return objective.step(model.replacing(all), batch, context).loss
      }
      let (value, gradients) = both(trained.map { tensors[$0] })
      guard !carried.isEmpty else { return [value] + gradients }
      // The same expressions again; the compiler finds that they have been computed.
      let changed = objective.step(model.replacing(tensors), batch, context).model.tensors
      return [value] + gradients + carried.map { changed[$0] }
    }
    compiledJudgement = compile(on: pool) { arguments in
      let model = model.replacing(Array(arguments[..<size]))
      let batch = Array(arguments[size..<(arguments.count - 1)])
      let context = TrainingContext(isTraining: false, key: RandomKey(words: arguments.last!))
      return [objective.step(model, batch, context).loss]
        + objective.metrics.map { $0.value(model, batch) }
    }
  }

  /// The batches of an epoch, in the epoch's own order; all examples in one batch keep theirs.
  func batches(epoch: Int) -> Dataset.Batches {
    data.batches(of: batchSize, seed: seed, epoch: epoch)
  }

  /// The key of one step's random numbers; step -1 is that of all judgements.
  func key(step: Int) -> Tensor { RandomKey(seed.child("step", step)).words }

  /// One step of the optimiser on a batch.
  ///
  /// - Parameter tensors: all of the model; the trained ones move, the carried ones take their new values.
  /// - Returns: the loss before the step; where it is not finite nothing has changed.
  func step(
    _ tensors: inout [Tensor], _ batch: [Tensor], number: Int,
    using optimizer: inout some Optimizer
  ) -> Double {
    let key = key(step: number)
    var statistics: [Tensor]?
    // Taken out, so that the optimiser holds them alone and can change them in place.
    var parameters: [Tensor] = []
    for index in trained {
      parameters.append(tensors[index])
      tensors[index] = Self.taken
    }
    let rest = tensors
    let loss = optimizer.step(&parameters) { parameters in
      var all = rest
      for (index, parameter) in zip(trained, parameters) { all[index] = parameter }
      let results = compiledStep(all + batch + [key])
      // The first call is at the present parameters: its statistics count.
      if statistics == nil { statistics = Array(results[(1 + trained.count)...]) }
      let gradients = Array(results[1...trained.count])
      return (results[0].item(), options.clipping?(gradients) ?? gradients)
    }
    for (index, parameter) in zip(trained, parameters) { tensors[index] = parameter }
    guard loss.isFinite else { return loss }
    for (index, value) in zip(carried, statistics ?? []) { tensors[index] = value }
    return loss
  }

  private static let taken = Tensor.zeros([0])

  /// Loss and metrics of the validation examples.
  func judge(_ tensors: [Tensor], _ validation: Dataset) -> (loss: WeightedMean, metrics: [Double])
  {
    let key = key(step: -1)
    var loss = WeightedMean()
    var metrics = [WeightedMean](repeating: WeightedMean(), count: metricNames.count)
    for batch in validation.batches(of: options.validationBatchSize ?? validation.count) {
      let results = compiledJudgement(tensors + batch + [key])
      let weight = Double(batch[0].shape[0])
      loss.add(results[0].item(), weight: weight)
      for index in metrics.indices { metrics[index].add(results[1 + index].item(), weight: weight) }
    }
    return (loss, metrics.map(\.mean))
  }
}

/// A mean over batches of different sizes, with its standard error.
struct WeightedMean: Sendable {
  var weight = 0.0
  var sum = 0.0
  var squares = 0.0
  var count = 0
  private var first = 0.0

  mutating func add(_ value: Double, weight: Double) {
    if count == 0 { first = value }
    self.weight += weight
    sum += value * weight
    squares += value * value * weight
    count += 1
  }

  /// Of one value the value itself, to the last bit.
  var mean: Double { count == 1 ? first : sum / weight }

  /// From the spread of the values, as if weights were equal; zero for one value.
  var error: Double {
    guard count > 1 else { return 0 }
    return (max(0, squares / weight - mean * mean) / Double(count - 1)).squareRoot()
  }
}
