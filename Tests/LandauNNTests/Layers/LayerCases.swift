import LandauCore
import LandauNN
import LandauTensor

extension LayerCase {
  static let all: [LayerCase] =
    basic + normalization + attention + sets + features + convolutions
    + recurrent

  static let basic: [LayerCase] =
    [
      LayerCase("dense", [2, 3]) { Dense(inputs: 3, outputs: 4, type: .double, using: &$0) },
      LayerCase("residual", [2, 3]) {
        Residual(
          Sequential.perceptron(widths: [3, 4, 3], activation: .tanh, type: .double, using: &$0),
          scale: 0.5)
      },
      LayerCase("scaled", [2, 3]) {
        Scaled(
          Sequential([Dense(inputs: 3, outputs: 2, type: .double, using: &$0), Activation.silu]),
          by: 0.3)
      },
      LayerCase("embedding", []) { rng in
        Embedding(count: 5, width: 3, type: .double, using: &rng)
      } apply: { layer, _ in
        sin(layer(Tensor([3, 0, 3, 4] as [Int32], shape: [2, 2])))
      },
      LayerCase("modulus rectifier", [[2, 3], [2, 3]]) { _ in
        ModulusRelu(bias: Tensor([0.5, 1, 0.7]))
      } apply: { layer, x in
        let z = layer(complex(x[0], x[1]))
        return real(z) + imaginary(z) * 0.5
      },
    ] + activations + complexActivations

  static let complexActivations = ComplexActivation.allCases.map { activation in
    LayerCase("complex \(activation)", [[4], [4]]) { _ in
      Sequential([activation])
    } apply: { layer, x in
      let z = layer(complex(x[0], x[1]))
      return real(z) + imaginary(z) * 0.5
    }
  }

  static let activations = Activation.allCases.map { activation in
    LayerCase("\(activation)", [7]) { _ in Sequential([activation, Activation.tanh]) }
  }

  static let normalization: [LayerCase] = [
    LayerCase("layer normalisation", [3, 4]) { _ in LayerNormalization(width: 4, type: .double) },
    LayerCase("root-mean-square normalisation", [3, 4]) { _ in
      RMSNormalization(width: 4, type: .double)
    },
    LayerCase("group normalisation", [2, 4, 3]) { _ in
      GroupNormalization(channels: 4, groupCount: 2, type: .double)
    },
    LayerCase("batch normalisation, judging", [3, 2, 2]) { _ in
      BatchNormalization(channels: 2, type: .double)
    },
    LayerCase("batch normalisation, training", [[3, 2, 2]]) { _ in
      BatchNormalization(channels: 2, type: .double)
    } apply: { layer, x in
      var layer = layer
      return layer(x[0], training: RandomKey(Seed(1)))
    },
  ]

