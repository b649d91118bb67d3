public import LandauTensor

/// Limited-memory BFGS with a line search that fulfils the strong Wolfe conditions.
///
/// For losses that are the same at every call: the whole data in one batch. A step is one line search;
/// it calls `evaluate` once or twice as a rule. Arithmetic is in Double, parameters are rounded to their own type.
/// - Note: Nocedal and Wright 2006, algorithms 7.4, 3.5 and 3.6.
public struct LBFGS: Optimizer {
  /// How the last line search ended.
  public enum Search: Int, Sendable, Hashable {
    /// Both conditions hold.
    case wolfe = 0
    /// The loss fell enough, but the slope is still steep.
    case armijo
    /// No lower loss was found along the line; the parameters stayed, and the memory was cleared.
    case failed
    /// The gradient is zero.
    case stationary
  }

  /// The first trial step of every line search; 1 is right where the memory is filled.
  public var learningRate: Double
  /// Pairs of steps and gradient differences that are kept.
  public let history: Int
  /// Sufficient decrease.
  public let c1: Double
  /// Remaining slope.
  public let c2: Double
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("step", "difference", numbers: ["search": 0])

  public init(learningRate: Double = 1, history: Int = 10, c1: Double = 1e-4, c2: Double = 0.9) {
    precondition(history >= 1, "a history of \(history)")
    precondition(0 < c1 && c1 < c2 && c2 < 1, "Wolfe's constants \(c1), \(c2); 0 < c1 < c2 < 1")
    self.learningRate = learningRate
    self.history = history
    self.c1 = c1
    self.c2 = c2
  }

  /// How the last line search ended.
  public var search: Search { Search(rawValue: Int(state.numbers["search"] ?? 0)) ?? .wolfe }

  public mutating func step(
    _ parameters: inout [Tensor],
    evaluate: (_ parameters: [Tensor]) -> (loss: Double, gradients: [Tensor])
  ) -> Double {
    let space = TensorSpace(like: parameters)
    let (loss, gradients) = evaluate(parameters)
    requireFit(parameters, gradients)
    guard loss.isFinite else { return loss }
    state.stepCount += 1
    let x = space.coordinates(of: parameters)
    // Frozen parameters take no part: their gradient counts as zero.
    let mask = frozen(space)
    func masked(_ gradient: [Double]) -> [Double] {
      mask.map { mask in zip(gradient, mask).map { $1 ? 0 : $0 } } ?? gradient
    }
    let gradient = masked(space.coordinates(of: gradients))
    var direction = quasiNewtonDirection(gradient)
    var slope = VectorMath.dot(direction, gradient)
    guard slope != 0 else {
      state.numbers["search"] = Double(Search.stationary.rawValue)
      return loss
    }
    if !(slope < 0) {
      // The memory has gone stale: steepest descent.
      clear()
      direction = gradient.map { -$0 }
      slope = -VectorMath.dot(gradient, gradient)
    }
    // Without curvature the gradient's length says nothing of the distance.
    let first =
      state.slots[0].tensors.isEmpty
      ? min(1, 1 / VectorMath.dot(gradient, gradient).squareRoot()) * learningRate : learningRate
    var search = WolfeSearch(loss: loss, slope: slope, c1: c1, c2: c2)
    let found = search.run(first: first) { length in
      let trial = zip(x, direction).map { $0 + length * $1 }
      let tensors = space.tensors(trial)
      let (loss, gradients) = evaluate(tensors)
      let own = masked(space.coordinates(of: gradients))
      return .init(
        length: length, loss: loss, slope: VectorMath.dot(own, direction), gradient: own,
        parameters: tensors)
    }
    guard let found else {
      clear()
      state.numbers["search"] = Double(Search.failed.rawValue)
      return loss
    }
    state.numbers["search"] = Double(
      (search.isWolfe(found) ? Search.wolfe : Search.armijo).rawValue)
    remember(
      step: zip(space.coordinates(of: found.parameters), x).map { $0 - $1 },
      difference: zip(found.gradient, gradient).map { $0 - $1 })
    parameters = found.parameters
    return loss
  }

  private func frozen(_ space: TensorSpace) -> [Bool]? {
    guard factors.contains(where: { $0.learningRate == 0 }) else { return nil }
    return zip(space.counts, factors).flatMap { count, factor in
      [Bool](repeating: factor.learningRate == 0, count: count)
    }
  }

  private mutating func clear() {
    state.slots[0].tensors = []
    state.slots[1].tensors = []
  }

  /// Pairs without curvature would make the direction useless and are left out.
  private mutating func remember(step: [Double], difference: [Double]) {
    let curvature = VectorMath.dot(step, difference)
    guard curvature > 1e-14 * VectorMath.dot(difference, difference), curvature.isFinite else {
      return
    }
    state.slots[0].tensors.append(Tensor(step))
    state.slots[1].tensors.append(Tensor(difference))
    if state.slots[0].tensors.count > history {
      state.slots[0].tensors.removeFirst()
      state.slots[1].tensors.removeFirst()
    }
  }

  /// Minus the approximate inverse Hessian times the gradient, by the two-loop recursion.
  private func quasiNewtonDirection(_ gradient: [Double]) -> [Double] {
    var q = gradient.map { -$0 }
    let steps = state.slots[0].tensors.map { $0.scalars(Double.self) }
    let differences = state.slots[1].tensors.map { $0.scalars(Double.self) }
    guard let s = steps.last, let y = differences.last else { return q }
    let inverses = zip(steps, differences).map { 1 / VectorMath.dot($0, $1) }
    var alphas = [Double](repeating: 0, count: steps.count)
    for index in steps.indices.reversed() {
      alphas[index] = inverses[index] * VectorMath.dot(steps[index], q)
      VectorMath.add(-alphas[index], differences[index], to: &q)
    }
    let scale = VectorMath.dot(s, y) / VectorMath.dot(y, y)
    for index in q.indices { q[index] *= scale }
    for index in steps.indices {
      let beta = inverses[index] * VectorMath.dot(differences[index], q)
      VectorMath.add(alphas[index] - beta, steps[index], to: &q)
    }
    return q
  }
}
