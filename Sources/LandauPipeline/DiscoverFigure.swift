import LandauCore
import LandauDiscovery

/// The picture of a discovery: prediction, slope, windows, order parameter.
enum DiscoverFigure {
  static func figure(_ findings: Findings, story: DiscoveryStory) -> Figure {
    Figure(
      title: title(findings),
      panels: [
        prediction(findings), slope(findings, story: story), windows(findings),
        order(findings, story: story),
      ], columnCount: 2)
  }

  private static func title(_ findings: Findings) -> String {
    let transition = Transition(findings)
    let place = transition.location.map { " at \(findings.parameterName) \($0)" } ?? ""
    return switch findings.verdict.kind {
    case .continuous: "Continuous transition\(place)"
    case .firstOrder: "First-order transition\(place)"
    case .vortexUnbinding: "Kosterlitz-Thouless transition\(place)"
    case .crossover: "Crossover\(place)"
    case .undecided: "Undecided\(place)"
    case .none: "Nothing found"
    }
  }

  private static func prediction(_ findings: Findings) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, size) in findings.sizes.enumerated() {
      series.append(
        Figure.Series(
          DiscoveryStory.text(size.siteShape), x: size.curve.parameters, y: size.curve.means,
          errors: size.curve.errors, style: .points, color: color))
    }
    for (color, size) in findings.sizes.enumerated() {
      guard let optimum = size.optimum else { continue }
      series.append(
        Figure.Series(
          color == 0 ? "best possible" : "", x: optimum.parameters, y: optimum.means,
          style: .dashedLine, color: color))
    }
    return Figure.Panel(
      title: "Mean prediction on unseen snapshots", xAxis: .init(findings.parameterName),
      yAxis: .init("predicted \(findings.parameterName)"), series: series,
      marks: marks(findings, exact: nil))
  }

  private static func slope(_ findings: Findings, story: DiscoveryStory) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, size) in findings.sizes.enumerated() {
      let smooth = size.curve.smoothedSlopes()
      series.append(
        Figure.Series(
          DiscoveryStory.text(size.siteShape), x: smooth.x, y: smooth.y, style: .line, color: color)
      )
    }
    for (color, size) in findings.sizes.enumerated() {
      guard let optimum = size.optimum else { continue }
      let x = optimum.parameters
      let inner = 1..<x.count - 1
      series.append(
        Figure.Series(
          color == 0 ? "best possible" : "", x: inner.map { x[$0] },
          y: inner.map {
            (optimum.means[$0 + 1] - optimum.means[$0 - 1]) / (x[$0 + 1] - x[$0 - 1])
          },
          style: .dashedLine, color: color))
    }
    return Figure.Panel(
      title: "Its slope", xAxis: .init(findings.parameterName),
      yAxis: .init("d prediction / d \(findings.parameterName)"), series: series,
      marks: marks(findings, exact: story.exactTransition))
  }

  private static func marks(_ findings: Findings, exact: Double?) -> [Figure.Mark] {
    let transition = Transition(findings)
    var marks: [Figure.Mark] = []
    if let location = transition.location {
      marks.append(
        Figure.Mark("\(location)", x: location.value, halfWidth: location.error, color: 0))
    } else if let interval = transition.interval {
      marks.append(
        Figure.Mark(
          "somewhere here", x: (interval.lowerBound + interval.upperBound) / 2,
          halfWidth: (interval.upperBound - interval.lowerBound) / 2, color: 0))
    }
    if let exact { marks.append(Figure.Mark("exact", x: exact, dashed: true, color: -1)) }
    return marks
  }

  private static func windows(_ findings: Findings) -> Figure.Panel {
    let alive = findings.branches.map { $0.isAlive ? max(0, $0.importance) : 0 }
    let dead = findings.branches.map { $0.isAlive ? 0 : max(0, $0.importance) }
    let positions = findings.branches.indices.map(Double.init)
    return Figure.Panel(
      title: "What each window is worth",
      xAxis: .init("window (rows x columns)"),
      yAxis: .init("ln(error without / with)"),
      series: [
        Figure.Series("needed", x: positions, y: alive, style: .bars, color: 0),
        Figure.Series("not needed", x: positions, y: dead, style: .bars, color: 1),
      ],
      categories: findings.branches.map { branch in
        String(branch.window.name.filter { $0 != " " })
      })
  }

  private static func order(_ findings: Findings, story: DiscoveryStory) -> Figure.Panel {
    if let found = findings.unbinding { return unbinding(findings, found) }
    if let found = findings.orderParameter {
      let formula = found.pattern.formula(channels: findings.channels)
      var series = curves(findings, findings.orderParameterCurves)
      if let exact = story.exactOrderParameter, let size = findings.sizes.last {
        let x = dense(size.curve.parameters)
        series.append(
          Figure.Series("exact, infinite", x: x, y: x.map(exact), style: .dashedLine, color: -1))
      }
      return Figure.Panel(
        title: "Order parameter: \(found.pattern.name)", xAxis: .init(findings.parameterName),
        yAxis: .init(found.pattern.componentCount == 1 ? "|\(formula)|" : formula), series: series,
        marks: marks(findings, exact: story.exactTransition))
    }
    var series = curves(findings, findings.indicatorCurves)
    if let exact = story.exactPlaquette, let size = findings.sizes.last,
      let indicator = findings.indicator, indicator.terms.map(\.term) == [.plaquette]
    {
      let x = dense(size.curve.parameters)
      series.append(
        Figure.Series(
          "exact", x: x, y: x.map { exact(size.siteShape, $0) ?? .nan },
          style: .dashedLine, color: -1))
    }
    return Figure.Panel(
      title: findings.indicator.map { "Indicator: \($0.name) (no order parameter found)" }
        ?? "No order parameter found",
      xAxis: .init(findings.parameterName), yAxis: .init(findings.indicator?.formula ?? ""),
      series: series, marks: marks(findings, exact: nil))
  }

  /// Stiffness with the line that it jumps from, or eta with the value at which it ends.
  private static func unbinding(_ findings: Findings, _ found: VortexUnbinding) -> Figure.Panel {
    let x = findings.sizes[findings.sizes.count - 1].curve.parameters
    let isHelicity = found.method == .helicity
    var series =
      isHelicity
      ? curves(findings, found.curves)
      : [
        Figure.Series(
          "all sizes", x: x, y: found.curves[0].map(\.value), errors: found.curves[0].map(\.error),
          style: .points)
      ]
    let isTemperature = findings.parameterName == "temperature"
    series.append(
      Figure.Series(
        isHelicity ? "2 T/pi" : "1/4", x: x,
        y: x.map { isHelicity ? 2 / Double.pi * (isTemperature ? $0 : 1 / $0) : 0.25 },
        style: .dashedLine, color: -1))
    return Figure.Panel(
      title: isHelicity ? "Helicity modulus" : "Exponent of correlations",
      xAxis: .init(findings.parameterName), yAxis: .init(isHelicity ? "helicity modulus" : "eta"),
      series: series, marks: marks(findings, exact: nil))
  }

  private static func curves(_ findings: Findings, _ values: [[Estimate]]) -> [Figure.Series] {
    // A size without the pattern (an odd side cannot alternate) has no curve.
    zip(findings.sizes, values).enumerated().compactMap { color, pair in
      pair.1.isEmpty
        ? nil
        : Figure.Series(
          DiscoveryStory.text(pair.0.siteShape), x: pair.0.curve.parameters, y: pair.1.map(\.value),
          errors: pair.1.map(\.error), style: .points, color: color)
    }
  }

  private static func dense(_ x: [Double]) -> [Double] {
    (0...400).map { x[0] + (x[x.count - 1] - x[0]) * Double($0) / 400 }
  }
}
