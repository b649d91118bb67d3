import LandauCore
import LandauDiscovery

extension TetrisGauge {
  var panels: [Figure.Panel] {
    [
      learned.survivalPanel("Z2 gauge theory", GaugeScan.windows),
      activationPanel,
      learned.predictionPanel("Z2 gauge theory: predictions, dashed: optimum", "beta", "L", sides),
    ]
  }

  /// The activation of the first repetition against what it should be linear in.
  private var activationPanel: Figure.Panel {
    let exact = exact
    var series: [Figure.Series] = []
    if let activation = BranchActivation(learned.findings[0], learned.ensembles[0]) {
      let (means, line) = (activation.means, activation.line(through: exact))
      series = [
        .init(
          "activation", x: exact, y: means.map(\.value), errors: means.map(\.error), style: .points),
        .init(
          "line", x: exact, y: exact.map { line.offset + line.slope * $0 }, style: .dashedLine,
          color: -1),
      ]
    }
    return Figure.Panel(
      title: "L = \(sides[sides.count - 1]): the activation that is left",
      xAxis: .init("exact mean plaquette"), yAxis: .init("activation, in its spread"),
      series: series)
  }
}

extension TetrisChain {
  var panels: [Figure.Panel] {
    let basis = "\(scan.basis)"
    let (places, optima) = (pairs.locations(sides), pairs.optima(sides))
    let located = sides.indices.filter { optima[$0] != nil }
    func errors(_ size: Int, _ places: [Estimate]) -> Double {
      let own = pairs.ownError(size)
      return (places[size].error * places[size].error + own * own).squareRoot()
    }
    let largest = sides[sides.count - 1]
    let found = learned.locations([largest])[0]
    var predictions = pairs.predictionPanel(
      "Ising chain in \(basis): predictions of 1x2, dashed: optimum", "g", "N", sides)
    let curve = learned.findings[0].sizes[0].curve
    predictions.series.append(
      .init(
        "all windows", x: curve.parameters, y: curve.means, errors: curve.errors, style: .points,
        color: sides.count))
    return [
      learned.survivalPanel("Ising chain in \(basis)", windows),
      Figure.Panel(
        title: "Ising chain in \(basis): steepest prediction", xAxis: .init("1/N", range: 0...0.07),
        yAxis: .init("g", range: 0.85...1.1),
        series: [
          .init(
            "1x2 alone", x: sides.map { 1 / Double($0) }, y: places.map(\.value),
            errors: sides.indices.map { errors($0, places) },
            style: .points),
          .init(
            "its optimum", x: located.map { 1 / Double(sides[$0]) },
            y: located.map { optima[$0] ?? 1 }, style: .dashedLine),
          .init(
            "all windows", x: [1.04 / Double(largest)], y: [found.value], errors: [found.error],
            style: .points, color: sides.count),
          .init("transition", x: [0, 0.07], y: [1, 1], color: -1),
        ]),
      predictions,
    ]
  }
}

extension TetrisRun {
  /// How often each window stayed.
  fileprivate func survivalPanel(_ model: String, _ windows: [Window]) -> Figure.Panel {
    let counts = windows.map { window in
      Double(survivors.count { $0.contains(window) }) / Double(findings.count)
    }
    return Figure.Panel(
      title: "\(model): windows that survive", xAxis: .init("window"),
      yAxis: .init("share of repetitions", range: 0...1.1),
      series: [.init("", x: windows.indices.map(Double.init), y: counts, style: .bars)],
      categories: windows.map { $0.sites == nil ? $0.name : $0.name.replacing("+", with: " ") })
  }

  /// Held-out predictions of the first repetition beside the optimum.
  fileprivate func predictionPanel(
    _ title: String, _ parameter: String, _ size: String, _ sides: [Int]
  ) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, (side, found)) in zip(sides, findings[0].sizes).enumerated() {
      let curve = found.curve
      series.append(
        .init(
          "\(size) = \(side)", x: curve.parameters, y: curve.means, errors: curve.errors,
          style: .points, color: color))
      if let best = found.optimum {
        series.append(
          .init("", x: best.parameters, y: best.means, style: .dashedLine, color: color))
      }
    }
    return Figure.Panel(
      title: title, xAxis: .init(parameter), yAxis: .init("mean prediction"), series: series)
  }
}
