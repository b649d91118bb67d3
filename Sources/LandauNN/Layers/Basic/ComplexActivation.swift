public import LandauTensor

/// A function of complex numbers that turns with them: f(e^(i a) z) = e^(i a) f(z); a layer without parameters.
///
/// It acts on the modulus and leaves the angle, so it is smooth where activations of real and imaginary part apart
/// would single out two directions. Real numbers are complex ones without imaginary part.
public enum ComplexActivation: String, Layer, Hashable, CaseIterable {
  /// z tanh(|z|)/|z|. Hirose 1992.
  case tanh
  /// z / (1 + |z|). Georgiou and Koutsougeras 1992.
  case saturating
  /// z sigmoid(|z| - 1): small numbers are damped.
  case gate

  public func callAsFunction(_ z: Tensor) -> Tensor {
    let size = z.modulus()
    return switch self {
    case .tanh: z.scaled(by: LandauTensor.tanh(size) / size)
    case .saturating: z.scaled(by: 1 / (size + 1))
    case .gate: z.scaled(by: sigmoid(size - 1))
    }
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {}
}

/// z relu(|z| + bias)/|z| with one learned bias per feature: numbers inside a circle become zero.
///
/// Arjovsky, Shah and Bengio 2016, arXiv:1511.06464.
public struct ModulusRelu: Layer {
  /// `[features]`, real.
  public var bias: Tensor

  public init(bias: Tensor) { self.bias = bias }

  /// - Parameter z: `[…, features]`, complex or real.
  public func callAsFunction(_ z: Tensor) -> Tensor {
    requireWidth(z, bias.shape[0], "a modulus rectifier")
    let size = z.modulus()
    return z.scaled(by: Activation.relu(size + bias) / size)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("bias", &bias)
  }
}

extension Tensor {
  /// |z|, real; at zero the smallest number that a division bears, so that values and derivatives stay finite.
  fileprivate func modulus() -> Tensor {
    let (a, b) = (real(self), imaginary(self))
    let squared = a * a + b * b
    return sqrt(select(squared .> 0, squared, squared.filled(1e-36)))
  }

  /// Times real numbers.
  fileprivate func scaled(by factor: Tensor) -> Tensor {
    scalarType.isComplex
      ? complex(real(self) * factor, imaginary(self) * factor) : self * factor
  }
}
