public import LandauTensor

/// Stochastic gradient descent, plain or with momentum.
///
/// velocity = momentum · velocity + gradient; the parameter moves by -learningRate · velocity (heavy
/// ball, Polyak 1964), with Nesterov's variant by -learningRate · (gradient + momentum · velocity)
/// (Sutskever et al. 2013). On a quadratic of curvature c plain descent diverges beyond learningRate 2/c.
public struct SGD: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public let momentum: Double
  public let isNesterov: Bool
  /// Decoupled: parameters shrink by learningRate · weightDecay per step.
  public let weightDecay: Double
  public var factors: [ParameterFactor] = []
  public var state: OptimizerState

  public init(
    learningRate: Double, momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0
  ) {
    precondition(momentum >= 0 && momentum < 1, "momentum \(momentum) is not in [0, 1)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    state = momentum > 0 ? OptimizerState("velocity") : OptimizerState()
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let (rate, keep) = (T(rate(index)), T(remainder(index, decay: weightDecay)))
    guard momentum > 0 else {
      Fused.update(&parameter, gradient, on: state.pool) { (p: T, g: T) in p * keep - rate * g }
      return
    }
    let (momentum, isNesterov) = (T(momentum), isNesterov)
    var velocities = state.take(0, index)
    Fused.update(&parameter, gradient, &velocities, on: state.pool) {
      (p: T, g: T, v: T) in
      let velocity = momentum * v + g
      return (p * keep - rate * (isNesterov ? g + momentum * velocity : velocity), velocity)
    }
    state[0, index] = velocities
  }
}
