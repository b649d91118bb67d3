import LandauCore
import LandauDiscovery

extension Study {
  /// Does the correlator network name the order that tells two classes apart?
  static let plantedCorrelators = Study(
    name: "planted-correlators",
    title: "Correlators of a planted order",
    source:
      "C. Miles et al., Correlator convolutional neural networks, arXiv:2011.03474 (the method; the planted models are ours)",
    claim: """
      The order of the correlators that tell two classes of snapshots apart is the first to leave zero on the regularisation \
      path of a correlator network, and a network of lower order tells nothing apart.
      """,
    run: { run in
      let searches = try [2, 3, 4].map { try PlantedSearch(order: $0, run) }
      return StudyResult(
        findings: searches.flatMap(\.findings),
        figure: Figure(
          title: "Planted correlators",
          panels: searches.map(\.pathPanel) + searches.map(\.accuracyPanel), columnCount: 3),
        remarks: remarks + searches.map(\.remark))
    })

  private static let remarks = [
    "8 x 8 spins on a torus: independent ones against P(s) ~ product over x of (1 + 0.3 tau(x)), tau a product of two, three or four neighbours.",
    "Networks: two filters of 3 x 3, correlators up to order 4, five folds. Truncated: the same up to one order less than what was planted.",
    "Regression: on all products of up to four spins of a 3 x 3 window, written out. Optimum: from the exact likelihood ratio.",
  ]
}

/// Networks, truncated networks and the regression on one planted order.
private struct PlantedSearch {
  private let planted: PlantedParity
  private let network: CorrelatorFindings
  private let truncated: CorrelatorFindings
  private let regression: CorrelatorFindings
  private let terms: [Term]

  init(order: Int, _ run: StudyRun) throws {
    let seed = run.seed.child("planted", order)
    planted = PlantedParity(order: order, side: 8, bias: 0.3)
    let snapshots = Self.snapshots(planted, perClass: run.isQuick ? 1500 : 8000, seed)
    var discovery = CorrelatorDiscovery(window: [3, 3], seed: seed.child("networks"))
    discovery.repetitions = run.isQuick ? 1 : 3
    network = try discovery.run(
      snapshots, pool: run.pool, progress: run.progress, cancellation: run.cancellation)
    (regression, terms) = try discovery.regression(
      snapshots, pool: run.pool, cancellation: run.cancellation)
    discovery.order = order - 1
    truncated = try discovery.run(
      snapshots, pool: run.pool, progress: run.progress, cancellation: run.cancellation)
  }

  private static func snapshots(_ planted: PlantedParity, perClass: Int, _ seed: Seed) -> Snapshots
  {
    var rng = seed.child("snapshots").makeStream()
    let values = (0..<2).flatMap { label in
      (0..<perClass).flatMap { _ in
        label == 0 ? planted.independent(using: &rng) : planted.sample(using: &rng)
      }
    }
    return Snapshots(
      siteShape: [planted.side, planted.side], channels: ["spin"], values: values,
      parameterName: "planted", parameters: [0, 1],
      parameterIndex: (0..<2 * perClass).map { Int32($0 / perClass) },
      chain: (0..<2 * perClass).map { Int32($0 % perClass) }, isSequential: false,
      boundary: .periodic)
  }

  private var order: Int { planted.order }
  private var spins: String { ["two", "three", "four"][order - 2] }

  /// A distance between two accuracies on the same samples; the error is that of both, as if they were independent.
  private func difference(_ a: Double, _ aError: Double, _ b: Estimate) -> Estimate {
    Estimate(a - b.value, error: (aError * aError + b.error * b.error).squareRoot())
  }

