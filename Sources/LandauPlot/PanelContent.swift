import LandauCore

/// A panel after everything that cannot be drawn has been left out.
struct PanelContent {
  struct Point: Sendable, Hashable {
    var x: Double
    var y: Double
    /// Zero where there is none.
    var error: Double
    /// Something between the point before and this one was left out, so no line may join them.
    var startsAnew: Bool
  }

  struct Drawn {
    var series: Figure.Series
    var points: [Point]
    /// Which data block of the data file holds it.
    var block: Int
    var hasErrors: Bool
    /// Centre of a bar relative to its category, where several series stand side by side.
    var barOffset = 0.0
  }

  var panel: Figure.Panel
  var drawn: [Drawn] = []
  /// The map with its data block.
  var map: (map: Figure.Map, block: Int)?
  var marks: [Figure.Mark]
  var x: AxisScale
  var y: AxisScale
  var barWidth: Double
  var categoryText: CategoryText

  init(_ panel: Figure.Panel, nextBlock: inout Int) {
    self.panel = panel
    categoryText = CategoryText(panel.categories)
    if let shown = panel.map {
      map = (shown, nextBlock)
      nextBlock += 1
    }
    for series in panel.series {
      let points = Self.points(series, panel: panel)
      guard !points.isEmpty else { continue }
      drawn.append(
        Drawn(
          series: series, points: points, block: nextBlock,
          hasErrors: points.contains { $0.error > 0 }))
      nextBlock += 1
    }
    let usable = panel.marks.filter {
      $0.x.isFinite && $0.halfWidth.isFinite && (!panel.xAxis.logarithmic || $0.x > 0)
    }
    var placed = drawn
    let bars = placed.indices.filter { placed[$0].series.style == .bars }
    let placing = BarPlacing(bars.map { placed[$0] })
    barWidth = placing.width
    for (position, index) in bars.enumerated() {
      placed[index].barOffset = placing.offset(position)
    }
    drawn = placed
    let scale = Self.horizontalScale(panel, drawn, usable)
    x = scale
    y = Self.verticalScale(panel, drawn)
    marks = usable.filter { scale.contains($0.x) }
  }

  private static func points(_ series: Figure.Series, panel: Figure.Panel) -> [Point] {
    var points: [Point] = []
    var hasGap = false
    for index in series.x.indices {
      let (x, y) = (series.x[index], series.y[index])
      let isVisible =
        x.isFinite && y.isFinite && (!panel.xAxis.logarithmic || x > 0)
        && (!panel.yAxis.logarithmic || y > 0)
      guard isVisible else {
        hasGap = !points.isEmpty
        continue
      }
      let error = series.errors.isEmpty ? 0 : series.errors[index]
      points.append(
        Point(x: x, y: y, error: error.isFinite ? abs(error) : 0, startsAnew: hasGap))
      hasGap = false
    }
    return points
  }

  private static func horizontalScale(
    _ panel: Figure.Panel, _ drawn: [Drawn], _ marks: [Figure.Mark]
  ) -> AxisScale {
    if !panel.categories.isEmpty {
      let axis = Figure.Axis("", range: -0.6...(Double(panel.categories.count) - 0.4))
      return AxisScale(axis, values: [], padding: 0)
    }
    if let map = panel.map, panel.xAxis.range == nil { return AxisScale(cells: map.x) }
    let values = drawn.flatMap { $0.points.map(\.x) }
    // A mark far away must not squeeze the data; it is left out instead.
    let span = (values.max() ?? 0) - (values.min() ?? 0)
    let near = marks.map(\.x).filter { mark in
      values.isEmpty || (mark > values.min()! - 0.3 * span && mark < values.max()! + 0.3 * span)
    }
    return AxisScale(panel.xAxis, values: values + near, padding: 0.03)
  }

  private static func verticalScale(_ panel: Figure.Panel, _ drawn: [Drawn]) -> AxisScale {
    if let map = panel.map, panel.yAxis.range == nil { return AxisScale(cells: map.y) }
    var values: [Double] = []
    for entry in drawn {
      for point in entry.points {
        values += [point.y - point.error, point.y + point.error, point.y]
      }
    }
    let hasBars = drawn.contains { $0.series.style == .bars }
    if hasBars && !panel.yAxis.logarithmic { values.append(0) }
    var scale = AxisScale(panel.yAxis, values: values, padding: 0.06)
    // Bars stand on the axis.
    if hasBars && panel.yAxis.range == nil && values.allSatisfy({ $0 >= 0 }) && !scale.logarithmic {
      scale.low = 0
    }
    return scale
  }
}

/// How bars of several series stand: side by side, or in one place where no two of them meet.
struct BarPlacing: Sendable, Hashable {
  var width: Double
  private var count: Int

  init(_ bars: [PanelContent.Drawn]) {
    let visible = bars.map { $0.points.filter { $0.y != 0 || $0.error > 0 }.map(\.x) }
    let places = visible.flatMap { $0 }
    count = Set(places).count == places.count ? 1 : bars.count
    let positions = Set(bars.flatMap { $0.points.map(\.x) }).sorted()
    let spacing = zip(positions, positions.dropFirst()).map { $1 - $0 }.min() ?? 1
    width = 0.8 * spacing / Double(max(1, count))
  }

  /// Distance of the bars of series `position` from their category.
  func offset(_ position: Int) -> Double {
    count == 1 ? 0 : (Double(position) - Double(count - 1) / 2) * width
  }
}

/// How the words under a bar panel are written so that they do not run into one another.
struct CategoryText: Sendable, Hashable {
  var fontSize = 11
  var isTurned = false
  /// Room that turned words need below the axis.
  var extraBottom = 0.0

  init(_ names: [String]) {
    guard !names.isEmpty else { return }
    let room = (PageGeometry.panelWidth - 96) / Double(names.count)
    let longest = Double(names.map(\.count).max() ?? 0)
    let size = [11, 10, 9].first { longest * 0.72 * Double($0) + 6 < room }
    fontSize = size ?? 9
    isTurned = size == nil
    if isTurned { extraBottom = min(120, max(0, longest * 6.7 * 0.57 - 8)) }
  }
}
