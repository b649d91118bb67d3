import LandauCore

extension DrawnPage {
  /// The legend as objects, arrows and labels with numbers from 100 upward.
  ///
  /// - Parameter below: height on the page at which a legend outside the axes begins.
  func legendLines(_ legend: Legend, area: Rectangle, below: Double) -> [String] {
    guard !legend.entries.isEmpty else { return [] }
    switch legend.place {
    case .corner(let right, let top):
      let left = right ? area.right - legend.width - 6 : area.left + 10
      let upper = top ? area.top - 4 : area.bottom + legend.height + 6
      return [box(left: left - 4, top: upper, width: legend.width + 4, height: legend.height)]
        + legend.entries.indices.flatMap { index in
          entryLines(
            legend.entries[index], number: 100 + index, left: left,
            middle: upper - 2 - (Double(index) + 0.5) * Legend.lineHeight)
        }
    case .below(let columns):
      let total = Double(columns) * (legend.width + 10) - 10
      let left = max(4, (area.left + area.right - total) / 2)
      let rows = (legend.entries.count + columns - 1) / columns
      return legend.entries.indices.flatMap { index in
        entryLines(
          legend.entries[index], number: 100 + index,
          left: left + Double(index / rows) * (legend.width + 10),
          middle: below - (Double(index % rows) + 0.5) * Legend.lineHeight)
      }
    }
  }

  private func box(left: Double, top: Double, width: Double, height: Double) -> String {
    "set object 100 rectangle from \(point(left, top - height)) to \(point(left + width, top)) "
      + "front fillcolor rgb 'white' fillstyle solid 0.9 noborder"
  }

  private func entryLines(_ entry: Legend.Entry, number: Int, left: Double, middle: Double)
    -> [String]
  {
    let sample = entry.sample
    let color = GnuplotText.color(sample.color)
    let right = left + Legend.sampleWidth - 12
    var lines: [String] = []
    if sample.fill > 0 {
      lines.append(
        "set object \(number + 1) rectangle from \(point(left, middle - 5)) "
          + "to \(point(right, middle + 5)) front fillcolor rgb '\(color)' "
          + "fillstyle solid \(sample.fill) noborder")
    }
    if let dash = sample.dash {
      lines.append(
        "set arrow \(number) from \(point(left, middle)) to \(point(right, middle)) nohead front "
          + "lc rgb '\(color)' lw \(sample.lineWidth) dashtype \(dash)")
    }
    if sample.hasPoint {
      lines.append(
        "set label \(number + 500) '' at \(point((left + right) / 2, middle)) front point "
          + "lc rgb '\(color)' pt \(GnuplotText.pointType(sample.color)) ps 0.6")
    }
    lines.append(
      "set label \(number) \(GnuplotText.quoted(entry.label)) "
        + "at \(point(left + Legend.sampleWidth - 4, middle)) left front "
        + "font '\(GnuplotText.fontName),10'")
    return lines
  }

  private func point(_ x: Double, _ y: Double) -> String {
    "screen \(GnuplotText.short(x / geometry.width)), "
      + "screen \(GnuplotText.short(y / geometry.height))"
  }
}
