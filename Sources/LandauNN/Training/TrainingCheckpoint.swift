import LandauCore
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where and how often the state of a training run is kept.
///
/// The file is in the safetensors format: `model.…` are the tensors of the model as it stands, `best.…` those
/// of the best epoch, and what else is needed to go on bit for bit.
public struct TrainingCheckpoint: Sendable, Hashable {
  public var path: String
  /// Epochs from one checkpoint to the next; the end of the run is always kept.
  public var epochs: Int
  /// Steps from one checkpoint to the next inside of epochs; nil keeps none there.
  public var steps: Int?

  public init(path: String, epochs: Int = 1, steps: Int? = nil) {
    precondition(
      epochs >= 1 && (steps ?? 1) >= 1, "a checkpoint every \(epochs) epochs, \(steps ?? 1) steps")
    self.path = path
    self.epochs = epochs
    self.steps = steps
  }

  /// Whether there is a file to go on from.
  public var exists: Bool { access(path, F_OK) == 0 }

  func isDue(_ state: TrainingState<some Optimizer>, _ isEpochEnd: Bool) -> Bool {
    if isEpochEnd { return state.isComplete || state.epoch % epochs == 0 }
    return steps.map { state.report.stepCount % $0 == 0 } ?? false
  }
}

/// What makes two training runs the same, each item with a name for messages.
struct TrainingJob {
  static let version = 1

  let names: [String]
  let items: [(name: String, word: UInt64)]

  init<Rule: Optimizer>(
    _ run: TrainingRun, _ state: TrainingState<Rule>, names: [String], validation: Dataset?
  ) {
    self.names = names
    let options = run.options
    // A schedule is known by its values.
    let schedule = [0, 1, 3, 10].map { $0 * run.totalSteps / 11 }.reduce(Seed(0)) {
      $0.child("factor", Self.bits(options.schedule.factor(step: $1, of: run.totalSteps)))
    }
    let model = zip(names, state.tensors).reduce(Seed(0)) {
      $0.child("\($1.0) \($1.1.type)")
    }
    items = [
      ("version of checkpoints", UInt64(Self.version)),
      ("seed", run.seed.value), ("number of examples", UInt64(run.data.count)),
      ("training data", Self.word(run.data)), ("validation data", Self.word(validation)),
      ("batch size", UInt64(run.batchSize)), ("number of epochs", UInt64(options.epochs)),
      ("model", model.value), ("optimiser", Seed(0).child("\(Rule.self)").value),
      ("learning rate", state.optimizer.learningRate.bitPattern),
      ("schedule", schedule.value),
      ("patience", UInt64(options.patience.map { $0 + 1 } ?? 0)),
      ("minimum improvement", options.minimumImprovement.bitPattern),
      ("gradient clipping", Self.word(options.clipping)),
      ("parameter average", Self.word(options.average)),
      ("list of metrics", run.metricNames.reduce(Seed(0)) { $0.child($1) }.value),
    ]
  }

  /// A sample of the numbers tells data sets apart.
  private static func word(_ data: Dataset?) -> UInt64 {
    guard let data else { return 0 }
    return data.tensors.reduce(Seed(UInt64(data.count))) { seed, tensor in
      let stride = max(1, tensor.count / 512)
      let sample = tensor.reshaped([tensor.count]).sliced(
        axis: 0, 0..<tensor.count, stride: stride)
      return sample.scalars(Double.self).reduce(seed.child("\(tensor.type)")) {
        $0.child("x", bits($1))
      }
    }.value
  }

  private static func bits(_ value: Double) -> Int { Int(bitPattern: UInt(value.bitPattern)) }

  private static func word(_ clipping: GradientClipping?) -> UInt64 {
    switch clipping {
    case nil: 0
    case .value(let bound)?: Seed(0).child("value", bits(bound)).value
    case .norm(let bound)?: Seed(0).child("norm", bits(bound)).value
    }
  }

  private static func word(_ average: ParameterAverage.Kind?) -> UInt64 {
    switch average {
    case nil: 0
    case .exponential(let decay)?: Seed(0).child("exponential", bits(decay)).value
    case .uniform(let first)?: Seed(0).child("uniform", first).value
    }
  }
}
