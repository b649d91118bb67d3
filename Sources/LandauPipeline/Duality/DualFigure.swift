import LandauCore
import LandauDiscovery

/// The dual coupling against beta beside what is known, and how far the features agree.
enum DualFigure {
  static func figure(_ points: [DualPoint], job: DualJob) -> Figure {
    let found = points.filter { !$0.couplings.isEmpty }
    var panels = [agreement(points)]
    if points.count > 1 { panels.insert(curve(found, job: job), at: 0) }
    return Figure(title: "\(job.title): dual", panels: panels, columnCount: panels.count)
  }

  private static func curve(_ points: [DualPoint], job: DualJob) -> Figure.Panel {
    let betas = points.map(\.system.beta)
    var series: [Figure.Series] = []
    let classes = points.first?.couplings.count ?? 0
    // What is known is drawn as smooth curves.
    let (least, most) = (betas.min() ?? 0, betas.max() ?? 0)
    let fine = (0...100).map { least + (most - least) * Double($0) / 100 }
    for k in 0..<classes {
      func data(_ label: String, _ values: [Estimate], _ color: Int) -> Figure.Series {
        .init(
          label + (classes > 1 ? ", \(points[0].system.couplingName(k))" : ""), x: betas,
          y: values.map(\.value),
          errors: values.map(\.error), style: .points, color: color)
      }
      series.append(
        data(job.options.boundaries.rawValue, points.map { $0.couplings[k] }, 2 * k))
      if job.options.boundaries == .periodic, points.allSatisfy({ !$0.summedCouplings.isEmpty }) {
        series.append(data("twists summed", points.map { $0.summedCouplings[k] }, 2 * k + 1))
      }
      let infinite = job.options.isBlind ? [] : fine.compactMap { points[0].infinite(at: $0)?[k] }
      if infinite.count == fine.count {
        series.append(
          .init("exact, infinite", x: fine, y: infinite, style: .line, color: 2 * k + 1))
      }
    }
    let finite = job.options.isBlind ? [] : fine.compactMap { points.first?.finiteSize(at: $0) }
    if finite.count == fine.count {
      series.append(
        .init("one-link root, finite", x: fine, y: finite, style: .dashedLine, color: 0))
    }
    return Figure.Panel(
      title: "Dual coupling", xAxis: .init("beta"), yAxis: .init("dual beta"), series: series)
  }

  /// Differences of all features in units of their errors, at the last beta.
  private static func agreement(_ points: [DualPoint]) -> Figure.Panel {
    var series: [Figure.Series] = []
    if let point = points.last {
      for (label, fit, color) in [
        ("as asked", point.result.fit, 0), ("twists summed", point.result.summed, 1),
      ] {
        guard let fit else { continue }
        let pulls = (fit.matched + fit.heldOut).map { $0.error > 0 ? $0.value / $0.error : 0 }
        series.append(
          .init(
            label, x: pulls.indices.map { Double($0) }, y: pulls, style: .points, color: color))
      }
      if let count = point.result.fit.map({ $0.matched.count + $0.heldOut.count }) {
        let split = Double(point.result.fit?.matched.count ?? 0) - 0.5
        // Two lines with a gap between.
        let (left, right) = (-0.5, Double(count) - 0.5)
        series.append(
          .init(
            "three sigma", x: [left, right, right, left, right], y: [-3, -3, .nan, 3, 3],
            style: .dashedLine, color: -1))
        return Figure.Panel(
          title: "Original less dual, beta = \(SampleJob.short(point.system.beta))",
          xAxis: .init("feature"), yAxis: .init("difference/error"), series: series,
          marks: [.init("held out beyond", x: split, dashed: true, color: 2)])
      }
    }
    return Figure.Panel(
      title: "Original less dual", xAxis: .init("feature"), yAxis: .init("difference/error"),
      series: series)
  }
}
