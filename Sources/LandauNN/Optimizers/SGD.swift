public import LandauTensor

/// Stochastic gradient descent with momentum.
///
/// velocity = momentum · velocity + gradient; the parameter moves by -learningRate · velocity, with
/// Nesterov's variant by -learningRate · (gradient + momentum · velocity).
public struct SGD: Optimizer {
  public var learningRate: Double
  public let momentum: Double
  public let isNesterov: Bool
  private var velocities = Memories()

  public init(learningRate: Double, momentum: Double = 0, isNesterov: Bool = false) {
    precondition(momentum >= 0 && momentum < 1, "momentum \(momentum) is not in [0, 1)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    velocities.prepare(parameters, gradients)
    for index in parameters.indices {
      switch parameters[index].scalarType {
      case .float: update(&parameters[index], gradients[index], index, Float.self)
      case .double: update(&parameters[index], gradients[index], index, Double.self)
      case .int32, .bool: break
      case .complexFloat, .complexDouble:
        preconditionFailure("complex parameters; train their real and imaginary parts")
      }
    }
  }

  @inline(__always)
  private mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let (rate, momentum, isNesterov) = (T(learningRate), T(momentum), isNesterov)
    (parameter, velocities[index]) = Fused.update(parameter, gradient, velocities[index]) {
      (p: T, g: T, v: T) in
      let velocity = momentum * v + g
      return (p - rate * (isNesterov ? g + momentum * velocity : velocity), velocity)
    }
  }
}
