extension Program {
  /// The program as a picture: an SVG document that needs nothing beside it.
  ///
  /// One box an operation, with its type; sources on top, results at the bottom, operands enter from left to
  /// right. Numbers known beforehand stand in the boxes that use them. For programs of up to some hundred
  /// operations; beyond that nobody reads a picture.
  public var svg: String {
    let graph = ProgramGraph(self)
    let layout = LayeredLayout(
      sources: graph.boxes.map(\.sources), widths: graph.boxes.map(\.width))
    var shapes: [String] = []
    for (index, box) in graph.boxes.enumerated() {
      for (operand, path) in layout.paths[index].enumerated() {
        let entry = (Double(operand) + 1) / Double(box.sources.count + 1) - 0.5
        shapes.append(Self.arrow(layout, path, entry: entry * box.width * 0.8))
      }
    }
    for (index, box) in graph.boxes.enumerated() {
      shapes.append(box.svg(x: layout.points[index].x, y: Self.top(layout.points[index].layer)))
    }
    let width = layout.width + 2 * Self.margin
    let height =
      Double(layout.layers.count) * Self.pitch - (Self.pitch - Self.boxHeight)
      + 2 * Self.margin
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width.text)" height="\(height.text)" \
      viewBox="\((-Self.margin).text) \((-Self.margin).text) \(width.text) \(height.text)" \
      font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
      orient="auto"><path d="M0,0.8 L8,4 L0,7.2 z" fill="#555"/></marker></defs>
      <rect x="\((-Self.margin).text)" y="\((-Self.margin).text)" width="\(width.text)" \
      height="\(height.text)" fill="white"/>
      \(shapes.joined(separator: "\n"))
      </svg>

      """
  }

  private static let margin = 12.0
  private static let pitch = 66.0
  fileprivate static let boxHeight = 36.0

  private static func top(_ layer: Int) -> Double { Double(layer) * pitch }

  /// A smooth line from the bottom of the source through the points between to the top of the box.
  private static func arrow(_ layout: LayeredLayout, _ path: [Int], entry: Double) -> String {
    let points = path.map { layout.points[$0] }
    var (x, y) = (points[0].x, top(points[0].layer) + boxHeight)
    var line = "M\(x.text),\(y.text)"
    for (index, point) in points.enumerated().dropFirst() {
      let isEnd = index == points.count - 1
      let nextX = isEnd ? point.x + entry : point.x
      let nextY = top(point.layer) - (isEnd ? 1 : 0)
      let bend = (nextY - y) / 2
      line += " C\(x.text),\((y + bend).text) \(nextX.text),\((nextY - bend).text)"
      line += " \(nextX.text),\(nextY.text)"
      if !isEnd { line += " V\((nextY + boxHeight).text)" }
      (x, y) = (nextX, nextY + boxHeight)
    }
    return "<path d=\"\(line)\" fill=\"none\" stroke=\"#777\" marker-end=\"url(#tip)\"/>"
  }
}

extension ProgramGraph.Box {
  /// Room for the longer of the two lines; a letter is about half as wide as high.
  fileprivate var width: Double {
    max(40, Double(max(title.count, subtitle.count)) * 6.8 + 16)
  }

  fileprivate func svg(x: Double, y: Double) -> String {
    func line(_ text: String, _ below: Double, _ style: String) -> String {
      let safe = text.escaped(["&": "&amp;", "<": "&lt;", ">": "&gt;"])
      return "<text x=\"\(x.text)\" y=\"\((y + below).text)\" text-anchor=\"middle\" \(style)>"
        + "\(safe)</text>"
    }
    let frame =
      "<rect x=\"\((x - width / 2).text)\" y=\"\(y.text)\" width=\"\(width.text)\" "
      + "height=\"\(Program.boxHeight.text)\" rx=\"6\" fill=\"\(family.color)\" stroke=\"#555\"/>"
    if subtitle.isEmpty { return frame + line(title, 22, "font-weight=\"bold\"") }
    return frame + line(title, 15, "font-weight=\"bold\"") + line(subtitle, 29, "fill=\"#444\"")
  }
}

extension Double {
  /// Rounded to tenths, without superfluous digits.
  fileprivate var text: String {
    let tenths = (self * 10).rounded()
    return tenths.truncatingRemainder(dividingBy: 10) == 0
      ? "\(Int(tenths / 10))" : "\(tenths / 10)"
  }
}
