import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs that are killed and taken up again end as if nothing had happened.
struct TrainingCheckpointTests {
  /// A perceptron behind a running mean of its inputs, which is no parameter.
  struct Model: TensorTree, Sendable {
    var runningMean = Tensor.zeros([2])
    var network: Sequential

    init() {
      var rng = Seed(4).child("model").makeStream()
      network = .perceptron(widths: [2, 8, 1], activation: .tanh, using: &rng)
    }

    mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
      visit("runningMean", &runningMean)
      network.forEachTensor { visit("network.\($0)", &$1) }
    }
  }

  private static let objective = TrainingObjective<Model>(
    metrics: [Metric("mean") { model, batch in model.network(batch[0]).mean() }],
    stateful: { model, batch, context in
      var changed = model
      var x = batch[0]
      if context.isTraining {
        changed.runningMean = model.runningMean * 0.9 + x.mean(axes: [0]) * 0.1
        x = x + context.key.normal(x.shape) * 0.1
      }
      let y = model.network(x - model.runningMean)
      return (Loss.meanSquaredError(y, batch[1]), changed)
    })

  private func examples(_ count: Int, _ name: String) -> [Tensor] {
    var rng = Seed(5).child(name).makeStream()
    let x = Tensor.uniform([count, 2], low: -1, high: 2, using: &rng)
    let y = x.sum(axes: [1], keepingAxes: true) * 0.5
    eval([x, y])
    return [x, y]
  }

  private struct Outcome: Equatable {
    var report: TrainingReport
    var parameters: [[Float]]
    var rate: Double
  }

  private func train<Rule: Optimizer>(
    _ rule: Rule, _ checkpoint: TrainingCheckpoint?, epochs: Int = 8,
    cancellation: Cancellation = .never, seed: Seed = Seed(1),
    afterEpoch: (TrainingReport) -> Void = { _ in }
  ) throws -> Outcome {
    var model = Model()
    var optimizer = rule
    let options = TrainingOptions(
      epochs: epochs, batchSize: 16, schedule: .cosine(warmUp: 5), clipping: .norm(0.5),
      average: .exponential(decay: 0.9), validationBatchSize: 10)
    let (training, validation) = (examples(70, "training"), examples(25, "validation"))
    let report =
      if let checkpoint {
        try fit(
          &model, using: &optimizer, objective: Self.objective, training: training,
          validation: validation, options: options, checkpoint: checkpoint, seed: seed,
          cancellation: cancellation, afterEpoch: afterEpoch)
      } else {
        fit(
          &model, using: &optimizer, objective: Self.objective, training: training,
          validation: validation, options: options, seed: seed, cancellation: cancellation,
          afterEpoch: afterEpoch)
      }
    return Outcome(
      report: report,
      parameters: (model.tensors + optimizer.state.slots.flatMap(\.tensors)).map {
        $0.asType(.float).scalars()
      }, rate: optimizer.learningRate)
  }

  /// The file as it was after epoch 3 (or in the midst of an epoch) is what a killed run leaves behind.
  @Test(arguments: [nil, 3])
  func killedRunsGoOnBitForBit(_ steps: Int?) throws {
    for rule in [AdamW(learningRate: 0.01), AdamW(learningRate: 0.02, weightDecay: 0)] {
      try withTemporaryFolder { folder in
        let whole = try train(rule, nil)
        let checkpoint = TrainingCheckpoint(path: "\(folder)/run", epochs: 2, steps: steps)
        let killed = TrainingCheckpoint(path: "\(folder)/killed", epochs: 3, steps: steps)
        let kept = try train(rule, checkpoint) { report in
          guard report.trainingLosses.count == 5 else { return }
          // The file is that of epoch 4, or of the last step before this epoch's end.
          #expect(copy("\(folder)/run", "\(folder)/killed"))
        }
        #expect(kept == whole)
        var epochs = 0
        let resumed = try train(rule, killed) { _ in epochs += 1 }
        #expect(resumed == whole)
        // The epochs before the kill were not done again.
        #expect(epochs == 4)
        // A finished run has its result at hand.
        let again = try train(rule, checkpoint) { _ in epochs += 100 }
        #expect(again == whole && epochs == 4)
      }
    }
  }

  @Test func interruptedRunsGoOn() throws {
    let rule = SharpnessAware(SGD(learningRate: 0.05, momentum: 0.9))
    try withTemporaryFolder { folder in
      let whole = try train(rule, nil)
      let checkpoint = TrainingCheckpoint(path: "\(folder)/run", epochs: 100)
      let cancellation = Cancellation()
      let stopped = try train(rule, checkpoint, cancellation: cancellation) { report in
        if report.trainingLosses.count == 2 { cancellation.request() }
      }
      #expect(stopped.report.status == .interrupted && stopped.report.trainingLosses.count == 2)
      #expect(try train(rule, checkpoint) == whole)
      // Nothing but the file was left behind.
      #expect(folderListing(folder) == ["run"])
    }
  }

  @Test func otherRunsAreRefused() throws {
    try withTemporaryFolder { folder in
      let checkpoint = TrainingCheckpoint(path: "\(folder)/run")
      _ = try train(AdamW(), checkpoint, epochs: 2)
      #expect {
        try train(AdamW(), checkpoint, epochs: 3)
      } throws: { "\($0)".contains("the number of epochs differs") }
      #expect {
        try train(AdamW(), checkpoint, epochs: 2, seed: Seed(2))
      } throws: { "\($0)".contains("the seed differs") }
      #expect {
        try train(Lion(), checkpoint, epochs: 2)
      } throws: { "\($0)".contains("the optimiser differs") }
      try FileWriting.writeAtomically("nonsense", to: checkpoint.path)
      #expect(throws: InputError.self) { try train(AdamW(), checkpoint, epochs: 2) }
      #expect(throws: RunError.self) {
        try train(AdamW(), TrainingCheckpoint(path: "\(folder)/no/such"), epochs: 2)
      }
    }
  }

  @Test func statisticsAreCarriedAndNotTrained() throws {
    var model = Model()
    var optimizer = SGD(learningRate: 0, weightDecay: 0.5)
    // A decay of everything that is trained, at a rate of zero: nothing moves but the statistics.
    let data = examples(64, "training")
    _ = fit(
      &model, using: &optimizer, objective: Self.objective, training: data,
      options: TrainingOptions(epochs: 60, batchSize: 64), seed: Seed(1))
    let mean = data[0].mean(axes: [0]).scalars(Float.self)
    #expect(
      model.network.tensors.map { $0.scalars(Float.self) }
        == Model().network.tensors.map { $0.scalars(Float.self) })
    // The best epoch is the first of equals or a later one; the last statistics are within 0.9^60 of the mean.
    #expect(model.runningMean.scalars(Float.self).map { $0 > 0 } == mean.map { $0 > 0 })
  }

  @Test func averagesAndFactorsReachTheModel() throws {
    // Plain descent on (p - 1)²/2 from 0 at rate 1/2: 1/2, 3/4; the uniform mean is 5/8.
    var model = [Tensor([0.0]), Tensor([0.0])]
    var optimizer = SGD(learningRate: 0.5)
    optimizer.factors = [ParameterFactor(), ParameterFactor(learningRate: 0)]
    let report = fit(
      &model, using: &optimizer, training: [Tensor([1.0])],
      options: TrainingOptions(epochs: 2, average: .uniform()), seed: Seed(1)
    ) { model, batch in
      let d = model[0] - batch[0]
      return (d * d).mean() * 0.5 + model[1].sum()
    }
    #expect(report.bestEpoch == 1)
    #expect(model[0].item(Double.self) == 0.625 && model[1].item(Double.self) == 0)
    #expect(optimizer.factors.count == 2)
  }

  @Test func curves() throws {
    let report = try train(AdamW(learningRate: 0.01), nil).report
    #expect(report.metrics["mean"]?.count == 8)
    #expect(report.trainingErrors.allSatisfy { $0 > 0 })
    #expect(report.validationErrors.allSatisfy { $0 > 0 })
    let figure = report.figure(title: "run")
    #expect(figure.panels.count == 2)
    #expect(figure.panels[0].series.map(\.label) == ["training", "validation"])
    #expect(figure.panels[0].series.allSatisfy { $0.errors.count == 8 })
    let both = TrainingReport.figure(of: [("a", report), ("b", report)], title: "two")
    #expect(both.panels[0].series.count == 4 && both.panels[1].series.count == 2)
  }

  private func copy(_ from: String, _ to: String) -> Bool {
    guard let source = fopen(from, "r"), let target = fopen(to, "w") else { return false }
    defer {
      fclose(source)
      fclose(target)
    }
    var byte = fgetc(source)
    while byte != EOF {
      fputc(byte, target)
      byte = fgetc(source)
    }
    return true
  }
}
