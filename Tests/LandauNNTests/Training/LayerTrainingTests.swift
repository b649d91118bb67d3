import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// Layers that draw random numbers and hold statistics, in the training loop.
struct LayerTrainingTests {
  private func train(_ checkpoint: TrainingCheckpoint?, stopAfter: Int? = nil) throws -> (
    report: TrainingReport, model: Sequential
  ) {
    var rng = Seed(3).makeStream()
    var model = Sequential([
      Dense(inputs: 4, outputs: 16, using: &rng), BatchNormalization(channels: 16),
      Activation.relu, Dropout(rate: 0.2), Dense(inputs: 16, outputs: 1, using: &rng),
    ])
    let x = Tensor.normal([120, 4], using: &rng) + 1
    let y = x.sum(axes: [1], keepingAxes: true)
    eval([x, y])
    let objective = TrainingObjective<Sequential>(ofOutput: { output, batch in
      Loss.meanSquaredError(output, batch[1])
    })
    var optimizer = AdamW(learningRate: 0.02)
    optimizer.factors = model.parameterFactors { name, tensor in
      ParameterFactor(weightDecay: tensor.rank < 2 ? 0 : 1)
    }
    let options = TrainingOptions(epochs: 12, batchSize: 32)
    let cancellation = Cancellation()
    let stop = { (report: TrainingReport) in
      if report.trainingLosses.count == stopAfter { cancellation.request() }
    }
    let report =
      if let checkpoint {
        try fit(
          &model, using: &optimizer, objective: objective, training: [x, y], validation: [x, y],
          options: options, checkpoint: checkpoint, seed: Seed(3), cancellation: cancellation,
          afterEpoch: stop)
      } else {
        fit(
          &model, using: &optimizer, objective: objective, training: [x, y], validation: [x, y],
          options: options, seed: Seed(3), cancellation: cancellation, afterEpoch: stop)
      }
    return (report, model)
  }

  @Test func statisticsAndRandomNumbersAreThreaded() throws {
    let (report, model) = try train(nil)
    #expect(report.status == .finished)
    #expect(report.validationLosses.last! < report.validationLosses[0] / 2)
    let normalization = try #require(model.layers[1] as? BatchNormalization)
    // The statistics have moved away from zeros and ones.
    #expect(normalization.runningMean.scalars(Float.self).contains { abs($0) > 0.1 })
    #expect(normalization.runningVariance.scalars(Float.self).allSatisfy { $0 > 0 && $0 != 1 })
    // The same run again is the same to the last bit, through an interruption and a file, too.
    try withTemporaryFolder { folder in
      let checkpoint = TrainingCheckpoint(path: "\(folder)/run", steps: 1)
      #expect(try train(checkpoint, stopAfter: 5).report.status == .interrupted)
      let (resumed, other) = try train(checkpoint)
      #expect(resumed == report)
      #expect(
        other.tensors.map { $0.scalars(Float.self) } == model.tensors.map { $0.scalars(Float.self) }
      )
    }
  }

  @Test func factorsOfMaximalUpdate() {
    var rng = Seed(3).makeStream()
    func model(_ width: Int) -> Sequential {
      .perceptron(widths: [3, width, width, 1], activation: .tanh, using: &rng)
    }
    let wide = model(8)
    let scheme = MaximalUpdate(model: wide, base: model(4))
    let factors = scheme.parameterFactors(.adam, decays: wide.decays)
    #expect(factors.map(\.learningRate) == scheme.learningRateFactors(.adam))
    #expect(factors.map(\.weightDecay) == [1, 0, 1, 0, 1, 0])
  }
}
