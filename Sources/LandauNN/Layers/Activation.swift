public import LandauTensor

/// A function applied to every number; a layer without parameters.
public enum Activation: String, Layer, Hashable, CaseIterable {
  case identity
  /// x where positive, else 0; the derivative at 0 is 0.
  case relu
  case tanh
  case sigmoid
  /// log(1 + exp(x)).
  case softplus
  /// x sigmoid(x), also called swish.
  case silu
  /// x times the normal distribution function.
  case gelu

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .identity: x
    case .relu: select(x .> 0, x, x.filled(0))
    case .tanh: LandauTensor.tanh(x)
    case .sigmoid: LandauTensor.sigmoid(x)
    // Both terms are finite and one of them small: no overflow.
    case .softplus: select(x .> 0, x, x.filled(0)) + log(exp(-abs(x)) + 1)
    case .silu: x * LandauTensor.sigmoid(x)
    case .gelu: x * 0.5 * (erf(x * 0.7071067811865476) + 1)
    }
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}

  /// The initialisation that suits layers followed by this activation.
  public var initialization: Initialization {
    switch self {
    case .relu, .softplus, .silu, .gelu: .heNormal
    case .identity, .tanh, .sigmoid: .glorotUniform
    }
  }
}

extension Tensor {
  /// A number in the shape and type of this tensor.
  func filled(_ value: Double) -> Tensor { .full(shape, value, type: scalarType) }
}
