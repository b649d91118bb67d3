public import LandauTensor

/// What a loss may know besides the model and the batch.
public struct TrainingContext: Sendable {
  /// Whether a step is taken; otherwise the model is only judged: no dropout, fixed statistics.
  public let isTraining: Bool
  /// Of this step's random numbers: a pure function of the seed and the step's number, so that a run that was
  /// taken up again draws the same ones.
  public let key: RandomKey

  public init(isTraining: Bool, key: RandomKey) {
    self.isTraining = isTraining
    self.key = key
  }
}

/// A measure of a model that is watched and not minimised, averaged over the validation examples.
public struct Metric<Model: Sendable>: Sendable {
  public let name: String
  /// A scalar: the mean over the batch.
  public let value: @Sendable (_ model: Model, _ batch: [Tensor]) -> Tensor

  public init(
    _ name: String, _ value: @escaping @Sendable (_ model: Model, _ batch: [Tensor]) -> Tensor
  ) {
    self.name = name
    self.value = value
  }
}

/// What a training run minimises and watches.
public struct TrainingObjective<Model: TensorTree & Sendable>: Sendable {
  /// The loss, a scalar, and the model with the statistics that the batch has changed.
  public typealias Step =
    @Sendable (_ model: Model, _ batch: [Tensor], _ context: TrainingContext) -> (
      loss: Tensor, model: Model
    )

  let step: Step
  public var metrics: [Metric<Model>]

  /// A loss that is a function of the model and the batch. What it captures is frozen.
  public init(
    metrics: [Metric<Model>] = [],
    loss: @escaping @Sendable (_ model: Model, _ batch: [Tensor]) -> Tensor
  ) {
    step = { model, batch, _ in (loss(model, batch), model) }
    self.metrics = metrics
  }

  /// A loss that tells training from judging, draws random numbers, or changes statistics of the model.
  ///
  /// Tensors that are not trained (`isTrained`) are taken over from the model returned; derivatives are of the
  /// trained ones alone.
  public init(metrics: [Metric<Model>] = [], stateful step: @escaping Step) {
    self.step = step
    self.metrics = metrics
  }
}

extension TrainingObjective where Model: Layer {
  /// A loss of what the layer makes of the first tensor of each batch: with random numbers and moving statistics in
  /// training, without them where it is judged.
  public init(
    metrics: [Metric<Model>] = [],
    ofOutput loss: @escaping @Sendable (_ output: Tensor, _ batch: [Tensor]) -> Tensor
  ) {
    self.init(
      metrics: metrics,
      stateful: { model, batch, context in
        guard context.isTraining else { return (loss(model(batch[0]), batch), model) }
        var changed = model
        let output = changed(batch[0], training: context.key)
        return (loss(output, batch), changed)
      })
  }
}
