import LandauCore
import LandauLinearAlgebra
import LandauNN
import LandauStatistics
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Slices through a loss, its curvatures, and how descent drives the largest of them.
  static let lossLandscapeSlices = Study(
    name: "loss-landscape-slices",
    title: "Slices through the loss, and its sharpness",
    source: """
      H. Li et al., arXiv:1712.09913 (filter-normalised slices); J. Cohen et al., arXiv:2103.00065 \
      (edge of stability)
      """,
    claim: """
      The loss of a linear regression is exactly quadratic along any line and its curvatures are those of \
      the data's covariance; descent with all examples drives the sharpness of a network to 2/rate.
      """,
    run: { run in
      let linear = LinearLandscape(run.seed)
      let network = try SharpnessOfDescent(run)
      return StudyResult(
        findings: linear.findings + network.findings,
        figure: Figure(
          title: "Loss landscapes", panels: network.panels + [linear.panel], columnCount: 2),
        remarks: remarks)
    })

  private static let remarks = [
    "The network: 2-32-32-1 with tanh on 200 points of two classes on rings, mean squared error, all examples at",
    "every step. Sharpness is the largest eigenvalue of the Hessian, by Lanczos. 2/rate is where descent on a",
    "quadratic becomes unstable; the mean over the last third of the steps is compared with it.",
  ]
}

/// A regression, whose loss is known to be a paraboloid.
private struct LinearLandscape {
  let line: LossLine
  let quadraticDeviation: Double
  let spectrumDeviation: Double

  init(_ seed: Seed) {
    let (count, width) = (400, 12)
    var rng = seed.child("linear").makeStream()
    let scales = Tensor((0..<width).map { pow(1.4, Double($0)) })
    let x = Tensor.normal([count, width], type: .double, using: &rng) * scales
    let y = Tensor.normal([count, 1], type: .double, using: &rng)
    let loss: @Sendable ([Tensor]) -> Tensor = { parameters in
      let distance = matmul(x, parameters[0]) - y
      return (distance * distance).mean() * 0.5
    }
    let parameters = [Tensor.normal([width, 1], type: .double, using: &rng)]
    let direction = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    line = LossLandscape.line(
      through: parameters, along: direction, at: (-20...20).map { Double($0) / 10 }
    ) { loss($0).item() }
    quadraticDeviation = Self.quadraticDeviation(line)
    let covariance = (matmul(x.transposed(), x) / Double(count)).scalars(Double.self)
    let exact = (try? SymmetricEigen(covariance, count: width))?.values ?? []
    let found = HessianSpectrum(at: parameters, steps: width, using: &rng, loss: loss)
      .runs[0].eigenvalues
    spectrumDeviation =
      found.count == exact.count
      ? zip(found, exact).map { abs($0 / $1 - 1) }.max() ?? .nan : .nan
  }

  /// The largest distance to the parabola through the ends and the middle, over the largest loss.
  private static func quadraticDeviation(_ line: LossLine) -> Double {
    let (x, y) = (line.positions, line.losses)
    let places = [0, x.count / 2, x.count - 1]
    var worst = 0.0
    for index in x.indices {
      var value = 0.0
      for i in places {
        var factor = y[i]
        for j in places where j != i { factor *= (x[index] - x[j]) / (x[i] - x[j]) }
        value += factor
      }
      worst = max(worst, abs(value - y[index]))
    }
    return worst / (y.max() ?? 1)
  }

  var findings: [StudyFinding] {
    [
      .bounded(
        "quadratic", "linear regression: slice minus parabola", quadraticDeviation, 1e-12,
        "exact up to rounding"),
      .bounded(
        "spectrum", "Lanczos over eigenvalues of the covariance, minus 1", spectrumDeviation, 1e-6,
        "exact: the Hessian of a regression is the covariance of its inputs"),
    ]
  }

  var panel: Figure.Panel {
    Figure.Panel(
      title: "Linear regression: a parabola", xAxis: .init("distance along a random direction"),
      yAxis: .init("loss"), series: [.init("loss", x: line.positions, y: line.losses)])
  }
}

/// A small network under descent with all examples.
private struct SharpnessOfDescent {
  static let rates = [0.1, 0.15, 0.25]

  struct Path {
    var rate: Double
    var steps: [Double] = []
    var sharpness: [Double] = []
    var losses: [Double] = []
  }

  let paths: [Path]
  let plane: LossPlane

