import LandauCore
import LandauNN
import LandauTensor
import Testing

struct FitTests {
  /// y = sin(2 x₀) x₁ on a square.
  private func examples(_ count: Int, _ name: String) -> [Tensor] {
    var rng = Seed(5).child(name).makeStream()
    let x = Tensor.uniform([count, 2], low: -1, high: 1, using: &rng)
    let columns = (0..<2).map { x.sliced(axis: 1, $0..<($0 + 1)) }
    let y = sin(columns[0] * 2) * columns[1]
    eval([x, y])
    return [x, y]
  }

  private func train(
    seed: UInt64, options: TrainingOptions, cancellation: Cancellation = .never, rate: Double = 1e-2
  ) -> (model: Sequential, report: TrainingReport) {
    var rng = Seed(seed).child("model").makeStream()
    var model = Sequential.perceptron(widths: [2, 16, 16, 1], activation: .tanh, using: &rng)
    var optimizer = AdamW(learningRate: rate)
    let report = fit(
      &model, using: &optimizer, training: examples(500, "training"),
      validation: examples(200, "validation"), options: options, seed: Seed(seed),
      cancellation: cancellation
    ) { model, batch in Loss.meanSquaredError(model(batch[0]), batch[1]) }
    return (model, report)
  }

  @Test func learnsAFunction() {
    let options = TrainingOptions(epochs: 150, batchSize: 64, schedule: .cosine(warmUp: 20))
    let (model, report) = train(seed: 1, options: options)
    #expect(report.status == .finished)
    #expect(report.stepCount == 150 * 8)
    // The variance of y is about 0.19; a model that learned nothing stays there.
    #expect(report.validationLosses.last! < 1e-3)
    let data = examples(200, "validation")
    let loss: Double = Loss.meanSquaredError(model(data[0]), data[1]).item()
    #expect(abs(loss - report.validationLosses[report.bestEpoch!]) < 1e-7)
    #expect(report.validationLosses[report.bestEpoch!] == report.validationLosses.min())
  }

  @Test func sameSeedSameNumbers() {
    let options = TrainingOptions(epochs: 3, batchSize: 100)
    let (a, b, c) = (
      train(seed: 1, options: options), train(seed: 1, options: options),
      train(seed: 2, options: options)
    )
    #expect(a.report == b.report)
    #expect(
      a.model.tensors.map { $0.scalars(Float.self) }
        == b.model.tensors.map { $0.scalars(Float.self) })
    #expect(a.report.trainingLosses != c.report.trainingLosses)
  }

  /// Silent error 15: a model that is another one in single precision. The same run in both: after forty steps losses
  /// and parameters differ by roundings (losses by 8e-8 of themselves, measured), and learning moved the parameters a
  /// thousand times further than they may differ.
  @Test func floatRunsAreDoubleRuns() {
    func run(_ type: ScalarType) -> (losses: [Double], before: [[Double]], after: [[Double]]) {
      // Both begin with the same numbers, those that Float can hold.
      func rounded(_ tensors: [Tensor]) -> [Tensor] {
        tensors.map { $0.asType(.float).asType(type) }
      }
      var rng = Seed(1).child("model").makeStream()
      var model = Sequential.perceptron(
        widths: [2, 16, 16, 1], activation: .tanh, type: .double, using: &rng)
      model = model.replacing(rounded(model.tensors))
      let before = model.tensors.map { $0.asType(.double).scalars(Double.self) }
      var optimizer = SGD(learningRate: 0.05, momentum: 0.9)
      let report = fit(
        &model, using: &optimizer, training: rounded(examples(512, "training")),
        options: TrainingOptions(epochs: 5, batchSize: 64), seed: Seed(1)
      ) { model, batch in Loss.meanSquaredError(model(batch[0]), batch[1]) }
      #expect(report.stepCount == 40)
      #expect(model.tensors.allSatisfy { $0.scalarType == type })
      let after = model.tensors.map { $0.asType(.double).scalars(Double.self) }
      return (report.trainingLosses, before, after)
    }
    func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
      zip(a.joined(), b.joined()).map { abs($0 - $1) }.max()!
    }
    let (single, double) = (run(.float), run(.double))
    for (a, b) in zip(single.losses, double.losses) { #expect(abs(a - b) < 1e-5 * b) }
    let apart = distance(single.after, double.after)
    // Equal to the last digit they would be one precision under two names.
    #expect(apart > 0 && apart < 1e-5, "\(apart)")
    #expect(distance(double.before, double.after) > 1000 * 1e-5)
  }

  @Test func stopsEarlyAndKeepsTheBest() {
    // A huge rate: the validation loss jumps about and does not improve for long.
    let options = TrainingOptions(epochs: 1000, batchSize: 64, patience: 5)
    let (model, report) = train(seed: 1, options: options, rate: 0.5)
    #expect(report.status == .stoppedEarly)
    #expect(report.validationLosses.count == report.bestEpoch! + 6)
    let data = examples(200, "validation")
    let loss: Double = Loss.meanSquaredError(model(data[0]), data[1]).item()
    #expect(abs(loss - report.validationLosses.min()!) <= 1e-6 * (1 + loss))
  }

  /// Silent error 11: training that diverged and returns its last model.
  @Test func divergenceIsAStatus() {
    var model = [Tensor([1.0])]
    var optimizer = SGD(learningRate: 1e200)
    let report = fit(
      &model, using: &optimizer, training: [Tensor([1.0, 2.0])], validation: [Tensor([1.5])],
      options: TrainingOptions(epochs: 9), seed: Seed(1)
    ) { model, batch in ((model[0] - batch[0]) * (model[0] - batch[0])).mean() }
    #expect(report.status == .diverged)
    #expect(model[0].item(Double.self) == 1)
  }

  @Test func cancellation() {
    let cancellation = Cancellation()
    cancellation.request()
    let (_, report) = train(
      seed: 1, options: TrainingOptions(epochs: 5), cancellation: cancellation)
    #expect(report.status == .interrupted && report.stepCount == 0)
  }
}
