import LandauCore

extension LearnedForces {
  var figure: Figure {
    Figure(
      title: "Forces of electrons on a lattice, learned",
      panels: [
        forcePanel, growthPanel("Charge-density wave", "S(pi, pi) / N") { $0.structureFactors },
        growthPanel("Domain walls", "share of bonds in walls") { $0.wallDensities },
        picturePanel("Exact forces", exact), picturePanel("Learned forces", learned[0]),
      ], columnCount: 3)
  }

  private var forcePanel: Figure.Panel {
    let every = max(1, sample.exact.count / 1500)
    let shown = Array(stride(from: 0, to: sample.exact.count, by: every))
    let ends = [sample.exact.min() ?? 0, sample.exact.max() ?? 1]
    return Figure.Panel(
      title: "Held-out forces", xAxis: .init("exact force"), yAxis: .init("learned force"),
      series: [
        .init(
          "sites", x: shown.map { sample.exact[$0] }, y: shown.map { sample.predicted[$0] },
          style: .points),
        .init("equal", x: ends, y: ends, style: .dashedLine, color: -1),
      ])
  }

  private func growthPanel(
    _ title: String, _ label: String, _ values: (Quenches) -> [[Double]]
  ) -> Figure.Panel {
    let shown = Array(stride(from: 0, to: times.count, by: max(1, times.count / 24)))
    func series(_ name: String, _ quenches: [[Double]], _ color: Int) -> Figure.Series {
      let means = shown.map { time in Estimate.mean(of: quenches.map { $0[time] }) }
      return .init(
        name, x: shown.map { times[$0] }, y: means.map(\.value), errors: means.map(\.error),
        style: color == 0 ? .points : .line, color: color)
    }
    // One network's quenches; the others' are in the findings.
    return Figure.Panel(
      title: title, xAxis: .init("time"), yAxis: .init(label),
      series: [
        series("exact", values(exact), 0), series("learned", values(learned[0]), 1),
      ])
  }

  private func picturePanel(_ title: String, _ quenches: Quenches) -> Figure.Panel {
    let places = (0..<lattice.side).map(Double.init)
    return Figure.Panel(
      title: "\(title), time \(Estimate.fixed(times[steps / 4], digits: 0))", xAxis: .init("x"),
      yAxis: .init("y"), series: [],
      map: .init("staggered distortion", x: places, y: places, values: quenches.picture))
  }
}
