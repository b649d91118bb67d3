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
  /// A bound on the gradients of every step; nil leaves them.
  public var clipping: GradientClipping?
  /// A mean of the parameters that is judged and kept in their place; nil keeps the parameters.
  public var average: ParameterAverage.Kind?
  /// Examples per batch of a validation; nil takes all at once. The memory of an evaluation grows with it.
  public var validationBatchSize: Int?

  public init(
    epochs: Int = 100, batchSize: Int = 256, schedule: LearningRateSchedule = .constant,
    patience: Int? = nil, minimumImprovement: Double = 0, clipping: GradientClipping? = nil,
    average: ParameterAverage.Kind? = nil, validationBatchSize: Int? = nil
  ) {
    precondition(epochs >= 1 && batchSize >= 1, "\(epochs) epochs in batches of \(batchSize)")
    precondition(
      (validationBatchSize ?? 1) >= 1, "validation batches of \(validationBatchSize ?? 1)")
    self.epochs = epochs
    self.batchSize = batchSize
    self.schedule = schedule
    self.patience = patience
    self.minimumImprovement = minimumImprovement
    self.clipping = clipping
    self.average = average
    self.validationBatchSize = validationBatchSize
  }
}
