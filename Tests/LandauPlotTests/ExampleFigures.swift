import LandauCore

/// Figures that tests draw. Numbers come from arithmetic alone, so that golden files hold everywhere.
enum ExampleFigures {
  /// A map with a hole, and a path over it.
  static var landscape: Figure {
    let axis = [-1, -0.5, 0, 0.5, 1]
    var values = axis.flatMap { y in axis.map { x in 1 + x * x + 2 * y * y } }
    values[0] = .nan
    return Figure(
      title: "A landscape",
      panels: [
        Figure.Panel(
          title: "Slice", xAxis: Figure.Axis("first direction"),
          yAxis: Figure.Axis("second direction"),
          series: [
            Figure.Series(
              "path", x: [0.9, 0.5, 0.1], y: [-0.8, -0.2, 0], style: .linePoints, color: 1)
          ], map: Figure.Map("loss", x: axis, y: axis, values: values, logarithmic: true))
      ])
  }

  /// Every kind of panel that a discovery's figure has.
  static var discovery: Figure {
    let grid = (0...12).map { 1.5 + 0.125 * Double($0) }
    var prediction: [Figure.Series] = []
    var slope: [Figure.Series] = []
    var marks: [Figure.Mark] = []
    for (index, side) in [16, 32, 64].enumerated() {
      let steepness = Double(side) / 16 + 1
      let curve = grid.map { 2.25 + 0.6 * sigmoid(steepness * ($0 - 2.25)) }
      prediction.append(
        Figure.Series(
          "L = \(side)", x: grid, y: curve, errors: grid.map { _ in 0.02 }, style: .points,
          color: index))
      prediction.append(
        Figure.Series("exact, L = \(side)", x: grid, y: curve, style: .dashedLine, color: index))
      slope.append(
        Figure.Series(
          "L = \(side)", x: grid, y: grid.map { 1 / (1 + steepness * ($0 - 2.25) * ($0 - 2.25)) },
          errors: grid.map { _ in 0.05 }, style: .linePoints, color: index))
      marks.append(
        Figure.Mark("T* for L = \(side)", x: 2.25 + 1 / Double(side), halfWidth: 0.02, color: index)
      )
    }
    let exact = Figure.Mark("exact T_c", x: 2.269, dashed: true, color: -1)
    let windows = ["1x1", "1x2", "2x1", "2x2", "1x2 d2", "2x1 d2", "1x3", "3x3"]
    let importance = Figure.Series(
      "", x: windows.indices.map(Double.init), y: [0.02, 0.61, 0.27, 0.08, 0.01, 0, 0.005, 0.002],
      errors: [0.01, 0.04, 0.03, 0.02, 0.01, 0, 0.004, 0.002], style: .bars)
    return Figure(
      title: "2D Ising model: transition at T_c = 2.271(9)",
      panels: [
        Figure.Panel(
          title: "Mean prediction", xAxis: Figure.Axis("temperature"),
          yAxis: Figure.Axis("predicted temperature"), series: prediction, marks: marks + [exact]),
        Figure.Panel(
          title: "Slope", xAxis: Figure.Axis("temperature"), yAxis: Figure.Axis("d⟨T⟩/dT"),
          series: slope, marks: marks),
        Figure.Panel(
          title: "Importance", xAxis: Figure.Axis("window"), yAxis: Figure.Axis("loss of R²"),
          series: [importance], categories: windows),
      ], columnCount: 2)
  }

  /// An odd function between -1 and 1 whose values do not depend on a mathematical library.
  private static func sigmoid(_ x: Double) -> Double { x / (1 + x * x).squareRoot() }

  static let hostileText = "it's \"q\" \\ {x}_y^2 @z `touch hacked` $1 %d <&> é ψ \n\t\u{1} \\"

  /// Text that would do harm where quoting has a hole.
  static var hostile: Figure {
    let text = hostileText
    return Figure(
      title: text,
      panels: [
        Figure.Panel(
          title: text, xAxis: Figure.Axis(text), yAxis: Figure.Axis(text),
          series: [Figure.Series(text, x: [1, 2, 3], y: [1, 4, 9], style: .linePoints)],
          marks: [Figure.Mark(text, x: 2)]),
        Figure.Panel(
          title: "", xAxis: Figure.Axis(""), yAxis: Figure.Axis(""),
          series: [Figure.Series("", x: [0, 1], y: [1, 2], style: .bars)], categories: [text, "b"]),
      ], columnCount: 2)
  }

  /// Whatever may be missing is missing.
  static var sparse: Figure {
    let axis = Figure.Axis("x")
    let log = Figure.Axis("log", logarithmic: true)
    return Figure(
      title: "",
      panels: [
        Figure.Panel(title: "no series", xAxis: axis, yAxis: axis, series: []),
        Figure.Panel(
          title: "nothing finite", xAxis: axis, yAxis: axis,
          series: [Figure.Series("nan", x: [1, .nan], y: [.infinity, 2], errors: [1, 1])]),
        Figure.Panel(
          title: "one point", xAxis: axis, yAxis: axis,
          series: [Figure.Series("p", x: [3], y: [7], style: .points, color: 12)]),
        Figure.Panel(
          title: "logarithmic", xAxis: log, yAxis: log,
          series: [
            Figure.Series(
              "q", x: [-1, 0, 1, 2, 3], y: [1, 1, 2, 0, 4], errors: [0, 0, 3, 0, .nan], style: .line
            )
          ], marks: [Figure.Mark("m", x: -3), Figure.Mark("n", x: .nan), Figure.Mark("o", x: 1e9)]),
        Figure.Panel(
          title: "range beside the data", xAxis: Figure.Axis("x", range: 10...20), yAxis: axis,
          series: [Figure.Series("r", x: [1, 2], y: [1, 2], style: .points)]),
        Figure.Panel(
          title: "huge and tiny", xAxis: axis, yAxis: axis,
          series: [Figure.Series("s", x: [1e-300, 2e-300], y: [-1e300, 1e300])]),
      ], columnCount: 3)
  }
}
