import LandauCore
import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Divergences of two densities without estimating either.
  static let neighborRatioDivergence = Study(
    name: "knn-ratio-divergence",
    title: "Divergences from nearest-neighbour ratios",
    source:
      "M. Noshad, K. R. Moon, S. Y. Sekeh and A. O. Hero, Direct estimation of information divergence using nearest neighbor ratios, arXiv:1702.05222",
    claim: """
      Counting whose samples are the nearest neighbours in the pooled set estimates Renyi and f-divergences; \
      a weighted ensemble over numbers of neighbours converges faster than one number.
      """,
    run: { run in
      let shifted = try ShiftedNormals(run)
      return StudyResult(
        findings: shifted.findings,
        figure: Figure(
          title: "Divergence of N(0,1) from N(1,1)", panels: shifted.panels, columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Exact: Renyi's divergence of order a is a/2, that of Kullback and Leibler 1/2. One number of neighbours is the square root of the",
    "number of samples of one law; the ensemble takes 0.4 to 4 of these. Both see the same samples. The allowed bias is 0.02; the",
    "range of the ensemble and the bound on its weights were chosen on these laws, on other samples.",
  ]
}

/// Both estimators on repeated samples of N(0,1) and N(1,1).
private struct ShiftedNormals {
  private static let divergences: [(divergence: Divergence, key: String, exact: Double)] = [
    (.renyi(order: 0.5), "renyi05", 0.25), (.renyi(order: 0.8), "renyi08", 0.4),
    (.kullbackLeibler, "kullbackLeibler", 0.5),
  ]

  let sizes: [Int]
  /// `[size][repetition][divergence]` of one number of neighbours and of the ensemble.
  let single: [[[Estimate]]]
  let ensemble: [[[Estimate]]]

  init(_ run: StudyRun) throws {
    sizes = run.isQuick ? [500, 2000, 20_000] : [250, 500, 1000, 2000, 5000, 10_000, 20_000]
    let repetitions = run.isQuick ? [80, 40, 8] : [400, 400, 200, 200, 100, 60, 48]
    var (single, ensemble): ([[[Estimate]]], [[[Estimate]]]) = ([], [])
    run.progress.begin("samples", total: repetitions.reduce(0, +))
    for (size, count) in zip(sizes, repetitions) {
      let found = try run.pool.map(count) { index -> ([Estimate], [Estimate]) in
        try run.cancellation.check()
        defer { run.progress.advance() }
        var rng = run.seed.child("samples", size, index).makeStream()
        func normals(_ mean: Double) -> SampleMatrix {
          SampleMatrix(
            (0..<size).map { _ in mean + rng.normal() }, rowCount: size, columnCount: 1)
        }
        let (first, second) = (normals(0), normals(1))
        func estimates(_ counts: NeighborRatios.Counts) -> [Estimate] {
          let ratios = NeighborRatios(of: first, to: second, counts: counts, pool: run.pool)
          return Self.divergences.map { ratios.estimate($0.divergence) }
        }
        return (estimates(.squareRoot), estimates(.ensemble))
      }
      single.append(found.map(\.0))
      ensemble.append(found.map(\.1))
    }
    run.progress.end()
    self.single = single
    self.ensemble = ensemble
  }

  /// The root mean square distance to the exact value.
  private static func distance(_ estimates: [[Estimate]], _ index: Int) -> Estimate {
    let exact = divergences[index].exact
    let mean = Estimate.mean(of: estimates.map { pow($0[index].value - exact, 2) })
    let root = mean.value.squareRoot()
    return Estimate(root, error: mean.error / (2 * root), degreesOfFreedom: mean.degreesOfFreedom)
  }

  var findings: [StudyFinding] {
    let last = sizes.count - 1
    var findings = Self.divergences.indices.map { index in
      StudyFinding(
        Self.divergences[index].key,
        "\(Self.divergences[index].divergence.name), ensemble, \(sizes[last]) samples of each",
        measured: .mean(of: ensemble[last].map { $0[index].value }),
        systematicError: 0.02 / 3,
        expected: .value(Self.divergences[index].exact, error: 0),
        reference: "exact; a bias of 0.02 is allowed")
    }
    findings += Self.divergences.indices.map { index in
      // Of every repetition the deviation towards the side of the bias; their means are the two biases.
      let exact = Self.divergences[index].exact
      func bias(_ estimates: [[Estimate]]) -> [Double] {
        let side: Double = Self.mean(estimates, index) < exact ? -1 : 1
        return estimates.map { side * ($0[index].value - exact) }
      }
      let gain = zip(bias(single[last]), bias(ensemble[last])).map { $0 - $1 }
      return StudyFinding(
        Self.divergences[index].key + "Gain",
        "bias that the ensemble takes away, \(Self.divergences[index].divergence.name)",
        measured: .mean(of: gain), expected: .above(0), reference: "claimed: faster")
    }
    // The error quoted with an estimate against the scatter of repetitions.
    let quoted =
      ensemble[last].reduce(0) { $0 + pow($1[1].error, 2) } / Double(ensemble[last].count)
    let values = Estimate.mean(of: ensemble[last].map { $0[1].value })
    let count = Double(ensemble[last].count)
    let ratio = values.error * count.squareRoot() / quoted.squareRoot()
    findings.append(
      StudyFinding(
        "errorRatio",
        "scatter of repetitions over the error quoted, \(Self.divergences[1].divergence.name)",
        measured: Estimate(ratio, error: ratio / (2 * (count - 1)).squareRoot()),
        systematicError: 0.1, expected: .value(1, error: 0),
        reference: "one, to a tenth: scatter of single ratios is not in the quoted error"))
    return findings
  }

  private static func mean(_ estimates: [[Estimate]], _ index: Int) -> Double {
    estimates.reduce(0) { $0 + $1[index].value } / Double(estimates.count)
  }

  var panels: [Figure.Panel] {
    let x = sizes.map(Double.init)
    return Self.divergences.enumerated().map { index, entry in
      func series(_ label: String, _ estimates: [[[Estimate]]], _ color: Int) -> Figure.Series {
        let values = estimates.map { Estimate.mean(of: $0.map { $0[index].value }) }
        return Figure.Series(
          label, x: x, y: values.map(\.value), errors: values.map(\.error), style: .linePoints,
          color: color)
      }
      return Figure.Panel(
        title: entry.divergence.name, xAxis: .init("samples of each law", logarithmic: true),
        yAxis: .init("mean estimate (nats)"),
        series: [
          series("one number", single, 0), series("ensemble", ensemble, 1),
          Figure.Series(
            "exact", x: [x[0], x[x.count - 1]], y: [entry.exact, entry.exact], style: .dashedLine,
            color: -1),
        ])
    } + [
      Figure.Panel(
        title: "Distance to the exact value, order 0.8",
        xAxis: .init("samples of each law", logarithmic: true),
        yAxis: .init("root mean square", logarithmic: true),
        series: [(single, "one number"), (ensemble, "ensemble")].enumerated().map { color, pair in
          let found = pair.0.map { Self.distance($0, 1) }
          return Figure.Series(
            pair.1, x: x, y: found.map(\.value), errors: found.map(\.error), style: .linePoints,
            color: color)
        })
    ]
  }
}
