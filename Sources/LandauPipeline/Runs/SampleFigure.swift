import LandauCore

/// The picture of a sampled scan: each quantity against the scanned parameter, exact values beside.
enum SampleFigure {
  private static let shown: [(name: String, label: String)] = [
    ("plaquette", "plaquette"), ("energyPerSite", "energy per site"),
    ("specificHeatPerSite", "specific heat per site"),
    ("absMagnetizationPerSite", "modulus of the order parameter"),
    ("absStaggeredMagnetizationPerSite", "modulus of the staggered order parameter"),
    ("susceptibilityPerSite", "susceptibility per site"), ("binderCumulant", "Binder cumulant"),
    ("binderRatio", "<m^4>/<m^2>^2"), ("helicityModulus", "helicity modulus"),
    ("overlapSquaredPerSite", "squared overlap <q^2>"), ("overlapBinder", "Binder ratio of q"),
    ("stripePeakPerSite", "stripe order"),
  ]

  /// - Parameter exact: the solution drawn beside, where there is one.
  static func figure(
    _ points: [SamplePoint], job: SampleJob, exact: ExactSolution?
  ) -> Figure {
    let curve = exact.map { Self.curve($0, job: job) } ?? []
    let ascending = points.sorted { job.parameters[$0.index] < job.parameters[$1.index] }
    let panels = shown.compactMap { name, label in
      panel(name, label, ascending, curve, job: job)
    }
    return Figure(
      title: job.model.heading, panels: panels, columnCount: panels.count > 1 ? 2 : 1)
  }

  /// Exact values at many temperatures between the first and the last.
  private static func curve(
    _ exact: ExactSolution, job: SampleJob
  ) -> [(x: Double, values: [ExactValue])] {
    guard let low = job.parameters.min(), let high = job.parameters.max(), high > low else {
      return job.options.scan.betas.map { (job.parameters[0], exact.values($0)) }
    }
    return (0...200).map { index in
      let x = low + (high - low) * Double(index) / 200
      return (x, exact.values(job.parameterName == "beta" ? x : 1 / x))
    }
  }

  private static func panel(
    _ name: String, _ label: String, _ points: [SamplePoint],
    _ curve: [(x: Double, values: [ExactValue])], job: SampleJob
  ) -> Figure.Panel? {
    let known = points.filter { ($0.estimate(name)?.value).map(\.isFinite) ?? false }
    guard !known.isEmpty else { return nil }
    let x = known.map { job.parameters[$0.index] }
    var series = [
      Figure.Series(
        "sampled", x: x, y: known.map { $0.estimate(name)!.value },
        errors: known.map { $0.estimate(name)!.error.isFinite ? $0.estimate(name)!.error : 0 },
        style: .points, color: 0)
    ]
    let exact = curve.compactMap { x, values in
      values.first { $0.name == name }.map { (x: x, y: $0.value) }
    }
    if !exact.isEmpty {
      series.append(
        Figure.Series(
          "exact", x: exact.map(\.x), y: exact.map(\.y), style: .dashedLine, color: -1))
    }
    return Figure.Panel(
      title: label, xAxis: .init(job.parameterName), yAxis: .init(label), series: series)
  }
}
