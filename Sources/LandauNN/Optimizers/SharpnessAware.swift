public import LandauTensor

/// Sharpness-aware minimisation: another rule, with gradients taken at the worst point nearby.
///
/// The gradient is evaluated at parameters + radius · gradient / |gradient| on the same examples, at twice the
/// cost of a plain step.
/// - Note: Foret et al. 2021, arXiv:2010.01412.
public struct SharpnessAware<Base: GradientOptimizer>: Optimizer {
  public private(set) var base: Base
  /// How far away, in the Euclidean norm over all parameters.
  public let radius: Double

  public init(_ base: Base, radius: Double = 0.05) {
    precondition(radius >= 0, "radius \(radius) is negative")
    self.base = base
    self.radius = radius
  }

  public var learningRate: Double {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }

  public var factors: [ParameterFactor] {
    get { base.factors }
    set { base.factors = newValue }
  }

  public var state: OptimizerState {
    get { base.state }
    set { base.state = newValue }
  }

  public mutating func step(
    _ parameters: inout [Tensor],
    evaluate: (_ parameters: [Tensor]) -> (loss: Double, gradients: [Tensor])
  ) -> Double {
    let (loss, gradients) = evaluate(parameters)
    guard loss.isFinite else { return loss }
    let norm = GradientClipping.norm(of: gradients)
    guard norm > 0, norm.isFinite else {
      base.step(&parameters, gradients: gradients)
      return loss
    }
    let factor = radius / norm
    let worst = zip(parameters, gradients).map { parameter, gradient in
      gradient.scalarType.isFloating ? parameter + gradient * factor : parameter
    }
    eval(worst)
    base.step(&parameters, gradients: evaluate(worst).gradients)
    return loss
  }
}
