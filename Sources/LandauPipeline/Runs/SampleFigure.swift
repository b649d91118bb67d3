import LandauCore

/// The picture of a sampled scan: each quantity against the scanned parameter, exact values beside.
enum SampleFigure {
  private static let shown: [(name: String, label: String)] = [
    ("plaquette", "plaquette"), ("energyPerSite", "energy per site"),
    ("specificHeatPerSite", "specific heat per site"),
    ("absMagnetizationPerSite", "modulus of the order parameter"),
    ("susceptibilityPerSite", "susceptibility per site"), ("binderCumulant", "Binder cumulant"),
    ("binderRatio", "<m^4>/<m^2>^2"), ("helicityModulus", "helicity modulus"),
    ("overlapSquaredPerSite", "squared overlap <q^2>"), ("overlapBinder", "Binder ratio of q"),
    ("stripePeakPerSite", "stripe order"),
  ]

  static func figure(_ points: [SamplePoint], job: SampleJob) -> Figure {
    let ascending = points.sorted { job.parameters[$0.index] < job.parameters[$1.index] }
    let panels = shown.compactMap { name, label in
      panel(name, label, ascending, job: job)
    }
    return Figure(
      title: job.model.heading, panels: panels, columnCount: panels.count > 1 ? 2 : 1)
  }

  private static func panel(
    _ name: String, _ label: String, _ points: [SamplePoint], job: SampleJob
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
    let exact = known.filter { $0.exact(name) != nil }
    if !exact.isEmpty {
      series.append(
        Figure.Series(
          "exact", x: exact.map { job.parameters[$0.index] }, y: exact.map { $0.exact(name)! },
          style: .dashedLine, color: -1))
    }
    return Figure.Panel(
      title: label, xAxis: .init(job.parameterName), yAxis: .init(label), series: series)
  }
}
