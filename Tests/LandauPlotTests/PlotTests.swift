import Glibc
import LandauCore
import Testing

@testable import LandauPlot

@Suite struct PlotTests {
  static func example() -> Figure {
    let t = stride(from: 1.5, through: 3.0, by: 0.05).map { $0 }
    func f(_ t: Double, _ l: Double) -> Double { 2.25 + 0.62 * tanh((t - 2.27 - 0.8 / l) * (1 + l / 12)) }
    var pred: [Figure.Series] = []
    var slope: [Figure.Series] = []
    var order: [Figure.Series] = []
    var marks: [Figure.Mark] = []
    for (k, l) in [16.0, 32, 64].enumerated() {
      pred.append(.init("L = \(Int(l))", x: t, y: t.map { f($0, l) + 0.015 * sin(40 * $0 + l) }, errors: t.map { _ in 0.02 }, style: .points, color: k))
      pred.append(.init("exact optimum, L = \(Int(l))", x: t, y: t.map { f($0, l) }, style: .dashedLine, color: k))
      let d = t.map { (f($0 + 0.01, l) - f($0 - 0.01, l)) / 0.02 }
      slope.append(.init("L = \(Int(l))", x: t, y: d, errors: d.map { _ in 0.06 }, style: .linePoints, color: k))
      order.append(.init("L = \(Int(l))", x: t, y: t.map { $0 < 2.269 ? pow(max(0, 1 - pow(sinh(2 / $0), -4)), 0.125) : 0.3 / l * 8 / ($0 - 2.0) }, errors: t.map { _ in 0.01 }, style: .points, color: k))
      marks.append(.init("T* = \(2.27 + 0.8 / l), L = \(Int(l))", x: 2.27 + 0.8 / l, halfWidth: 0.02, color: k))
    }
    order.append(.init("exact, infinite lattice", x: t, y: t.map { $0 < 2.269185 ? pow(1 - pow(sinh(2 / $0), -4), 0.125) : 0 }, style: .line, color: -1))
    let exact = Figure.Mark("exact T_c = 2.26919", x: 2.26919, dashed: true, color: -1)
    let names = ["1x1", "1x2", "2x1", "2x2", "1x2 d2", "2x1 d2", "1x3", "3x3"]
    let bars = Figure.Series("", x: (0..<8).map(Double.init), y: [0.02, 0.61, 0.27, 0.08, 0.01, 0, 0.005, 0.002], errors: [0.01, 0.04, 0.03, 0.02, 0.01, 0, 0.004, 0.002], style: .bars)
    return Figure(
      title: "2D Ising model, learned from snapshots: transition at T_c = 2.271(9)",
      panels: [
        .init(title: "Mean prediction on held-out snapshots", xAxis: .init("temperature T / J"), yAxis: .init("mean predicted T"), series: pred, marks: marks + [exact]),
        .init(title: "Its slope peaks at the transition", xAxis: .init("temperature T / J"), yAxis: .init("d⟨prediction⟩ / dT"), series: slope, marks: marks + [exact]),
        .init(title: "What the network looks at", xAxis: .init("window (rows x columns)"), yAxis: .init("loss of R² when removed"), series: [bars], categories: names),
        .init(title: "Order parameter: |magnetisation|", xAxis: .init("temperature T / J"), yAxis: .init("⟨|m|⟩"), series: order, marks: [exact]),
      ], columnCount: 2)
  }

  @Test func draws() throws {
    let paths = try Plot.draw(Self.example(), to: "/tmp/plot/example")
    print(paths)
  }
}
