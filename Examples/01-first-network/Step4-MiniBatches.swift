import Landau

extension Tutorial {
  /// All examples per step give the true gradient; a few give a noisy one many times as often. Per pass through the
  /// examples the small batches come further, until their noise holds them up.
  func miniBatches() throws {
    print("4. Mini-batches")
    let points = Points.rings(400, seed.child("rings"))
    let test = Points.rings(4000, seed.child("test rings"))
    var series: [Figure.Series] = []
    for (color, size) in [400, 50, 10, 2].enumerated() {
      var network = Self.perceptron([16], seed.child("start"))
      var descent = SGD(learningRate: 0.1)
      let report = fit(
        &network, using: &descent, training: [points.x, points.y], validation: [test.x, test.y],
        options: TrainingOptions(epochs: 40, batchSize: size), seed: seed.child("batches"),
        loss: Self.loss)
      let losses = report.validationLosses
      print(
        "  batches of \(size): \(report.stepCount) steps, loss on new points "
          + Estimate.fixed(losses.last ?? .nan, digits: 4))
      series.append(
        Figure.Series(
          "batches of \(size)", x: losses.indices.map { Double($0 + 1) }, y: losses, color: color))
    }
    try draw(
      Figure(
        title: "Mini-batches",
        panels: [
          Figure.Panel(
            title: "Descent at rate 0.1", xAxis: .init("passes through the examples"),
            yAxis: .init("loss on new points", logarithmic: true), series: series)
        ]), "4-mini-batches")
  }
}
