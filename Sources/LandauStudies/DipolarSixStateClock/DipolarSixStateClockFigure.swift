import LandauCore
import LandauStatistics

/// Both transitions of the clocks, the stripes' order, the two peaks and the two phases.
enum DipolarSixStateClockFigure {
  static func figure(_ clock: ClockTransitions, _ dipoles: DipolarStripeOrder) -> Figure {
    let size = dipoles.pictured
    return Figure(
      title: "Six-state clocks whose parity is a dipole",
      panels: [
        exponent(clock), order(clock), stripes(dipoles), peaks(dipoles),
        snapshot(size.hottest, size.side, "Maze, T = \(size.temperatures[2])"),
        snapshot(
          size.coldest[size.coldest.count - 1], size.side,
          "Stripes, T = \(size.temperatures[size.temperatures.count - 1])"),
      ], columnCount: 2)
  }

  private static func marks(_ clock: ClockTransitions) -> [Figure.Mark] {
    let findings = clock.findings
    return [
      ClockTransitions.mark(findings[0], "T1", color: 0),
      ClockTransitions.mark(findings[1], "T2", color: 1),
    ].compactMap(\.self)
  }

  private static func exponent(_ clock: ClockTransitions) -> Figure.Panel {
    var series = clock.sizes.enumerated().map { color, size in
      let x = size.stiffness.indices.filter { size.stiffness[$0].value.isFinite }
      let eta = x.map { 1 / (2 * Double.pi * size.stiffness[$0].value) }
      return Figure.Series(
        "L = \(size.side)", x: x.map { size.temperatures[$0] }, y: eta,
        errors: zip(x, eta).map { $1 * size.stiffness[$0].error / size.stiffness[$0].value },
        style: .linePoints, color: color)
    }
    for (level, label) in [(1.0 / 9, "1/9 and 1/4"), (0.25, "")] {
      series.append(
        Figure.Series(label, x: [0.6, 1], y: [level, level], style: .dashedLine, color: -1))
    }
    return Figure.Panel(
      title: "No dipoles, square: exponent from the stiffness", xAxis: .init("T/J"),
      yAxis: .init("eta = 1/(2 pi K)", range: 0...0.5), series: series, marks: marks(clock))
  }

  private static func order(_ clock: ClockTransitions) -> Figure.Panel {
    Figure.Panel(
      title: "No dipoles, square: order", xAxis: .init("T/J"), yAxis: .init("|m|"),
      series: clock.sizes.enumerated().map { color, size in
        Figure.Series(
          "L = \(size.side)", x: size.temperatures, y: size.order.map(\.value),
          errors: size.order.map(\.error), style: .linePoints, color: color)
      }, marks: marks(clock))
  }

  private static func stripes(_ dipoles: DipolarStripeOrder) -> Figure.Panel {
    var series: [Figure.Series] = []
    for (color, size) in dipoles.sizes.enumerated() {
      series.append(
        Figure.Series(
          "stripes, L = \(size.side)", x: size.temperatures, y: size.stripes.map(\.value),
          errors: size.stripes.map(\.error), style: .linePoints, color: color))
    }
    for (color, size) in dipoles.sizes.enumerated() {
      series.append(
        Figure.Series(
          color == 0 ? "clocks |m|" : "", x: size.temperatures, y: size.clocks.map(\.value),
          style: .dashedLine, color: color))
    }
    return Figure.Panel(
      title: "D/J = 0.2, triangular: stripes of two rows", xAxis: .init("T/J"),
      yAxis: .init("order", range: 0...1.05), series: series)
  }

  private static func peaks(_ dipoles: DipolarStripeOrder) -> Figure.Panel {
    Figure.Panel(
      title: "Two peaks at the transition", xAxis: .init("energy per site / J"),
      yAxis: .init("probability density"),
      series: dipoles.sizes.enumerated().map { color, size in
        let densities = size.histogram.densities.estimates
        return Figure.Series(
          "L = \(size.side)", x: size.histogram.centres, y: densities.map(\.value),
          errors: densities.map(\.error), style: .linePoints, color: color)
      })
  }

  /// The dipoles in their places.
  private static func snapshot(_ states: [Int8], _ side: Int, _ title: String) -> Figure.Panel {
    let height = 0.75.squareRoot()
    let series = [(0, "up"), (1, "down")].map { parity, label in
      let sites = states.indices.filter { Int(states[$0]) & 1 == parity }
      return Figure.Series(
        label, x: sites.map { Double($0 / side) + Double($0 % side) / 2 },
        y: sites.map { Double($0 % side) * height }, style: .points, color: parity)
    }
    return Figure.Panel(
      title: title, xAxis: .init("x"), yAxis: .init("y"), series: series)
  }
}
