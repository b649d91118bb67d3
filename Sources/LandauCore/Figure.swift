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
    /// Coloured cells under the series.
    public var map: Map?
    /// Vertical lines and bands: transitions with their errors, exact values.
    public var marks: [Mark]
    /// Words on the horizontal axis instead of numbers; entry i stands at x = i.
    public var categories: [String]

    public init(
      title: String, xAxis: Axis, yAxis: Axis, series: [Series], map: Map? = nil,
      marks: [Mark] = [], categories: [String] = []
    ) {
      self.title = title
      self.xAxis = xAxis
      self.yAxis = yAxis
      self.series = series
      self.map = map
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

  /// A function of two variables as colours, with a scale beside the panel.
  public struct Map: Sendable, Hashable {
    /// What the colours mean.
    public var label: String
    /// Centres of the cells, equally spaced and ascending.
    public var x: [Double]
    public var y: [Double]
    /// Row after row, the row of the first y first: `values[row * x.count + column]`.
    public var values: [Double]
    public var logarithmic: Bool

    public init(
      _ label: String, x: [Double], y: [Double], values: [Double], logarithmic: Bool = false
    ) {
      precondition(
        values.count == x.count * y.count && x.count > 1 && y.count > 1,
        "map '\(label)': \(values.count) values of \(x.count) x \(y.count) cells")
      self.label = label
      self.x = x
      self.y = y
      self.values = values
      self.logarithmic = logarithmic
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
