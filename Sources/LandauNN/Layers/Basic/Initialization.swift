import LandauCore
public import LandauTensor

/// How the weights of a layer are drawn; the named schemes keep variances even from layer to layer.
public enum Initialization: String, Sendable, Hashable, CaseIterable {
  /// Uniform on ±sqrt(6 / (inputs + outputs)). Glorot and Bengio 2010; for tanh and sigmoid.
  case glorotUniform = "glorot-uniform"
  /// Normal of variance 2 / inputs. He et al. 2015; for rectifiers.
  case heNormal = "he-normal"
  /// Normal of variance 1 / inputs. LeCun et al. 1998.
  case lecunNormal = "lecun-normal"
  /// Normal of variance 1 / inputs without the tails beyond two standard deviations.
  case truncatedNormal = "truncated-normal"
  case zeros

  /// Weights `[inputs, outputs]`.
  public func weights(
    inputs: Int, outputs: Int, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) -> Tensor {
    weights([inputs, outputs], inputs: inputs, outputs: outputs, type: type, using: &rng)
  }

  /// Weights of any shape.
  ///
  /// - Parameters:
  ///   - inputs: how many numbers are summed for one output (channels times window in a convolution).
  ///   - outputs: how many outputs one number goes to.
  public func weights(
    _ shape: [Int], inputs: Int, outputs: Int, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) -> Tensor {
    let (fanIn, fanOut) = (Double(max(1, inputs)), Double(max(1, outputs)))
    let weights: Tensor
    switch self {
    case .glorotUniform:
      let bound = (6 / (fanIn + fanOut)).squareRoot()
      weights = .uniform(shape, low: -bound, high: bound, type: type, using: &rng)
    case .heNormal:
      weights = .normal(shape, type: type, using: &rng) * (2 / fanIn).squareRoot()
    case .lecunNormal:
      weights = .normal(shape, type: type, using: &rng) * (1 / fanIn).squareRoot()
    case .truncatedNormal:
      weights = Self.truncated(shape, type, &rng) * (1 / fanIn).squareRoot()
    case .zeros: weights = .zeros(shape, type: type)
    }
    weights.eval()
    return weights
  }

  /// Normal numbers between -2 and 2, scaled to variance one.
  private static func truncated(
    _ shape: [Int], _ type: ScalarType, _ rng: inout some RandomNumberGenerator
  ) -> Tensor {
    // The variance of what is left is 1 - 2 a p(a)/(2 P(a) - 1) at a = 2.
    let deviation = 0.87962566103423978
    let values = (0..<shape.reduce(1, *)).map { _ -> Double in
      while true {
        let number = rng.normal()
        if abs(number) <= 2 { return number / deviation }
      }
    }
    return Tensor(values, shape: shape).asType(type)
  }
}
