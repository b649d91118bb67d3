import LandauCore
public import LandauTensor

/// Steepest descent on a spectral sphere: weights and updates of every matrix have a fixed spectral norm.
///
/// A matrix W `[n, m]` stays at the largest singular value R = radius · sqrt(m / n), the scale of
/// maximal-update parametrisation, so that activations neither grow nor shrink whatever the width. With u and v
/// its leading singular vectors and Θ = u vᵀ each step
/// 1. takes W back to the sphere, W ← W R / |W|₂,
/// 2. finds the multiplier with ⟨Θ, sign(M + multiplier · Θ)⟩ = 0, M the momentum over its Frobenius norm,
///    so that the step is tangential to first order, and
/// 3. moves by -learningRate · R · sign(M + multiplier · Θ), where sign(U S Vᵀ) = U Vᵀ.
///
/// Without the second part (`isTangential` false, multiplier 0) this is the cheaper MuonSphere. Other
/// parameters move by AdamW. Weight decay has no meaning for matrices here.
/// - Note: Xie et al. 2026, "Controlled LLM training on spectral sphere", arXiv:2601.08393.
public struct SpectralSphere: GradientOptimizer {
  public var learningRate: Double
  public let momentum: Double
  /// Over sqrt(outputs / inputs).
  public let radius: Double
  public let isTangential: Bool
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("momentum", "leading", "mean", "square")
  private let rest: AdamW
  private let restRatio: Double

  /// - Parameter rest: the rule for all other parameters; its learning rate is a multiple of this one's.
  public init(
    learningRate: Double = 0.02, momentum: Double = 0.9, radius: Double = 1,
    isTangential: Bool = true, rest: AdamW = .adam(learningRate: 3e-4)
  ) {
    precondition((0..<1).contains(momentum), "momentum \(momentum) is not in [0, 1)")
    precondition(radius > 0, "radius \(radius) is not positive")
    self.learningRate = learningRate
    self.momentum = momentum
    self.radius = radius
    self.isTangential = isTangential
    self.rest = rest
    restRatio = rest.learningRate / learningRate
  }

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    requireFit(parameters, gradients)
    let isMatrix = MatrixParameters.flags(parameters, factors)
    state.begin(parameters) { slot, index in (slot < 2) == isMatrix[index] }
    for index in parameters.indices where isMatrix[index] {
      stepMatrix(&parameters[index], gradients[index], index)
    }
    stepRest(rest, ratio: restRatio, &parameters, gradients, isMatrix)
  }

  private mutating func stepMatrix(_ weight: inout Tensor, _ gradient: Tensor, _ index: Int) {
    let size = radius * (Double(weight.shape[1]) / Double(weight.shape[0])).squareRoot()
    let mean = state[0, index] * momentum + gradient * (1 - momentum)
    state[0, index] = mean
    let leading = LeadingSingular(of: weight, near: state[1, index])
    // Row 0 of the memory, of the weight's shape so that it is checked with the others, keeps v.
    state[1, index] = leading.memory(weight.shape)
    let retracted = leading.value > 0 ? weight * (size / leading.value) : weight
    let length: Double = sqrt((mean * mean).sum()).item()
    guard length > 0, length.isFinite else {
      weight = retracted
      eval([weight, mean])
      return
    }
    let direction =
      isTangential && leading.value > 0
      ? Self.tangent(mean / length, leading.outer)
      : MatrixSign.of(mean, isPrecise: true)
    weight = retracted - direction * (rate(index) * size)
    eval([weight, mean])
  }

  /// sign(M + multiplier · Θ), orthogonal to Θ.
  ///
  /// h(multiplier) = ⟨Θ, sign(…)⟩ does not decrease (sign is the gradient of the nuclear norm, a convex
  /// function), and goes to ±1 far out: a bracket is doubled until it holds the root, which is then found by
  /// secants whose lasting end counts half each time (the Illinois rule).
  private static func tangent(_ mean: Tensor, _ outer: Tensor) -> Tensor {
    func evaluate(_ multiplier: Double) -> (sign: Tensor, height: Double) {
      let sign = MatrixSign.of(mean + outer * multiplier, isPrecise: true)
      return (sign, (sign * outer).sum().item())
    }
    let tolerance = 1e-3
    var best = evaluate(0)
    if abs(best.height) <= tolerance { return best.sign }
    let side: Double = best.height > 0 ? -1 : 1
    var (last, lastHeight) = (0.0, best.height)
    var (newest, trial) = (0.1 * side, evaluate(0.1 * side))
    for _ in 0..<8 where trial.height * side < 0 {
      (last, lastHeight) = (newest, trial.height)
      newest *= 2
      trial = evaluate(newest)
    }
    for _ in 0..<16 {
      if abs(trial.height) < abs(best.height) { best = trial }
      guard abs(best.height) > tolerance, trial.height != lastHeight else { break }
      let next = newest - trial.height * (newest - last) / (trial.height - lastHeight)
      let found = evaluate(next)
      if found.height * trial.height < 0 {
        (last, lastHeight) = (newest, trial.height)
      } else {
        lastHeight /= 2
      }
      (newest, trial) = (next, found)
    }
    return best.sign
  }
}

/// The largest singular value of a matrix with its vectors, by power iteration from a remembered start.
struct LeadingSingular {
  let value: Double
  /// u vᵀ.
  let outer: Tensor
  private let right: Tensor

  /// - Parameter memory: what `memory` gave for a similar matrix, or zeros.
  init(of matrix: Tensor, near memory: Tensor) {
    let columns = matrix.shape[1]
    var v = memory.sliced(axis: 0, 0..<1)
    var size: Double = sqrt((v * v).sum()).item()
    if size == 0 {
      // Any fixed direction without structure of its own.
      var stream = Seed(1).child("power iteration", columns).makeStream()
      v = .normal([1, columns], type: matrix.scalarType, using: &stream)
      size = sqrt((v * v).sum()).item()
    }
    v = v / size
    var value = 0.0
    var u = matmul(matrix, v.transposed())
    for _ in 0..<200 {
      let before = value
      let image = matmul(u.transposed(), matrix)
      let length: Double = sqrt((image * image).sum()).item()
      guard length > 0, length.isFinite else { break }
      v = image / length
      u = matmul(matrix, v.transposed())
      value = sqrt((u * u).sum()).item()
      guard value > 0 else { break }
      if abs(value - before) <= 1e-6 * value { break }
    }
    self.value = value
    right = v
    outer = value > 0 ? matmul(u / value, v) : .zeros(matrix.shape, type: matrix.scalarType)
    eval([right, outer])
  }

  /// The right vector as the first row of a tensor of the matrix's shape.
  func memory(_ shape: [Int]) -> Tensor {
    let memory = right.padded(low: [0, 0], high: [shape[0] - 1, 0])
    memory.eval()
    return memory
  }
}
