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
  /// x where positive, else 0.01 x.
  case leakyRelu
  /// x where positive, else exp(x) - 1. Clevert et al. 2016.
  case elu
  /// The scaled elu that keeps mean 0 and variance 1 from layer to layer. Klambauer et al. 2017.
  case selu
  /// x tanh(softplus(x)). Misra 2020.
  case mish

  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .identity: x
    case .relu: select(x .> 0, x, x.filled(0))
    case .tanh: LandauTensor.tanh(x)
    case .sigmoid: LandauTensor.sigmoid(x)
    case .softplus: Self.softplus(x)
    case .silu: x * LandauTensor.sigmoid(x)
    case .gelu: x * 0.5 * (erf(x * 0.7071067811865476) + 1)
    case .leakyRelu: select(x .> 0, x, x * 0.01)
    case .elu: Self.elu(x, scale: 1)
    case .selu: Self.elu(x, scale: 1.6732632423543772) * 1.0507009873554805
    case .mish: x * LandauTensor.tanh(Self.softplus(x))
    }
  }

  /// max(x, 0) - log(sigmoid(|x|)): finite everywhere, with every derivative at 0, too.
  private static func softplus(_ x: Tensor) -> Tensor {
    // Not abs(x), whose derivative at 0 is 0: with -x there both branches of the sum meet smoothly.
    let size = select(x .> 0, x, -x)
    return select(x .> 0, x, x.filled(0)) - log(LandauTensor.sigmoid(size))
  }

  /// x where positive, else scale (exp(x) - 1).
  private static func elu(_ x: Tensor, scale: Double) -> Tensor {
    select(x .> 0, x, expm1(select(x .> 0, x.filled(0), x)) * scale)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}

  /// The initialisation that suits layers followed by this activation.
  public var initialization: Initialization {
    switch self {
    case .relu, .softplus, .silu, .gelu, .leakyRelu, .elu, .mish: .heNormal
    case .selu: .lecunNormal
    case .identity, .tanh, .sigmoid: .glorotUniform
    }
  }
}

extension Tensor {
  /// A number in the shape and type of this tensor.
  func filled(_ value: Double) -> Tensor { .full(shape, value, type: scalarType) }
}
