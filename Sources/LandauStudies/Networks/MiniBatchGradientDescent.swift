import LandauCore
import LandauNN
import LandauStatistics
import LandauTensor

extension Study {
  /// Descent with all examples, some, or one at a time: where it diverges and how much it shakes.
  static let miniBatchGradientDescent = Study(
    name: "mini-batch-gradient-descent",
    title: "Batch, mini-batch and stochastic gradient descent",
    source:
      "H. Robbins and S. Monro, Ann. Math. Stat. 22, 400 (1951); Y. LeCun et al., Efficient BackProp (1998)",
    claim: """
      On a quadratic of curvature c plain descent diverges exactly beyond the rate 2/c; with noise of \
      variance s2 in the gradient the weight ends up with the variance rate s2/(c (2 - rate c)).
      """,
    run: { run in
      let descent = try MiniBatchGradientDescent(run)
      return StudyResult(findings: descent.findings, figure: descent.figure, remarks: remarks)
    })

  private static let remarks = [
    "The loss of an example x is c (w - x)^2/2, x normal with variance 1: a batch of B examples has the",
    "gradient c (w - mean x), whose noise has the variance s2 = c^2/B. Examples of a batch are drawn anew.",
    "The variance of the weight follows from w' = (1 - rate c) w + rate noise: V = (1 - rate c)^2 V + rate^2 s2.",
  ]
}

/// Many independent weights on the same quadratic, a batch of examples each at every step.
private struct MiniBatchGradientDescent {
  struct Point {
    var batch: Int
    var rate: Double
    var variance: Estimate
    var expected: Double
  }

  static let curvature = 2.0
  let threshold: Double
  let points: [Point]
  let paths: [(label: String, losses: [Double])]

  init(_ run: StudyRun) throws {
    threshold = Self.divergence()
    let steps = run.isQuick ? 4000 : 40000
    let cases = [1, 8, 64].flatMap { batch in [0.05, 0.3, 0.7, 0.95].map { (batch, $0) } }
    run.progress.begin("descents", total: cases.count)
    points = try run.pool.map(cases.count) { index in
      let (batch, rate) = cases[index]
      let point = try Self.point(
        batch: batch, rate: rate, steps: steps, seed: run.seed.child("noise", index),
        run.cancellation)
      run.progress.advance()
      return point
    }
    run.progress.end()
    paths = [("all 256 examples", 256), ("32 at a time", 32), ("one at a time", 1)].map {
      ($0.0, Self.path(batch: $0.1, seed: run.seed.child("path", $0.1)))
    }
  }

  /// The rate beyond which |w| grows, by bisection: after 400 steps it is larger than before or not.
  private static func divergence() -> Double {
    var (low, high) = (0.0, 4 / curvature)
    for _ in 0..<50 {
      let rate = 0.5 * (low + high)
      var descent = SGD(learningRate: rate)
      var weight = [Tensor(1.0)]
      for _ in 0..<400 { descent.step(&weight, gradients: [weight[0] * curvature]) }
      if abs(weight[0].item(Double.self)) > 1 { high = rate } else { low = rate }
    }
    return 0.5 * (low + high)
  }

  /// The stationary variance of 64 weights, which are independent chains.
  private static func point(
    batch: Int, rate: Double, steps: Int, seed: Seed, _ cancellation: Cancellation
  ) throws -> Point {
    let width = 64
    var rng = seed.makeStream()
    var descent = SGD(learningRate: rate)
    var weights = [Tensor.zeros([width], type: .double)]
    var squares = [[Double]](repeating: [], count: 4)
    // The start is forgotten as (1 - rate c)^n.
    let burnIn = Int(20 / (1 - abs(1 - rate * curvature))) + 1
    let noise = 1 / Double(batch).squareRoot()
    for step in 0..<(steps + burnIn) {
      // The mean of a batch of normal numbers is a normal number.
      let mean = Tensor.normal([width], type: .double, using: &rng) * noise
      descent.step(&weights, gradients: [(weights[0] - mean) * curvature])
      guard step >= burnIn else { continue }
      let values = weights[0].scalars(Double.self)
      for group in squares.indices {
        let part = values[(group * width / 4)..<((group + 1) * width / 4)]
        squares[group].append(part.reduce(0) { $0 + $1 * $1 } * 4 / Double(width))
      }
      if step % 256 == 0 { try cancellation.check() }
    }
    let noiseVariance = curvature * curvature / Double(batch)
    return Point(
      batch: batch, rate: rate, variance: Series(squares).estimate(),
      expected: rate * noiseVariance / (curvature * (2 - rate * curvature)))
  }

