/// A drawing as data: panels in a grid, each with curves, points with error bars, bands and bars.
///
/// `Figure` says what is shown; LandauPlot decides how it is drawn.
public struct Figure: Sendable, Hashable {
  public var title: String
  public var panels: [Panel]
  /// Panels in one row.
  public var columnCount: Int

  public init(title: String, panels: [Panel], columnCount: Int = 1) {
    self.title = title
    self.panels = panels
    self.columnCount = columnCount
  }

  public struct Panel: Sendable, Hashable {
    public var title: String
    public var xAxis: Axis
    public var yAxis: Axis
    public var series: [Series]
    /// Vertical lines and bands: transitions with their errors, exact values.
    public var marks: [Mark]
    /// Words on the horizontal axis instead of numbers; entry i stands at x = i.
    public var categories: [String]

    public init(
      title: String, xAxis: Axis, yAxis: Axis, series: [Series], marks: [Mark] = [],
      categories: [String] = []
    ) {
      self.title = title
      self.xAxis = xAxis
      self.yAxis = yAxis
      self.series = series
      self.marks = marks
      self.categories = categories
    }
  }

  public struct Axis: Sendable, Hashable {
    public var label: String
    public var range: ClosedRange<Double>?
    public var logarithmic: Bool
    public init(_ label: String, range: ClosedRange<Double>? = nil, logarithmic: Bool = false) {
      self.label = label
      self.range = range
      self.logarithmic = logarithmic
    }
  }

  public struct Series: Sendable, Hashable {
    public enum Style: Sendable, Hashable { case line, dashedLine, points, linePoints, bars }
    public var label: String
    public var x: [Double]
    public var y: [Double]
    /// One sigma, drawn as bars with small caps; empty where there is none.
    public var errors: [Double]
    public var style: Style
    /// Series of equal colour index share a colour, e.g. data and exact curve of one size; a negative
    /// index is a neutral grey. There are seven colours before they repeat.
    public var color: Int

    public init(
      _ label: String, x: [Double], y: [Double], errors: [Double] = [], style: Style = .line,
      color: Int = 0
    ) {
      precondition(
        x.count == y.count, "series '\(label)': \(x.count) x values, \(y.count) y values")
      precondition(
        errors.isEmpty || errors.count == y.count,
        "series '\(label)': \(errors.count) errors, \(y.count) values")
      self.label = label
      self.x = x
      self.y = y
      self.errors = errors
      self.style = style
      self.color = color
    }
  }

  public struct Mark: Sendable, Hashable {
    public var label: String
    public var x: Double
    /// Half width of the shaded band; zero draws a line alone.
    public var halfWidth: Double
    public var dashed: Bool
    public var color: Int
    public init(
      _ label: String, x: Double, halfWidth: Double = 0, dashed: Bool = false, color: Int = 0
    ) {
      self.label = label
      self.x = x
      self.halfWidth = halfWidth
      self.dashed = dashed
      self.color = color
    }
  }
}