  static let attention: [LayerCase] = [
    LayerCase("attention between spins", [2, 4, 3]) { rng in
      SpinAttention(.ring, noise: 0.5, using: &rng)
    },
    LayerCase("action of spins", [[2, 4, 3]]) { rng in
      SpinTransformer(
        .ring, depth: 2, couplings: [0.5, -0.3], constant: 0.2, noise: 0.5, using: &rng)
    } apply: { network, x in
      network(x[0])
    },
    LayerCase("self-attention", [2, 3, 4]) {
      MultiHeadAttention(width: 4, headCount: 2, type: .double, using: &$0)
    },
    LayerCase("cross-attention with a bias and a mask", [[2, 3, 4], [2, 5, 6], [2, 3, 5]]) { rng in
      MultiHeadAttention(width: 4, headCount: 2, contextWidth: 6, type: .double, using: &rng)
    } apply: { layer, x in
      layer(x[0], over: x[1], bias: x[2], mask: Attention.causalMask(queries: 3, keys: 5))
    },
    LayerCase("attention, softmax plus one", [2, 3, 4]) {
      MultiHeadAttention(
        width: 4, headCount: 1, normalization: .softmaxPlusOne, type: .double, using: &$0)
    },
    LayerCase("factored attention", [2, 3, 4]) {
      FactoredAttention(places: 3, inputs: 4, outputs: 2, type: .double, using: &$0)
    },
    LayerCase("factored attention, softmax", [2, 3, 4]) {
      FactoredAttention(
        places: 3, inputs: 4, outputs: 2, normalization: .softmax, type: .double, using: &$0)
    },
    LayerCase("transformer block", [[2, 3, 4]]) { rng in
      TransformerBlock(width: 4, headCount: 2, hidden: 5, type: .double, using: &rng)
    } apply: { layer, x in
      layer(x[0], mask: Attention.causalMask(queries: 3))
    },
    LayerCase("Hopfield", [2, 4]) {
      Hopfield(
        patterns: .normal([3, 4], type: .double, using: &$0), beta: 0.7, updateCount: 2)
    },
    LayerCase("Hopfield, softmax plus one", [2, 4]) {
      Hopfield(
        patterns: .normal([3, 4], type: .double, using: &$0), beta: 0.7,
        normalization: .softmaxPlusOne)
    },
    LayerCase("Hopfield energy", [[2, 4]]) { rng in
      Hopfield(
        patterns: .normal([3, 4], type: .double, using: &rng), beta: 0.7,
        normalization: .softmaxPlusOne)
    } apply: { layer, x in
      layer.energy(x[0])
    },
  ]

  static let sets: [LayerCase] = [
    LayerCase("deep set", [2, 4, 3]) { rng in
      DeepSet(
        element: Sequential.perceptron(
          widths: [3, 4, 4], activation: .tanh, type: .double, using: &rng),
        whole: Dense(inputs: 4, outputs: 2, type: .double, using: &rng))
    },
    LayerCase("deep set, mean of some", [[2, 4, 3]]) { rng in
      DeepSet(
        element: Sequential.perceptron(
          widths: [3, 4], activation: .tanh, type: .double, using: &rng),
        whole: Sequential.perceptron(
          widths: [4, 3, 1], activation: .tanh, type: .double, using: &rng),
        pooling: .mean)
    } apply: { layer, x in
      layer(x[0], mask: Tensor([true, true, false, true]))
    },
    LayerCase("equivariant of sets", [2, 4, 3]) {
      SetEquivariant(inputs: 3, outputs: 2, type: .double, using: &$0)
    },
    LayerCase("equivariant of sets, maximum", [2, 4, 3]) {
      SetEquivariant(inputs: 3, outputs: 2, pooling: .maximum, type: .double, using: &$0)
    },
    LayerCase("messages", [[2, 4, 3], [2, 5, 2]]) { rng in
      messages(edgeFeatures: 2, pooling: .sum, using: &rng)
    } apply: { layer, x in
      layer(x[0], edges: x[1])
    },
    LayerCase("messages, mean", [2, 4, 3]) {
      messages(edgeFeatures: 0, pooling: .mean, using: &$0)
    },
  ]

  private static func messages(
    edgeFeatures: Int, pooling: Pooling, using rng: inout RandomStream
  ) -> MessagePassing<Sequential, Dense> {
    MessagePassing(
      message: Sequential.perceptron(
        widths: [6 + edgeFeatures, 5, 4], activation: .tanh, type: .double, using: &rng),
      update: Dense(inputs: 7, outputs: 2, type: .double, using: &rng),
      graph: MessageGraph(nodeCount: 4, senders: [0, 1, 1, 2, 0], receivers: [1, 0, 2, 1, 2]),
      pooling: pooling)
  }

