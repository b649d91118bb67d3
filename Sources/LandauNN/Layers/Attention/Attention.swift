public import LandauTensor

/// How scores become weights that say where attention looks.
public enum AttentionNormalization: String, Sendable, Hashable, CaseIterable {
  /// exp(s_i) / sum_j exp(s_j): the weights add up to one.
  case softmax
  /// exp(s_i) / (1 + sum_j exp(s_j)): where nothing fits the weights can all be small, so that no outlier is
  /// needed to look nowhere. Hu et al. 2024, arXiv:2404.03828.
  case softmaxPlusOne = "softmax-plus-one"

  /// Weights along the last axis.
  ///
  /// - Parameters:
  ///   - scores: `[…, keys]`.
  ///   - mask: bool that broadcasts to the scores, true where attention may look. Where it may look nowhere
  ///     all weights are zero.
  public func weights(_ scores: Tensor, mask: Tensor? = nil) -> Tensor {
    precondition(
      mask == nil || mask!.scalarType == .bool,
      "an attention mask of \(mask!.type); it takes bool, true where attention may look")
    // Finite, so that a row of nothing but masked scores gives no NaN.
    let lowest = scores.scalarType == .double ? -1e300 : -1e37
    let seen = mask.map { select($0, scores, scores.filled(lowest)) } ?? scores
    var top = seen.max(axes: [-1], keepingAxes: true)
    if self == .softmaxPlusOne { top = maximum(top, 0) }
    top = top.stoppingGradient()
    var parts = exp(seen - top)
    if let mask { parts = select(mask, parts, parts.filled(0)) }
    let sum = parts.sum(axes: [-1], keepingAxes: true)
    switch self {
    case .softmaxPlusOne: return parts / (sum + exp(-top))
    case .softmax:
      return parts / (mask == nil ? sum : select(sum .> 0, sum, sum.filled(1)))
    }
  }
}

/// Attention without parameters.
public enum Attention {
  /// Values averaged with weights that grow with the agreement of query and key.
  ///
  /// weights(scale · query · keyᵀ + bias) · value.
  ///
  /// - Parameters:
  ///   - query: `[…, queries, width]`.
  ///   - key: `[…, keys, width]`.
  ///   - value: `[…, keys, any]`.
  ///   - scale: multiplies the products of query and key.
  ///   - bias: added to the scores; broadcasts to `[…, queries, keys]`.
  ///   - mask: bool, true where a query may look; broadcasts to `[…, queries, keys]`.
  /// - Returns: `[…, queries, any]`.
  public static func attend(
    query: Tensor, key: Tensor, value: Tensor, scale: Double, bias: Tensor? = nil,
    mask: Tensor? = nil, normalization: AttentionNormalization = .softmax
  ) -> Tensor {
    precondition(
      query.rank >= 2 && query.rank == key.rank && key.rank == value.rank,
      "attention of queries \(query.type), keys \(key.type) and values \(value.type)")
    let order = Array(0..<(key.rank - 2)) + [key.rank - 1, key.rank - 2]
    var scores = matmul(query, key.transposed(axes: order)) * scale
    if let bias { scores += bias }
    return matmul(normalization.weights(scores, mask: mask), value)
  }

  /// `[queries, keys]` of bool: a query sees its own place and what is before it.
  ///
  /// With more keys than queries the queries are the last places.
  public static func causalMask(queries: Int, keys: Int? = nil) -> Tensor {
    let keys = keys ?? queries
    let past = keys - queries
    let values = (0..<queries).flatMap { query in (0..<keys).map { $0 <= query + past } }
    return Tensor(values, shape: [queries, keys])
  }
}
