/// How an iterative solver ended.
public enum SolverStatus: String, Sendable, Hashable {
  /// The residual is within the tolerance.
  case converged
  /// The iterations were used up.
  case exhausted
  /// A direction of no or negative curvature turned up: the operator is not positive definite.
  case notPositiveDefinite = "not-positive-definite"
  /// A number was not finite.
  case notFinite = "not-finite"
}

/// An approximate solution of a linear system.
public struct LinearSolution: Sendable {
  /// Shaped like the right-hand side.
  public let solution: [Tensor]
  public let status: SolverStatus
  /// |b - A x| / |b| after every iteration, the start first; as the recursion has it.
  public let residuals: [Double]
  public var iterationCount: Int { residuals.count - 1 }
}

/// Solves A x = b for a symmetric positive definite operator by conjugate gradients.
///
/// - Parameters:
///   - b: tensors of any shapes and real types, together one vector.
///   - start: where to begin; zero by default.
///   - tolerance: of |b - A x| over |b|.
///   - iterations: at most; as many as there are coordinates by default.
///   - preconditioner: an approximate inverse of A, symmetric positive definite.
///   - apply: A on a vector shaped like `b`, with a value of the same types.
/// - Returns: the best that was reached and how it ended. Scalars are added up in Double.
/// - Complexity: one application of A per iteration and five vectors.
/// - Note: Hestenes and Stiefel 1952.
public func conjugateGradients(
  _ b: [Tensor], start: [Tensor]? = nil, tolerance: Double = 1e-6, iterations: Int? = nil,
  preconditioner: (([Tensor]) -> [Tensor])? = nil, apply: ([Tensor]) -> [Tensor]
) -> LinearSolution {
  let space = TensorSpace(like: b)
  func on(_ function: ([Tensor]) -> [Tensor], _ x: [Double]) -> [Double] {
    space.coordinates(of: function(space.tensors(x)))
  }
  let right = space.coordinates(of: b)
  let scale = VectorMath.norm(right)
  var x = start.map { space.coordinates(of: $0) } ?? [Double](repeating: 0, count: space.dimension)
  var residual = right
  if start != nil { VectorMath.add(-1, on(apply, x), to: &residual) }
  var residuals = [scale > 0 ? VectorMath.norm(residual) / scale : 0]
  func finished(_ status: SolverStatus) -> LinearSolution {
    LinearSolution(solution: space.tensors(x), status: status, residuals: residuals)
  }
  guard scale.isFinite, residuals[0].isFinite else { return finished(.notFinite) }
  guard scale > 0 else {
    x = [Double](repeating: 0, count: space.dimension)
    return finished(.converged)
  }
  var conditioned = preconditioner.map { on($0, residual) } ?? residual
  var direction = conditioned
  var product = VectorMath.dot(residual, conditioned)
  for _ in 0..<(iterations ?? space.dimension) {
    if residuals.last! <= tolerance { return finished(.converged) }
    let image = on(apply, direction)
    let curvature = VectorMath.dot(direction, image)
    guard curvature.isFinite, product.isFinite else { return finished(.notFinite) }
    guard curvature > 0, product > 0 else { return finished(.notPositiveDefinite) }
    let step = product / curvature
    VectorMath.add(step, direction, to: &x)
    VectorMath.add(-step, image, to: &residual)
    residuals.append(VectorMath.norm(residual) / scale)
    conditioned = preconditioner.map { on($0, residual) } ?? residual
    let next = VectorMath.dot(residual, conditioned)
    let ratio = next / product
    for index in direction.indices {
      direction[index] = conditioned[index] + ratio * direction[index]
    }
    product = next
  }
  return finished(residuals.last! <= tolerance ? .converged : .exhausted)
}
