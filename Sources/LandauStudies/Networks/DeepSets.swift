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
  /// Functions of sets: the order of the members does not matter.
  static let deepSets = Study(
    name: "deep-sets",
    title: "Deep sets",
    source: "M. Zaheer et al., Deep sets, arXiv:1703.06114",
    claim: """
      A sum over members between two networks is invariant under their order, and learns the entropy of \
      normal distributions, (1/2) ln(2 pi e s^2), from samples of them.
      """,
    run: { run in
      let symmetry = SetSymmetry(run.seed)
      let entropy = try SetEntropy(run)
      return StudyResult(
        findings: symmetry.findings + entropy.findings,
        figure: Figure(title: "Deep sets", panels: entropy.panels, columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "Sets of 512 numbers from normal distributions with s between 0.3 and 3, mean 0. The best estimate from such a",
    "set is the logarithm of its root mean square, whose error is 1/sqrt(2 n) = 0.031: no network can do better.",
  ]
}

/// What the order of the members changes: nothing but rounding.
private struct SetSymmetry {
  let invariance: Double
  let equivariance: Double

  init(_ seed: Seed) {
    var rng = seed.child("symmetry").makeStream()
    let element = Sequential.perceptron(
      widths: [3, 16, 16], activation: .tanh, type: .double, using: &rng)
    let whole = Sequential.perceptron(
      widths: [16, 16, 2], activation: .tanh, type: .double, using: &rng)
    let set = DeepSet(element: element, whole: whole, pooling: .mean)
    let layer = SetEquivariant(inputs: 3, outputs: 5, type: .double, using: &rng)
    let x = Tensor.normal([10, 40, 3], type: .double, using: &rng)
    var order = (0..<40).map { Int32($0) }
    rng.shuffle(&order)
    let shuffled = x.gathered(Tensor(order), axis: 1)
    func difference(_ a: Tensor, _ b: Tensor) -> Double { abs(a - b).max().item() }
    invariance = difference(set(x), set(shuffled))
    equivariance = difference(layer(x).gathered(Tensor(order), axis: 1), layer(shuffled))
  }

  var findings: [StudyFinding] {
    let exact = "exact up to the rounding of sums in another order"
    return [
      .bounded("invariance", "invariant sum, members shuffled", invariance, 1e-12, exact),
      .bounded("equivariance", "equivariant layer, members shuffled", equivariance, 1e-12, exact),
    ]
  }
}

/// The entropy of a distribution from a sample of it.
private struct SetEntropy {
  private static let members = 512
  let truth: [Double]
  let learned: [Double]
  let best: [Double]
  let report: TrainingReport

  init(_ run: StudyRun) throws {
    let count = run.isQuick ? 1024 : 8192
    let (x, y, _) = Self.sets(count, run.seed.child("training"))
    let (testX, testY, best) = Self.sets(1000, run.seed.child("test"))
    var rng = run.seed.child("network").makeStream()
    var network = DeepSet(
      element: Sequential.perceptron(widths: [1, 24, 24], activation: .silu, using: &rng),
      whole: Sequential.perceptron(widths: [24, 24, 1], activation: .silu, using: &rng),
      pooling: .mean)
    var optimizer = AdamW.adam(learningRate: 5e-3)
    let options = TrainingOptions(
      epochs: run.isQuick ? 40 : 60, batchSize: 64, schedule: .cosine(warmUp: 20))
    report = fit(
      &network, using: &optimizer, training: [x, y], options: options,
      seed: run.seed.child("fit"), cancellation: run.cancellation,
      progress: run.progress
    ) { network, batch in Loss.meanSquaredError(network(batch[0]), batch[1]) }
    try run.cancellation.check()
    truth = testY.scalars(Double.self)
    learned = network(testX).scalars(Double.self)
    self.best = best
  }

  /// Sets `[count, members, 1]`, their entropies `[count, 1]`, and the estimates from the root mean squares.
  private static func sets(_ count: Int, _ seed: Seed) -> (Tensor, Tensor, [Double]) {
    var rng = seed.makeStream()
    // (1/2) ln(2 pi e)
    let offset = 0.5 * log(2 * Double.pi * exp(1))
    var (values, entropies, best): ([Float], [Float], [Double]) = ([], [], [])
    values.reserveCapacity(count * members)
    for _ in 0..<count {
      let logWidth = log(0.3) + log(10) * rng.uniform()
      let width = exp(logWidth)
      var squares = 0.0
      for _ in 0..<members {
        let value = width * rng.normal()
        squares += value * value
        values.append(Float(value))
      }
      entropies.append(Float(offset + logWidth))
      best.append(offset + 0.5 * log(squares / Double(members)))
    }
    return (
      Tensor(values, shape: [count, members, 1]), Tensor(entropies, shape: [count, 1]), best
    )
  }

  /// The root mean square error; its own error from that of a mean of squares.
  private func rootMeanSquare(_ estimates: [Double]) -> Estimate {
    let mean = Estimate.mean(of: zip(estimates, truth).map { ($0 - $1) * ($0 - $1) })
    let root = mean.value.squareRoot()
    return Estimate(root, error: mean.error / (2 * root), degreesOfFreedom: mean.degreesOfFreedom)
  }

  var findings: [StudyFinding] {
    let floor = 1 / (2 * Double(Self.members)).squareRoot()
    return [
      StudyFinding(
        "entropyError", "root mean square error of the entropy", measured: rootMeanSquare(learned),
        expected: .below(0.05), reference: "claimed"),
      StudyFinding(
        "floor", "the same of the best estimate", measured: rootMeanSquare(best),
        expected: .value(floor, error: 0.02 * floor),
        reference: "1/sqrt(2 n), to leading order in 1/n"),
    ]
  }

  var panels: [Figure.Panel] {
    let shown = truth.indices.prefix(400)
    let ends = [truth.min() ?? 0, truth.max() ?? 1]
    return [
      Figure.Panel(
        title: "Entropy of normal distributions from 512 samples", xAxis: .init("entropy"),
        yAxis: .init("learned"),
        series: [
          .init(
            "test sets", x: shown.map { truth[$0] }, y: shown.map { learned[$0] }, style: .points),
          .init("exact", x: ends, y: ends, style: .dashedLine, color: -1),
        ]),
      Figure.Panel(
        title: "Training", xAxis: .init("epoch"),
        yAxis: .init("mean squared error", logarithmic: true),
        series: [
          .init(
            "network", x: report.trainingLosses.indices.map { Double($0 + 1) },
            y: report.trainingLosses),
          .init(
            "1/(2 n)", x: [1, Double(report.trainingLosses.count)],
            y: [Double](repeating: 0.5 / Double(Self.members), count: 2), style: .dashedLine,
            color: -1),
        ]),
    ]
  }
}
