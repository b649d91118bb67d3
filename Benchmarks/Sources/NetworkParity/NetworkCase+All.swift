import Landau

extension NetworkCase {
  static let all: [NetworkCase] =
    perceptrons + normalised + convolutional + attentive + recurrent + sets + features

  static let perceptrons: [NetworkCase] = [
    NetworkCase("perceptron", [4, 3]) {
      Sequential.perceptron(widths: [3, 8, 6, 2], activation: .tanh, type: $0, using: &$1)
    },
    NetworkCase("activations", [5, 4]) { type, rng in
      var layers: [any Layer] = []
      for activation in Activation.allCases {
        layers +=
          [activation, Dense(inputs: 4, outputs: 4, type: type, using: &rng)] as [any Layer]
      }
      return Sequential(layers)
    },
    NetworkCase("embedding", [], constants: [("tokens", tokens)]) { type, rng in
      Sequential([
        Embedding(count: 7, width: 4, type: type, using: &rng),
        Dense(inputs: 4, outputs: 3, type: type, using: &rng), Activation.tanh,
      ])
    } apply: { model, _ in
      model(tokens)
    },
  ]

  private static let tokens = Tensor([3, 0, 6, 3, 1, 2] as [Int32], shape: [2, 3])

  static let normalised: [NetworkCase] = [
    NetworkCase("residual-layer-norm", [3, 6]) { type, rng in
      Residual(
        Normalized(
          Sequential.perceptron(widths: [6, 9, 6], activation: .gelu, type: type, using: &rng),
          width: 6, type: type),
        scale: 0.5)
    },
    NetworkCase("rms-norm", [3, 6]) { type, rng in
      Sequential([
        RMSNormalization(width: 6, type: type),
        Dense(inputs: 6, outputs: 4, type: type, using: &rng),
      ])
    },
    NetworkCase("group-norm", [2, 6, 4, 3]) { type, rng in
      Sequential([
        GroupNormalization(channels: 6, groupCount: 3, type: type), Activation.silu,
        Convolution(inputs: 6, outputs: 2, window: [3, 3], type: type, using: &rng),
      ])
    },
    NetworkCase("batch-norm-judging", [4, 3, 5]) { type, _ in
      BatchNormalization(channels: 3, type: type)
    },
    NetworkCase("batch-norm-training", [[4, 3, 5]]) { type, _ in
      BatchNormalization(channels: 3, type: type)
    } apply: { model, x in
      var model = model
      return model(x[0], training: RandomKey(Seed(1)))
    },
  ]

  static let convolutional: [NetworkCase] = [
    NetworkCase("convolution-torus", [2, 3, 6, 5]) { type, rng in
      Sequential([
        Convolution(inputs: 3, outputs: 4, window: [3, 3], type: type, using: &rng),
        Activation.gelu,
        Convolution(inputs: 4, outputs: 2, window: [2, 2], type: type, using: &rng),
        Activation.silu, WindowPooling(.mean, window: [2, 1]), GlobalPooling(.maximum),
      ])
    },
    NetworkCase("convolution-line", [2, 4, 11]) { type, rng in
      Sequential([
        Convolution(
          inputs: 4, outputs: 6, window: [3], boundary: .zero, stride: [2], dilation: [2],
          groups: 2,
          type: type, using: &rng),
        Activation.tanh, WindowPooling(.maximum, window: [2], stride: [1], boundary: .valid),
      ])
    },
    NetworkCase("convolution-space", [2, 2, 4, 3, 5]) { type, rng in
      Convolution(
        inputs: 2, outputs: 3, window: [2, 2, 3], boundary: .valid, type: type, using: &rng)
    },
    NetworkCase("transposed-convolution", [2, 4, 3, 4]) { type, rng in
      Sequential([
        TransposedConvolution(
          inputs: 4, outputs: 3, window: [3, 2], boundary: .valid, stride: [2, 2], type: type,
          using: &rng),
        Activation.tanh,
      ])
    },
    NetworkCase("group-equivariant", [2, 1, 5, 5]) { type, rng in
      Sequential([
        LiftingConvolution(inputs: 1, outputs: 2, group: .p4m, type: type, using: &rng),
        Activation.tanh,
        GroupConvolution(inputs: 2, outputs: 2, group: .p4m, type: type, using: &rng),
        GroupPooling(.mean), GlobalPooling(.mean),
      ])
    },
  ]

