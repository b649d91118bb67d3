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
    let clusters = looks.compactMap { look in
      look.look.change.flatMap { $0.kind == .located ? look.point($0, look.look.curve) : nil }
    }
    let entropies = looks.compactMap { look in
      look.entropyChange.kind == .located ? look.point(look.entropyChange, look.entropy) : nil
    }
    for (key, what, points) in [
      ("clusterLimit", "where clusters change, limit of large lattices", clusters),
      (
        "entropyLimit", "where the persistence entropy rises fastest, limit of large lattices",
        entropies
      ),
    ] {
      let limit =
        Extrapolation(points)?.limit
        ?? Estimate(.nan, error: .nan, warning: "fewer than two sizes with a place")
      findings.append(
        StudyFinding(
          key, what, measured: limit, expected: .value(exact, error: 0),
          reference: "Onsager: 2/ln(1 + sqrt 2)"))
    }
    if let first = clusters.first, let last = clusters.last, clusters.count > 1 {
      // Drift is what is expected of the finite sizes: the distance to T_c shrinks.
      let gain = abs(first.location.value - exact) - abs(last.location.value - exact)
      let error =
        (first.location.error * first.location.error
        + last.location.error * last.location.error).squareRoot()
      findings.append(
        StudyFinding(
          "clusterDrift",
          "distance to T_c lost from L = \(Int(first.linearSize)) to \(Int(last.linearSize)), clusters",
          measured: Estimate(gain, error: error), expected: .above(0),
          reference: "places of finite lattices drift towards T_c"))
    }
    return findings
  }

  static func figure(_ looks: [IsingLook]) -> Figure {
    Figure(
      title: "Unsupervised looks at the Ising model",
      panels: [
        spectrum(looks), magnitude(looks), clusters(looks), drift(looks), entropy(looks),
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
    func series(_ label: String, _ color: Int, _ place: (IsingLook) -> Estimate?) -> Figure.Series {
      let found = looks.compactMap { look in place(look).map { (1 / Double(look.side), $0) } }
      return Figure.Series(
        label, x: found.map(\.0), y: found.map(\.1.value), errors: found.map(\.1.error),
        style: .points, color: color)
    }
    return Figure.Panel(
      title: "Drift of the places", xAxis: .init("1/L", range: 0...0.14),
      yAxis: .init("temperature"),
      series: [
        series("clusters", 0) { $0.look.change?.location },
        series("persistence entropy", 1) { $0.entropyChange.location },
        Figure.Series("T_c", x: [0, 0.14], y: [exact, exact], style: .dashedLine, color: -1),
      ])
  }

  private static func entropy(_ looks: [IsingLook]) -> Figure.Panel {
    Figure.Panel(
      title: "Persistent homology of domains", xAxis: .init("temperature"),
      yAxis: .init("persistence entropy of loops"),
      series: looks.enumerated().map { color, look in
        Figure.Series(
          "L = \(look.side)", x: look.entropy.parameters, y: look.entropy.means,
          errors: look.entropy.errors, style: .linePoints, color: color)
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
