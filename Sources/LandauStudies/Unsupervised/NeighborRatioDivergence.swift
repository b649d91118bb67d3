import LandauCore
import LandauDiscovery
import LandauStatistics

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
      let normals = try RatioTrial(
        "N(0,1) from N(1,1)", .shiftedNormals, sizes: [500, 2000, 20_000],
        repetitions: run.isQuick ? [40, 40, 8] : [400, 200, 48], run)
      let ramp = try RatioTrial(
        "a ramp from the uniform law", .ramp, sizes: [250, 500, 1000, 2000, 5000],
        repetitions: run.isQuick ? [100, 100, 80, 60, 40] : [1000, 1000, 600, 400, 200], run)
      return StudyResult(
        findings: normals.values + [normals.errorRatio] + ramp.values + ramp.gains,
        figure: Figure(
          title: "Divergences from nearest-neighbour ratios",
          panels: [
            normals.meanPanel(1), normals.meanPanel(2), ramp.meanPanel(2), ramp.distancePanel(2),
          ], columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "Normal laws: Renyi's divergence of order a is a/2, that of Kullback and Leibler 1/2. The ramp has the density 0.2 + 1.6 x on the",
    "unit interval, so that its ratio to the uniform law is bounded, as the theory of the ensemble wants it. One number of neighbours is",
    "the square root of the number of samples of one law; the ensemble takes 0.4 to 4 of these. Both see the same samples.",
    "On the normal laws the ratio has no bound: there the ensemble takes away most of the bias of Renyi's divergence of order 0.5, but at",
    "these sizes it is no better for that of Kullback and Leibler, whose value comes from the tail. The range of the ensemble and",
    "the bound on its weights were chosen with other samples of these laws in sight.",
  ]
}

/// Both estimators on repeated samples of two laws.
private struct RatioTrial {
  enum Laws { case shiftedNormals, ramp }

  private static let divergences: [(divergence: Divergence, key: String)] = [
    (.renyi(order: 0.8), "renyi08"), (.renyi(order: 0.5), "renyi05"),
    (.kullbackLeibler, "kullbackLeibler"),
  ]

  let name: String
  let laws: Laws
  let sizes: [Int]
  /// `[size][repetition][divergence]` of one number of neighbours and of the ensemble.
  let single: [[[Estimate]]]
  let ensemble: [[[Estimate]]]

