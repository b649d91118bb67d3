import LandauCore
import LandauDiscovery
import LandauExact
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SingleReplicaGlass {
  var figure: Figure {
    Figure(
      title: "Spin-glass phases from single configurations",
      panels: [
        mapPanel(
          "Complete graph, N = \(largestEnsemble.siteCount)", largest, series: exactLines + [edge]),
        sizePanel, variancePanel,
      ] + (planarPanel.map { [$0] } ?? []), columnCount: 2)
  }

  private static let color = (glass: 0, ferromagnet: 1, overlap: 2)

  /// P(ferromagnet) - P(glass): 1, -1, and 0 where the paramagnet is sure.
  private func mapPanel(_ title: String, _ map: ClassifiedPhases, series: [Figure.Series])
    -> Figure.Panel
  {
    panel(title, series: series) { bias, temperature in
      map.probability(of: ClassifiedPhases.ferromagnet, bias: bias, temperature: temperature).value
        - map.probability(of: ClassifiedPhases.glass, bias: bias, temperature: temperature).value
    }
  }

  private func panel(
    _ title: String, series: [Figure.Series], _ value: (Int, Int) -> Double
  ) -> Figure.Panel {
    let (biases, temperatures) = (GlassEnsemble.biases, GlassEnsemble.temperatures)
    return Figure.Panel(
      title: title, xAxis: .init("bias J_0", range: -0.125...2.125),
      yAxis: .init("temperature", range: 0...2.875), series: series,
      map: .init(
        "P(ferromagnet) - P(glass)", x: biases, y: temperatures,
        values: temperatures.indices.flatMap { row in biases.indices.map { value($0, row) } }))
  }

  private var exactLines: [Figure.Series] {
    let biases = (0...19).map { 1.05 + 0.05 * Double($0) }
    let stability = biases.map { ReplicaSymmetricGlass.stabilityTemperature(bias: $0) }
    return [
      .init("T = 1, T = J_0 (exact)", x: [0, 1, 2], y: [1, 1, 2], style: .line, color: -1),
      .init(
        "replica symmetry breaks (de Almeida, Thouless)", x: [1] + biases, y: [1] + stability,
        style: .dashedLine, color: -1),
    ]
  }

  /// Where the paramagnet has probability one half, bias by bias.
  private var edge: Figure.Series {
    var (x, y, errors): ([Double], [Double], [Double]) = ([], [], [])
    for (index, bias) in GlassEnsemble.biases.enumerated() {
      let place = largest.boundary(to: nil, biases: [index])
      guard place.error.isFinite else { continue }
      x.append(bias)
      y.append(place.value)
      errors.append(place.error)
    }
    return .init("P(paramagnet) = 1/2", x: x, y: y, errors: errors, style: .points, color: 3)
  }

  private var sizePanel: Figure.Panel {
    let x = complete.map { pow(Double($0.siteCount), -1.0 / 3) }
    func series(_ label: String, _ values: [Estimate], _ color: Int) -> Figure.Series {
      .init(
        label, x: x, y: values.map(\.value), errors: values.map(\.error), style: .linePoints,
        color: color)
    }
    // The crossing of N and 4 N stands at their geometric mean.
    let pairs = overlapCrossings.sizes.map { pow(2 * $0, -1.0 / 3) }
    let crossings = overlapCrossings.locations.estimates
    return Figure.Panel(
      title: "Boundaries and size", xAxis: .init("N^(-1/3)", range: 0...0.36),
      yAxis: .init("T (glass), T/J_0 (ferromagnet)"),
      series: [
        series("one replica, glass", maps.map(\.glassBoundary), Self.color.glass),
        series("one replica, ferromagnet", maps.map(\.ferromagnetBoundary), Self.color.ferromagnet),
        .init(
          "two replicas, crossing of N^(2/3) [<q^2>]", x: pairs, y: crossings.map(\.value),
          errors: crossings.map(\.error), style: .points, color: Self.color.overlap),
        .init("exact", x: [0, 0.36], y: [1, 1], style: .dashedLine, color: -1),
      ])
  }

  /// What the networks look at where there is no bias.
  private var variancePanel: Figure.Panel {
    let temperatures = GlassEnsemble.temperatures
    var series: [Figure.Series] = []
    for (index, ensemble) in complete.enumerated() {
      guard let variance = try? ensemble.fieldVariance().estimates else { continue }
      series.append(
        .init(
          "N = \(ensemble.siteCount)", x: temperatures, y: variance.map(\.value),
          errors: variance.map(\.error), style: .points, color: index))
    }
    let hot = (0...36).map { 1 + 0.05 * Double($0) }
    series.append(
      .init("1 + 1/T^2 (exact, T > 1)", x: hot, y: hot.map { 1 + 1 / ($0 * $0) }, color: -1))
    return Figure.Panel(
      title: "Complete graph without bias", xAxis: .init("temperature"),
      yAxis: .init("variance of the local fields"), series: series,
      marks: [.init("glass transition", x: 1, dashed: true, color: -1)])
  }

  /// The square lattice, judged by networks of the complete graph.
  private var planarPanel: Figure.Panel? {
    let ensemble = square[square.count - 1]
    let judges = Array(0..<ensemble.plan.realisations)
    let all = largest.members.compactMap {
      try? ClassifiedPhases.probabilities($0.classifier, ensemble, judges)
    }
    guard !all.isEmpty else { return nil }
    return panel(
      "Square lattice, N = \(ensemble.siteCount): no glass at T > 0", series: []
    ) { bias, temperature in
      all.reduce(0) { sum, own in
        let values = own[bias].values
        return sum + values[3 * temperature + ClassifiedPhases.ferromagnet]
          - values[3 * temperature + ClassifiedPhases.glass]
      } / Double(all.count)
    }
  }
}
