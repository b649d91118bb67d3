import LandauCore

// Coloured cells and their scale.
extension DrawnPage {
  /// `x y value` of every cell, row after row.
  func mapBlock(_ map: Figure.Map, _ panel: Int, _ content: PanelContent) -> String {
    let names = [content.panel.xAxis.label, content.panel.yAxis.label, map.label]
    var text = "# panel \(panel + 1) \(GnuplotText.comment(content.panel.title)), map\n"
    text += "# " + names.map { GnuplotText.comment($0) }.joined(separator: " | ") + "\n"
    for (row, y) in map.y.enumerated() {
      for (column, x) in map.x.enumerated() {
        let value = map.values[row * map.x.count + column]
        let isVisible = value.isFinite && (!map.logarithmic || value > 0)
        text += "\(GnuplotText.number(x)) \(GnuplotText.number(y)) "
        text += (isVisible ? GnuplotText.number(value) : "NaN") + "\n"
      }
    }
    return text
  }

  /// A scale to the right of the panel; colours from dark blue to yellow, whose lightness grows steadily, so that they
  /// can be told apart in print and by eyes of every kind (the map "viridis" of S. van der Walt and N. Smith).
  func mapLines(_ content: PanelContent, area: Rectangle) -> [String] {
    guard let map = content.map?.map else { return [] }
    let short = GnuplotText.short
    let origin =
      "\(short((area.right + 10) / geometry.width)), \(short(area.bottom / geometry.height))"
    let size = "\(short(14 / geometry.width)), \(short(area.height / geometry.height))"
    return [
      "set palette defined (0 '#440154', 1 '#414487', 2 '#2A788E', 3 '#22A884', 4 '#7AD151', 5 '#FDE725')",
      map.logarithmic ? "set logscale cb" : "unset logscale cb",
      "set colorbox vertical user origin \(origin) size \(size)",
      "set cblabel \(GnuplotText.quoted(map.label)) offset 0, 0",
    ]
  }
}

extension PanelContent {
  /// Room that the scale of a map takes from the panel.
  var extraRight: Double { map == nil ? 0 : 86 }
}
