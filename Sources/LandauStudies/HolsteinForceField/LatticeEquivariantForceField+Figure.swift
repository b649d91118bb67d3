import LandauCore

extension HolsteinForces {
  var figure: Figure {
    Figure(
      title: "Holstein model, \(settings.side) x \(settings.side): exact and learned forces",
      panels: [scatter, walls, structure, picture], columnCount: 2)
  }

  private var scatter: Figure.Panel {
    let states = exact.distortions.map { $0[$0.count / 2] }
    let known = exact.densities.map { $0[$0.count / 2] }
    let found = fields[0].densities(side: settings.side)(states)
    let alone = local.densities(side: settings.side)(states)
    func forces(_ densities: [[Double]]) -> [Double] {
      zip(states, densities).prefix(4).flatMap { lattice.forces($0, densities: $1) }
    }
    let x = forces(known)
    let ends = [x.min() ?? -1, x.max() ?? 1]
    return Figure.Panel(
      title: "Forces at half time, trajectories not seen", xAxis: .init("exact force"),
      yAxis: .init("learned force"),
      series: [
        .init("single sites", x: x, y: forces(alone), style: .points, color: -1),
        .init("network", x: x, y: forces(found), style: .points),
        .init("equal", x: ends, y: ends, style: .dashedLine, color: 1),
      ])
  }

  private var walls: Figure.Panel {
    panel("Walls of domains", "share of like neighbours") { $0.walls }
  }

  private var structure: Figure.Panel {
    panel("Order", "structure factor at (pi, pi)") { $0.structureFactors }
  }

  private func panel(
    _ title: String, _ label: String, _ values: (DomainGrowth) -> [[Double]]
  ) -> Figure.Panel {
    func series(_ name: String, _ growth: DomainGrowth, _ style: Figure.Series.Style, _ color: Int)
      -> Figure.Series
    {
      let means = DomainGrowth.means(values(growth))
      return .init(
        name, x: growth.times, y: means.map(\.value), errors: means.map(\.error), style: style,
        color: color)
    }
    return Figure.Panel(
      title: title, xAxis: .init("time"), yAxis: .init(label),
      series: [
        series("exact forces", exact, .points, 0), series("network", learned[0], .points, 1),
        series("single sites", localGrowth, .points, -1),
      ])
  }

  /// Where the larger lattice ends.
  private var picture: Figure.Panel {
    let side = large.lattice.side
    let places = (0..<side).map(Double.init)
    let last = large.distortions[0][large.times.count - 1]
    return Figure.Panel(
      title: "Network on \(side) x \(side), t = \(Int(large.times[large.times.count - 1]))",
      xAxis: .init("x"), yAxis: .init("y"), series: [],
      map: .init(
        "alternating distortion", x: places, y: places,
        values: DomainGrowth.staggered(last, side: side)))
  }
}
