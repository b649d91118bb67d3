public import LandauTensor

/// Layers one after the other.
public struct Sequential: Layer {
  public var layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    layers.reduce(x) { $1($0) }
  }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    var value = x
    for index in layers.indices { value = layers[index](value, training: key.folded(index)) }
    return value
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    for index in layers.indices {
      layers[index].forEachTensor { visit("\(index).\($0)", &$1) }
    }
  }

  /// Dense layers with an activation between each two and none at the end.
  ///
  /// - Parameters:
  ///   - widths: numbers of inputs, of hidden units layer by layer, and of outputs.
  ///   - initialization: of the weights; by default what suits the activation.
  public static func perceptron(
    widths: [Int], activation: Activation, initialization: Initialization? = nil,
    type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) -> Sequential {
    precondition(widths.count >= 2, "a perceptron of the widths \(widths)")
    var layers: [any Layer] = []
    for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
      if index > 0 { layers.append(activation) }
      layers.append(
        Dense(
          inputs: inputs, outputs: outputs,
          initialization: initialization ?? activation.initialization, type: type, using: &rng))
    }
    return Sequential(layers)
  }
}
