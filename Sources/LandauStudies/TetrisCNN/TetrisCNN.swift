import LandauCore
import LandauDiscovery
import LandauLattice
import LandauStatistics

extension Study {
  /// Which correlators a network needs, in a gauge theory and in a quantum chain.
  static let tetrisCNN = Study(
    name: "tetris-cnn",
    title: "Order parameters from the windows a network keeps",
    source: """
      Speak so a physicist can understand you! TetrisCNN for detecting phase transitions and order parameters, arXiv:2411.02237
      """,
    claim: """
      Of parallel branches with windows of different shapes, each at a price, those survive that hold the decisive correlator: \
      the plaquette of the Z2 gauge theory, neighbours in the transverse-field Ising chain; the prediction locates the change.
      """,
    run: { run in
      let gauge = try TetrisGauge(run)
      let chains = try [SpinAxis.z, .y].map { try TetrisChain($0, run) }
      return StudyResult(
        findings: gauge.findings + chains.flatMap(\.findings),
        figure: Figure(
          title: "TetrisCNN: surviving windows, activations, predictions",
          panels: gauge.panels + chains.flatMap(\.panels), columnCount: 3),
        remarks: [
          "All snapshots are independent and exact: plaquettes of the gauge theory drawn directly, ground states of the ring from",
          "free fermions. Optimum: the predictor of least squared error from the exact distribution of the sum of plaquettes",
          "or of neighbours' products. Errors: spread over repetitions, each with snapshots and networks of its own.",
        ] + gauge.remarks + chains.flatMap(\.remarks))
    })
}

extension TetrisRun.Settings {
  /// Networks are small and the data plenty: longer training changes the third digit of errors.
  init(_ run: StudyRun) {
    var effort = Discovery.Effort.quick
    effort.steps = run.isQuick ? 800 : 3000
    effort.trialSteps = run.isQuick ? 250 : 600
    effort.resamples = run.isQuick ? 100 : 400
    // Detection by other methods is another study; labels are shuffled for the whole analysis, here.
    effort.shuffles = 4
    effort.methodSteps = 0
    self.init(
      shots: run.isQuick ? 250 : 1000, repetitions: run.isQuick ? 4 : 12, effort: effort)
  }

  func with(repetitions: Int) -> TetrisRun.Settings {
    TetrisRun.Settings(shots: shots, repetitions: repetitions, effort: effort)
  }
}

extension TetrisRun {
  /// The place of the steepest prediction, one for each size: mean over the repetitions in which it lies within the scan.
  func locations(_ sides: [Int]) -> [Estimate] {
    sides.indices.map { size in
      let found = findings.compactMap { findings -> Double? in
        let peak = findings.sizes[size].peak
        return peak.kind == .located ? peak.location.value : nil
      }
      return found.isEmpty ? Estimate(.nan, error: .nan, warning: "at an edge") : .mean(of: found)
    }
  }

  /// The error that each repetition quotes for its place, root mean square: it holds the shift by smoothing, which all share.
  func ownError(_ size: Int) -> Double {
    let squares = findings.map { $0.sizes[size].peak.location.error }.map { $0 * $0 }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// Chi-square per point of prediction curves against their optima, over sizes and repetitions.
  var curves: Estimate {
    let sizes = findings.flatMap(\.sizes)
    let points = Double(sizes.reduce(0) { $0 + $1.curve.parameters.count })
    return Estimate(
      sizes.reduce(0) { $0 + ($1.chiSquare ?? .nan) } / points, error: (2 / points).squareRoot())
  }

  /// What the largest lattice's predictions explain of the parameter, in units of what the best predictor does.
  func optimality(
    _ key: String, _ name: String, _ reference: String
  ) -> StudyFinding {
    StudyFinding(
      "\(key)Optimality", "\(name): R2 of predictions, in units of the optimum's",
      measured: mean { $0.r2.value / best }, expected: .above(0.97), reference: reference)
  }

  /// The optimum's places on the same grids, by the same rule.
  func optima(_ sides: [Int]) -> [Double?] {
    sides.indices.map { findings[0].sizes[$0].optimum?.peak }
  }

  /// How often windows stayed, in words.
  func survival(_ windows: [Window]) -> String {
    frequencies(windows).map { "\($0.window.name) \($0.count)/\(findings.count)" }
      .joined(separator: ", ")
  }
}
