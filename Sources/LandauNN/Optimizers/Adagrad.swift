public import LandauTensor

/// Adagrad: steps divided by the root of the sum of all squared gradients so far.
///
/// - Note: Duchi, Hazan and Singer 2011, JMLR 12, 2121.
public struct Adagrad: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public let epsilon: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("square")

  public init(learningRate: Double = 1e-2, epsilon: Double = 1e-10) {
    self.learningRate = learningRate
    self.epsilon = epsilon
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let (rate, epsilon) = (T(rate(index)), T(epsilon))
    var memory = state.take(0, index)
    Fused.update(&parameter, gradient, &memory, on: state.pool) {
      (p: T, g: T, v: T) in
      let square = v + g * g
      return (p - rate * g / (square.squareRoot() + epsilon), square)
    }
    state[0, index] = memory
  }
}

/// RMSProp: steps divided by the root of a running mean of squared gradients.
///
/// - Note: Tieleman and Hinton 2012, lecture 6e of "Neural networks for machine learning"; epsilon outside
///   the root and no centring, as there.
public struct RMSProp: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  /// Weight of the past in the running mean.
  public let decay: Double
  public let epsilon: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("square")

  public init(learningRate: Double = 1e-3, decay: Double = 0.9, epsilon: Double = 1e-8) {
    precondition((0..<1).contains(decay), "decay \(decay) is not in [0, 1)")
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  @inline(__always)
  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let (rate, epsilon) = (T(rate(index)), T(epsilon))
    let (old, new) = (T(decay), T(1 - decay))
    var memory = state.take(0, index)
    Fused.update(&parameter, gradient, &memory, on: state.pool) {
      (p: T, g: T, v: T) in
      let square = old * v + new * (g * g)
      return (p - rate * g / (square.squareRoot() + epsilon), square)
    }
    state[0, index] = memory
  }
}
