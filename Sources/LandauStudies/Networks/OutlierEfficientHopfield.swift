import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

extension Study {
  /// Memories that may answer "nothing", and attention that may look nowhere.
  static let outlierEfficientHopfield = Study(
    name: "outlier-efficient-hopfield",
    title: "Outlier-efficient modern Hopfield networks",
    source: "J. Y.-C. Hu et al., Outlier-efficient Hopfield layers, arXiv:2404.03828",
    claim: """
      With an added one in the denominator of the softmax retrieval still lowers an energy and converges; a \
      transformer trained with it has attention outputs of lower kurtosis.
      """,
    run: { run in
      let retrieval = HopfieldRetrieval(run.seed)
      let outliers = try AttentionOutliers(run)
      return StudyResult(
        findings: retrieval.findings + outliers.findings,
        figure: Figure(
          title: "Outlier-efficient Hopfield layers", panels: [retrieval.panel] + outliers.panels,
          columnCount: 2), remarks: remarks)
    })

  private static let remarks = [
    "Retrieval: 20 normal patterns of 16 numbers, beta = 0.6, 200 random states.",
    "Transformer: two blocks of width 32 with four heads, next-symbol prediction on texts in which a symbol depends on the",
    "one before and, after a mark, on the symbol behind the last such mark: most places have nothing to look for. Kurtosis",
    "of all numbers that leave attention, mean over blocks (3 for normal numbers), independent starts in pairs.",
  ]
}

/// States that fall into memories, with the outlier-efficient update.
private struct HopfieldRetrieval {
  /// Mean energy of the states, update by update.
  let energies: (softmax: [Double], plusOne: [Double])
  let largestRise: Double
  let residual: Double
  let forgotten: Double

  init(_ seed: Seed) {
    var rng = seed.child("retrieval").makeStream()
    let patterns = Tensor.normal([20, 16], type: .double, using: &rng)
    let start = Tensor.normal([200, 16], type: .double, using: &rng) * 1.5
    func follow(_ normalization: AttentionNormalization) -> (
      energies: [Double], rise: Double, residual: Double
    ) {
      let memory = Hopfield(patterns: patterns, beta: 0.6, normalization: normalization)
      var state = start
      var energy = memory.energy(state)
      var (energies, rise) = ([energy.mean().item(Double.self)], -Double.infinity)
      for _ in 0..<400 {
        state = memory(state)
        let next = memory.energy(state)
        rise = max(rise, (next - energy).max().item())
        energy = next
        energies.append(energy.mean().item())
      }
      return (energies, rise, abs(memory(state) - state).max().item())
    }
    let (softmax, plusOne) = (follow(.softmax), follow(.softmaxPlusOne))
    energies = (softmax.energies, plusOne.energies)
    largestRise = plusOne.rise
    residual = plusOne.residual
    // A state that agrees with no pattern: far away on the other side of all of them.
    let memory = Hopfield(
      patterns: abs(patterns) + 1, beta: 0.6, normalization: .softmaxPlusOne)
    forgotten = abs(memory(Tensor.full([1, 16], -4, type: .double))).max().item()
  }

  var findings: [StudyFinding] {
    [
      .bounded(
        "energyRise", "largest rise of the energy in 400 updates", largestRise, 1e-12,
        "exact: the update minimises a bound of the energy"),
      .bounded(
        "residual", "change of a state by one more update", residual, 1e-8,
        "exact: convergence to a fixed point"),
      .bounded(
        "nothing", "what is retrieved for a state unlike all patterns", forgotten, 1e-6,
        "exact: all weights vanish against the one"),
    ]
  }

  var panel: Figure.Panel {
    func above(_ energies: [Double]) -> [Double] {
      energies.prefix(60).map { max($0 - energies[energies.count - 1], 1e-14) }
    }
    let (first, second) = (above(energies.softmax), above(energies.plusOne))
    let x = first.indices.map(Double.init)
    return Figure.Panel(
      title: "Mean energy of 200 states above its limit", xAxis: .init("update"),
      yAxis: .init("energy", logarithmic: true),
      series: [
        .init("softmax", x: x, y: first, style: .linePoints),
        .init("with an added one", x: x, y: second, style: .linePoints, color: 1),
      ])
  }
}

/// Pairs of transformers that differ in the normalisation of attention alone.
private struct AttentionOutliers {
  struct Outcome: Sendable {
    var kurtosis: Double
    var loss: Double
    /// Losses in the course of the training.
    var losses: [Double]
  }

  let softmax: [Outcome]
  let plusOne: [Outcome]

  init(_ run: StudyRun) throws {
    let count = run.isQuick ? 4 : 12
    run.progress.begin("transformers", total: 2 * count)
    let outcomes = try run.pool.map(2 * count) { index in
      let outcome = try Self.train(
        index < count ? .softmax : .softmaxPlusOne, run, run.seed.child("pair", index % count))
      run.progress.advance()
      return outcome
    }
    run.progress.end()
    softmax = Array(outcomes[..<count])
    plusOne = Array(outcomes[count...])
  }

