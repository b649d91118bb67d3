public import LandauTensor

/// A rule that improves parameters step by step.
///
/// Steps change the parameters; what the rule remembers lies in `state`, and a rule with a restored state
/// goes on as if it had never stopped, bit for bit.
public protocol Optimizer: Sendable {
  /// Multiplies every step; a schedule may change it between steps.
  var learningRate: Double { get set }

  /// Factors on rate and decay, one per parameter; empty where all are one.
  var factors: [ParameterFactor] { get set }

  /// What the rule remembers from step to step.
  var state: OptimizerState { get set }

  /// One step on every parameter.
  ///
  /// - Parameter evaluate: loss and gradients at any parameters, always of the same examples. Plain gradient
  ///   rules call it once; searches along a line and sharpness-aware steps call it again.
  /// - Returns: the loss before the step. Where that is not finite nothing has changed.
  mutating func step(
    _ parameters: inout [Tensor],
    evaluate: (_ parameters: [Tensor]) -> (loss: Double, gradients: [Tensor])
  ) -> Double
}

/// A rule that needs nothing but the gradients at the present parameters.
public protocol GradientOptimizer: Optimizer {
  /// One step on every parameter. The first call fixes number and types of the parameters.
  mutating func step(_ parameters: inout [Tensor], gradients: [Tensor])
}

extension GradientOptimizer {
  public mutating func step(
    _ parameters: inout [Tensor],
    evaluate: (_ parameters: [Tensor]) -> (loss: Double, gradients: [Tensor])
  ) -> Double {
    let (loss, gradients) = evaluate(parameters)
    if loss.isFinite { step(&parameters, gradients: gradients) }
    return loss
  }

  /// One step on the parameters of a tree.
  public mutating func step<Tree: TensorTree>(_ tree: inout Tree, gradients: [Tensor]) {
    var parameters = tree.tensors
    step(&parameters, gradients: gradients)
    tree = tree.replacing(parameters)
  }
}

extension Optimizer {
  /// One step on the parameters of a tree; see the step on a list of parameters.
  public mutating func step<Tree: TensorTree>(
    _ tree: inout Tree, evaluate: (_ tree: Tree) -> (loss: Double, gradients: [Tensor])
  ) -> Double {
    var parameters = tree.tensors
    let loss = step(&parameters) { evaluate(tree.replacing($0)) }
    tree = tree.replacing(parameters)
    return loss
  }

  /// The learning rate of one parameter.
  func rate(_ index: Int) -> Double {
    factors.isEmpty ? learningRate : learningRate * factors[index].learningRate
  }

  /// What remains of one parameter after the decay of a step, 1 - rate · decay.
  func remainder(_ index: Int, decay: Double) -> Double {
    1 - rate(index) * (factors.isEmpty ? decay : decay * factors[index].weightDecay)
  }

  /// Checks that gradients and factors fit the parameters.
  func requireFit(_ parameters: [Tensor], _ gradients: [Tensor]) {
    precondition(
      parameters.map(\.type) == gradients.map(\.type),
      "parameters \(parameters.map(\.type)) with gradients \(gradients.map(\.type))")
    precondition(
      factors.isEmpty || factors.count == parameters.count,
      "\(factors.count) parameter factors for \(parameters.count) parameters")
  }
}