  static let features: [LayerCase] = [
    LayerCase("Fourier features", [2, 3]) {
      Sequential([
        FourierFeatures(inputs: 3, count: 4, deviation: 0.2, type: .double, using: &$0),
        Dense(inputs: 8, outputs: 2, type: .double, using: &$0),
      ])
    },
    LayerCase("Kolmogorov-Arnold", [3, 2]) {
      KolmogorovArnold(inputs: 2, outputs: 3, type: .double, using: &$0)
    },
    LayerCase("hyperspherical energy", []) { rng in
      Dense(inputs: 3, outputs: 4, hasBias: false, type: .double, using: &rng)
    } apply: { layer, _ in
      HypersphericalEnergy.mean(of: layer.weight)
        + HypersphericalEnergy.mean(of: layer.weight, power: 0, isHalfSpace: true)
    },
    LayerCase("squared weights", []) { rng in
      Dense(inputs: 3, outputs: 4, hasBias: false, type: .double, using: &rng)
    } apply: { layer, _ in
      layer.squaredWeights()
    },
  ]

  static let convolutions: [LayerCase] = [
    LayerCase("convolution", [2, 2, 4, 3]) {
      Convolution(inputs: 2, outputs: 3, window: [3, 2], type: .double, using: &$0)
    },
    LayerCase("convolution with zeros and groups", [1, 4, 5]) {
      Convolution(
        inputs: 4, outputs: 2, window: [3], boundary: .zero, stride: [2], groups: 2, type: .double,
        using: &$0)
    },
    LayerCase("convolution in three dimensions", [1, 1, 3, 2, 3]) {
      Convolution(inputs: 1, outputs: 2, window: [2, 2, 2], type: .double, using: &$0)
    },
    LayerCase("transposed convolution", [2, 2, 3, 2]) {
      TransposedConvolution(
        inputs: 2, outputs: 3, window: [3, 2], stride: [2, 1], type: .double, using: &$0)
    },
    LayerCase("convolutional network", [2, 1, 4, 4]) {
      Sequential([
        Convolution(inputs: 1, outputs: 3, window: [3, 3], type: .double, using: &$0),
        Activation.silu, WindowPooling(.mean, window: [2, 2]),
        Convolution(inputs: 3, outputs: 2, window: [2, 2], type: .double, using: &$0),
        Activation.tanh, Flatten(), Dense(inputs: 8, outputs: 2, type: .double, using: &$0),
      ])
    },
    LayerCase("spectral convolution", [2, 2, 5]) {
      SpectralConvolution(inputs: 2, outputs: 1, modes: [2], type: .double, using: &$0)
    },
    LayerCase("spectral convolution in the plane", [1, 1, 4, 6]) {
      SpectralConvolution(inputs: 1, outputs: 2, modes: [2, 3], type: .double, using: &$0)
    },
    LayerCase("pooling of maxima", [1, 2, 4]) { _ in
      Sequential([WindowPooling(.maximum, window: [2], stride: [1]), GlobalPooling(.sum)])
    },
    LayerCase("lifting convolution", [1, 2, 3, 3]) {
      LiftingConvolution(inputs: 2, outputs: 1, group: .p4m, type: .double, using: &$0)
    },
    LayerCase("group convolution", [1, 1, 6, 3, 3]) {
      GroupConvolution(inputs: 1, outputs: 2, group: .p6, type: .double, using: &$0)
    },
  ]

  static let recurrent: [LayerCase] = [
    LayerCase("gated units", [2, 4, 2]) { GRU(inputs: 2, units: 3, type: .double, using: &$0) },
    LayerCase("short-term memory", [2, 4, 2]) {
      LSTM(inputs: 2, units: 3, type: .double, using: &$0)
    },
  ]
}

extension SpinSurroundings {
  /// Four sites in a ring: the site itself, neighbours, and the opposite site, to which two steps lead.
  static let ring = SpinSurroundings(
    [[0, 1, 2, 3], [1, 3, 2, 0, 3, 1, 0, 2], [2, 2, 3, 3, 0, 0, 1, 1]], siteCount: 4,
    attendedShells: 2)
}
