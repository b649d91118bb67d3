import LandauCore

/// Where the panels of a figure lie on the page, in points.
struct PageGeometry {
  static let panelWidth = 500.0
  static let panelHeight = 370.0
  static let titleHeight = 44.0

  let columns: Int
  let rows: Int
  var width: Double { Double(columns) * Self.panelWidth }
  var height: Double { Double(rows) * Self.panelHeight + Self.titleHeight }

  init(_ figure: Figure) {
    columns = max(1, min(figure.columnCount, max(1, figure.panels.count)))
    rows = max(1, (figure.panels.count + columns - 1) / columns)
  }

  /// The rectangle inside the axes of panel `index`; y counts upward from the bottom of the page.
  func plotArea(_ index: Int, extraBottom: Double = 0, extraRight: Double = 0) -> Rectangle {
    let left = Double(index % columns) * Self.panelWidth
    let top = height - Self.titleHeight - Double(index / columns) * Self.panelHeight
    return Rectangle(
      left: left + 74, right: left + Self.panelWidth - 22 - extraRight,
      bottom: top - Self.panelHeight + 58 + extraBottom, top: top - 34)
  }
}

struct Rectangle: Sendable, Hashable {
  var left: Double
  var right: Double
  var bottom: Double
  var top: Double
  var width: Double { right - left }
  var height: Double { top - bottom }
}

/// The interval an axis shows, and the map from values to the unit interval.
struct AxisScale: Sendable, Hashable {
  var low: Double
  var high: Double
  var logarithmic: Bool

  /// - Parameters:
  ///   - values: what has to be visible.
  ///   - padding: fraction of the interval left free at both ends; none where the caller set the range.
  init(_ axis: Figure.Axis, values: [Double], padding: Double) {
    logarithmic = axis.logarithmic
    if let range = axis.range, range.lowerBound < range.upperBound,
      range.lowerBound.isFinite, range.upperBound.isFinite,
      !axis.logarithmic || range.lowerBound > 0
    {
      (low, high) = (range.lowerBound, range.upperBound)
      return
    }
    let usable = values.filter { $0.isFinite && (!axis.logarithmic || $0 > 0) }
    guard let least = usable.min(), let greatest = usable.max() else {
      (low, high) = axis.logarithmic ? (1, 10) : (0, 1)
      return
    }
    if axis.logarithmic {
      let factor = power(greatest / least, padding)
      (low, high) = least < greatest ? (least / factor, greatest * factor) : (least / 2, least * 2)
      return
    }
    let width = greatest - least
    let margin = width > abs(greatest) * 1e-12 ? width * padding : max(abs(greatest) * 0.1, 0.1)
    (low, high) = (least - margin, greatest + margin)
  }

  /// From the outer edge of the first cell to that of the last.
  init(cells: [Double]) {
    logarithmic = false
    let half = 0.5 * (cells[1] - cells[0])
    (low, high) = (cells[0] - half, cells[cells.count - 1] + half)
  }

  /// 0 at the low end, 1 at the high end; nil for what the axis cannot show.
  func fraction(_ value: Double) -> Double? {
    guard value.isFinite, !logarithmic || value > 0 else { return nil }
    if logarithmic { return logarithm(value / low) / logarithm(high / low) }
    return (value - low) / (high - low)
  }

  func contains(_ value: Double) -> Bool { value >= low && value <= high }

  /// Tics at 1, 2 and 5 for a logarithmic axis of less than two decades, or at all digits where these are fewer than
  /// two; on such an axis gnuplot alone writes one number or none. Nil where it does well by itself.
  var logarithmicTics: String? {
    guard logarithmic, low > 0, high / low < 100 else { return nil }
    let few = tics([1, 2, 5])
    let chosen = few.count < 2 ? tics((1...9).map(Double.init)) : few
    return chosen.count < 2 ? nil : chosen.map(GnuplotText.number).joined(separator: ", ")
  }

  /// These digits in every decade of the axis.
  private func tics(_ digits: [Double]) -> [Double] {
    var decade = power(10, (logarithm(low) / logarithm(10)).rounded(.down))
    var tics: [Double] = []
    while decade <= high {
      tics += digits.map { $0 * decade }.filter(contains)
      decade *= 10
    }
    return tics
  }
}