  var findings: [StudyFinding] {
    let optimum = planted.optimalAccuracy
    let likelihood = "exact likelihood ratio: \(Estimate.fixed(optimum, digits: 5))"
    var findings = [
      StudyFinding.exactly(
        "order\(order)Named", "\(spins) spins planted: order that leaves zero first",
        Double(network.decisiveOrder ?? 0), Double(order), "planted"),
      StudyFinding(
        "order\(order)Votes", "share of networks that name it",
        measured: .fraction(network.agreement, of: network.runs.count), expected: .above(0.5),
        reference: "a majority, beyond chance"),
      StudyFinding(
        "order\(order)Shortfall", "optimal accuracy less that of the network",
        measured: difference(optimum, 0, network.accuracy), expected: .below(0.04),
        reference: "\(likelihood); bound chosen beforehand"),
      StudyFinding(
        "order\(order)Truncated", "accuracy of networks up to order \(order - 1)",
        measured: truncated.accuracy, expected: .value(0.5, error: 0),
        reference: "chance: lower orders are matched"),
      StudyFinding(
        "order\(order)Regression", "accuracy of the network less that of the regression",
        measured: difference(
          network.accuracy.value, network.accuracy.error, regression.accuracy),
        expected: .above(-0.03), reference: "no worse; bound chosen beforehand"),
    ]
    if order == 3 {
      findings.append(
        .bounded(
          "order3Lower", "largest mean of a product of one or two spins", planted.largestLowerMean,
          1e-4, "p^w, exact"))
    }
    return findings
  }

  var remark: String {
    let first = regression.runs.compactMap { run in
      run.path.entries.first.map {
        terms[$0.feature].formula(siteDimension: 2, channels: ["spin"])
      }
    }
    let counts = Dictionary(grouping: first) { $0 }.mapValues(\.count)
    let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return "\(spins) spins: accuracy \(network.accuracy) (optimum "
      + "\(Estimate.fixed(planted.optimalAccuracy, digits: 4))), truncated \(truncated.accuracy), regression on "
      + "\(terms.count) products \(regression.accuracy), whose first is \(best?.key ?? "none") in "
      + "\(best?.value ?? 0) of \(regression.runs.count) folds."
  }

  // MARK: - Figure

  /// Penalties over the first one, and what a quantity is there, averaged over runs.
  private func ladder(
    _ findings: CorrelatorFindings, _ value: (CorrelatorRun, Int) -> Double
  ) -> (x: [Double], y: [Double]) {
    let points = findings.runs[0].path.points
    return (
      points.map { $0.penalty / points[0].penalty },
      points.indices.map { point in
        findings.runs.reduce(0) { $0 + value($1, point) } / Double(findings.runs.count)
      }
    )
  }

  var pathPanel: Figure.Panel {
    let series = (1...network.order).map { n in
      let (x, y) = ladder(network) { run, point in
        let coefficients = run.path.points[point].coefficients
        return run.orders.indices.reduce(0) {
          run.orders[$1] == n ? max($0, abs(coefficients[$1])) : $0
        }
      }
      return Figure.Series("order \(n)", x: x, y: y, color: n - 1)
    }
    return Figure.Panel(
      title: "Planted: \(spins) spins", xAxis: .init("penalty / first", logarithmic: true),
      yAxis: .init("coefficient"), series: series)
  }

  var accuracyPanel: Figure.Panel {
    let models = [
      ("network", network), ("truncated", truncated), ("all products", regression),
    ]
    var series = models.enumerated().map { index, model in
      let (x, y) = ladder(model.1) { $0.accuracies[$1] }
      return Figure.Series(
        model.0, x: x, y: y, style: index == 2 ? .points : .line, color: index)
    }
    let ends = [series[0].x.min() ?? 0.1, 1]
    for (label, value) in [("optimum", planted.optimalAccuracy), ("chance", 0.5)] {
      series.append(
        Figure.Series(label, x: ends, y: [value, value], style: .dashedLine, color: -1))
    }
    return Figure.Panel(
      title: "Held-out accuracy", xAxis: .init("penalty / first", logarithmic: true),
      yAxis: .init("accuracy", range: 0.4...1), series: series)
  }
}