  /// Mean squared distance to the optimum of a regression of 20 weights against the share of the data seen, over four
  /// passes through 256 examples in an order drawn anew for every pass.
  private static func path(batch: Int, seed: Seed) -> [Double] {
    let (examples, width) = (256, 20)
    var rng = seed.makeStream()
    let x = Tensor.normal([examples, width], type: .double, using: &rng)
    let truth = Tensor.normal([width, 1], type: .double, using: &rng)
    let y = matmul(x, truth) + Tensor.normal([examples, 1], type: .double, using: &rng) * 0.5
    var descent = SGD(learningRate: batch == examples ? 0.7 : batch == 1 ? 0.01 : 0.2)
    var weight = [Tensor.zeros([width, 1], type: .double)]
    var losses: [Double] = []
    for _ in 0..<4 {
      var order = Array(0..<examples)
      for place in stride(from: examples - 1, to: 0, by: -1) {
        order.swapAt(place, rng.index(below: place + 1))
      }
      for start in stride(from: 0, to: examples, by: batch) {
        let chosen = Tensor(order[start..<(start + batch)].map { Int32($0) })
        let (xb, yb) = (x.gathered(chosen, axis: 0), y.gathered(chosen, axis: 0))
        let gradient = matmul(xb.transposed(), matmul(xb, weight[0]) - yb) * (1 / Double(batch))
        descent.step(&weight, gradients: [gradient])
        let distance = weight[0] - truth
        losses.append((distance * distance).mean().item())
      }
    }
    return losses
  }

  var findings: [StudyFinding] {
    let exact = "exact: the fixed point of the recursion of the variance"
    var findings = [
      StudyFinding.bounded(
        "threshold", "|rate c/2 - 1| where descent begins to diverge",
        abs(threshold * Self.curvature / 2 - 1), 1e-12, "exact: |1 - rate c| = 1")
    ]
    for point in points {
      let scaled = Estimate(
        point.variance.value / point.expected, error: point.variance.error / point.expected,
        warning: point.variance.warning)
      findings.append(
        StudyFinding(
          "varianceBatch\(point.batch)Rate\(Int((100 * point.rate).rounded()))",
          "variance over expected, batch \(point.batch), rate \(point.rate)", measured: scaled,
          expected: .value(1, error: 0), reference: exact))
    }
    let worst = points.map { $0.variance.error / $0.expected }.max() ?? .nan
    findings.append(
      .bounded("precision", "largest relative error of a variance", worst, 0.02, "asked for"))
    return findings
  }

  var figure: Figure {
    let variances = Figure.Panel(
      title: "Stationary variance", xAxis: .init("rate", range: 0...1),
      yAxis: .init("variance of the weight", logarithmic: true),
      series: [1, 8, 64].enumerated().flatMap { color, batch -> [Figure.Series] in
        let own = points.filter { $0.batch == batch }
        let x = (1..<199).map { Double($0) / 200 }
        let noise = Self.curvature / Double(batch)
        return [
          .init(
            "batch of \(batch)", x: own.map(\.rate), y: own.map(\.variance.value),
            errors: own.map(\.variance.error), style: .points, color: color),
          .init(
            color == 0 ? "rate s2/(c (2 - rate c))" : "", x: x,
            y: x.map { $0 * noise / (2 - $0 * Self.curvature) }, style: .dashedLine, color: color),
        ]
      })
    let descents = Figure.Panel(
      title: "A regression of 20 weights", xAxis: .init("passes through the examples"),
      yAxis: .init("mean squared distance to the true weights", logarithmic: true),
      series: paths.enumerated().map { color, path in
        let count = Double(path.losses.count)
        return Figure.Series(
          path.label, x: path.losses.indices.map { 4 * Double($0 + 1) / count }, y: path.losses,
          style: path.losses.count < 10 ? .linePoints : .line, color: color)
      })
    return Figure(
      title: "Gradient descent with batches", panels: [variances, descents], columnCount: 2)
  }
}
