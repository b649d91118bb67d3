import Landau

extension Tutorial {
  /// Without a bend between them layers would be one linear map. Which bend matters less than that there is one; its
  /// slope decides how gradients pass.
  func activations() throws {
    print("2. Activations")
    let x = (0...160).map { Double($0) / 20 - 4 }
    let tensor = Tensor(x)
    let shown: [Activation] = [.relu, .tanh, .sigmoid, .softplus, .silu, .gelu]
    func curves(_ value: (Activation) -> Tensor) -> [Figure.Series] {
      shown.enumerated().map { color, activation in
        Figure.Series(
          activation.rawValue, x: x, y: value(activation).scalars(Double.self), color: color)
      }
    }
    for activation in shown {
      let slope: Double = grad { activation($0).sum() }(Tensor([1.0])).item()
      print("  \(activation.rawValue): slope at 1 is \(Estimate.fixed(slope, digits: 6))")
    }
    try draw(
      Figure(
        title: "Activations",
        panels: [
          Figure.Panel(
            title: "Value", xAxis: .init("x"), yAxis: .init("", range: -1.5...4),
            series: curves { $0(tensor) }),
          Figure.Panel(
            title: "Slope, from reverse mode", xAxis: .init("x"),
            yAxis: .init("", range: -0.3...1.3),
            series: curves { activation in grad { activation($0).sum() }(tensor) }),
        ], columnCount: 2), "2-activations")
  }
}
