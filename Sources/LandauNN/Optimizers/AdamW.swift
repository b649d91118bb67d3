public import LandauTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adam (Kingma and Ba 2015) and, with a decay, AdamW (Loshchilov and Hutter 2019).
///
/// The decay is decoupled: parameters shrink by learningRate · weightDecay per step, apart from the
/// gradient's statistics. A decay of zero is Adam.
public struct AdamW: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  public let weightDecay: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("mean", "square")

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    precondition(
      (0..<1).contains(beta1) && (0..<1).contains(beta2),
      "betas \(beta1), \(beta2) are not in [0, 1)")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// AdamW without decay.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) -> AdamW {
    AdamW(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    // Moments start at zero; dividing by 1 - beta^t takes out that bias.
    let time = Double(state.stepCount)
    let rate = T(rate(index) / (1 - pow(beta1, time)))
    let unbias = T(1 / (1 - pow(beta2, time)))
    let (b1, b2, epsilon) = (T(beta1), T(beta2), T(epsilon))
    let (c1, c2, keep) = (T(1 - beta1), T(1 - beta2), T(remainder(index, decay: weightDecay)))
    (parameter, state[0, index], state[1, index]) = Fused.update(
      parameter, gradient, state[0, index], state[1, index]
    ) { (p: T, g: T, m: T, v: T) in
      let mean = b1 * m + c1 * g
      let square = b2 * v + c2 * (g * g)
      return (p * keep - rate * mean / ((square * unbias).squareRoot() + epsilon), mean, square)
    }
  }
}
