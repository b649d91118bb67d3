#if canImport(Landau)
  import Landau
#else
  import LandauCore
  import LandauNN
  import LandauTensor
#endif

/// One branch per window: convolution, rectifier, 1x1 convolution, mean over sites; then a perceptron.
struct TetrisNetwork: TensorTree, Sendable {
  var first: [Convolution] = []
  var second: [Convolution] = []
  var head: Sequential

  init(windows: [[Int]], channels: Int, using rng: inout some RandomNumberGenerator) {
    for window in windows {
      first.append(Convolution(inputs: channels, outputs: 8, window: window, using: &rng))
      let ones = window.map { _ in 1 }
      second.append(Convolution(inputs: 8, outputs: 1, window: ones, using: &rng))
    }
    head = .perceptron(widths: [windows.count, 32, 32, 1], activation: .relu, using: &rng)
  }

  func callAsFunction(_ x: Tensor) -> (prediction: Tensor, features: Tensor) {
    let features = zip(first, second).map { first, second in
      GlobalPooling(.mean)(second(Activation.relu(first(x))))
    }
    let z = concatenated(features, axis: 1)
    return (head(z).squeezed(axis: 1), z)
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("first", &first, visit)
    self.visit("second", &second, visit)
    self.visit("head", &head, visit)
  }
}

/// Embedding, two transformer blocks, mean over places and a dense layer.
struct SmallTransformer: TensorTree, Sendable {
  var embedding: Dense
  var blocks: [TransformerBlock]
  var head: Dense

  init(using rng: inout some RandomNumberGenerator) {
    embedding = Dense(inputs: 4, outputs: 64, using: &rng)
    blocks = [
      TransformerBlock(width: 64, headCount: 4, activation: .relu, using: &rng),
      TransformerBlock(width: 64, headCount: 4, activation: .relu, using: &rng),
    ]
    head = Dense(inputs: 64, outputs: 1, using: &rng)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    head(blocks.reduce(embedding(x)) { $1($0) }.mean(axes: [1])).squeezed(axis: 1)
  }

  mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("embedding", &embedding, visit)
    self.visit("blocks", &blocks, visit)
    self.visit("head", &head, visit)
  }
}

extension TensorCase {
  static var all: [TensorCase] {
    [
      tetris("tetris1d", windows: (1...6).map { [$0] }, channels: 1, sides: [64]),
      tetris(
        "tetris2d",
        windows: [[1, 1], [1, 2], [2, 1], [2, 2], [1, 3], [3, 1], [2, 3], [3, 2], [3, 3]],
        channels: 2, sides: [16, 16]),
      perceptron("mlp", [784, 512, 512, 10], batch: 128),
      flow, autoregressive, attention,
      perceptron("narrow", [16] + [Int](repeating: 16, count: 20) + [2], batch: 32),
      long,
    ]
  }

  /// Ten thousand operations on 64 numbers: what the first call costs.
  static var long: TensorCase {
    TensorCase("long") {
      var rng = Seed(1).child("long").makeStream()
      let (x, w) = (
        Tensor.normal([8, 8], using: &rng), Tensor.normal([8, 8], using: &rng) * 0.3
      )
      let function: @Sendable ([Tensor]) -> [Tensor] = { all in
        var x = all[0]
        for index in 0..<2000 { x = tanh(matmul(x, all[1]) + Double(index) * 1e-4) * 0.9 + all[0] }
        return [x.sum()]
      }
      let compiled = compile(on: TensorCase.pool, function)
      return Training(
        step: { compiled([x, w])[0].item() }, profiles: { [profile(function, [x, w])] })
    }
  }

  static func tetris(_ name: String, windows: [[Int]], channels: Int, sides: [Int]) -> TensorCase {
    TensorCase(
      name,
      { rng in
        [
          sign(.uniform([128, channels] + sides, low: -1, high: 1, using: &rng)),
          .normal([128], using: &rng),
        ]
      },
      model: { TetrisNetwork(windows: windows, channels: channels, using: &$0) },
      loss: { model, batch in
        let (prediction, z) = model(batch[0])
        return Loss.meanSquaredError(prediction, batch[1]) + abs(z).sum(axes: [1]).mean() * 1e-3
      })
  }

  /// Classification by a perceptron with rectifiers.
  static func perceptron(_ name: String, _ widths: [Int], batch: Int) -> TensorCase {
    TensorCase(
      name,
      { rng in
        let labels = (0..<batch).map { _ in Int32(rng.index(below: widths.last!)) }
        return [.normal([batch, widths[0]], using: &rng), Tensor(labels)]
      },
      model: { Sequential.perceptron(widths: widths, activation: .relu, using: &$0) },
      loss: { Loss.crossEntropy(logits: $0($1[0]), labels: $1[1]) })
  }

  /// Regression by a transformer of two blocks: width 64, four heads, 64 places, batch 32.
  static var attention: TensorCase {
    TensorCase(
      "attention",
      { [.normal([32, 64, 4], using: &$0), .normal([32], using: &$0)] },
      model: { SmallTransformer(using: &$0) },
      loss: { Loss.meanSquaredError($0($1[0]), $1[1]) })
  }
}
