public import LandauTensor

/// Self-attention and a perceptron, each behind a normalisation and around a short cut.
///
/// y = x + scale · attention(norm(x)), then y + scale · perceptron(norm(y)): the order of Xiong et al. 2020
/// (arXiv:2002.04745), which trains without a warm-up.
public struct TransformerBlock: Layer {
  public var attention: Residual<Normalized<MultiHeadAttention>>
  public var perceptron: Residual<Normalized<Sequential>>
  /// Applied to both branches in training.
  public var dropout: Dropout

  /// - Parameters:
  ///   - hidden: units of the perceptron; four times the width by default.
  ///   - scale: of both branches; 1/sqrt(number of branches) in deep stacks.
  ///   - dropRate: of both branches in training.
  public init(
    width: Int, headCount: Int, hidden: Int? = nil, activation: Activation = .gelu,
    scale: Double = 1, dropRate: Double = 0, normalization: AttentionNormalization = .softmax,
    type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    attention = Residual(
      Normalized(
        MultiHeadAttention(
          width: width, headCount: headCount, normalization: normalization, type: type, using: &rng),
        width: width, type: type),
      scale: scale)
    perceptron = Residual(
      Normalized(
        Sequential.perceptron(
          widths: [width, hidden ?? 4 * width, width], activation: activation, type: type,
          using: &rng),
        width: width, type: type),
      scale: scale)
    dropout = Dropout(rate: dropRate)
  }

  /// - Parameter x: `[…, places, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// - Parameters:
  ///   - x: `[…, places, width]`.
  ///   - bias: added to the scores; broadcasts to `[…, heads, places, places]`.
  ///   - mask: bool, true where a place may look; `Attention.causalMask` for sequences.
  public func callAsFunction(_ x: Tensor, bias: Tensor? = nil, mask: Tensor?) -> Tensor {
    let even = attention.branch.normalization(x)
    let seen = attention.branch.layer(even, over: even, bias: bias, mask: mask)
    return perceptron(attention.joined(x, seen))
  }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    self(x, mask: nil, training: key)
  }

  /// The block in a training step: numbers of both branches are dropped.
  public mutating func callAsFunction(
    _ x: Tensor, bias: Tensor? = nil, mask: Tensor?, training key: RandomKey
  ) -> Tensor {
    let even = attention.branch.normalization(x)
    let seen = attention.branch.layer(even, over: even, bias: bias, mask: mask)
    let y = attention.joined(x, dropout(seen, training: key.folded(0)))
    let change = perceptron.branch(y, training: key.folded(1))
    return perceptron.joined(y, dropout(change, training: key.folded(2)))
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("attention", &attention, visit)
    self.visit("perceptron", &perceptron, visit)
  }
}

/// A layer behind a layer normalisation.
public struct Normalized<Inner: Layer>: Layer {
  public var normalization: LayerNormalization
  public var layer: Inner

  public init(_ layer: Inner, width: Int, type: ScalarType = .float) {
    normalization = LayerNormalization(width: width, type: type)
    self.layer = layer
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { layer(normalization(x)) }

  public mutating func callAsFunction(_ x: Tensor, training key: RandomKey) -> Tensor {
    layer(normalization(x), training: key)
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("normalization", &normalization, visit)
    self.visit("layer", &layer, visit)
  }
}
