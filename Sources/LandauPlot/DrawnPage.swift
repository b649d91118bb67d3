import LandauCore

/// A figure laid out: ranges, legends and positions decided, ready to be written down.
struct DrawnPage {
  let figure: Figure
  let geometry: PageGeometry
  var panels: [(content: PanelContent, legend: Legend)] = []

  init(_ figure: Figure) {
    self.figure = figure
    geometry = PageGeometry(figure)
    var nextBlock = 0
    for (index, panel) in figure.panels.enumerated() {
      var content = PanelContent(panel, nextBlock: &nextBlock)
      let area = geometry.plotArea(index, extraRight: content.extraRight)
      let legend = Legend(&content, area: area)
      panels.append((content, legend))
    }
  }

  // MARK: Data file

  /// One block per series: `x y error`, after a line that names panel and series.
  func dataFile() -> String {
    var blocks: [String] = []
    for (number, entry) in panels.enumerated() {
      if let map = entry.content.map?.map { blocks.append(mapBlock(map, number, entry.content)) }
      for drawn in entry.content.drawn {
        let panel = GnuplotText.comment(entry.content.panel.title)
        let label = GnuplotText.comment(drawn.series.label)
        var text = "# panel \(number + 1) \(panel), series \(label)\n"
        let columns = [entry.content.panel.xAxis.label, entry.content.panel.yAxis.label]
        text += "# " + columns.map { GnuplotText.comment($0) }.joined(separator: " | ")
        text += drawn.hasErrors ? " | error\n" : "\n"
        for point in drawn.points {
          if point.startsAnew { text += "\n" }
          text += "\(GnuplotText.number(point.x)) \(GnuplotText.number(point.y))"
          text += drawn.hasErrors ? " \(GnuplotText.number(point.error))\n" : "\n"
        }
        blocks.append(text)
      }
    }
    let head = "# \(GnuplotText.comment(figure.title))\n"
    return blocks.isEmpty ? head : head + blocks.joined(separator: "\n\n")
  }

  // MARK: Script

  func script(name: String) -> String {
    let font = GnuplotText.fontName
    let width = Int(geometry.width)
    let height = Int(geometry.height)
    var lines = [
      "# \(GnuplotText.comment(figure.title))",
      "# To draw the figure again, run gnuplot on this file in this folder.",
      "reset",
      "if (!exists('data')) data = \(GnuplotText.quoted("\(name).dat"))",
      "if (!exists('output')) output = \(GnuplotText.quoted(name))",
      "if (!exists('kind')) kind = 'svg'",
      "if (kind eq 'svg') set terminal svg size \(width),\(height) noenhanced "
        + "font '\(font),11' fontscale 1.2 background rgb 'white'",
      "if (kind eq 'png') set terminal pngcairo size \(2 * width),\(2 * height) noenhanced "
        + "font '\(font),11' fontscale 1.8 linewidth 2 pointscale 2 background rgb 'white'",
      "set output output.'.'.kind",
      "set encoding utf8",
      "set border 3 lc rgb '#444444'",
      "set tics nomirror out scale 0.6 textcolor rgb '#222222'",
      "set grid lc rgb '#E4E4E4' lt 1 lw 0.6",
      "set clip one",
      "set clip two",
      "set samples 2",
      "unset key",
      "set multiplot",
    ]
    let titleSize = min(15, geometry.width / (Double(max(1, figure.title.count)) * 0.82))
    lines.append(
      "set label 1 \(GnuplotText.quoted(figure.title)) at screen 0.5, screen "
        + GnuplotText.short(1 - 0.5 * PageGeometry.titleHeight / geometry.height)
        + " center font '\(font):Bold,\(Int(titleSize))'")
    for index in panels.indices {
      lines += panelLines(index)
    }
    lines += ["unset multiplot", "set output", "if (kind eq 'svg') kind = 'png'; reread", ""]
    return lines.joined(separator: "\n")
  }

  private func panelLines(_ index: Int) -> [String] {
    let (content, legend) = panels[index]
    let panel = content.panel
    let area = geometry.plotArea(
      index, extraBottom: legend.extraBottom + content.categoryText.extraBottom,
      extraRight: content.extraRight)
    let short = GnuplotText.short
    let titleSize = min(11, area.width / (Double(max(1, panel.title.count)) * 0.8))
    var lines = [
      "",
      "# Panel \(index + 1): \(GnuplotText.comment(panel.title))",
      "set lmargin at screen \(short(area.left / geometry.width))",
      "set rmargin at screen \(short(area.right / geometry.width))",
      "set bmargin at screen \(short(area.bottom / geometry.height))",
      "set tmargin at screen \(short(area.top / geometry.height))",
      "set label 2 \(GnuplotText.quoted(panel.title)) at graph 0, graph 1 left offset 0, 0.9 "
        + "font '\(GnuplotText.fontName):Bold,\(Estimate.fixed(titleSize, digits: 1))'",
      "set ylabel \(GnuplotText.quoted(panel.yAxis.label)) offset 0.3, 0",
      "set xrange [\(GnuplotText.number(content.x.low)):\(GnuplotText.number(content.x.high))]",
      "set yrange [\(GnuplotText.number(content.y.low)):\(GnuplotText.number(content.y.high))]",
      content.x.logarithmic ? "set logscale x" : "unset logscale x",
      content.y.logarithmic ? "set logscale y" : "unset logscale y",
    ]
    lines.append(horizontalLabel(content, area: area))
    lines += horizontalTics(content)
    if content.y.logarithmic, let tics = content.y.logarithmicTics {
      lines.append("set ytics (\(tics))")
    } else {
      lines.append("set ytics autofreq")
    }
    lines += mapLines(content, area: area)
    lines += markLines(content)
    lines += legendLines(
      legend, area: area, below: area.bottom - 50 - content.categoryText.extraBottom)
    lines.append(plotCommand(content))
    lines += ["unset object", "unset arrow", "unset label"]
    return lines
  }

