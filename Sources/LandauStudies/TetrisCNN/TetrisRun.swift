import LandauCore
import LandauDiscovery
import LandauStatistics

/// The whole unattended analysis of fresh snapshots, several times over.
struct TetrisRun: Sendable {
  struct Settings: Sendable {
    /// Snapshots at each value.
    var shots: Int
    var repetitions: Int
    var effort: Discovery.Effort
  }

  let findings: [Findings]
  /// The largest lattice of each repetition.
  let ensembles: [Ensemble]
  /// The share of the parameter's variance that the best predictor explains, of the largest lattice.
  let best: Double

  /// - Parameter isShuffled: deals the values of the parameter out anew over all snapshots.
  /// - Throws: `Interrupted` when cancelled.
  init(
    _ scan: some TetrisScan, name: String, sides: [Int], windows: [Window], settings: Settings,
    isShuffled: Bool = false, run: StudyRun
  ) throws {
    var findings: [Findings] = []
    var largest: [Ensemble] = []
    let distributions = try sides.map { try scan.distributions(side: $0) }
    best = distributions[distributions.count - 1].explainedShare
    for repetition in 0..<settings.repetitions {
      try run.cancellation.check()
      let seed = run.seed.child(name, repetition)
      let ensembles = try sides.map { side -> Ensemble in
        var snapshots = try scan.snapshots(
          side: side, shots: settings.shots, seed: seed.child("snapshots", side), pool: run.pool)
        if isShuffled { snapshots = snapshots.shuffled(seed.child("labels", side)) }
        return Ensemble(snapshots, windows: windows, pool: run.pool)
      }
      var discovery = Discovery(
        windows: windows, seed: seed.child("discovery"), effort: settings.effort)
      if !isShuffled { discovery.distributions = distributions }
      findings.append(
        try discovery.run(
          ensembles, pool: run.pool, progress: run.progress, cancellation: run.cancellation))
      largest.append(ensembles[ensembles.count - 1])
    }
    self.findings = findings
    ensembles = largest
  }

  /// The windows that stayed, one list for each repetition.
  var survivors: [[Window]] {
    findings.map { $0.branches.filter(\.isAlive).map(\.window) }
  }

  /// The share of repetitions in which one window stayed, or stayed and no other.
  func share(surviving window: Window, alone: Bool) -> Estimate {
    let count = survivors.count { $0.contains(window) && (!alone || $0.count == 1) }
    return .fraction(Double(count) / Double(survivors.count), of: survivors.count)
  }

  /// How often each window stayed, the most frequent first.
  func frequencies(_ windows: [Window]) -> [(window: Window, count: Int)] {
    windows.map { window in (window, survivors.count { $0.contains(window) }) }
      .sorted { $0.count > $1.count }
  }

  /// The share of each repetition's leading activation that one correlator explains.
  func linearShare(of term: Term) -> Estimate {
    .mean(
      of: zip(findings, ensembles).map { findings, ensemble in
        BranchActivation(findings, ensemble).map { $0.explained(by: term) } ?? 0
      })
  }

  /// A property of the largest lattice, the mean over repetitions.
  func mean(_ property: (SizeFindings) -> Double) -> Estimate {
    .mean(of: findings.map { property($0.sizes[$0.sizes.count - 1]) })
  }
}

extension Snapshots {
  /// The same snapshots with the values of the parameter dealt out by chance.
  fileprivate func shuffled(_ seed: Seed) -> Snapshots {
    var rng = seed.makeStream()
    var labels = parameterIndex
    rng.shuffle(&labels)
    return Snapshots(
      siteShape: siteShape, channels: channels, values: values, levels: levels,
      parameterName: parameterName, parameters: parameters, parameterIndex: labels, chain: chain,
      isSequential: isSequential, boundary: boundary)
  }
}

/// The activation of the branch that moves most, as its exact expansion in correlators, on every snapshot.
struct BranchActivation {
  let values: [Double]
  let ensemble: Ensemble
  let window: Int

  /// nil where no branch is left.
  init?(_ findings: Findings, _ ensemble: Ensemble) {
    let alive = findings.branches.filter(\.isAlive)
    guard let branch = alive.max(by: { $0.importance < $1.importance }),
      let window = ensemble.counts.windows.firstIndex(of: branch.window)
    else { return nil }
    let columns = ensemble.counts.ranges[window]
    var coefficients: [Term: Double] = [:]
    for found in branch.expansion { coefficients[found.term] = found.coefficient.value }
    // A correlator that the window holds at several places has as many columns; each has its part.
    var copies: [Term: Double] = [:]
    for column in columns { copies[ensemble.counts.terms[column], default: 0] += 1 }
    let weights = columns.map { column -> Double in
      let term = ensemble.counts.terms[column]
      return (coefficients[term] ?? 0) / (copies[term] ?? 1)
    }
    let width = ensemble.counts.featureCount
    values = (0..<ensemble.sampleCount).map { sample in
      zip(columns, weights).reduce(0) {
        $0 + $1.1 * Double(ensemble.counts.values[sample * width + $1.0])
      }
    }
    self.ensemble = ensemble
    self.window = window
  }

  /// The squared correlation with one correlator over all snapshots.
  func explained(by term: Term) -> Double {
    let width = ensemble.counts.featureCount
    guard
      let column = ensemble.counts.ranges[window].first(where: { ensemble.counts.terms[$0] == term }
      )
    else { return 0 }
    return Self.squaredCorrelation(
      values,
      (0..<ensemble.sampleCount).map { Double(ensemble.counts.values[$0 * width + column]) })
  }

  private static func squaredCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      aa += (x - ma) * (x - ma)
      bb += (y - mb) * (y - mb)
      ab += (x - ma) * (y - mb)
    }
    return aa * bb > 0 ? ab * ab / (aa * bb) : 0
  }

  /// Mean and standard error at each value of the parameter.
  var means: [Estimate] { ensemble.means(values) }

  /// The straight line through the means against exact values, and the distance of the means from it.
  func line(through exact: [Double]) -> (offset: Double, slope: Double, chiSquare: Double) {
    let means = means
    var (s, sx, sy, sxx, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, y) in zip(exact, means) {
      let w = 1 / (y.error * y.error)
      s += w
      sx += w * x
      sy += w * y.value
      sxx += w * x * x
      sxy += w * x * y.value
    }
    let slope = (s * sxy - sx * sy) / (s * sxx - sx * sx)
    let offset = (sy - slope * sx) / s
    let chi = zip(exact, means).reduce(0) { sum, point in
      let pull = (point.1.value - offset - slope * point.0) / point.1.error
      return sum + pull * pull
    }
    return (offset, slope, chi)
  }
}

extension Ensemble {
  /// Means of independent snapshots at each value of the parameter.
  func means(_ values: [Double]) -> [Estimate] {
    parameters.indices.map { index in
      .mean(of: values.indices.filter { parameterIndex[$0] == index }.map { values[$0] })
    }
  }
}