  static let attentive: [NetworkCase] = [
    NetworkCase("self-attention", [2, 5, 6]) { type, rng in
      MultiHeadAttention(width: 6, headCount: 3, type: type, using: &rng)
    },
    NetworkCase(
      "cross-attention", [[2, 3, 6], [2, 4, 5], [2, 3, 4]], constants: [("mask", mask)]
    ) { type, rng in
      MultiHeadAttention(width: 6, headCount: 2, contextWidth: 5, type: type, using: &rng)
    } apply: { model, x in
      model(x[0], over: x[1], bias: x[2], mask: mask)
    },
    NetworkCase("attention-plus-one", [2, 5, 4]) { type, rng in
      MultiHeadAttention(
        width: 4, headCount: 2, normalization: .softmaxPlusOne, type: type, using: &rng)
    },
    NetworkCase("transformer", [[2, 5, 6]]) { type, rng in
      [
        TransformerBlock(width: 6, headCount: 2, hidden: 10, type: type, using: &rng),
        TransformerBlock(width: 6, headCount: 3, hidden: 7, scale: 0.7, type: type, using: &rng),
      ]
    } apply: { blocks, x in
      blocks.reduce(x[0]) { $1($0, mask: Attention.causalMask(queries: 5)) }
    },
    NetworkCase("hopfield", [3, 4]) { type, rng in
      Hopfield(patterns: .normal([6, 4], type: type, using: &rng), beta: 0.8, updateCount: 3)
    },
    NetworkCase("hopfield-plus-one", [3, 4]) { type, rng in
      Hopfield(
        patterns: .normal([6, 4], type: type, using: &rng), beta: 0.8, updateCount: 2,
        normalization: .softmaxPlusOne)
    },
  ]

  private static let mask = Tensor(
    [true, false, true, true, true, true, false, false, true, true, true, false], shape: [3, 4])

  static let recurrent: [NetworkCase] = [
    NetworkCase("gru", [2, 6, 3]) { GRU(inputs: 3, units: 5, type: $0, using: &$1) },
    NetworkCase("lstm", [2, 6, 3]) { LSTM(inputs: 3, units: 5, type: $0, using: &$1) },
  ]

  static let sets: [NetworkCase] = [
    NetworkCase("deep-set", [2, 5, 3]) { type, rng in
      Sequential([
        SetEquivariant(inputs: 3, outputs: 4, type: type, using: &rng), Activation.tanh,
        DeepSet(
          element: Sequential.perceptron(
            widths: [4, 6, 5], activation: .silu, type: type, using: &rng),
          whole: Dense(inputs: 5, outputs: 2, type: type, using: &rng), pooling: .mean),
      ])
    },
    NetworkCase(
      "messages", [[2, 4, 3], [2, 5, 2]],
      constants: [("senders", whole(senders)), ("receivers", whole(receivers))]
    ) { type, rng in
      MessagePassing(
        message: Sequential.perceptron(
          widths: [8, 6, 4], activation: .tanh, type: type, using: &rng),
        update: Sequential.perceptron(
          widths: [7, 5, 3], activation: .silu, type: type, using: &rng),
        graph: MessageGraph(nodeCount: 4, senders: senders, receivers: receivers))
    } apply: { model, x in
      model(x[0], edges: x[1])
    },
  ]

  private static let senders = [0, 1, 1, 2, 0]
  private static let receivers = [1, 0, 2, 1, 2]
  private static func whole(_ numbers: [Int]) -> Tensor { Tensor(numbers.map { Int32($0) }) }

  static let features: [NetworkCase] = [
    NetworkCase("fourier-features", [4, 3]) { type, rng in
      Sequential([
        FourierFeatures(inputs: 3, count: 6, deviation: 0.3, type: type, using: &rng),
        Dense(inputs: 12, outputs: 2, type: type, using: &rng),
      ])
    },
    NetworkCase("kolmogorov-arnold", [4, 3]) { type, rng in
      Sequential([
        KolmogorovArnold(inputs: 3, outputs: 4, type: type, using: &rng),
        KolmogorovArnold(
          inputs: 4, outputs: 2, basis: SplineBasis(low: -2, high: 2, intervalCount: 4, degree: 2),
          activation: .tanh, type: type, using: &rng),
      ])
    },
  ]
}
