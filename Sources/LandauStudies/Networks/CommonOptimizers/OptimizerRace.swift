import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

/// The same network from the same starts under several rules: on digits, and in the full version on clothes.
struct OptimizerRace {
  struct Runner: Sendable {
    var name: String
    var optimizer: @Sendable () -> any Optimizer
  }

  /// What one rule did, start by start: losses and accuracies on test pictures after each epoch.
  struct Outcome: Sendable {
    var name: String
    var losses: [[Double]]
    var accuracies: [Double]
  }

  static let runners: [Runner] = [
    Runner(name: "gradient descent") { SGD(learningRate: 0.1) },
    Runner(name: "momentum") { SGD(learningRate: 0.02, momentum: 0.9) },
    Runner(name: "Nesterov") { SGD(learningRate: 0.02, momentum: 0.9, isNesterov: true) },
    Runner(name: "Adagrad") { Adagrad(learningRate: 0.02) },
    Runner(name: "RMSProp") { RMSProp(learningRate: 1e-3) },
    Runner(name: "Adam") { AdamW.adam(learningRate: 2e-3) },
    Runner(name: "Muon") { Muon(learningRate: 0.02, rest: .adam(learningRate: 2e-3)) },
  ]

  let outcomes: [Outcome]
  private let isQuick: Bool
  private let testCount: Int

  init(_ run: StudyRun) throws {
    isQuick = run.isQuick
    if run.isQuick {
      let digits = try DigitImages(folder: run.dataFolder, seed: run.seed.child("split"))
      let (training, test) = digits.fold(0)
      testCount = test.count
      outcomes = try Self.race(
        run, starts: 5, epochs: 15, training: training, test: test
      ) { rng in .perceptron(widths: [64, 64, 10], activation: .relu, using: &rng) }
    } else {
      let images = try FashionImages(folder: run.dataFolder)
      testCount = images.test.count
      outcomes = try Self.race(
        run, starts: 1, epochs: 8, training: images.training, test: images.test
      ) { rng in FashionImages.network(using: &rng) }
    }
  }

  private static func race(
    _ run: StudyRun, starts: Int, epochs: Int, training: Dataset, test: Dataset,
    network: @escaping @Sendable (inout RandomStream) -> Sequential
  ) throws -> [Outcome] {
    run.progress.begin("optimisers", total: runners.count * starts)
    let results = try run.pool.map(runners.count * starts) { index in
      let (runner, start) = (runners[index / starts], index % starts)
      let seed = run.seed.child("start", start)
      var rng = seed.makeStream()
      var model = network(&rng)
      let losses = train(
        &model, runner.optimizer(), training, test, epochs: epochs, seed: seed, run.cancellation)
      try run.cancellation.check()
      run.progress.advance()
      return (losses: losses, accuracy: DigitImages.accuracy(model, test))
    }
    run.progress.end()
    return runners.indices.map { runner in
      let own = results[(runner * starts)..<((runner + 1) * starts)]
      return Outcome(
        name: runners[runner].name, losses: own.map(\.losses), accuracies: own.map(\.accuracy))
    }
  }

  private static func train(
    _ model: inout Sequential, _ optimizer: some Optimizer, _ training: Dataset, _ test: Dataset,
    epochs: Int, seed: Seed, _ cancellation: Cancellation
  ) -> [Double] {
    var optimizer = optimizer
    var options = TrainingOptions(epochs: epochs, batchSize: 64, schedule: .cosine(final: 0.05))
    options.validationBatchSize = 500
    return fit(
      &model, using: &optimizer, training: training.tensors, validation: test.tensors,
      options: options, seed: seed, cancellation: cancellation
    ) { network, batch in Loss.crossEntropy(logits: network(batch[0]), labels: batch[1]) }
    .validationLosses
  }

  var findings: [StudyFinding] {
    let best = outcomes.max { mean($0.accuracies) < mean($1.accuracies) }
    guard let best else { return [] }
    return [
      StudyFinding(
        "accuracy",
        "\(isQuick ? "digits" : "Fashion-MNIST"), accuracy with \(best.name)",
        measured: .fraction(mean(best.accuracies), of: testCount),
        expected: .above(0.9), reference: isQuick ? "a race worth watching" : "asked for")
    ]
  }

  private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  var panels: [Figure.Panel] {
    let what = isQuick ? "UCI digits, mean of five starts" : "Fashion-MNIST, two convolutions"
    return [
      Figure.Panel(
        title: what, xAxis: .init("epoch"),
        yAxis: .init("loss on test pictures", logarithmic: true),
        series: outcomes.enumerated().map { color, outcome in
          let epochs = outcome.losses[0].indices
          let curve = epochs.map { epoch in Estimate.mean(of: outcome.losses.map { $0[epoch] }) }
          return Figure.Series(
            outcome.name, x: epochs.map { Double($0 + 1) }, y: curve.map(\.value),
            errors: curve.allSatisfy(\.error.isFinite) ? curve.map(\.error) : [], color: color)
        }),
      Figure.Panel(
        title: "Accuracy at the end", xAxis: .init(""), yAxis: .init("share read rightly"),
        series: [
          .init(
            "", x: outcomes.indices.map(Double.init), y: outcomes.map { mean($0.accuracies) },
            errors: outcomes.map {
              Estimate.fraction(mean($0.accuracies), of: testCount * $0.accuracies.count).error
            }, style: .points)
        ], categories: outcomes.map(\.name)),
    ]
  }
}
