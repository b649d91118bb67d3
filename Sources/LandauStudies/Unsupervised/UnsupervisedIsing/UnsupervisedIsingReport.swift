import LandauCore
import LandauDiscovery

/// What the looks came to, in numbers and pictures.
enum UnsupervisedIsingReport {
  private static let exact = IsingLook.criticalTemperature

  static func findings(_ looks: [IsingLook]) -> [StudyFinding] {
    let largest = looks[looks.count - 1]
    var findings = [
      StudyFinding(
        "uniformOverlap",
        "|cosine| of the leading component and the uniform one, L = \(largest.side)",
        measured: Estimate(largest.look.uniformOverlap, error: 0), expected: .above(0.99),
        reference: "claimed: the magnetisation"),
      StudyFinding(
        "aboveNoise", "share of the leading component over the noise floor, L = \(largest.side)",
        measured: Estimate(
          largest.look.explainedVariance[0].value / largest.look.noiseFloor,
          error: largest.look.explainedVariance[0].error / largest.look.noiseFloor),
        expected: .above(1), reference: "independent noise, Marchenko and Pastur"),
    ]
    findings.append(
      StudyFinding(
        "clusterLimit", "where clusters change, limit of large lattices",
        measured: Extrapolation(looks.compactMap(\.point))?.limit
          ?? Estimate(.nan, error: .nan, warning: "fewer than two sizes with a place"),
        expected: .value(exact, error: 0), reference: "Onsager: 2/ln(1 + sqrt 2)"))
    // Temperatures 1.8, 2.3 and 2.6, about T_c and on both of its sides.
    let (cold, critical, hot) = (4, 14, 20)
    findings += [
      (
        "holesAboveCold", "holes of the majority per site: T = 2.3 less T = 1.8", critical, cold,
        largest.holes
      ),
      (
        "holesAboveHot", "holes of the majority per site: T = 2.3 less T = 2.6", critical, hot,
        largest.holes
      ),
      (
        "entropyStep", "persistence entropy of loops: T = 2.6 less T = 1.8", hot, cold,
        largest.entropy
      ),
    ].map { key, what, high, low, values in
      let error =
        (values[high].error * values[high].error + values[low].error * values[low].error)
        .squareRoot()
      return StudyFinding(
        key, what + ", L = \(largest.side)",
        measured: Estimate(values[high].value - values[low].value, error: error),
        expected: .above(0), reference: "claimed: homology tells the phases apart")
    }
    return findings
  }

  static func figure(_ looks: [IsingLook]) -> Figure {
    Figure(
      title: "Unsupervised looks at the Ising model",
      panels: [
        spectrum(looks), magnitude(looks), clusters(looks), drift(looks), holes(looks),
        betti(looks[looks.count - 1]),
      ], columnCount: 2)
  }

  private static var critical: [Figure.Mark] {
    [Figure.Mark("T_c", x: exact, dashed: true, color: -1)]
  }

  private static func spectrum(_ looks: [IsingLook]) -> Figure.Panel {
    let chosen = [looks[0], looks[looks.count - 1]]
    return Figure.Panel(
      title: "Variance along principal components", xAxis: .init("component"),
      yAxis: .init("share of the variance", logarithmic: true),
      series: chosen.enumerated().flatMap { color, look -> [Figure.Series] in
        let shares = look.look.explainedVariance
        let x = shares.indices.map { Double($0 + 1) }
        return [
          Figure.Series(
            "L = \(look.side)", x: x, y: shares.map(\.value), errors: shares.map(\.error),
            style: .points, color: color),
          Figure.Series(
            "noise", x: [1, Double(shares.count)],
            y: [look.look.noiseFloor, look.look.noiseFloor], style: .dashedLine, color: color),
        ]
      })
  }

  private static func magnitude(_ looks: [IsingLook]) -> Figure.Panel {
    Figure.Panel(
      title: "Along the leading component", xAxis: .init("temperature"),
      yAxis: .init("mean |coordinate| / sqrt(sites)"),
      series: looks.enumerated().map { color, look in
        let values = look.look.leadingMagnitude
        return Figure.Series(
          "L = \(look.side)", x: look.look.parameters, y: values.map(\.value),
          errors: values.map(\.error), style: .linePoints, color: color)
      }, marks: critical)
  }

  private static func clusters(_ looks: [IsingLook]) -> Figure.Panel {
    Figure.Panel(
      title: "Temperature by cluster", xAxis: .init("temperature"),
      yAxis: .init("mean temperature of the clusters"),
      series: looks.enumerated().map { color, look in
        Figure.Series(
          "L = \(look.side), \(look.look.clusterCount) clusters", x: look.look.curve.parameters,
          y: look.look.curve.means, errors: look.look.curve.errors, style: .linePoints,
          color: color)
      }, marks: critical)
  }

  private static func drift(_ looks: [IsingLook]) -> Figure.Panel {
    let places = looks.compactMap(\.point)
    return Figure.Panel(
      title: "Drift of the place", xAxis: .init("1/L", range: 0...0.14),
      yAxis: .init("temperature"),
      series: [
        Figure.Series(
          "clusters change", x: places.map { 1 / $0.linearSize },
          y: places.map(\.location.value), errors: places.map(\.location.error), style: .points),
        Figure.Series("T_c", x: [0, 0.14], y: [exact, exact], style: .dashedLine, color: -1),
      ])
  }

  private static func holes(_ looks: [IsingLook]) -> Figure.Panel {
    Figure.Panel(
      title: "Holes in the majority's domains", xAxis: .init("temperature"),
      yAxis: .init("loops per site"),
      series: looks.enumerated().map { color, look in
        Figure.Series(
          "L = \(look.side)", x: IsingLook.temperatures, y: look.holes.map(\.value),
          errors: look.holes.map(\.error), style: .linePoints, color: color)
      }, marks: critical)
  }

  private static func betti(_ look: IsingLook) -> Figure.Panel {
    Figure.Panel(
      title: "Betti curves, L = \(look.side)", xAxis: .init("distance to domain walls"),
      yAxis: .init("Betti number per site"),
      series: IsingLook.shown.indices.flatMap { index in
        [("components", Figure.Series.Style.dashedLine), ("loops", .line)].enumerated().map {
          dimension, entry in
          Figure.Series(
            "\(entry.0), T = \(Estimate.fixed(IsingLook.temperatures[IsingLook.shown[index]], digits: 2))",
            x: IsingLook.levels, y: look.betti[index][dimension], style: entry.1, color: index)
        }
      })
  }
}
