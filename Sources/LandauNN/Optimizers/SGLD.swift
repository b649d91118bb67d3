public import LandauCore
public import LandauTensor

/// Stochastic-gradient Langevin dynamics: descent with noise that samples exp(-loss / temperature).
///
/// parameter ← parameter - learningRate · gradient + sqrt(2 · learningRate · temperature) · normal. The
/// learning rate is the time step: at a finite one the variance along curvature c is
/// temperature / (c (1 - learningRate c / 2)). A posterior over N examples with a mean loss has
/// temperature 1/N (add the prior to the loss).
/// - Note: Welling and Teh 2011, ICML. No accept step; the noise of mini-batches heats.
public struct SGLD: GradientOptimizer, ElementwiseRule {
  public var learningRate: Double
  public var temperature: Double
  public var factors: [ParameterFactor] = []
  public var state: OptimizerState

  /// - Parameter stream: its state is part of the optimiser's; normal numbers are drawn in Double, parameter by parameter.
  public init(learningRate: Double, temperature: Double = 1, stream: RandomStream) {
    precondition(temperature >= 0, "temperature \(temperature) is negative")
    self.learningRate = learningRate
    self.temperature = temperature
    state = OptimizerState(stream: stream)
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    stepElementwise(&parameters, gradients)
  }

  mutating func update<T: BinaryFloatingPoint & TensorScalar>(
    _ parameter: inout Tensor, _ gradient: Tensor, _ index: Int, _ type: T.Type
  ) {
    let own = rate(index)
    let (rate, width) = (T(own), (2 * own * temperature).squareRoot())
    var stream = state.stream!
    Fused.update(&parameter, gradient) { (p: T, g: T) in
      p - rate * g + T(width * stream.normal())
    }
    state.stream = stream
  }
}