  init(_ name: String, _ laws: Laws, sizes: [Int], repetitions: [Int], _ run: StudyRun) throws {
    self.name = name
    self.laws = laws
    self.sizes = sizes
    var (single, ensemble): ([[[Estimate]]], [[[Estimate]]]) = ([], [])
    run.progress.begin(name, total: repetitions.reduce(0, +))
    for (size, count) in zip(sizes, repetitions) {
      let found = try run.pool.map(count) { index -> ([Estimate], [Estimate]) in
        try run.cancellation.check()
        defer { run.progress.advance() }
        var rng = run.seed.child(name, size, index).makeStream()
        let (first, second) = Self.samples(laws, size, using: &rng)
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

  private static let (low, high) = (0.2, 1.8)

  private static func samples(
    _ laws: Laws, _ size: Int, using rng: inout RandomStream
  ) -> (SampleMatrix, SampleMatrix) {
    func matrix(_ number: () -> Double) -> SampleMatrix {
      SampleMatrix((0..<size).map { _ in number() }, rowCount: size, columnCount: 1)
    }
    switch laws {
    case .shiftedNormals: return (matrix { rng.normal() }, matrix { 1 + rng.normal() })
    case .ramp:
      // The integral 0.2 x + 0.8 x^2, inverted.
      let slope = high - low
      let first = matrix { ((low * low + 2 * slope * rng.uniform()).squareRoot() - low) / slope }
      return (first, matrix { rng.uniform() })
    }
  }

  /// Closed forms: of a ramp from a to b, the mean of r^s is (b^(s+1) - a^(s+1))/((s + 1)(b - a)).
  private func exact(_ index: Int) -> Double {
    let (a, b) = (Self.low, Self.high)
    func mean(_ s: Double) -> Double { (pow(b, s + 1) - pow(a, s + 1)) / ((s + 1) * (b - a)) }
    func primitive(_ r: Double) -> Double { r * r / 2 * log(r) - r * r / 4 }
    switch (laws, index) {
    case (.shiftedNormals, 0): return 0.4
    case (.shiftedNormals, 1): return 0.25
    case (.shiftedNormals, _): return 0.5
    case (.ramp, 0): return log(mean(0.8)) / -0.2
    case (.ramp, 1): return log(mean(0.5)) / -0.5
    case (.ramp, _): return (primitive(b) - primitive(a)) / (b - a)
    }
  }

  /// The means over repetitions at the largest size.
  var values: [StudyFinding] {
    let last = sizes.count - 1
    return Self.divergences.enumerated().map { index, entry in
      StudyFinding(
        laws == .ramp ? entry.key + "Ramp" : entry.key,
        "\(entry.divergence.name), \(name), \(sizes[last]) samples of each",
        measured: .mean(of: ensemble[last].map { $0[index].value }), systematicError: 0.02 / 3,
        expected: .value(exact(index), error: 0), reference: "exact; a bias of 0.02 is allowed")
    }
  }

  /// Root mean square distances of the ensemble over those of one number, at 2000 samples.
  var gains: [StudyFinding] {
    let size = sizes.firstIndex(of: 2000) ?? 0
    return [1, 2].map { index in
      let (a, b) = (distance(ensemble[size], index), distance(single[size], index))
      let ratio = a.value / b.value
      let relative = (pow(a.error / a.value, 2) + pow(b.error / b.value, 2)).squareRoot()
      return StudyFinding(
        Self.divergences[index].key + "Gain",
        "distance to the exact value, ensemble over one number, \(Self.divergences[index].divergence.name), \(name)",
        measured: Estimate(ratio, error: ratio * relative), expected: .below(1),
        reference: "claimed: faster")
    }
  }

  /// The error quoted with an estimate against the scatter of repetitions, at 2000 samples.
  var errorRatio: StudyFinding {
    let size = sizes.firstIndex(of: 2000) ?? 0
    let estimates = ensemble[size].map { $0[1] }
    let count = Double(estimates.count)
    let quoted = estimates.reduce(0) { $0 + $1.error * $1.error } / count
    let scatter = Estimate.mean(of: estimates.map(\.value)).error * count.squareRoot()
    let ratio = scatter / quoted.squareRoot()
    return StudyFinding(
      "errorRatio",
      "scatter of repetitions over the error quoted, \(Self.divergences[1].divergence.name)",
      measured: Estimate(ratio, error: ratio / (2 * (count - 1)).squareRoot()),
      systematicError: 0.2, expected: .value(1, error: 0),
      reference: "one, to a fifth: the scatter of single ratios is not in the quoted error")
  }

  /// The root mean square distance to the exact value.
  private func distance(_ estimates: [[Estimate]], _ index: Int) -> Estimate {
    let exact = exact(index)
    let mean = Estimate.mean(of: estimates.map { pow($0[index].value - exact, 2) })
    let root = mean.value.squareRoot()
    return Estimate(root, error: mean.error / (2 * root), degreesOfFreedom: mean.degreesOfFreedom)
  }

  func meanPanel(_ index: Int) -> Figure.Panel {
    let x = sizes.map(Double.init)
    func series(_ label: String, _ estimates: [[[Estimate]]], _ color: Int) -> Figure.Series {
      let values = estimates.map { Estimate.mean(of: $0.map { $0[index].value }) }
      return Figure.Series(
        label, x: x, y: values.map(\.value), errors: values.map(\.error), style: .linePoints,
        color: color)
    }
    return Figure.Panel(
      title: "\(Self.divergences[index].divergence.name), \(name)",
      xAxis: .init("samples of each law", logarithmic: true),
      yAxis: .init("mean estimate (nats)"),
      series: [
        series("one number", single, 0), series("ensemble", ensemble, 1),
        Figure.Series(
          "exact", x: [x[0], x[x.count - 1]], y: [exact(index), exact(index)],
          style: .dashedLine, color: -1),
      ])
  }

  func distancePanel(_ index: Int) -> Figure.Panel {
    Figure.Panel(
      title: "Distance to the exact value, \(name)",
      xAxis: .init("samples of each law", logarithmic: true),
      yAxis: .init("root mean square", logarithmic: true),
      series: [(single, "one number"), (ensemble, "ensemble")].enumerated().map { color, pair in
        let found = pair.0.map { distance($0, index) }
        return Figure.Series(
          pair.1, x: sizes.map(Double.init), y: found.map(\.value), errors: found.map(\.error),
          style: .linePoints, color: color)
      })
  }
}
