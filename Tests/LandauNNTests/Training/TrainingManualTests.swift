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

/// The code of the manual's page on training, run, and compared with the page line by line.
struct TrainingManualTests {
  private func examples() -> Dataset {
    var rng = Seed(7).makeStream()
    let x = Tensor.normal([200, 2], using: &rng)
    let radius = (x * x).sum(axes: [1])
    return Dataset([x, (radius .> 1.4).asType(.int32)])
  }

  @Test func theExamplesRun() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      let data = examples()

      let parts = data.split([0.8, 0.2], stratifiedBy: data.tensors[1], seed: Seed(1))
      let normalize = Standardization(of: parts[0].tensors[0])
      let training = [normalize(parts[0].tensors[0]), parts[0].tensors[1]]
      let validation = [normalize(parts[1].tensors[0]), parts[1].tensors[1]]

      var rng = Seed(1).child("model").makeStream()
      var model = Sequential.perceptron(widths: [2, 16, 2], activation: .tanh, using: &rng)
      var optimizer = AdamW(learningRate: 1e-2)
      let objective = TrainingObjective<Sequential>(
        metrics: [
          Metric("accuracy") { model, batch in
            Metrics.accuracy(logits: model(batch[0]), labels: batch[1])
          }
        ]
      ) { model, batch in Loss.crossEntropy(logits: model(batch[0]), labels: batch[1]) }
      let report = fit(
        &model, using: &optimizer, objective: objective, training: training,
        validation: validation, options: TrainingOptions(epochs: 20, batchSize: 32), seed: Seed(1))
      #expect(report.metrics["accuracy"]!.last! > 0.8)

      let supervised = TrainingObjective<Sequential>(ofOutput: { output, batch in
        Loss.crossEntropy(logits: output, labels: batch[1])
      })
      let augmented = TrainingObjective<Sequential>(stateful: { model, batch, context in
        guard context.isTraining else {
          return (Loss.crossEntropy(logits: model(batch[0]), labels: batch[1]), model)
        }
        let (noise, rest) = context.key.split()
        var changed = model
        let output = changed(batch[0] + noise.normal(batch[0].shape) * 0.01, training: rest)
        return (Loss.crossEntropy(logits: output, labels: batch[1]), changed)
      })
      for other in [supervised, augmented] {
        var copy = model
        let more = fit(
          &copy, using: &optimizer, objective: other, training: training, validation: validation,
          options: TrainingOptions(epochs: 2, batchSize: 32), seed: Seed(1))
        #expect(more.status == .finished && more.validationLosses[1] < 1)
      }

      let figure = report.figure(title: "learning curves")
      #expect(figure.panels.count == 2)

      let kept = try fit(
        &model, using: &optimizer, objective: objective, training: training,
        validation: validation, options: TrainingOptions(epochs: 20, batchSize: 32),
        checkpoint: TrainingCheckpoint(path: path, epochs: 5), seed: Seed(1))
      #expect(kept.status == .finished)

      optimizer.factors = model.parameterFactors { name, tensor in
        tensor.rank < 2 ? ParameterFactor(weightDecay: 0) : ParameterFactor()
      }

      let direction = LossLandscape.filterNormalizedDirection(of: model.tensors, using: &rng)
      let slice = LossLandscape.line(
        through: model.tensors, along: direction, at: [-1, -0.5, 0, 0.5, 1]
      ) { parameters in
        Loss.crossEntropy(
          logits: model.replacing(parameters)(validation[0]), labels: validation[1]
        ).item()
      }
      #expect(slice.losses[2] < slice.losses[0] && slice.losses[2] < slice.losses[4])
    }
  }

  /// Every line of code on the page stands in this file.
  @Test func thePageShowsTheseExamples() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    let page = try #require(lines(of: root.joined(separator: "/") + "/docs/manual/training.md"))
    let own = Set(try #require(lines(of: #filePath)).map { trimmed($0) })
    let code = page.filter { $0.hasPrefix("    ") }.map { trimmed($0) }
    #expect(code.count > 30)
    let missing = code.filter { !own.contains($0) }
    #expect(missing.isEmpty)
  }

  private func trimmed(_ line: String) -> String { String(line.drop { $0 == " " }) }

  private func lines(of path: String) -> [String]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var byte = fgetc(file)
    while byte != EOF {
      bytes.append(UInt8(byte))
      byte = fgetc(file)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
