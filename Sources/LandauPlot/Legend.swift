import LandauCore

/// The legend of a panel: its entries, and a place where they cover no data.
///
/// It is drawn from lines and labels, because gnuplot's own key guesses widths differently for every
/// kind of output.
struct Legend: Sendable, Hashable {
  /// What stands before a label.
  struct Sample: Sendable, Hashable {
    var color: Int
    var dash: String?
    var lineWidth = 1.6
    var hasPoint = false
    /// Opacity of a filled box behind the line; zero for none.
    var fill = 0.0
  }

  struct Entry: Sendable, Hashable {
    var label: String
    var sample: Sample
  }

  enum Place: Sendable, Hashable {
    case corner(right: Bool, top: Bool)
    /// Under the axis title, in this many columns.
    case below(columns: Int)
  }

  static let lineHeight = 17.0
  static let sampleWidth = 42.0

  var entries: [Entry]
  var place = Place.corner(right: true, top: true)

  var width: Double {
    Self.sampleWidth + 6 + TextWidth.legend(entries.map(\.label))
  }
  var height: Double { Double(entries.count) * Self.lineHeight + 4 }

  /// Room the panel has to give up at its bottom.
  var extraBottom: Double {
    guard case .below(let columns) = place, !entries.isEmpty else { return 0 }
    return Double((entries.count + columns - 1) / columns) * Self.lineHeight + 10
  }

  /// Chooses a corner that is free, makes a corner free by raising the top of the axis, or goes below.
  init(_ content: inout PanelContent, area: Rectangle) {
    entries = Self.entries(content)
    guard !entries.isEmpty else { return }
    let width = (self.width + 14) / area.width
    let height = (self.height + 12) / area.height
    if width < 0.7 && height < 0.75 && content.map == nil {
      if let corner = Self.freeCorner(content, width: width, height: height)
        ?? Self.makeRoom(&content, width: width, height: height)
      {
        place = corner
        return
      }
    }
    place = .below(columns: max(1, min(entries.count, Int(area.width / (self.width + 10)))))
  }

  private static func entries(_ content: PanelContent) -> [Entry] {
    let series = content.drawn.map { drawn in
      let series = drawn.series
      var sample = Sample(color: series.color)
      switch series.style {
      case .line: sample.dash = "1"
      case .dashedLine: sample.dash = Self.dashes
      case .points: sample.hasPoint = true
      case .linePoints:
        sample.dash = "1"
        sample.hasPoint = true
      case .bars: sample.fill = 0.75
      }
      return Entry(label: series.label, sample: sample)
    }
    let marks = content.marks.map { mark in
      Entry(
        label: mark.label,
        sample: Sample(
          color: mark.color, dash: mark.dashed ? Self.shortDashes : "1", lineWidth: 1,
          fill: mark.halfWidth > 0 ? 0.18 : 0))
    }
    return (series + marks).filter { !$0.label.isEmpty }
  }

  static let dashes = "(14, 7)"
  static let shortDashes = "(7, 6)"

  private static let corners = [(true, true), (false, true), (true, false), (false, false)]

  private static func freeCorner(_ content: PanelContent, width: Double, height: Double) -> Place? {
    let ink = inkedPoints(content)
    let free = corners.filter { right, top in
      !ink.contains { point in
        (right ? point.x > 1 - width : point.x < width)
          && (top ? point.y > 1 - height : point.y < height)
      }
    }
    // Among free corners, one that no mark crosses.
    let clear = free.first { right, _ in
      !content.marks.contains { mark in
        guard let x = content.x.fraction(mark.x) else { return false }
        return right ? x > 1 - width : x < width
      }
    }
    return (clear ?? free.first).map { .corner(right: $0.0, top: $0.1) }
  }

  /// Lifts the upper end of the vertical axis until a legend fits above the data.
  private static func makeRoom(_ content: inout PanelContent, width: Double, height: Double)
    -> Place?
  {
    guard content.panel.yAxis.range == nil, !content.y.logarithmic else { return nil }
    for step in 1...4 {
      var trial = content
      trial.y.high = content.y.low + (content.y.high - content.y.low) * (1 + 0.12 * Double(step))
      if let place = freeCorner(trial, width: width, height: height) {
        content = trial
        return place
      }
    }
    return nil
  }

  /// Points along everything drawn, in fractions of the plot area.
  private static func inkedPoints(_ content: PanelContent) -> [(x: Double, y: Double)] {
    var ink: [(x: Double, y: Double)] = []
    for entry in content.drawn {
      var last: (x: Double, y: Double)?
      for point in entry.points {
        guard let x = content.x.fraction(point.x + entry.barOffset),
          let y = content.y.fraction(point.y)
        else { continue }
        for value in [point.y - point.error, point.y + point.error] {
          if let end = content.y.fraction(value) { ink.append((x, end)) }
        }
        ink.append((x, y))
        switch entry.series.style {
        case .bars:
          for step in 0...10 { ink.append((x, y * Double(step) / 10)) }
        case .line, .dashedLine, .linePoints:
          if let last, !point.startsAnew {
            for step in 1..<10 {
              let t = Double(step) / 10
              ink.append((last.x + t * (x - last.x), last.y + t * (y - last.y)))
            }
          }
        case .points: break
        }
        last = (x, y)
      }
    }
    return ink
  }
}
