import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Attention between places is the couplings of a Potts model.
  static let factoredAttentionPotts = Study(
    name: "factored-attention-potts",
    title: "Attention as Potts pseudo-likelihood",
    source: "R. Rende et al., arXiv:2304.07235",
    claim: """
      One layer of factored attention, trained to predict masked sites, learns the conditionals of a Potts model whose \
      pairs share one matrix of colours: its weights are the couplings.
      """,
    run: { run in
      let learning = try CouplingsFromAttention(run)
      return StudyResult(
        findings: learning.findings, figure: learning.figure, remarks: remarks + learning.remarks)
    })

  private static let remarks = [
    "8 sites, 3 colours, all pairs coupled (normal, width 1/2), one matrix of colours, enumerated: losses of the trained layers and the",
    "conditional entropy are exact sums. Errors: the scatter of independent models, samples and initial weights together.",
    "Weights carry a factor that the values take back; a correlation does not see it. They are not normalised: with softmax rows",
    "are positive and sum to one, and couplings of both signs are out of reach.",
  ]
}

/// Layers trained on ever more samples of random Potts models.
private struct CouplingsFromAttention {
  static let sampleCounts = [32, 128, 512, 2048, 8192, 32768]

  /// What one trained layer is worth.
  struct Outcome: Sendable {
    var correlation: Double
    /// Relative to the conditional entropy.
    var excess: Double
  }

  /// `[model][sample count]`.
  let learned: [[Outcome]]
  /// With the most samples, by model.
  let shuffled: [Outcome]
  let softmax: [Outcome]
  /// Couplings and scaled weights of the first model with the most samples.
  let example: (couplings: [Double], weights: [Double])
  /// The largest change of the output at a site whose own colour changes.
  let selfInfluence: Double

  init(_ run: StudyRun) throws {
    let models = run.isQuick ? 6 : 24
    let counts = Self.sampleCounts
    run.progress.begin("factored attention", total: models * (counts.count + 2))
    let results = try run.pool.map(models) { number in
      try Self.model(run.seed.child("model", number), run)
    }
    learned = results.map { Array($0.outcomes.prefix(counts.count)) }
    shuffled = results.map { $0.outcomes[counts.count] }
    softmax = results.map { $0.outcomes[counts.count + 1] }
    let pairs = results[0].couplings.indices.filter { !$0.isMultiple(of: PottsInstance.sites + 1) }
    example = (pairs.map { results[0].couplings[$0] }, pairs.map { results[0].weights[$0] })
    selfInfluence = Self.selfInfluence(run.seed)
  }

  private static func model(
    _ seed: Seed, _ run: StudyRun
  ) throws -> (outcomes: [Outcome], couplings: [Double], weights: [Double]) {
    let instance = try PottsInstance(seed: seed)
    var rng = seed.child("samples").makeStream()
    var (outcomes, weights): ([Outcome], [Double]) = ([], [])
    func learn(_ counts: [Int], _ normalization: AttentionNormalization? = nil) throws
      -> MaskedPrediction
    {
      try run.cancellation.check()
      let layer = MaskedPrediction(
        instance, counts: counts, normalization: normalization,
        seed: seed.child("layer", outcomes.count), cancellation: run.cancellation)
      outcomes.append(
        Outcome(
          correlation: layer.correlation(with: instance),
          excess: layer.loss / instance.conditionalEntropy - 1))
      run.progress.advance()
      return layer
    }
    var counts: [Int] = []
    for count in sampleCounts {
      counts = instance.draws(count, using: &rng)
      weights = try learn(counts).scaledWeights(to: instance)
    }
    _ = try learn(PottsInstance.shuffled(counts, using: &rng))
    _ = try learn(counts, .softmax)
    return (outcomes, instance.couplings, weights)
  }

  private static func selfInfluence(_ seed: Seed) -> Double {
    var rng = seed.child("influence").makeStream()
    let (sites, colours) = (PottsInstance.sites, PottsInstance.colours)
    let layer = FactoredAttention(
      places: sites, inputs: colours, outputs: colours, type: .double, using: &rng)
    var spins = (0..<sites).map { _ in Int32(rng.index(below: colours)) }
    func output() -> [Double] {
      layer(Tensor(spins, shape: [1, sites]).oneHot(colours, type: .double)).scalars(Double.self)
    }
    let before = output()
    spins[2] = (spins[2] + 1) % Int32(colours)
    let after = output()
    return (2 * colours..<3 * colours).reduce(0) { max($0, abs(after[$1] - before[$1])) }
  }

