import LandauCore
import Testing

@testable import LandauPlot

/// Ranges and the place of the legend.
@Suite struct LegendTests {
  static func page(_ series: [Figure.Series], range: ClosedRange<Double>? = nil) -> DrawnPage {
    let panel = Figure.Panel(
      title: "", xAxis: Figure.Axis("x"), yAxis: Figure.Axis("y", range: range), series: series)
    return DrawnPage(Figure(title: "", panels: [panel]))
  }

  static let grid = (0...20).map(Double.init)

  @Test func goesWhereNothingIs() {
    let rising = Self.page([Figure.Series("rising", x: Self.grid, y: Self.grid)])
    #expect(rising.panels[0].legend.place == .corner(right: false, top: true))
    let falling = Self.page([Figure.Series("falling", x: Self.grid, y: Self.grid.map { -$0 })])
    #expect(falling.panels[0].legend.place == .corner(right: true, top: true))
    let high = Self.page([
      Figure.Series("high", x: Self.grid, y: Self.grid.map { $0 == 10 ? 0 : 10 })
    ])
    #expect(high.panels[0].legend.place == .corner(right: true, top: false))
  }

  @Test func raisesTheAxisWhereAllCornersAreTaken() {
    let both = [
      Figure.Series("up", x: Self.grid, y: Self.grid),
      Figure.Series("down", x: Self.grid, y: Self.grid.map { 20 - $0 }),
    ]
    let page = Self.page(both)
    let content = page.panels[0].content
    #expect(content.y.high > 21.2 && content.y.high < 35)
    guard case .corner(_, top: true) = page.panels[0].legend.place else {
      Issue.record("\(page.panels[0].legend.place)")
      return
    }
    // A range that was asked for stays, and the legend goes below.
    let fixed = Self.page(both, range: 0...20)
    #expect(fixed.panels[0].content.y.high == 20)
    #expect(fixed.panels[0].legend.place == .below(columns: 2))
    #expect(fixed.panels[0].legend.extraBottom > 0)
  }

  @Test func noLabelsNoLegend() {
    let page = Self.page([Figure.Series("", x: Self.grid, y: Self.grid)])
    #expect(page.panels[0].legend.entries.isEmpty)
    #expect(page.panels[0].legend.extraBottom == 0)
  }

  @Test func barsStandOnZeroSideBySide() {
    let bars = [0, 1].map {
      Figure.Series("s", x: [0, 1, 2], y: [3, 1, 2], style: .bars, color: $0)
    }
    let panel = Figure.Panel(
      title: "", xAxis: Figure.Axis(""), yAxis: Figure.Axis(""), series: bars,
      categories: ["a", "b", "c"])
    let content = DrawnPage(Figure(title: "", panels: [panel])).panels[0].content
    #expect(content.y.low == 0)
    #expect(content.barWidth == 0.4)
    #expect(content.drawn.map(\.barOffset) == [-0.2, 0.2])
    #expect(content.x == AxisScale(Figure.Axis("", range: -0.6...2.6), values: [], padding: 0))
  }

  @Test func barsThatNeverMeetShareOnePlace() {
    let bars = [
      Figure.Series("needed", x: [0, 1, 2], y: [3, 0, 2], style: .bars),
      Figure.Series("not needed", x: [0, 1, 2], y: [0, 1, 0], style: .bars, color: 1),
    ]
    let panel = Figure.Panel(
      title: "", xAxis: Figure.Axis(""), yAxis: Figure.Axis(""), series: bars,
      categories: ["a", "b", "c"])
    let content = DrawnPage(Figure(title: "", panels: [panel])).panels[0].content
    #expect(content.barWidth == 0.8)
    #expect(content.drawn.map(\.barOffset) == [0, 0])
  }

  @Test func scales() throws {
    let plain = AxisScale(Figure.Axis("x"), values: [1, 3, .nan], padding: 0.5)
    #expect((plain.low, plain.high) == (0, 4))
    #expect(plain.fraction(2) == 0.5)
    #expect(plain.fraction(.nan) == nil)
    let constant = AxisScale(Figure.Axis("x"), values: [5, 5], padding: 0.1)
    #expect((constant.low, constant.high) == (4.5, 5.5))
    let log = AxisScale(Figure.Axis("x", logarithmic: true), values: [0, 1, 100], padding: 0)
    #expect((log.low, log.high) == (1, 100))
    #expect(abs(try #require(log.fraction(10)) - 0.5) < 1e-15)
    #expect(log.fraction(0) == nil)
    let short = AxisScale(
      Figure.Axis("x", range: 0.9...6, logarithmic: true), values: [], padding: 0)
    #expect(short.logarithmicTics == "1, 2, 5")
    // Of 1, 2 and 5 only 0.5 lies in it: 0.3 and 0.4 are written, too.
    let narrow = AxisScale(Figure.Axis("", logarithmic: true), values: [0.25, 0.5], padding: 0.03)
    #expect(narrow.logarithmicTics?.split(separator: ",").count == 3)
    // A range that no axis can have is not taken.
    let wrong = AxisScale(
      Figure.Axis("x", range: -1...5, logarithmic: true), values: [2, 8], padding: 0)
    #expect((wrong.low, wrong.high) == (2, 8))
  }

  @Test func crowdedCategoriesAreSetSmallerThenTurned() {
    #expect(CategoryText(["a", "b"]) == CategoryText([]))
    let eight = CategoryText(["1x1", "1x2", "2x1", "2x2", "1x2 d2", "2x1 d2", "1x3", "3x3"])
    #expect(!eight.isTurned && eight.fontSize < 11)
    #expect(CategoryText([String](repeating: "nearest neighbours", count: 6)).isTurned)
  }
}
