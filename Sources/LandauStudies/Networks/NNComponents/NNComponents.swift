import LandauCore
import LandauNN
import LandauTensor

extension Study {
  /// Weights, layers, activations, losses, a training loop: the parts of a network and the whole.
  static let nnComponents = Study(
    name: "nn-components",
    title: "Components of a neural network",
    source: "textbook; pictures: E. Alpaydin and C. Kaynak, UCI optical digits, CC BY 4.0",
    claim: """
      Reverse-mode gradients of every layer, activation and loss are right to 1e-6; a small perceptron reads \
      more than 95 per cent of handwritten digits it has not seen.
      """,
    dataFiles: [DigitImages.file],
    run: { run in
      let gradients = ComponentGradients(run.seed)
      let reading = try DigitReading(run)
      return StudyResult(
        findings: [
          .bounded(
            "layers", "layers: gradient - difference", gradients.worst.layers, 1e-6, differences),
          .bounded(
            "activations", "activations: the same", gradients.worst.activations, 1e-6, differences),
          .bounded("losses", "losses: the same", gradients.worst.losses, 1e-6, differences),
          reading.finding,
        ],
        figure: Figure(
          title: "Components of a neural network",
          panels: [panel(gradients)] + reading.panels, columnCount: 2), remarks: remarks)
    })

  private static let differences =
    "central differences of fourth order along a random direction, relative"

  private static let remarks = [
    "The perceptron: 64-48-10 with rectifiers, AdamW. All 1797 digits are read, each by a network that has learned from",
    "the other four of five parts; the parts were drawn class by class. The error is binomial.",
  ]

  private static func panel(_ gradients: ComponentGradients) -> Figure.Panel {
    let cases =
      gradients.layers + gradients.losses
      + [.init(name: "activations", difference: gradients.worst.activations)]
    return Figure.Panel(
      title: "Gradients against differences", xAxis: .init(""),
      yAxis: .init("relative difference", range: 1e-16...1e-5, logarithmic: true),
      series: [
        .init(
          "", x: cases.indices.map(Double.init), y: cases.map { max($0.difference, 1e-16) },
          style: .points),
        .init(
          "bound", x: [-0.5, Double(cases.count) - 0.5], y: [1e-6, 1e-6], style: .dashedLine,
          color: -1),
      ], categories: cases.map(\.name))
  }
}

/// A perceptron that learns to read digits.
private struct DigitReading {
  let accuracy: Double
  let count: Int
  let report: TrainingReport
  /// Hidden unit by hidden unit, its weights as a picture.
  let weights: [Double]

  init(_ run: StudyRun) throws {
    let digits = try DigitImages(folder: run.dataFolder, seed: run.seed.child("split"))
    let folds = try run.pool.map(digits.parts.count) { index in
      let (training, test) = digits.fold(index)
      let (network, report) = try Self.train(training, run, run.seed.child("fold", index))
      return (
        right: DigitImages.accuracy(network, test) * Double(test.count), network: network,
        report: report
      )
    }
    count = digits.parts.reduce(0) { $0 + $1.count }
    accuracy = folds.reduce(0) { $0 + $1.right } / Double(count)
    report = folds[0].report
    weights = folds[0].network.tensors[0].scalars(Double.self)
  }

  private static func train(
    _ training: Dataset, _ run: StudyRun, _ seed: Seed
  ) throws -> (Sequential, TrainingReport) {
    var rng = seed.makeStream()
    var network = Sequential.perceptron(widths: [64, 48, 10], activation: .relu, using: &rng)
    var optimizer = AdamW(learningRate: 5e-3, weightDecay: 0.02)
    let report = fit(
      &network, using: &optimizer,
      objective: TrainingObjective { network, batch in
        Loss.crossEntropy(logits: network(batch[0]), labels: batch[1])
      }, training: training.tensors,
      options: TrainingOptions(epochs: 40, batchSize: 64, schedule: .cosine()),
      seed: seed, cancellation: run.cancellation)
    try run.cancellation.check()
    return (network, report)
  }

  var finding: StudyFinding {
    StudyFinding(
      "accuracy", "digits read rightly", measured: .fraction(accuracy, of: count),
      expected: .above(0.95), reference: "claimed")
  }

  var panels: [Figure.Panel] {
    let x = report.trainingLosses.indices.map { Double($0 + 1) }
    // Twelve units side by side, eight pixels each, in two rows.
    let (wide, high) = (6 * 9 - 1, 2 * 9 - 1)
    var picture = [Double](repeating: .nan, count: wide * high)
    for unit in 0..<12 {
      let (left, top) = (unit % 6 * 9, unit / 6 * 9)
      for pixel in 0..<64 {
        let row = high - 1 - (top + pixel / 8)
        picture[row * wide + left + pixel % 8] = weights[pixel * 48 + unit]
      }
    }
    return [
      Figure.Panel(
        title: "Training", xAxis: .init("epoch"), yAxis: .init("loss", logarithmic: true),
        series: [
          .init("cross-entropy", x: x, y: report.trainingLosses, errors: report.trainingErrors)
        ]),
      Figure.Panel(
        title: "What twelve hidden neurons look for", xAxis: .init("pixel"), yAxis: .init("pixel"),
        series: [],
        map: .init(
          "weight", x: (0..<wide).map(Double.init), y: (0..<high).map(Double.init), values: picture)
      ),
    ]
  }
}
