public import LandauTensor

/// Lion: every number moves by the learning rate in the direction of a sign.
///
/// The sign is that of beta1 · mean + (1 - beta1) · gradient; the mean then takes in the gradient with
/// beta2. The decay is decoupled.
/// - Note: Chen et al. 2023, arXiv:2302.06675. Rates are three to ten times smaller than for AdamW, decays
///   as much larger.
public struct Lion: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let weightDecay: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("mean")

  public init(
    learningRate: Double = 1e-4, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0
  ) {
    precondition(
      (0..<1).contains(beta1) && (0..<1).contains(beta2),
      "betas \(beta1), \(beta2) are not in [0, 1)")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let (rate, keep) = (T(rate(index)), T(remainder(index, decay: weightDecay)))
    let (b1, c1, b2, c2) = (T(beta1), T(1 - beta1), T(beta2), T(1 - beta2))
    var memory = state.take(0, index)
    Fused.update(&parameter, gradient, &memory, on: state.pool) {
      (p: T, g: T, m: T) in
      let direction = b1 * m + c1 * g
      let sign: T = direction > 0 ? 1 : (direction < 0 ? -1 : 0)
      return (p * keep - rate * sign, b2 * m + c2 * g)
    }
    state[0, index] = memory
  }
}
