import LandauCore

/// Where the legend of a panel goes so that it covers no data.
struct Legend: Sendable, Hashable {
  enum Place: Sendable, Hashable {
    case none
    case corner(right: Bool, top: Bool)
    /// Under the axis title, in this many rows.
    case below(rows: Int)
  }

  static let lineHeight = 17.0
  static let characterWidth = 6.6
  static let sampleWidth = 44.0

  var place: Place
  /// Room the panel has to give up at its bottom.
  var extraBottom: Double {
    if case .below(let rows) = place { return Double(rows) * Self.lineHeight + 8 }
    return 0
  }

  /// Chooses a corner that is free, makes a corner free by raising the top of the axis, or goes below.
  init(_ content: inout PanelContent, area: Rectangle) {
    let labels =
      content.drawn.map(\.series.label).filter { !$0.isEmpty }
      + content.marks.map(\.label).filter { !$0.isEmpty }
    guard !labels.isEmpty else {
      place = .none
      return
    }
    let longest = labels.map(\.count).max()!
    let width = (Double(longest) * Self.characterWidth + Self.sampleWidth + 14) / area.width
    let height = (Double(labels.count) * Self.lineHeight + 12) / area.height
    if width < 0.62 && height < 0.7 {
      if let corner = Self.freeCorner(content, width: width, height: height) {
        place = corner
        return
      }
      if let corner = Self.makeRoom(&content, width: width, height: height) {
        place = corner
        return
      }
    }
    let perRow = max(1, Int(area.width / (width * area.width)))
    place = .below(rows: (labels.count + perRow - 1) / perRow)
  }

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