  private func mean(_ count: Int, _ value: (Outcome) -> Double) -> Estimate {
    .mean(of: learned.map { value($0[count]) })
  }

  /// d ln excess / d ln samples between the last but two and the last number of samples.
  private var slope: Estimate {
    let last = Self.sampleCounts.count - 1
    let length = log(Double(Self.sampleCounts[last]) / Double(Self.sampleCounts[last - 2]))
    return .mean(of: learned.map { log($0[last].excess / $0[last - 2].excess) / length })
  }

  var findings: [StudyFinding] {
    let last = Self.sampleCounts.count - 1
    let most = "\(Self.sampleCounts[last]) samples"
    return [
      StudyFinding(
        "correlation", "correlation of weights and couplings, \(most)",
        measured: mean(last, \.correlation), expected: .above(0.95), reference: "claimed"),
      StudyFinding(
        "excess", "exact loss over the conditional entropy, less 1, \(most)",
        measured: mean(last, \.excess), expected: .below(0.02),
        reference: "claimed; 0 is the optimum"),
      StudyFinding(
        "slope", "d ln excess/d ln samples from \(Self.sampleCounts[last - 2]) on", measured: slope,
        systematicError: 0.05, expected: .value(-1, error: 0),
        reference: "exact for many samples where the model is in reach"),
      .exactly(
        "selfInfluence", "what a site's own colour changes in its prediction", selfInfluence, 0,
        "exact: every site is masked from itself"),
      StudyFinding(
        "scarceCorrelation", "correlation, \(Self.sampleCounts[0]) samples",
        measured: mean(0, \.correlation), expected: .below(0.95), reference: "control: too few"),
      StudyFinding(
        "shuffledCorrelation", "correlation, sites of each sample shuffled, \(most)",
        measured: .mean(of: shuffled.map(\.correlation)), expected: .value(0, error: 0),
        reference: "control: places mean nothing"),
      StudyFinding(
        "softmaxExcess", "excess with softmax weights, \(most)",
        measured: .mean(of: softmax.map(\.excess)), expected: .above(0.02),
        reference: "control: the model is out of reach"),
    ]
  }

  var remarks: [String] {
    ["Softmax weights: correlation \(Estimate.mean(of: softmax.map(\.correlation)))."]
  }

  var figure: Figure {
    let x = Self.sampleCounts.map(Double.init)
    func series(
      _ label: String, _ value: (Outcome) -> Double, color: Int
    ) -> Figure.Series {
      let values = x.indices.map { mean($0, value) }
      return .init(
        label, x: x, y: values.map(\.value), errors: values.map(\.error), style: .linePoints,
        color: color)
    }
    func control(_ label: String, _ values: [Double], color: Int) -> Figure.Series {
      let value = Estimate.mean(of: values)
      return .init(
        label, x: [x[x.count - 1]], y: [value.value], errors: [value.error], style: .points,
        color: color)
    }
    let range = x[0] / 1.5...x[x.count - 1] * 1.5
    let ends = [x[0], x[x.count - 1]]
    let excess = mean(x.count - 1, \.excess).value
    return Figure(
      title: "Attention as the couplings of a Potts model",
      panels: [
        Figure.Panel(
          title: "One model, \(Self.sampleCounts[x.count - 1]) samples",
          xAxis: .init("coupling J_{ij}"), yAxis: .init("attention A_{ij}, scaled"),
          series: [
            .init("pairs", x: example.couplings, y: example.weights, style: .points),
            .init("equal", x: [-1.5, 1.5], y: [-1.5, 1.5], style: .dashedLine, color: -1),
          ]),
        Figure.Panel(
          title: "Correlation with the couplings",
          xAxis: .init("samples", range: range, logarithmic: true), yAxis: .init("correlation"),
          series: [
            series("factored attention", \.correlation, color: 0),
            control("sites shuffled", shuffled.map(\.correlation), color: 1),
            control("softmax", softmax.map(\.correlation), color: 2),
            .init("0.95", x: ends, y: [0.95, 0.95], style: .dashedLine, color: -1),
          ]),
        Figure.Panel(
          title: "Exact loss above the conditional entropy",
          xAxis: .init("samples", range: range, logarithmic: true),
          yAxis: .init("relative excess", logarithmic: true),
          series: [
            series("factored attention", \.excess, color: 0),
            control("sites shuffled", shuffled.map(\.excess), color: 1),
            control("softmax", softmax.map(\.excess), color: 2),
            .init(
              "1/samples", x: ends, y: [excess * ends[1] / ends[0], excess], style: .dashedLine,
              color: -1),
          ]),
      ], columnCount: 3)
  }
}
