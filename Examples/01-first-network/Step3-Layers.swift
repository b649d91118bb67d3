import Landau

extension Tutorial {
  /// A disc within a ring cannot be divided by a line. A layer of hidden neurons draws several lines, and the next
  /// neuron joins them.
  ///
  /// - Returns: the network that the last step looks at.
  func layers() throws -> Sequential {
    print("3. Layers")
    let points = Points.rings(400, seed.child("rings"))
    let test = Points.rings(4000, seed.child("test rings"))
    var panels: [Figure.Panel] = []
    var network = Self.perceptron([], seed.child("start"))
    for hidden in [[], [3], [16, 16]] {
      network = Self.perceptron(hidden, seed.child("start"))
      var adam = AdamW.adam(learningRate: 0.02)
      _ = fit(
        &network, using: &adam, training: [points.x, points.y],
        options: TrainingOptions(epochs: 150, batchSize: 100), seed: seed.child("layers"),
        loss: Self.loss)
      let learned = network
      let name =
        hidden.isEmpty
        ? "no hidden layer" : "hidden: " + hidden.map { "\($0)" }.joined(separator: ", ")
      print("  \(name): accuracy \(accuracy(test) { sigmoid(learned($0)) })")
      panels.append(plane(name, points) { sigmoid(learned($0)) })
    }
    try draw(Figure(title: "Layers", panels: panels, columnCount: 3), "3-layers")
    return network
  }
}