  /// A label of our own below the axis: turned tic labels would push gnuplot's away.
  private func horizontalLabel(_ content: PanelContent, area: Rectangle) -> String {
    let x = GnuplotText.short((area.left + area.right) / 2 / geometry.width)
    let y = (area.bottom - 39 - content.categoryText.extraBottom) / geometry.height
    let text = GnuplotText.quoted(content.panel.xAxis.label)
    return "set label 3 \(text) at screen \(x), screen \(GnuplotText.short(y)) center"
  }

  private func horizontalTics(_ content: PanelContent) -> [String] {
    let names = content.panel.categories
    let font = "font '\(GnuplotText.fontName),\(content.categoryText.fontSize)'"
    guard !names.isEmpty else {
      let tics = content.x.logarithmic ? content.x.logarithmicTics.map { "(\($0))" } : nil
      return ["set xtics norotate center \(tics ?? "autofreq") \(font)", "set grid xtics"]
    }
    let tics = names.enumerated().map { "\(GnuplotText.quotedTic($1)) \($0)" }
    let turn = content.categoryText.isTurned ? "rotate by -35 left" : "norotate center"
    return ["set xtics \(turn) (\(tics.joined(separator: ", "))) \(font)", "set grid noxtics"]
  }

  private func markLines(_ content: PanelContent) -> [String] {
    var lines: [String] = []
    for (index, mark) in content.marks.enumerated() {
      let color = GnuplotText.color(mark.color)
      let x = GnuplotText.number(mark.x)
      if mark.halfWidth > 0 {
        let left = GnuplotText.number(max(content.x.low, mark.x - mark.halfWidth))
        let right = GnuplotText.number(min(content.x.high, mark.x + mark.halfWidth))
        lines.append(
          "set object \(index + 1) rectangle from \(left), graph 0 to \(right), graph 1 behind "
            + "fillcolor rgb '\(color)' fillstyle solid 0.18 noborder")
      }
      lines.append(
        "set arrow \(index + 1) from \(x), graph 0 to \(x), graph 1 nohead back "
          + "lc rgb '\(color)' lw 1 dashtype \(mark.dashed ? Legend.shortDashes : "1")")
    }
    return lines
  }

  private func plotCommand(_ content: PanelContent) -> String {
    var parts = content.drawn.flatMap { seriesParts($0, content: content) }
    if let block = content.map?.block {
      parts.insert("data index \(block) using 1:2:3 with image", at: 0)
    } else if content.drawn.isEmpty {
      parts.insert("NaN", at: 0)
    }
    return "plot \\\n  " + parts.joined(separator: ", \\\n  ")
  }

  private func seriesParts(_ drawn: PanelContent.Drawn, content: PanelContent) -> [String] {
    let series = drawn.series
    let source = "data index \(drawn.block)"
    let color = "lc rgb '\(GnuplotText.color(series.color))'"
    let point = "pt \(GnuplotText.pointType(series.color)) ps 0.6"
    let bars = drawn.hasErrors ? [errorBars(drawn, content: content)] : []
    switch series.style {
    case .line, .dashedLine:
      let dash = series.style == .dashedLine ? Legend.dashes : "1"
      return bars + ["\(source) using 1:2 with lines \(color) lw 1.6 dashtype \(dash)"]
    case .points:
      return bars + ["\(source) using 1:2 with points \(color) lw 1 \(point)"]
    case .linePoints:
      return bars + ["\(source) using 1:2 with linespoints \(color) lw 1.2 \(point)"]
    case .bars:
      let x = "($1 + \(GnuplotText.number(drawn.barOffset)))"
      let width = GnuplotText.number(content.barWidth)
      return [
        "\(source) using \(x):2:(\(width)) with boxes \(color) fillstyle solid 0.75 noborder"
      ] + bars
    }
  }

  /// Stems with small caps. Gnuplot's own error bars leave a white hole around their point, so these
  /// are arrows whose heads stand at a right angle.
  private func errorBars(_ drawn: PanelContent.Drawn, content: PanelContent) -> String {
    let isBar = drawn.series.style == .bars
    let x = isBar ? "($1 + \(GnuplotText.number(drawn.barOffset)))" : "1"
    // On a logarithmic axis a bar that reaches below zero ends at the axis.
    let floor = GnuplotText.number(content.y.low)
    let low = content.y.logarithmic ? "($2 > $3 ? $2 - $3 : \(floor))" : "($2 - $3)"
    let color = isBar ? "#222222" : GnuplotText.color(drawn.series.color)
    return "data index \(drawn.block) using \(x):\(low):(0):($2 + $3 - \(low)) with vectors "
      + "heads size graph 0.006, 90 nofilled lc rgb '\(color)' lw 1"
  }
}
