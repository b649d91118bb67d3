public import LandauTensor

/// Attention by several heads, each with queries, keys and values of its own.
///
/// Vaswani et al. 2017, arXiv:1706.03762. Cost: four dense layers and, per pair of places, two products of
/// the width.
public struct MultiHeadAttention: Layer {
  /// `[width, heads · headWidth]` each.
  public var query: Dense
  public var key: Dense
  public var value: Dense
  /// `[heads · headWidth, width]`.
  public var output: Dense
  public let headCount: Int
  /// Multiplies products of query and key: 1/sqrt(headWidth), or base/headWidth where the width grows
  /// under maximal-update parametrisation.
  public let scale: Double
  public let normalization: AttentionNormalization

  /// - Parameters:
  ///   - width: of the places that ask; a multiple of the number of heads.
  ///   - contextWidth: of the places that are looked at; the same by default.
  public init(
    width: Int, headCount: Int, contextWidth: Int? = nil, scale: Double? = nil,
    normalization: AttentionNormalization = .softmax,
    initialization: Initialization = .glorotUniform, type: ScalarType = .float,
    using rng: inout some RandomNumberGenerator
  ) {
    precondition(
      headCount >= 1 && width % headCount == 0,
      "attention of width \(width) does not divide into \(headCount) heads")
    let context = contextWidth ?? width
    query = Dense(
      inputs: width, outputs: width, initialization: initialization, type: type, using: &rng)
    key = Dense(
      inputs: context, outputs: width, initialization: initialization, type: type, using: &rng)
    value = Dense(
      inputs: context, outputs: width, initialization: initialization, type: type, using: &rng)
    output = Dense(
      inputs: width, outputs: width, initialization: initialization, type: type, using: &rng)
    self.headCount = headCount
    self.scale = scale ?? 1 / Double(width / headCount).squareRoot()
    self.normalization = normalization
  }

  /// Every place looks at all places.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, over: x) }

  /// Every place of `x` looks at the places of `context`.
  ///
  /// - Parameters:
  ///   - x: `[…, places, width]`.
  ///   - context: `[…, keys, contextWidth]`; `x` itself is self-attention.
  ///   - bias: added to the scores; broadcasts to `[…, heads, places, keys]`.
  ///   - mask: bool, true where a place may look; broadcasts to `[…, heads, places, keys]`.
  /// - Returns: `[…, places, width]`.
  public func callAsFunction(
    _ x: Tensor, over context: Tensor, bias: Tensor? = nil, mask: Tensor? = nil
  ) -> Tensor {
    precondition(
      x.rank >= 2 && context.rank == x.rank,
      "attention of \(x.type) over \(context.type); both are […, places, width]")
    let seen = Attention.attend(
      query: heads(query(x)), key: heads(key(context)), value: heads(value(context)), scale: scale,
      bias: bias, mask: mask, normalization: normalization)
    return output(joined(seen))
  }

  /// `[…, places, heads · headWidth]` to `[…, heads, places, headWidth]`.
  private func heads(_ x: Tensor) -> Tensor {
    x.reshaped(x.shape.dropLast() + [headCount, x.shape[x.rank - 1] / headCount])
      .transposed(axes: exchanged(x.rank + 1))
  }

  private func joined(_ x: Tensor) -> Tensor {
    let moved = x.transposed(axes: exchanged(x.rank))
    return moved.reshaped(
      moved.shape.dropLast(2) + [moved.shape[x.rank - 2] * moved.shape[x.rank - 1]])
  }

  /// The order of axes that exchanges heads and places.
  private func exchanged(_ rank: Int) -> [Int] {
    Array(0..<(rank - 3)) + [rank - 2, rank - 3, rank - 1]
  }

  public mutating func forEachTensor(_ visit: (String, inout Tensor) -> Void) {
    self.visit("query", &query, visit)
    self.visit("key", &key, visit)
    self.visit("value", &value, visit)
    self.visit("output", &output, visit)
  }
}
