import LandauCore
import LandauNN
import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// One layer of neurons: a matrix, a bias, and the logistic function.
  static let denseSigmoidLayer = Study(
    name: "dense-sigmoid-layer",
    title: "A dense layer with sigmoids, in matrix form",
    source: "textbook; the logistic function of P.-F. Verhulst, 1845",
    claim: """
      sigma(0) = 1/2 with slope 1/4; nothing overflows at inputs of +-1000; a batch through the matrix \
      is what every neuron computes by itself.
      """,
    run: { run in
      let layer = DenseSigmoidLayer(run)
      return StudyResult(findings: layer.findings, figure: layer.figure, remarks: remarks)
    })

  private static let remarks = [
    "Differences are the largest ones over a batch, relative to the larger of 1 and the number itself.",
    "Slopes come from reverse mode, second derivatives from reverse mode applied twice.",
  ]
}

/// The layer against its neurons, one by one.
private struct DenseSigmoidLayer {
  /// Value, slope and curvature of the logistic function.
  struct Logistic {
    var value: Double
    var slope: Double
    var curvature: Double

    init(at x: Double) {
      let slope = grad { LandauTensor.sigmoid($0) }
      value = LandauTensor.sigmoid(Tensor(x)).item()
      self.slope = slope(Tensor(x)).item()
      curvature = grad(of: slope)(Tensor(x)).item()
    }

    /// In plain arithmetic, from the side that does not overflow.
    static func exact(_ x: Double) -> Double {
      x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    }

    var isFinite: Bool { value.isFinite && slope.isFinite && curvature.isFinite }
  }

  let origin = Logistic(at: 0)
  let extremes = [Logistic(at: -1000), Logistic(at: 1000)]
  let forward: (float: Double, double: Double)
  let backward: Double

  init(_ run: StudyRun) {
    let seed = run.seed
    forward = (
      Self.forwardDifference(.float, seed), Self.forwardDifference(.double, seed)
    )
    backward = Self.backwardDifference(seed)
  }

  private static let (batch, inputs, outputs) = (64, 48, 32)

  private static func layer(_ type: ScalarType, _ seed: Seed) -> (layer: Dense, x: Tensor) {
    var rng = seed.makeStream()
    var layer = Dense(inputs: inputs, outputs: outputs, type: type, using: &rng)
    layer.bias = .normal([outputs], type: type, using: &rng)
    return (layer, .normal([batch, inputs], type: type, using: &rng))
  }

  /// sigma of one neuron's sum, added up in the order of its inputs.
  private static func neuron(
    _ weights: [Double], _ bias: Double, _ x: [Double], _ row: Int, _ column: Int
  ) -> Double {
    var sum = bias
    for k in 0..<inputs { sum += x[row * inputs + k] * weights[k * outputs + column] }
    return Logistic.exact(sum)
  }

  private static func forwardDifference(_ type: ScalarType, _ seed: Seed) -> Double {
    let (layer, x) = layer(type, seed)
    let matrix = LandauTensor.sigmoid(layer(x)).scalars(Double.self)
    let weights = layer.weight.scalars(Double.self)
    let bias = layer.bias?.scalars(Double.self) ?? []
    let numbers = x.scalars(Double.self)
    var worst = 0.0
    for row in 0..<batch {
      for column in 0..<outputs {
        let alone = neuron(weights, bias[column], numbers, row, column)
        worst = max(worst, abs(matrix[row * outputs + column] - alone))
      }
    }
    return worst
  }

  /// The gradient of the summed outputs in the weights, which is x^T sigma (1 - sigma), against that sum
  /// neuron by neuron.
  private static func backwardDifference(_ seed: Seed) -> Double {
    let (layer, x) = layer(.double, seed)
    let gradient = valueAndGradient { (layer: Dense, x: [Tensor]) in
      LandauTensor.sigmoid(layer(x[0])).sum()
    }(layer, [x]).gradient.weight.scalars(Double.self)
    let outputs = LandauTensor.sigmoid(layer(x)).scalars(Double.self)
    let numbers = x.scalars(Double.self)
    var worst = 0.0
    for k in 0..<inputs {
      for column in 0..<Self.outputs {
        var sum = 0.0
        for row in 0..<batch {
          let value = outputs[row * Self.outputs + column]
          sum += numbers[row * inputs + k] * value * (1 - value)
        }
        let entry = gradient[k * Self.outputs + column]
        worst = max(worst, abs(entry - sum) / max(1, abs(sum)))
      }
    }
    return worst
  }

  var findings: [StudyFinding] {
    let exact = "exact: sigma = 1/(1 + exp(-x)), sigma' = sigma (1 - sigma)"
    let rounding = "bound: rounding of sums of \(Self.inputs) numbers"
    let finite = extremes.allSatisfy(\.isFinite)
    return [
      .exactly("valueAtZero", "sigma(0)", origin.value, 0.5, exact),
      .exactly("slopeAtZero", "sigma'(0)", origin.slope, 0.25, exact),
      .exactly("curvatureAtZero", "sigma''(0)", origin.curvature, 0, exact),
      .exactly("finiteAtExtremes", "finite at +-1000 (1: yes)", finite ? 1 : 0, 1, exact),
      .exactly("lowEnd", "sigma(-1000)", extremes[0].value, 0, "exact: below the smallest number"),
      .exactly("highEnd", "sigma(1000)", extremes[1].value, 1, exact),
      .bounded("matrixDouble", "matrix - neurons, Double", forward.double, 1e-14, rounding),
      .bounded("matrixFloat", "matrix - neurons, Float", forward.float, 4e-6, rounding),
      .bounded("gradient", "gradient - neurons, Double", backward, 1e-13, rounding),
    ]
  }

  var figure: Figure {
    let x = (0...160).map { Double($0) / 10 - 8 }
    let tensor = Tensor(x)
    let value = LandauTensor.sigmoid(tensor).scalars(Double.self)
    let slope = grad { LandauTensor.sigmoid($0).sum() }(tensor).scalars(Double.self)
    let exact = stride(from: 0, to: x.count, by: 8)
    let panel = Figure.Panel(
      title: "The logistic function and its slope", xAxis: .init("x"), yAxis: .init(""),
      series: [
        .init("sigma", x: x, y: value, color: 0), .init("sigma'", x: x, y: slope, color: 1),
        .init(
          "1/(1 + exp(-x))", x: exact.map { x[$0] }, y: exact.map { Logistic.exact(x[$0]) },
          style: .points, color: 0),
      ])
    return Figure(title: "A dense layer with sigmoids", panels: [panel])
  }
}
