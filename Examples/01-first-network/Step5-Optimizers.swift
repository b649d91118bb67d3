import Landau

extension Tutorial {
  /// How a step is made of gradients: plain, with memory, or with a scale of its own for every weight.
  func optimizers() throws {
    print("5. Optimisers")
    let points = Points.rings(400, seed.child("rings"))
    let test = Points.rings(4000, seed.child("test rings"))
    var series: [Figure.Series] = []
    func race(_ name: String, _ optimizer: some Optimizer) {
      // Five starts each: one curve would say more about its start than about the optimiser.
      let runs = (0..<5).map { start in
        var (network, optimizer) = (Self.perceptron([16], seed.child("start", start)), optimizer)
        return fit(
          &network, using: &optimizer, training: [points.x, points.y],
          validation: [test.x, test.y], options: TrainingOptions(epochs: 30, batchSize: 50),
          seed: seed.child("race", start), loss: Self.loss
        ).validationLosses
      }
      let curve = runs[0].indices.map { epoch in
        let losses = runs.map { $0[epoch] }
        let mean = losses.reduce(0, +) / Double(losses.count)
        let square = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Estimate(mean, error: (square / 20).squareRoot())
      }
      print("  \(name): loss on new points \(curve[curve.count - 1])")
      series.append(
        Figure.Series(
          name, x: curve.indices.map { Double($0 + 1) }, y: curve.map(\.value),
          errors: curve.map(\.error), color: series.count))
    }
    race("gradient descent", SGD(learningRate: 0.1))
    race("momentum", SGD(learningRate: 0.1, momentum: 0.9))
    race("Adagrad", Adagrad(learningRate: 0.1))
    race("RMSProp", RMSProp(learningRate: 0.01))
    race("Adam", AdamW.adam(learningRate: 0.02))
    try draw(
      Figure(
        title: "Optimisers",
        panels: [
          Figure.Panel(
            title: "Mean of five starts", xAxis: .init("passes through the examples"),
            yAxis: .init("loss on new points", logarithmic: true), series: series)
        ]), "5-optimisers")
  }
}
