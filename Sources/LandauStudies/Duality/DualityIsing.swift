import LandauCore
import LandauDiscovery
import LandauPipeline

extension Study {
  /// Does an optimisation that knows nothing of duality find Kramers and Wannier's?
  static let dualityIsing = Study(
    name: "ml-duality-ising",
    title: "Duality of the Ising model, learned",
    source:
      "P. Gupta, A. E. V. Ferrari, N. Iqbal, arXiv:2411.04838 (the loop features and the affine map are theirs)",
    claim: """
      The coupling, the links and the local map of a dual model are found by matching correlation functions; for the square Ising \
      model they are those of Kramers and Wannier, and where no exact dual is known the loss stays above the noise.
      """,
    run: { run in
      let curves = try DualityCurve.sides(run).map { try DualityCurve(side: $0, run) }
      let others = try DualityControls(run)
      return StudyResult(
        findings: curves.flatMap(\.findings) + others.findings,
        figure: Figure(
          title: "Learned duality", panels: curves.flatMap(\.panels), columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Periodic: the dual has periodic boundaries as the original, and is off Kramers and Wannier's by the finite size; the one-link root is where a single link agrees with their map.",
    "Summed: the boundaries of the dual are periodic or antiperiodic along each axis, whichever comes up; then duality holds on the torus itself.",
    "One beta of each curve is drawn from the seed; no number of the search depends on what the dual is known to be.",
  ]
}

/// The dual coupling over a range of beta on one torus.
private struct DualityCurve {
  let side: Int
  let points: [DualPoint]
  private let isQuick: Bool

  static func sides(_ run: StudyRun) -> [Int] { run.isQuick ? [8] : [6, 8] }

  init(side: Int, _ run: StudyRun) throws {
    self.side = side
    isQuick = run.isQuick
    var rng = run.seed.child("beta", side).makeStream()
    let drawn = 0.2 + 0.4 * rng.uniform()
    let betas = run.isQuick ? [0.25, 0.4, 0.55] : (0..<9).map { 0.2 + 0.05 * Double($0) }
    var options = DualOptions(model: "ising")
    options.side = side
    options.betas = (betas + [drawn]).sorted()
    options.starts = run.isQuick ? 6 : 20
    options.effort = run.isQuick ? 0.125 : 1
    points = try DualJob(options, writesFiles: false).points(
      seed: run.seed.child("curve", side), pool: run.pool, progress: run.progress,
      cancellation: run.cancellation)
  }

  /// Pairs of a measured coupling and what it should be.
  private func pairs(
    _ value: (DualPoint) -> (Estimate?, Double?)
  ) -> [(beta: Double, measured: Estimate, expected: Double)] {
    points.compactMap { point in
      guard case (let measured?, let expected?) = value(point) else { return nil }
      return (point.beta, measured, expected)
    }
  }

  private var periodic: [(beta: Double, measured: Estimate, expected: Double)] {
    pairs { ($0.couplings.first, $0.finiteSize) }
  }

  private var summed: [(beta: Double, measured: Estimate, expected: Double)] {
    pairs { ($0.summedCouplings.first, $0.infinite?.first) }
  }

  var findings: [StudyFinding] {
    let starts = points.reduce(0) { $0 + $1.result.outcomes.count }
    let found = points.reduce(0) { $0 + $1.successes }
    let excess = periodic.map {
      abs($0.measured.value - $0.expected) - max(0.01, 3 * $0.measured.error)
    }.max()
    let summedChi = summed.reduce(0.0) {
      let pull = $1.measured.pull(to: $1.expected)
      return $0 + pull * pull
    }
    let dual = points.count { $0.verdict != .none }
    return [
      .bounded(
        "finiteSize\(side)",
        "L = \(side): largest |dual - one-link root| less max(0.01, 3 sigma) over \(points.count) beta",
        periodic.count == points.count ? excess ?? .nan : .nan, 1e-9, "Kaufman's finite torus"),
      .bounded(
        "summedDistance\(side)", "largest |dual - exact| with twists summed",
        summed.count == points.count
          ? summed.map { abs($0.measured.value - $0.expected) }.max() ?? .nan : .nan,
        isQuick ? 0.01 : 0.005, "Kramers and Wannier; bound chosen beforehand"),
      .bounded(
        "error\(side)", "largest standard error of the same and of periodic duals",
        (periodic + summed).map(\.measured.error).max() ?? .nan, 0.01, "asked for"),
      .bounded(
        "summedChiSquare\(side)", "chi-square per beta of the same",
        summedChi / Double(points.count), 4, "1 for normal errors"),
      .exactly(
        "verdicts\(side)", "beta at which all features agree with twists summed", Double(dual),
        Double(points.count), "matched and held-out features, p > 0.001"),
      StudyFinding(
        "success\(side)", "share of random starts that find the frame",
        measured: .fraction(Double(found) / Double(max(1, starts)), of: starts),
        expected: .above(0.5), reference: "a majority"),
    ]
  }

  var panels: [Figure.Panel] {
    let range = points.map(\.beta)
    let fine = (0...100).map { range[0] + (range[range.count - 1] - range[0]) * Double($0) / 100 }
    func data(
      _ label: String, _ pairs: [(beta: Double, measured: Estimate, expected: Double)],
      _ color: Int,
      less: Bool
    ) -> Figure.Series {
      .init(
        label, x: pairs.map(\.beta),
        y: pairs.map { $0.measured.value - (less ? exact($0.beta) : 0) },
        errors: pairs.map(\.measured.error), style: .points, color: color)
    }
    func exact(_ beta: Double) -> Double { DualPoint.kramersWannier(beta) }
    let roots = fine.map { points[0].finiteSize(at: $0) ?? .nan }
    return [
      Figure.Panel(
        title: "L = \(side): dual coupling", xAxis: .init("beta"), yAxis: .init("dual beta"),
        series: [
          data("periodic", periodic, 0, less: false),
          data("twists summed", summed, 1, less: false),
          .init("Kramers-Wannier", x: fine, y: fine.map(exact), style: .line, color: 1),
          .init(
            "one-link root, L = \(side)", x: fine, y: roots, style: .dashedLine, color: 0),
        ]),
      Figure.Panel(
        title: "L = \(side): distance from Kramers-Wannier", xAxis: .init("beta"),
        yAxis: .init("dual beta - exact"),
        series: [
          data("periodic", periodic, 0, less: true),
          data("twists summed", summed, 1, less: true),
          .init(
            "exact", x: [range[0], range[range.count - 1]], y: [0, 0], style: .line, color: 1),
          .init(
            "one-link root, L = \(side)", x: fine, y: zip(fine, roots).map { $1 - exact($0) },
            style: .dashedLine, color: 0),
        ]),
    ]
  }
}
