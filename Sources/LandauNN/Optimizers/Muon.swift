public import LandauTensor

/// Muon: matrices move along the orthogonalised momentum, all other parameters by AdamW.
///
/// A matrix `[inputs, outputs]` moves by -learningRate · scale · U Vᵀ, where U S Vᵀ is momentum ·
/// (running sum) + gradient: all singular values of the update are about learningRate · scale. Matrices are
/// parameters of rank two whose factor says `isMatrix`. The decay is decoupled.
/// - Note: Jordan et al. 2024; the scales are those of Jordan, of Liu et al. 2025 (arXiv:2502.16982) and of
///   Yang, Simon and Bernstein 2023 (arXiv:2310.17813).
public struct Muon: GradientOptimizer {
  /// The spectral norm of an update, over the learning rate, for a matrix of n inputs and m outputs.
  public enum Scale: String, Sendable, Hashable, CaseIterable {
    /// sqrt(max(1, m / n)).
    case original
    /// sqrt(m / n): outputs change as much as inputs are large, at any width.
    case spectral
    /// 0.2 sqrt(max(n, m)): the root-mean-square of AdamW's updates, so that its learning rates fit.
    case matchingAdam = "matching-adam"

    func value(_ shape: [Int]) -> Double {
      let (inputs, outputs) = (Double(shape[0]), Double(shape[1]))
      return switch self {
      case .original: max(1, outputs / inputs).squareRoot()
      case .spectral: (outputs / inputs).squareRoot()
      case .matchingAdam: 0.2 * max(inputs, outputs).squareRoot()
      }
    }
  }

  public var learningRate: Double
  public let momentum: Double
  public let weightDecay: Double
  public let scale: Scale
  public var factors: [ParameterFactor] = []
  public var state = OptimizerState("momentum", "mean", "square")
  private let rest: AdamW

  /// - Parameters:
  ///   - learningRate: of matrices.
  ///   - rest: the rule for all other parameters; its learning rate is a multiple of Muon's, fixed here.
  public init(
    learningRate: Double = 0.02, momentum: Double = 0.95, weightDecay: Double = 0,
    scale: Scale = .original, rest: AdamW = .adam(learningRate: 3e-4)
  ) {
    precondition((0..<1).contains(momentum), "momentum \(momentum) is not in [0, 1)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.scale = scale
    self.rest = rest
    restRatio = rest.learningRate / learningRate
  }

  private let restRatio: Double

  public mutating func step(_ parameters: inout [Tensor], gradients: [Tensor]) {
    requireFit(parameters, gradients)
    let isMatrix = MatrixParameters.flags(parameters, factors)
    state.begin(parameters) { slot, index in (slot == 0) == isMatrix[index] }
    for index in parameters.indices where isMatrix[index] {
      let gradient = gradients[index]
      let velocity = state[0, index] * momentum + gradient
      let direction = MatrixSign.of(velocity * momentum + gradient)
      let length = rate(index) * scale.value(gradient.shape)
      parameters[index] =
        parameters[index] * remainder(index, decay: weightDecay) - direction * length
      state[0, index] = velocity
      eval([parameters[index], velocity])
    }
    stepRest(rest, ratio: restRatio, &parameters, gradients, isMatrix)
  }
}

/// What `Muon` and `SpectralSphere` share: telling matrices apart, and AdamW for the rest.
enum MatrixParameters {
  static func flags(_ parameters: [Tensor], _ factors: [ParameterFactor]) -> [Bool] {
    parameters.indices.map { index in
      let parameter = parameters[index]
      return parameter.rank == 2 && parameter.count > 0 && parameter.scalarType.isFloating
        && !parameter.scalarType.isComplex
        && (factors.isEmpty || factors[index].isMatrix)
    }
  }
}

extension GradientOptimizer {
  /// AdamW on parameters that are no matrices, with the last two slots of this optimiser as its memories.
  mutating func stepRest(
    _ rest: AdamW, ratio: Double, _ parameters: inout [Tensor], _ gradients: [Tensor],
    _ isMatrix: [Bool]
  ) {
    var rest = rest
    let first = state.slots.count - 2
    rest.learningRate = learningRate * ratio
    rest.factors = factors
    rest.state.stepCount = state.stepCount
    // Handed over, not copied: memories must not be held twice.
    swap(&rest.state.slots[0].tensors, &state.slots[first].tensors)
    swap(&rest.state.slots[1].tensors, &state.slots[first + 1].tensors)
    for index in parameters.indices where !isMatrix[index] {
      rest.updateFloating(&parameters[index], gradients[index], index)
    }
    swap(&rest.state.slots[0].tensors, &state.slots[first].tensors)
    swap(&rest.state.slots[1].tensors, &state.slots[first + 1].tensors)
  }
}
