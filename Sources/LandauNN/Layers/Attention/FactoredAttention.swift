public import LandauTensor

/// Attention whose weights know places alone and whose values know contents alone.
///
/// y_i = sum over j ≠ i of A_ij x_j V. A place does not see itself: the output at a place is what the others say of it, so all
/// places are predicted at once as if each had been masked by itself. With one-hot contents and the cross-entropy of all
/// places this is the pseudo-likelihood of a Potts model with couplings A_ij and one matrix V of colours for all pairs.
/// - Note: Rende et al. 2024, arXiv:2304.07235; Bhattacharya et al. 2020, single layers of attention for proteins.
public struct FactoredAttention: Layer {
  /// `[places, places]`; its diagonal takes no part.
  public var scores: Tensor
  /// V, `[inputs, outputs]`.
  public var value: Tensor
  /// How scores become weights; nil where they are the weights, of any sign and sum.
  public let normalization: AttentionNormalization?

  /// Scores are normal of variance 1/places, or zero where they are normalised: all places alike.
  public init(
    places: Int, inputs: Int, outputs: Int, normalization: AttentionNormalization? = nil,
    type: ScalarType = .float, using rng: inout some RandomNumberGenerator
  ) {
    precondition(places >= 2, "factored attention between \(places) places")
    let initialization = normalization == nil ? Initialization.lecunNormal : .zeros
    scores = initialization.weights(inputs: places, outputs: places, type: type, using: &rng)
    value = Initialization.glorotUniform.weights(
      inputs: inputs, outputs: outputs, type: type, using: &rng)
    self.normalization = normalization
  }

  /// A, `[places, places]`, zero on the diagonal.
  public var weights: Tensor {
    let places = scores.shape[0]
    let mask = Tensor(
      (0..<places * places).map { !$0.isMultiple(of: places + 1) }, shape: [places, places])
    return normalization?.weights(scores, mask: mask) ?? select(mask, scores, scores.filled(0))
  }

  /// - Parameter x: `[batch, places, inputs]`.
  /// - Returns: `[batch, places, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      x.rank == 3 && x.shape[1] == scores.shape[0] && x.shape[2] == value.shape[0],
      "factored attention of \(x.type); it takes [batch, \(scores.shape[0]), \(value.shape[0])]")
    return einsum("ij,bjc->bic", weights, matmul(x, value))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("scores", &scores)
    visit("value", &value)
  }
}