  private static func train(
    _ normalization: AttentionNormalization, _ run: StudyRun, _ seed: Seed
  ) throws -> Outcome {
    var rng = seed.child("start").makeStream()
    var model = SymbolTransformer(normalization, using: &rng)
    let texts = SymbolTransformer.texts(run.isQuick ? 1024 : 2048, seed.child("texts"))
    let test = SymbolTransformer.texts(256, seed.child("test"))
    var optimizer = AdamW(learningRate: 3e-3, weightDecay: 0.01)
    let report = fit(
      &model, using: &optimizer, training: [texts], validation: [test],
      options: TrainingOptions(
        epochs: run.isQuick ? 8 : 40, batchSize: 64, schedule: .cosine(warmUp: 50)), seed: seed,
      cancellation: run.cancellation
    ) { model, batch in model.loss(batch[0]) }
    try run.cancellation.check()
    return Outcome(
      kurtosis: model.kurtosis(test), loss: report.validationLosses.min() ?? .nan,
      losses: report.validationLosses)
  }

  var findings: [StudyFinding] {
    let gains = zip(softmax, plusOne).map { $0.kurtosis - $1.kurtosis }
    let costs = zip(softmax, plusOne).map { $1.loss - $0.loss }
    return [
      StudyFinding(
        "kurtosisGain", "kurtosis with softmax minus that with an added one",
        measured: .mean(of: gains), expected: .above(0), reference: "claimed: lower kurtosis"),
      StudyFinding(
        "lossCost", "loss with an added one minus that with softmax", measured: .mean(of: costs),
        systematicError: 0.01, expected: .value(0, error: 0),
        reference: "claimed: no loss of performance"),
    ]
  }

  var panels: [Figure.Panel] {
    func mean(_ outcomes: [Outcome]) -> [Double] {
      outcomes[0].losses.indices.map { epoch in
        outcomes.reduce(0) { $0 + $1.losses[epoch] } / Double(outcomes.count)
      }
    }
    let x = softmax[0].losses.indices.map { Double($0 + 1) }
    let pairs = softmax.indices.map(Double.init)
    return [
      Figure.Panel(
        title: "Kurtosis of what leaves attention", xAxis: .init("pair"),
        yAxis: .init("kurtosis"),
        series: [
          .init("softmax", x: pairs, y: softmax.map(\.kurtosis), style: .bars),
          .init("with an added one", x: pairs, y: plusOne.map(\.kurtosis), style: .bars, color: 1),
        ], categories: pairs.map { "\(Int($0) + 1)" }),
      Figure.Panel(
        title: "Learning", xAxis: .init("epoch"), yAxis: .init("loss on new texts"),
        series: [
          .init("softmax", x: x, y: mean(softmax)),
          .init("with an added one", x: x, y: mean(plusOne), style: .dashedLine, color: 1),
        ]),
    ]
  }
}

/// Two blocks that predict the next symbol.
private struct SymbolTransformer: TensorTree, Sendable {
  static let symbols = 12
  static let length = 32
  /// The symbol after which an older one matters.
  static let mark = 0

  var embedding: Tensor
  var places: Tensor
  var blocks: [TransformerBlock]
  var head: Dense

  init(_ normalization: AttentionNormalization, using rng: inout RandomStream) {
    let width = 32
    embedding = .normal([Self.symbols, width], using: &rng) * 0.5
    places = .normal([Self.length, width], using: &rng) * 0.5
    eval([embedding, places])
    blocks = (0..<2).map { _ in
      TransformerBlock(width: width, headCount: 4, normalization: normalization, using: &rng)
    }
    head = Dense(inputs: width, outputs: Self.symbols, using: &rng)
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("embedding", &embedding)
    visit("places", &places)
    self.visit("blocks", &blocks, visit)
    self.visit("head", &head, visit)
  }

  /// `[count, length + 1]` of int32. Symbol s is followed by s + 1 or s + 2; the one after a mark repeats what stood behind
  /// the last mark.
  static func texts(_ count: Int, _ seed: Seed) -> Tensor {
    var rng = seed.makeStream()
    var all: [Int32] = []
    for _ in 0..<count {
      var last = rng.index(below: symbols)
      var remembered = 1 + rng.index(below: symbols - 1)
      for _ in 0...length {
        all.append(Int32(last))
        if last == mark {
          // One in four marks brings something new to remember.
          if rng.index(below: 4) == 0 { remembered = 1 + rng.index(below: symbols - 1) }
          last = remembered
        } else if rng.uniform() < 0.15 {
          last = mark
        } else {
          last = 1 + (last + rng.index(below: 2)) % (symbols - 1)
        }
      }
    }
    return Tensor(all, shape: [count, length + 1])
  }

  private func inputs(_ texts: Tensor) -> Tensor {
    let seen = texts.sliced(axis: 1, 0..<Self.length)
    return embedding.gathered(seen, axis: 0) + places
  }

  func loss(_ texts: Tensor) -> Tensor {
    let mask = Attention.causalMask(queries: Self.length)
    let last = blocks.reduce(inputs(texts)) { $1($0, mask: mask) }
    let count = texts.shape[0] * Self.length
    let logits = head(last).reshaped([count, Self.symbols])
    let next = texts.sliced(axis: 1, 1..<(Self.length + 1)).reshaped([count])
    return Loss.crossEntropy(logits: logits, labels: next)
  }

  /// The fourth moment over the squared second one of what leaves attention, mean over blocks.
  func kurtosis(_ texts: Tensor) -> Double {
    let mask = Attention.causalMask(queries: Self.length)
    var x = inputs(texts)
    var sum = 0.0
    for block in blocks {
      let even = block.attention.branch.normalization(x)
      let seen = block.attention.branch.layer(even, over: even, mask: mask).asType(.double)
      let centred = seen - seen.mean()
      let square = centred * centred
      let second: Double = square.mean().item()
      let fourth: Double = (square * square).mean().item()
      sum += fourth / (second * second)
      x = block(x, mask: mask)
    }
    return sum / Double(blocks.count)
  }
}
