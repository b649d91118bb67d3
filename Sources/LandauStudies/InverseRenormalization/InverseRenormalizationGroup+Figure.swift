import LandauCore
import LandauExact

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension InverseRenormalizationGroup {
  var panels: [Figure.Panel] { [neighbourPanel, longPanel, deviationPanel, deterministicPanel] }

  /// Sizes are words on the axis: 16 stands at 0, each doubling one further.
  private var categories: [String] { ([IsingInverse.start] + sides).map(String.init) }
  private var places: [Double] { sides.indices.map { Double($0 + 1) } }
  private var axis: Figure.Axis { .init("L", range: -0.4...Double(sides.count) + 0.4) }

  private func points(
    _ label: String, _ values: [Estimate], color: Int, shift: Double = 0,
    style: Figure.Series.Style = .points
  ) -> Figure.Series {
    .init(
      label, x: places.map { $0 + shift }, y: values.map(\.value), errors: values.map(\.error),
      style: style, color: color)
  }

  /// Kaufman's values at all even sides.
  private var exactNeighbourCurve: Figure.Series {
    let places = (0...10 * sides.count).map { Double($0) / 10 }
    let evenSides = places.map { 2 * Int((Double(IsingInverse.start) / 2 * exp2($0)).rounded()) }
    return .init(
      "exact (Kaufman)", x: evenSides.map { log2(Double($0) / Double(IsingInverse.start)) },
      y: evenSides.map { Self.exactNeighbours(side: $0) }, color: -1)
  }

  private var neighbourPanel: Figure.Panel {
    Figure.Panel(
      title: "Nearest neighbours", xAxis: axis, yAxis: .init("G(1)"),
      series: [
        exactNeighbourCurve,
        points(
          "inverse", sides.indices.map { correlation(\.neighbours, at: $0) }, color: 0, shift: -0.06
        ),
        points("chains of that size", direct.map(\.neighbours), color: 1, shift: 0.06),
      ], categories: categories)
  }

  private var longPanel: Figure.Panel {
    func scaled(_ values: [Estimate]) -> [Estimate] {
      zip(sides, values).map { side, value in value.scaled(by: pow(Double(side), 0.25)) }
    }
    let ends = [-0.4, Double(sides.count) + 0.4]
    let levels = sides.indices
    return Figure.Panel(
      title: "Long distances", xAxis: axis,
      yAxis: .init("times L^(1/4)", range: 0.85...1.2),
      series: [
        .init(
          "<m^2>, exact for large L", x: ends,
          y: ends.map { _ in CriticalIsingTorus.scaledSquaredOrder }, color: -1),
        .init(
          "G(L/2), exact for large L", x: ends,
          y: ends.map { _ in CriticalIsingTorus.scaledCorrelation(x: 0.5) }, style: .dashedLine,
          color: -1),
        points("<m^2>, inverse", scaled(levels.map { squaredOrder(at: $0) }), color: 0),
        points("<m^2>, chains", scaled(direct.map(\.squaredOrder)), color: 1, shift: 0.12),
        points("G(L/2), inverse", scaled(levels.map { farthest(at: $0) }), color: 2),
        points("G(L/2), chains", scaled(direct.map(\.farthest)), color: 3, shift: 0.12),
        points(
          "<m^2>, start at \(InverseRenormalizationPlan.hot) T_c",
          scaled(levels.map { hotSquaredOrder(at: $0) }), color: 4, style: .linePoints),
      ], categories: categories)
  }

  private var deviationPanel: Figure.Panel {
    func percent(_ deviation: (Int) -> Estimate) -> [Estimate] {
      sides.indices.map { deviation($0).scaled(by: 100) }
    }
    let ends = [-0.4, Double(sides.count) + 0.4]
    return Figure.Panel(
      title: "Deviations", xAxis: axis, yAxis: .init("per cent", range: -2.5...2.5),
      series: [
        .init("none", x: ends, y: [0, 0], color: -1),
        // Two lines with a gap between.
        .init(
          "half a per cent", x: [ends[0], ends[1], ends[1]] + ends,
          y: [0.5, 0.5, .nan, -0.5, -0.5],
          style: .dashedLine, color: -1),
        points(
          "G(1) from Kaufman's", percent { neighbourDeviation(at: $0) }, color: 0, shift: -0.1),
        points("G(2) from chains'", percent { secondDeviation(at: $0) }, color: 1),
        points(
          "G(L/2) from the scaling limit", percent { farthestDeviation(at: $0) }, color: 2,
          shift: 0.1),
      ], categories: categories)
  }

  private var deterministicPanel: Figure.Panel {
    Figure.Panel(
      title: "A deterministic inverse fails", xAxis: axis, yAxis: .init("G(1)", range: 0.68...1.02),
      series: [
        exactNeighbourCurve,
        points(
          "most probable spins",
          sides.indices.map { level in mean { $0.deterministic.levels[level].moments.neighbours } },
          color: 5, style: .linePoints),
        points("drawn spins", sides.indices.map { correlation(\.neighbours, at: $0) }, color: 0),
      ], categories: categories)
  }
}
