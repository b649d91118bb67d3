import LandauCore
public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An echo-state network: recurrent units with fixed random weights, whose states a linear read-out is trained on.
///
/// h' = (1 - leak) h + leak tanh(x W + h U + b). With a spectral radius below one the influence of the start usually
/// fades, so that a state is an echo of the inputs. Jaeger 2001; Lukosevicius and Jaeger 2009. The read-out is
/// found in one go by `RidgeRegression`.
public struct Reservoir: Layer {
  /// `[inputs, units]`; nothing here has a derivative or is trained.
  public var fixedInput: Tensor
  /// `[units, units]`.
  public var fixedRecurrent: Tensor
  /// `[units]`.
  public var fixedBias: Tensor
  /// The share of the new value in every state.
  public let leak: Double

  /// - Parameters:
  ///   - spectralRadius: the largest modulus of the recurrent matrix's eigenvalues.
  ///   - density: the share of recurrent weights that are not zero.
  ///   - inputScale: input weights are uniform on ± this; biases, too.
  /// - Complexity: 30 products of the recurrent matrix, to scale it.
  public init(
    inputs: Int, units: Int, spectralRadius: Double = 0.9, density: Double = 0.1,
    inputScale: Double = 0.5, leak: Double = 1, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      spectralRadius > 0 && density > 0 && density <= 1 && leak > 0 && leak <= 1,
      "a reservoir of spectral radius \(spectralRadius), density \(density), leak \(leak)")
    fixedInput = .uniform(
      [inputs, units], low: -inputScale, high: inputScale, type: type, using: &rng)
    fixedBias = .uniform([units], low: -inputScale, high: inputScale, type: type, using: &rng)
    var weights = Tensor.zeros([units, units], type: .double)
    var radius = 0.0
    // Sparse draws of few units can be nilpotent; the next one is not.
    while radius < 1e-3 && units > 0 {
      let values = (0..<units * units).map { _ -> Double in
        let weight = rng.normal()
        return rng.uniform() < density ? weight : 0
      }
      weights = Tensor(values, shape: [units, units])
      radius = Self.spectralRadius(weights)
    }
    fixedRecurrent = (weights * (spectralRadius / radius)).asType(type)
    fixedRecurrent.eval()
    self.leak = leak
  }

  public var units: Int { fixedBias.shape[0] }

  /// All states of a sequence that begins from zeros.
  ///
  /// - Parameter x: `[batch, time, inputs]`.
  /// - Returns: `[batch, time, units]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireSequence(x, fixedInput.shape[0])
    return self(x, from: .zeros([x.shape[0], units], type: x.scalarType))
  }

  /// All states of a sequence that begins from `state`, `[batch, units]`.
  public func callAsFunction(_ x: Tensor, from state: Tensor) -> Tensor {
    let input = Dense(weight: fixedInput.stoppingGradient(), bias: fixedBias.stoppingGradient())
    let recurrent = fixedRecurrent.stoppingGradient()
    return Recurrence.states(input(x), from: [state]) { driven, carried in
      let new = tanh(driven + matmul(carried[0], recurrent))
      return [carried[0] * (1 - leak) + new * leak]
    }
  }

  /// The largest modulus of a square matrix's eigenvalues.
  ///
  /// By Gelfand's formula, the limit of |Aⁿ|^(1/n), with n = 2³⁰ by repeated squaring: off by the logarithm of the
  /// eigenvectors' condition over 2³⁰.
  static func spectralRadius(_ matrix: Tensor) -> Double {
    var power = matrix.asType(.double)
    var logarithm = 0.0
    var weight = 1.0
    for _ in 0...30 {
      let size: Double = sqrt((power * power).sum()).item()
      if size == 0 { return 0 }
      logarithm += weight * log(size)
      power = power / size
      power = matmul(power, power)
      power.eval()
      weight /= 2
    }
    return exp(logarithm)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("fixedInput", &fixedInput)
    visit("fixedRecurrent", &fixedRecurrent)
    visit("fixedBias", &fixedBias)
  }
}
