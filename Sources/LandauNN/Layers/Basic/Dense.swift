public import LandauTensor

/// The affine map x · weight + bias.
public struct Dense: Layer {
  /// `[inputs, outputs]`.
  public var weight: Tensor
  /// `[outputs]`; absent where the map is linear.
  public var bias: Tensor?

  public init(weight: Tensor, bias: Tensor?) {
    precondition(
      weight.rank == 2 && (bias == nil || bias!.shape == [weight.shape[1]]),
      "a dense layer with weights \(weight.shape) and biases \(bias?.shape ?? [])")
    self.weight = weight
    self.bias = bias
  }

  /// Weights drawn by `initialization`, biases zero.
  public init(
    inputs: Int, outputs: Int, hasBias: Bool = true,
    initialization: Initialization = .glorotUniform,
    type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) {
    weight = initialization.weights(inputs: inputs, outputs: outputs, type: type, using: &rng)
    bias = hasBias ? .zeros([outputs], type: type) : nil
  }

  /// - Parameter x: `[…, inputs]`.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, weight.shape[0], "a dense layer")
    let product =
      x.rank == 1
      ? matmul(x.expandedDimension(at: 0), weight).squeezed(axis: 0) : matmul(x, weight)
    return bias.map { product + $0 } ?? product
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    visitBias(&bias, visit)
  }
}
