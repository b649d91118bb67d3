extension Tensor {
  private func reduced(_ op: Reduction, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let chosen = axes.map { Set($0.map { axisIndex($0) }).sorted() } ?? Array(0..<rank)
    let result = chosen.isEmpty ? self : .apply(.reduce(op, axes: chosen), [self])
    guard keepingAxes else { return result }
    return result.reshaped(shape.indices.map { chosen.contains($0) ? 1 : shape[$0] })
  }

  /// The sum over `axes` (all of them by default), which disappear or stay with extent 1.
  ///
  /// Added in a fixed order that depends on the shape only; in the scalar type of the tensor.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.sum, axes, keepingAxes)
  }

  /// The arithmetic mean over `axes`.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes: axes, keepingAxes: keepingAxes)
    return total * (Double(total.count) / Double(Swift.max(1, count)))
  }

  /// The largest number along `axes`; ties share the derivative. NaN is not looked for.
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.maximum, axes, keepingAxes)
  }

  /// The smallest number along `axes`; ties share the derivative. NaN is not looked for.
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.minimum, axes, keepingAxes)
  }

  /// log(sum(exp(x))) along `axes`, without overflow.
  public func logSumExp(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let largest = max(axes: axes, keepingAxes: true).stoppingGradient()
    // Where all are infinite a difference of them would be no number.
    let top = select(abs(largest) .< .infinity, largest, largest.like(0))
    let sum = log(exp(self - top).sum(axes: axes, keepingAxes: true)) + top
    return keepingAxes ? sum : sum.reshaped(self.max(axes: axes).shape)
  }

  /// Exponentials along `axis`, normalised to sum 1.
  public func softmax(axis: Int = -1) -> Tensor {
    let weights = exp(self - max(axes: [axis], keepingAxes: true).stoppingGradient())
    return weights / weights.sum(axes: [axis], keepingAxes: true)
  }
}

/// The matrix product over the last two axes.
///
/// `[…, m, k]` times `[…, k, n]` gives `[…, m, n]`; the leading axes broadcast. A transposed operand is
/// read in place. Cost `2 m k n` operations per matrix, on one thread.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  require(
    a.rank >= 2 && b.rank >= 2,
    "matmul of \(a.type) and \(b.type): both need two axes at least; reshape vectors to one row or column"
  )
  if a.rank > 2 && b.rank == 2 {
    // One product of many rows instead of many products.
    let rows = a.reshaped([-1, a.shape[a.rank - 1]])
    return matmul(rows, b).reshaped(a.shape.dropLast() + [b.shape[1]])
  }
  let (left, right) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  if left == right { return .apply(.matmul, [a, b]) }
  let rank = max(left.count, right.count)
  func padded(_ shape: [Int]) -> [Int] { [Int](repeating: 1, count: rank - shape.count) + shape }
  let (l, r) = (padded(left), padded(right))
  require(
    zip(l, r).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 },
    "matmul of \(a.type) and \(b.type): the leading axes do not broadcast; they must be equal or 1")
  let batch = zip(l, r).map { $0 == 1 ? $1 : $0 }
  return .apply(
    .matmul,
    [a.broadcast(to: batch + a.shape.suffix(2)), b.broadcast(to: batch + b.shape.suffix(2))])
}
