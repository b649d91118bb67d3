import LandauCore
import LandauDiscovery

/// Indicators of all methods beside their optima, drift with size, dependence on the range.
enum DetectionFigure {
  static func figure(_ study: DetectionOfSquareIsing, _ map: AnisotropicIsingMap) -> Figure {
    Figure(
      title: "Phase detection in the square Ising model, networks and their optima",
      panels: DetectionMethod.allCases.map { indicator(study, $0) }
        + [drift(study), ranges(study)] + map.panels,
      columnCount: 2)
  }

  private static let critical = Figure.Mark(
    "exact", x: DetectionOfSquareIsing.criticalBeta, dashed: true, color: -1)

  private static func indicator(
    _ study: DetectionOfSquareIsing, _ method: DetectionMethod
  ) -> Figure.Panel {
    let found = study.findings(of: method, .whole)
    var series: [Figure.Series] = []
    for (color, size) in found.sizes.enumerated() {
      let learned = size.indicator
      series.append(
        Figure.Series(
          "L = \(Int(size.linearSize))", x: learned.x, y: learned.y, errors: learned.errors,
          style: .points, color: color))
    }
    for (color, size) in found.sizes.enumerated() {
      guard let best = size.optimum?.indicator else { continue }
      series.append(
        Figure.Series(
          color == 0 ? "optimum" : "", x: best.x, y: best.y, style: .dashedLine, color: color))
    }
    return Figure.Panel(
      title: titles[method]!, xAxis: .init("beta"), yAxis: .init(labels[method]!), series: series,
      marks: [critical])
  }

  private static let titles: [DetectionMethod: String] = [
    .supervised: "Supervised, trained on the outer thirds", .confusion: "Learning by confusion",
    .prediction: "Prediction-based", .mean: "Mean-based",
  ]
  private static let labels: [DetectionMethod: String] = [
    .supervised: "slope of the probability", .confusion: "accuracy at the cut",
    .prediction: "slope of the prediction", .mean: "speed of the means, in sigma",
  ]

  /// Locations against 1/L, whole range.
  private static func drift(_ study: DetectionOfSquareIsing) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, method) in DetectionMethod.allCases.enumerated() {
      let sizes = study.findings(of: method, .whole).sizes.filter { $0.location.kind == .located }
      series.append(
        Figure.Series(
          method.rawValue, x: sizes.map { 1 / $0.linearSize },
          y: sizes.map(\.location.estimate.value), errors: sizes.map(\.location.estimate.error),
          style: .points, color: color))
      let best = study.findings(of: method, .whole).sizes.filter { $0.optimum?.location != nil }
      series.append(
        Figure.Series(
          "", x: best.map { 1 / $0.linearSize }, y: best.map { $0.optimum!.location! },
          style: .dashedLine, color: color))
    }
    series.append(
      Figure.Series(
        "exact, infinite", x: [0, 0.13],
        y: [Double](repeating: DetectionOfSquareIsing.criticalBeta, count: 2), style: .line,
        color: -1))
    return Figure.Panel(
      title: "Drift with size, dashed: optima", xAxis: .init("1/L", range: 0...0.13),
      yAxis: .init("location in beta"), series: series)
  }

  /// Locations at the largest size for the three ranges.
  private static func ranges(_ study: DetectionOfSquareIsing) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, method) in DetectionMethod.allCases.enumerated() {
      let found = ScanRange.allCases.enumerated().compactMap { index, range in
        study.findings(of: method, range).sizes.last.map { (Double(index), $0) }
      }
      let located = found.filter { $0.1.location.kind == .located }
      let shift = 0.12 * (Double(color) - 1.5)
      series.append(
        Figure.Series(
          method.rawValue, x: located.map { $0.0 + shift },
          y: located.map(\.1.location.estimate.value),
          errors: located.map(\.1.location.estimate.error), style: .points, color: color))
    }
    series.append(
      Figure.Series(
        "exact, infinite", x: [-0.4, 2.4],
        y: [Double](repeating: DetectionOfSquareIsing.criticalBeta, count: 2), style: .dashedLine,
        color: -1))
    return Figure.Panel(
      title: "Dependence on the range, L = \(study.sides[study.sides.count - 1])",
      xAxis: .init("part of the scan", range: -0.5...2.5), yAxis: .init("location in beta"),
      series: series, categories: ["whole", "lower 2/3", "upper 2/3"])
  }
}
