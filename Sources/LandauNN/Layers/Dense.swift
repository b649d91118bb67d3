public import LandauTensor

/// How the weights of a layer are drawn; the named schemes keep variances even from layer to layer.
public enum Initialization: String, Sendable, Hashable, CaseIterable {
  /// Uniform on ±sqrt(6 / (inputs + outputs)). Glorot and Bengio 2010; for tanh and sigmoid.
  case glorotUniform = "glorot-uniform"
  /// Normal of variance 2 / inputs. He et al. 2015; for rectifiers.
  case heNormal = "he-normal"
  /// Normal of variance 1 / inputs. LeCun et al. 1998.
  case lecunNormal = "lecun-normal"
  case zeros

  /// Weights `[inputs, outputs]`.
  public func weights(
    inputs: Int, outputs: Int, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) -> Tensor {
    let shape = [inputs, outputs]
    switch self {
    case .glorotUniform:
      let bound = (6 / Double(max(1, inputs + outputs))).squareRoot()
      return .uniform(shape, low: -bound, high: bound, type: type, using: &rng)
    case .heNormal: return normal(shape, 2, type, &rng)
    case .lecunNormal: return normal(shape, 1, type, &rng)
    case .zeros: return .zeros(shape, type: type)
    }
  }

  private func normal(
    _ shape: [Int], _ gain: Double, _ type: ScalarType, _ rng: inout some RandomNumberGenerator
  ) -> Tensor {
    let weights =
      Tensor.normal(shape, type: type, using: &rng)
      * (gain / Double(max(1, shape[0]))).squareRoot()
    weights.eval()
    return weights
  }
}

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
    let product = matmul(x, weight)
    return bias.map { product + $0 } ?? product
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("weight", &weight)
    if var present = bias {
      visit("bias", &present)
      bias = present
    }
  }
}