  init(_ run: StudyRun) throws {
    let (x, y) = Self.rings(run.seed.child("rings"))
    let budget = run.isQuick ? 4000.0 : 20000
    run.progress.begin("descents", total: Self.rates.count)
    let results = try run.pool.map(Self.rates.count) { index in
      let result = try Self.descend(
        rate: Self.rates[index], steps: Int(budget * 0.1 / Self.rates[index]), x, y, run)
      run.progress.advance()
      return result
    }
    run.progress.end()
    paths = results.map(\.path)
    var rng = run.seed.child("slice").makeStream()
    let network = results[0].network
    let parameters = network.tensors
    let first = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    let second = LossLandscape.filterNormalizedDirection(of: parameters, using: &rng)
    let axis = (-15...15).map { Double($0) / 15 }
    let loss = compile { [Self.loss(network.replacing($0), x, y)] }
    plane = LossLandscape.plane(
      through: parameters, along: first, and: second, at: axis, and: axis
    ) { loss($0)[0].item() }
  }

  /// Two classes, -1 within and +1 without.
  private static func rings(_ seed: Seed) -> (x: Tensor, y: Tensor) {
    var rng = seed.makeStream()
    var (points, labels): ([Double], [Double]) = ([], [])
    for index in 0..<200 {
      let isOuter = index % 2 == 0
      let radius = (isOuter ? 1.5 : 0.6) + 0.15 * rng.normal()
      let angle = 2 * Double.pi * rng.uniform()
      points += [radius * cos(angle), radius * sin(angle)]
      labels.append(isOuter ? 1 : -1)
    }
    return (Tensor(points, shape: [200, 2]), Tensor(labels, shape: [200, 1]))
  }

  private static func loss(_ network: Sequential, _ x: Tensor, _ y: Tensor) -> Tensor {
    Loss.meanSquaredError(network(x), y)
  }

  private static func descend(
    rate: Double, steps: Int, _ x: Tensor, _ y: Tensor, _ run: StudyRun
  ) throws -> (path: Path, network: Sequential) {
    var rng = run.seed.child("network").makeStream()
    let start = Sequential.perceptron(
      widths: [2, 32, 32, 1], activation: .tanh, type: .double, using: &rng)
    var parameters = start.tensors
    let step = compile { parameters in
      let both = valueAndGradient { Self.loss(start.replacing($0), x, y) }(parameters)
      return [both.value] + both.gradients
    }
    var descent = SGD(learningRate: rate)
    var path = Path(rate: rate)
    let interval = max(1, steps / 60)
    for number in 0..<steps {
      if number % interval == 0 {
        try run.cancellation.check()
        let spectrum = HessianSpectrum(at: parameters, steps: 20, using: &rng) {
          Self.loss(start.replacing($0), x, y)
        }
        path.steps.append(Double(number))
        path.sharpness.append(spectrum.largest.value)
      }
      let results = step(parameters)
      let loss = results[0].item(Double.self)
      if number % interval == 0 { path.losses.append(loss) }
      // What diverges has no curvature; its finding says so by having no value.
      guard loss.isFinite else {
        path.sharpness = path.sharpness.map { _ in .nan }
        break
      }
      descent.step(&parameters, gradients: Array(results[1...]))
    }
    return (path, start.replacing(parameters))
  }

  var findings: [StudyFinding] {
    paths.map { path in
      let tail = path.sharpness.suffix(path.sharpness.count / 3).map { 0.5 * $0 * path.rate }
      return StudyFinding(
        "sharpnessRate\(Int((path.rate * 100).rounded()))",
        "sharpness times rate/2, rate \(path.rate)", measured: .mean(of: Array(tail)),
        systematicError: 0.03, expected: .value(1, error: 0),
        reference: "claimed: descent hovers at the edge of stability")
    }
  }

  var panels: [Figure.Panel] {
    let sharpness = Figure.Panel(
      title: "Descent drives the sharpness to 2/rate", xAxis: .init("rate times step"),
      yAxis: .init("largest eigenvalue of the Hessian"),
      series: paths.enumerated().flatMap { color, path -> [Figure.Series] in
        let x = path.steps.map { $0 * path.rate }
        let edge = 2 / path.rate
        return [
          .init("rate \(path.rate)", x: x, y: path.sharpness, color: color),
          .init(
            color == 0 ? "2/rate" : "", x: [0, x.last ?? 1], y: [edge, edge], style: .dashedLine,
            color: color),
        ]
      })
    let losses = Figure.Panel(
      title: "The loss falls all the same, not steadily", xAxis: .init("rate times step"),
      yAxis: .init("mean squared error", logarithmic: true),
      series: paths.enumerated().map { color, path in
        .init(
          "rate \(path.rate)", x: path.steps.map { $0 * path.rate }, y: path.losses, color: color)
      })
    let slice = Figure.Panel(
      title: "Around the network trained at rate 0.1",
      xAxis: .init("first filter-normalised direction"),
      yAxis: .init("second one"), series: [],
      map: .init(
        "loss", x: plane.positions, y: plane.others, values: plane.losses, logarithmic: true)
    )
    return [sharpness, losses, slice]
  }
}
