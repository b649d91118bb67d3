import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The transverse-field Ising ring in one basis: neighbours tell the field.
struct TetrisChain: Sendable {
  static let neighbours = Window(rows: 1, columns: 2)
  static let neighbourProduct = Term([
    Term.Factor(row: 0, column: 0, channel: 0), Term.Factor(row: 0, column: 1, channel: 0),
  ])

  let sides: [Int]
  let windows: [Window]
  let scan: ChainScan
  /// The largest ring through all windows.
  let learned: TetrisRun
  /// All rings through neighbours alone, where the optimum is known.
  let pairs: TetrisRun
  let shuffled: TetrisRun
  /// Share of the field's variance that the best predictor from whole snapshots explains.
  let wholeSnapshots: Estimate

  init(_ basis: SpinAxis, _ run: StudyRun) throws {
    sides = run.isQuick ? [16, 32, 64] : [16, 32, 64, 128]
    scan = ChainScan(basis: basis)
    windows = Window.standard(siteShape: [sides[0]], channelCount: 1)
    let settings = TetrisRun.Settings(run)
    let largest = sides[sides.count - 1]
    learned = try TetrisRun(
      scan, name: "chain-\(basis)", sides: [largest], windows: windows, settings: settings, run: run
    )
    pairs = try TetrisRun(
      scan, name: "chain-\(basis)-pairs", sides: sides, windows: [Self.neighbours],
      settings: settings.with(repetitions: max(3, settings.repetitions / 2)), run: run)
    shuffled = try TetrisRun(
      scan, name: "chain-\(basis)-shuffled", sides: [largest], windows: windows,
      settings: settings.with(repetitions: max(2, settings.repetitions / 4)), isShuffled: true,
      run: run)
    wholeSnapshots = try scan.explainedShare(
      side: largest, shots: run.isQuick ? 30 : 200, seed: run.seed.child("posterior-\(basis)"),
      pool: run.pool)
  }

  private var side: Int { sides[sides.count - 1] }
  private var name: String { "chain, \(scan.basis)" }

  var findings: [StudyFinding] {
    let key = "chain\("\(scan.basis)".uppercased())"
    let places = pairs.locations(sides)
    let best = pairs.optima(sides)[sides.count - 1] ?? .nan
    let found = learned.locations([side])[0]
    return [
      StudyFinding(
        "\(key)NeighboursSurvive",
        "\(name): repetitions in which \(Self.neighbours.name) stays",
        measured: learned.share(surviving: Self.neighbours, alone: false), expected: .above(0.5),
        reference: "arXiv:2411.02237"),
      StudyFinding(
        "\(key)Activation",
        "\(name): share of the leading activation that is neighbours' mean product",
        measured: learned.linearShare(of: Self.neighbourProduct), expected: .above(0.95),
        reference: "squared correlation over all snapshots"),
      StudyFinding(
        "\(key)NearTransition", "\(name): distance of the steepest prediction from the transition",
        measured: Estimate(abs(found.value - 1), error: found.error),
        expected: .below(0.1), reference: "g = 1 (Pfeuty 1970); N = \(side), all windows"),
      pairs.optimality(
        key, "\(name), 1x2 alone",
        "exact distribution of neighbours' products, N = \(side)"),
      StudyFinding(
        "\(key)Location", "\(name), 1x2 alone: steepest prediction, N = \(side)",
        measured: places[sides.count - 1], systematicError: pairs.ownError(sides.count - 1),
        expected: .value(best, error: 0),
        reference: "of the optimal curve on the same grid"),
      StudyFinding.exactly(
        "\(key)ShuffledSurvivors", "\(name): windows that survive shuffled labels",
        Double(shuffled.survivors.reduce(0) { $0 + $1.count }), 0, "nothing to learn"),
    ]
  }

  var remarks: [String] {
    let places = zip(sides, zip(pairs.locations(sides), pairs.optima(sides))).map {
      let best = $1.1.map { Estimate.fixed($0, digits: 3) } ?? "none"
      return "N=\($0) \($1.0) (optimum \(best))"
    }
    return [
      "Chain in \(scan.basis), N = \(side): survivors \(learned.survival(windows)).",
      "Formulas: \(Set(learned.findings.compactMap { $0.indicator?.formula }).sorted().joined(separator: "; ")).",
      "R2 \(learned.mean(\.r2.value)), through 1x2 alone \(pairs.mean(\.r2.value)); the best from neighbours \(Estimate.fixed(pairs.best, digits: 4)), from whole snapshots \(wholeSnapshots).",
      "Through 1x2 alone, all sizes: chi-square per point \(pairs.curves) against the optimum.",
      "Steepest prediction \(learned.locations([side])[0]); through 1x2 alone \(places.joined(separator: ", ")).",
    ]
  }
}

extension ChainScan {
  /// The share of the field's variance that the best predictor from whole snapshots explains: with exact probabilities, over
  /// snapshots drawn afresh.
  func explainedShare(side: Int, shots: Int, seed: Seed, pool: WorkerPool) throws -> Estimate {
    let snapshots = try snapshots(side: side, shots: shots, seed: seed, pool: pool)
    let chains = try values.indices.map { try chain($0, side: side) }
    let errors = try pool.map(snapshots.sampleCount) { sample -> Double in
      let spins = snapshots.values[sample * side..<(sample + 1) * side]
      let logarithms = chains.map { $0.logProbability(spins, axis: basis) }
      let top = logarithms.max() ?? 0
      let weights = logarithms.map { exp($0 - top) }
      let best = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
      let distance = best - values[Int(snapshots.parameterIndex[sample])]
      return distance * distance
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let error = Estimate.mean(of: errors)
    return Estimate(1 - error.value / variance, error: error.error / variance)
  }
}
