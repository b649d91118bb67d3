/// How long and in which portions a model is trained.
public struct TrainingOptions: Sendable, Hashable {
  /// Passes over the training examples, at most.
  public var epochs: Int
  /// Examples per step; the last step of an epoch takes what is left.
  public var batchSize: Int
  public var schedule: LearningRateSchedule
  /// Epochs without improvement of the watched loss after which training stops; nil never stops early.
  public var patience: Int?
  /// What counts as an improvement of the watched loss.
  public var minimumImprovement: Double

  public init(
    epochs: Int = 100, batchSize: Int = 256, schedule: LearningRateSchedule = .constant,
    patience: Int? = nil, minimumImprovement: Double = 0
  ) {
    precondition(epochs >= 1 && batchSize >= 1, "\(epochs) epochs in batches of \(batchSize)")
    self.epochs = epochs
    self.batchSize = batchSize
    self.schedule = schedule
    self.patience = patience
    self.minimumImprovement = minimumImprovement
  }
}

/// What happened in a training run.
public struct TrainingReport: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable {
    /// All epochs were done.
    case finished
    /// The watched loss no longer improved.
    case stoppedEarly = "stopped-early"
    /// A loss was not finite; the model is the best one before that.
    case diverged
    /// Somebody asked to stop.
    case interrupted
  }

  public var status = Status.finished
  /// The mean loss of each epoch's steps, taken while the parameters moved.
  public var trainingLosses: [Double] = []
  /// The loss on the validation examples after each epoch; empty without validation.
  public var validationLosses: [Double] = []
  /// The epoch (from 0) whose model was kept: the one of the lowest watched loss; nil where none was finite.
  public var bestEpoch: Int?
  /// Steps of the optimiser.
  public var stepCount = 0
}
