import LandauCore
import LandauNN
import LandauTensor

/// Gradients of layers, activations and losses from reverse mode against central differences along a random direction of
/// all inputs and parameters at once.
struct ComponentGradients {
  struct Case {
    var name: String
    var difference: Double
  }

  let layers: [Case]
  let activations: [Case]
  let losses: [Case]

  init(_ seed: Seed) {
    layers = Self.layers(seed.child("layers"))
    activations = Activation.allCases.map { activation in
      Self.check(activation.rawValue, activation, [4, 5], seed.child("activations"))
    }
    losses = Self.losses(seed.child("losses"))
  }

  var worst: (layers: Double, activations: Double, losses: Double) {
    func worst(_ cases: [Case]) -> Double { cases.map(\.difference).max() ?? .nan }
    return (worst(layers), worst(activations), worst(losses))
  }

  private static func layers(_ seed: Seed) -> [Case] {
    var rng = seed.makeStream()
    let type = ScalarType.double
    return [
      check("dense", Dense(inputs: 5, outputs: 3, type: type, using: &rng), [4, 5], seed),
      check(
        "convolution", Convolution(inputs: 2, outputs: 3, window: [3, 2], type: type, using: &rng),
        [2, 2, 5, 4], seed),
      check("normalisation", LayerNormalization(width: 6, type: type), [3, 6], seed),
      check(
        "attention", MultiHeadAttention(width: 6, headCount: 2, type: type, using: &rng),
        [2, 5, 6], seed),
      check(
        "transformer", TransformerBlock(width: 6, headCount: 2, type: type, using: &rng),
        [2, 5, 6], seed),
      check(
        "perceptron",
        Sequential.perceptron(widths: [5, 8, 8, 2], activation: .tanh, type: type, using: &rng),
        [4, 5], seed),
      check(
        "set layer", SetEquivariant(inputs: 3, outputs: 4, type: type, using: &rng),
        [2, 6, 3], seed),
    ]
  }

  private static func losses(_ seed: Seed) -> [Case] {
    var rng = seed.makeStream()
    let target = Tensor.normal([6, 4], type: .double, using: &rng)
    let share = sigmoid(target)
    let labels = Tensor([0, 3, 1, 1, 2, 0] as [Int32])
    let all: [(String, ([Tensor]) -> Tensor)] = [
      ("squared error", { Loss.meanSquaredError($0[0], target) }),
      ("absolute error", { Loss.meanAbsoluteError($0[0], target) }),
      ("Huber", { Loss.huber($0[0], target) }),
      ("cross-entropy", { Loss.crossEntropy(logits: $0[0], labels: labels) }),
      ("binary entropy", { Loss.binaryCrossEntropy(logits: $0[0], targets: share) }),
    ]
    return all.map { name, loss in
      Case(
        name: name,
        difference: difference(of: loss, at: [.normal([6, 4], type: .double, using: &rng)], seed))
    }
  }

  private static func check(
    _ name: String, _ layer: some Layer, _ shape: [Int], _ seed: Seed
  ) -> Case {
    var rng = seed.child(name).makeStream()
    let x = Tensor.normal(shape, type: .double, using: &rng)
    // Parameters off their start, where biases are zero and scales one.
    let parameters = layer.tensors.map { $0 + .normal($0.shape, type: .double, using: &rng) * 0.1 }
    let weights = Tensor.normal(layer(x).shape, type: .double, using: &rng)
    let function = { (arguments: [Tensor]) in
      (layer.replacing(Array(arguments.dropFirst()))(arguments[0]) * weights).sum()
    }
    return Case(
      name: name, difference: difference(of: function, at: [x] + parameters, seed.child(name)))
  }

  /// The relative distance of gradient times direction to the central difference of fourth order,
  /// (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / (12 h).
  private static func difference(
    of function: @escaping ([Tensor]) -> Tensor, at point: [Tensor], _ seed: Seed
  ) -> Double {
    var rng = seed.child("direction").makeStream()
    let direction = point.map { Tensor.normal($0.shape, type: .double, using: &rng) }
    let gradients = valueAndGradient(of: function)(point).gradients
    let slope = zip(gradients, direction).reduce(0.0) { $0 + ($1.0 * $1.1).sum().item() }
    func value(_ h: Double) -> Double {
      function(zip(point, direction).map { $0 + $1 * h }).item()
    }
    let h = 3e-4
    let expected = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
    return abs(slope - expected) / max(abs(expected), 1e-3)
  }
}
