import LandauCore
import LandauDiscovery
import LandauExact
import LandauStatistics

/// The gauge theory: only windows in which links close tell beta.
struct TetrisGauge: Sendable {
  let sides: [Int]
  let scan = GaugeScan()
  let learned: TetrisRun
  /// Windows without a plaquette.
  let open: TetrisRun
  /// The two links of a site.
  let single: TetrisRun
  let shuffled: TetrisRun

  init(_ run: StudyRun) throws {
    sides = run.isQuick ? [4, 8, 16] : [4, 8, 16, 24]
    let settings = TetrisRun.Settings(run)
    let largest = [sides[sides.count - 1]]
    learned = try TetrisRun(
      scan, name: "gauge", sides: sides, windows: GaugeScan.windows, settings: settings, run: run)
    open = try TetrisRun(
      scan, name: "gauge-open", sides: largest, windows: GaugeScan.openWindows,
      settings: settings.with(repetitions: max(2, settings.repetitions / 4)), run: run)
    single = try TetrisRun(
      scan, name: "gauge-single", sides: largest, windows: [GaugeScan.openWindows[0]],
      settings: settings.with(repetitions: max(2, settings.repetitions / 4)), run: run)
    shuffled = try TetrisRun(
      scan, name: "gauge-shuffled", sides: largest, windows: GaugeScan.windows,
      settings: settings.with(repetitions: max(2, settings.repetitions / 4)), isShuffled: true,
      run: run)
  }

  private var side: Int { sides[sides.count - 1] }
  /// <P> = tanh(beta) (1 + tanh^(V-2)) / (1 + tanh^V).
  var exact: [Double] {
    // Sides of a few sites: nothing to refuse.
    guard let torus = try? IsingGaugeTorus(rows: side, columns: side) else { return [] }
    return scan.values.map { torus.plaquette(beta: $0) }
  }
  private var activations: [BranchActivation] {
    zip(learned.findings, learned.ensembles).compactMap { BranchActivation($0, $1) }
  }

  var findings: [StudyFinding] {
    let exact = exact
    let points = Double(exact.count)
    let lines = Estimate.mean(
      of: activations.map { $0.line(through: exact).chiSquare / (points - 2) })
    let fits = Double(activations.count) * (points - 2)
    return [
      StudyFinding(
        "gaugePlaquetteSurvives",
        "gauge: repetitions in which \(GaugeScan.plaquetteCorner.name) stays alone",
        measured: learned.share(surviving: GaugeScan.plaquetteCorner, alone: true),
        expected: .above(0.5),
        reference: "arXiv:2411.02237; the smallest window whose links close a plaquette"),
      StudyFinding(
        "gaugeActivationPlaquette", "gauge: share of the activation that is the mean plaquette",
        measured: learned.linearShare(of: .plaquette), expected: .above(0.95),
        reference: "squared correlation over all snapshots"),
      StudyFinding(
        "gaugeActivationLine",
        "gauge: activation against exact <P>, chi-square of a line per point",
        measured: Estimate(lines.value, error: (2 / fits).squareRoot()),
        systematicError: 0.05, expected: .value(1, error: 0),
        reference: "<P> = t (1 + t^(V-2))/(1 + t^V), t = tanh beta; V = \(side * side)"),
      learned.optimality(
        "gauge", "gauge", "exact distribution of plaquettes, L = \(side)"),
      drift,
      StudyFinding.exactly(
        "gaugeSingleSiteSurvivors", "gauge: repetitions in which single sites alone tell something",
        Double(single.survivors.count { !$0.isEmpty }), 0,
        "averages of what is not gauge invariant vanish (Elitzur 1975)"),
      StudyFinding.exactly(
        "gaugeShuffledSurvivors", "gauge: windows that survive shuffled labels",
        Double(shuffled.survivors.reduce(0) { $0 + $1.count }), 0, "nothing to learn"),
    ]
  }

  /// There is no transition: the place moves as ln L, where one plaquette in V is broken.
  private var drift: StudyFinding {
    let places = learned.locations(sides)
    let optima = learned.optima(sides)
    let last = sides.count - 1
    let expected = (optima[last] ?? .nan) - (optima[0] ?? .nan)
    let (a, b) = (places[0], places[last])
    return StudyFinding(
      "gaugeDrift", "gauge: shift of the steepest prediction from L = \(sides[0]) to \(side)",
      measured: Estimate(
        b.value - a.value, error: (a.error * a.error + b.error * b.error).squareRoot()),
      systematicError: learned.ownError(last), expected: .value(expected, error: 0),
      reference: "of the optimal curve on the same grid; a crossover, not a transition")
  }

  var remarks: [String] {
    let places = zip(sides, zip(learned.locations(sides), learned.optima(sides))).map {
      let best = $1.1.map { Estimate.fixed($0, digits: 3) } ?? "none"
      return "L=\($0) \($1.0) (optimum \(best))"
    }
    let r2 = learned.mean(\.r2.value)
    return [
      "Gauge theory, L = \(side): survivors \(learned.survival(GaugeScan.windows)).",
      "Formulas: \(Set(learned.findings.compactMap { $0.indicator?.formula }).sorted().joined(separator: "; ")).",
      "Predictions against the optimum, all sizes: chi-square per point \(learned.curves). R2 \(r2), optimum \(Estimate.fixed(learned.best, digits: 4)).",
      "Steepest prediction: \(places.joined(separator: ", ")); it grows by ln 2 as L doubles and has no limit.",
      "Windows in which no links close, alone: R2 \(open.mean(\.r2.value)), through \(open.survival(GaugeScan.openWindows)): averages of",
      "three links times averages of the fourth hold one plaquette for each place, and are as large as their own noise.",
    ]
  }
}
