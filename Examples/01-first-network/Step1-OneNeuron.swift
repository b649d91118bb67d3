import Landau

extension Tutorial {
  /// A neuron adds up its inputs with weights, adds a bias, and passes the sum through an activation: here
  /// sigma(w_1 x + w_2 y + b). It says "class 1" on one side of a line. Learning moves the line.
  func oneNeuron() throws {
    print("1. One neuron")
    let points = Points.clouds(400, seed.child("clouds"))
    let test = Points.clouds(4000, seed.child("test clouds"))
    var neuron = Dense(weight: Tensor([-0.5, 1] as [Float], shape: [2, 1]), bias: .zeros([1]))
    let before = plane("Before learning", points) { [neuron] in sigmoid(neuron($0)) }
    print("  accuracy before: \(accuracy(test) { [neuron] in sigmoid(neuron($0)) })")
    // The gradient says how the loss changes with every weight; descent goes against it.
    let both = valueAndGradient { (neuron: Dense, data: [Tensor]) in
      Loss.binaryCrossEntropy(logits: neuron(data[0]), targets: data[1])
    }
    var losses: [Double] = []
    var descent = SGD(learningRate: 0.5)
    for _ in 0..<100 {
      let (loss, gradient) = both(neuron, [points.x, points.y])
      losses.append(loss.item())
      descent.step(&neuron, gradients: gradient.tensors)
    }
    let learned = neuron
    let weights = learned.weight.scalars(Double.self).map { Estimate.fixed($0, digits: 3) }
    print("  weights \(weights), accuracy after: \(accuracy(test) { sigmoid(learned($0)) })")
    try draw(
      Figure(
        title: "One neuron",
        panels: [
          before, plane("After 100 steps of descent", points) { sigmoid(learned($0)) },
          Figure.Panel(
            title: "Learning", xAxis: .init("step"), yAxis: .init("loss"),
            series: [.init("cross-entropy", x: losses.indices.map(Double.init), y: losses)]),
        ], columnCount: 3), "1-one-neuron")
  }
}
