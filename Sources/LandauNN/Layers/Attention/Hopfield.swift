public import LandauTensor

/// A modern Hopfield network that retrieves the stored patterns closest to a state.
///
/// One update is state ← weights(beta · state · patternsᵀ) · patterns; with `softmax` it never raises the
/// energy -logSumExp(beta · state · patternsᵀ)/beta + |state|²/2, and for large beta it retrieves a
/// well-separated pattern in one step. Ramsauer et al. 2021, arXiv:2008.02217. With `softmaxPlusOne` a state
/// far from all patterns goes to zero: the outlier-efficient form of Hu et al. 2024, arXiv:2404.03828,
/// which is the former with a pattern of zeros stored beside the others.
public struct Hopfield: Layer {
  /// `[count, width]`, what is stored.
  public var patterns: Tensor
  /// Inverse temperature of the retrieval.
  public let beta: Double
  public let updateCount: Int
  public let normalization: AttentionNormalization

  public init(
    patterns: Tensor, beta: Double, updateCount: Int = 1,
    normalization: AttentionNormalization = .softmax
  ) {
    precondition(
      patterns.rank == 2 && patterns.shape[0] >= 1,
      "a Hopfield layer with patterns \(patterns.type); it takes [count, width]")
    precondition(updateCount >= 1, "a Hopfield layer of \(updateCount) updates")
    self.patterns = patterns
    self.beta = beta
    self.updateCount = updateCount
    self.normalization = normalization
  }

  /// - Parameter x: `[…, width]`, states.
  /// - Returns: `[…, width]`, states after the updates.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    requireWidth(x, patterns.shape[1], "a Hopfield layer")
    var state = x.reshaped([-1, patterns.shape[1]])
    for _ in 0..<updateCount {
      let scores = matmul(state, patterns.transposed()) * beta
      state = matmul(normalization.weights(scores), patterns)
    }
    return state.reshaped(x.shape)
  }

  /// The energy that an update does not raise; `[…]` for states `[…, width]`.
  public func energy(_ x: Tensor) -> Tensor {
    requireWidth(x, patterns.shape[1], "a Hopfield layer")
    let states = x.reshaped([-1, patterns.shape[1]])
    var scores = matmul(states, patterns.transposed()) * beta
    if normalization == .softmaxPlusOne {
      scores = concatenated([scores, .zeros([scores.shape[0], 1], type: x.scalarType)], axis: 1)
    }
    let overlap = scores.logSumExp(axes: [1]) / beta
    let energy = (states * states).sum(axes: [1]) * 0.5 - overlap
    return energy.reshaped(Array(x.shape.dropLast()))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    visit("patterns", &patterns)
  }
}
