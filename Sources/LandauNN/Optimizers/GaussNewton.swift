public import LandauTensor

/// Steps of a damped second-order method: (curvature + damping) step = -gradient, solved by conjugate gradients.
///
/// With the Gauss-Newton matrix of a sum of squares this is Levenberg's and Marquardt's method, with the
/// Fisher matrix of a likelihood the natural gradient (Amari 1998). The curvature is a function on
/// vectors; no matrix is ever stored. Like other rules that evaluate more than once it wants the same examples
/// in the curvature and in the loss.
///
///     let curvature = GaussNewton.leastSquares { parameters in model.replacing(parameters)(x) - y }
///     var optimizer = GaussNewton(curvature: curvature)
public struct GaussNewton: Optimizer {
  /// The curvature at `parameters`, symmetric and not negative, applied to a vector shaped like them.
  public typealias Curvature =
    @Sendable (_ parameters: [Tensor], _ vector: [Tensor]) -> [Tensor]

  public var learningRate: Double
  /// Iterations of conjugate gradients per step, at most.
  public let iterations: Int
  /// The relative residual at which a step is solved well enough.
  public let tolerance: Double
  /// Whether the damping follows how well the quadratic model predicts the loss, and steps that raise the loss are
  /// taken back (Martens 2010): times 2/3 above 3/4 of the predicted fall, times 3/2 below 1/4.
  public let adaptsDamping: Bool
  public var factors: [ParameterFactor] = []
  public var state: OptimizerState
  private let curvature: Curvature

  public init(
    learningRate: Double = 1, damping: Double = 1e-3, adaptsDamping: Bool = true,
    iterations: Int = 100, tolerance: Double = 1e-6, curvature: @escaping Curvature
  ) {
    precondition(damping >= 0, "damping \(damping) is negative")
    self.learningRate = learningRate
    self.adaptsDamping = adaptsDamping
    self.iterations = iterations
    self.tolerance = tolerance
    self.curvature = curvature
    state = OptimizerState(numbers: ["damping": damping])
  }

  /// What is added to the curvature.
  public var damping: Double { state.numbers["damping"] ?? 0 }

  public mutating func step(
    _ parameters: inout [Tensor],
    evaluate: (_ parameters: [Tensor]) -> (loss: Double, gradients: [Tensor])
  ) -> Double {
    let (loss, gradients) = evaluate(parameters)
    requireFit(parameters, gradients)
    guard loss.isFinite else { return loss }
    state.stepCount += 1
    let space = TensorSpace(like: parameters)
    let (old, damping) = (parameters, damping)
    let solution = conjugateGradients(gradients, tolerance: tolerance, iterations: iterations) {
      zip(curvature(old, $0), $0).map { $0 + $1 * damping }
    }
    let moved = zip(old, solution.solution).enumerated().map { index, pair in
      pair.0.scalarType.isFloating ? pair.0 - pair.1 * rate(index) : pair.0
    }
    eval(moved)
    guard adaptsDamping else {
      parameters = moved
      return loss
    }
    let step = zip(space.coordinates(of: moved), space.coordinates(of: old)).map { $0 - $1 }
    let bent = space.coordinates(of: curvature(old, space.tensors(step)))
    let predicted =
      VectorMath.dot(space.coordinates(of: gradients), step) + VectorMath.dot(step, bent) / 2
    let fall = evaluate(moved).loss - loss
    // Close to the minimum changes of the loss are rounding and say nothing of the model.
    let noise = 16 * max(loss.magnitude, 1e-300) * (Self.isDouble(old) ? Double.ulpOfOne : 0x1p-23)
    if -predicted <= noise {
      if fall <= noise { parameters = moved }
      return loss
    }
    if fall <= 0 { parameters = moved }
    // A loss that is not finite counts as a bad prediction.
    let ratio = fall.isFinite ? fall / predicted : -1
    if ratio > 0.75 { state.numbers["damping"] = damping * 2 / 3 }
    if ratio < 0.25 { state.numbers["damping"] = max(damping, 1e-12) * (fall <= 0 ? 1.5 : 4) }
    return loss
  }
}

extension GaussNewton {
  private static func isDouble(_ parameters: [Tensor]) -> Bool {
    parameters.allSatisfy { $0.realType != .float }
  }

  /// 2/n JᵀJ: the Gauss-Newton matrix of the mean of n squared residuals with the Jacobian J.
  public static func leastSquares(
    _ residuals: @escaping @Sendable (_ parameters: [Tensor]) -> Tensor
  ) -> Curvature {
    product(residuals) { _, tangent in tangent * (2 / Double(tangent.count)) }
  }

  /// The Fisher matrix of labels drawn from softmax(logits), averaged over the batch; also the
  /// Gauss-Newton matrix of their cross-entropy.
  ///
  /// - Parameter logits: `[batch, class]`.
  public static func classification(
    logits: @escaping @Sendable (_ parameters: [Tensor]) -> Tensor
  ) -> Curvature {
    product(logits) { logits, tangent in
      let p = logits.softmax()
      let weighted = p * tangent
      return (weighted - p * weighted.sum(axes: [1], keepingAxes: true))
        * (1 / Double(logits.shape[0]))
    }
  }

  /// Jᵀ H J v for the Jacobian J of `outputs` and a symmetric H on its values.
  ///
  /// - Parameter hessian: H times a tangent, given the value.
  public static func product(
    _ outputs: @escaping @Sendable (_ parameters: [Tensor]) -> Tensor,
    hessian: @escaping @Sendable (_ value: Tensor, _ tangent: Tensor) -> Tensor
  ) -> Curvature {
    let compiled = compile { arguments in
      let count = arguments.count / 2
      let (parameters, vector) = (Array(arguments[..<count]), Array(arguments[count...]))
      let forward = jvp({ [outputs($0)] }, parameters, tangents: vector)
      let weighted = hessian(forward.values[0], forward.tangents[0])
      return vjp({ [outputs($0)] }, parameters, cotangents: [weighted]).cotangents
    }
    return { compiled($0 + $1) }
  }
}
