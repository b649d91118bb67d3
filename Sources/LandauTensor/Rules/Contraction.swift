extension Reduction {
  func resultType(_ input: TensorType, _ axes: [Int]) throws(ShapeError) -> TensorType {
    guard axes.allSatisfy({ input.shape.indices.contains($0) }),
      zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw ShapeError("\(self) of \(input) over the axes \(axes)") }
    guard input.scalar != .bool else { throw ShapeError("\(self) of \(input); cast it first") }
    if self != .sum && input.scalar.isComplex {
      throw ShapeError("\(self) of \(input)\(input.orderHint)")
    }
    if self != .sum, axes.contains(where: { input.shape[$0] == 0 }) {
      throw ShapeError("\(self) of \(input) over nothing")
    }
    let kept = input.shape.indices.filter { !axes.contains($0) }
    return input.with(shape: kept.map { input.shape[$0] })
  }

  func pullback(
    _ site: Site, _ g: Value, _ axes: [Int], in b: inout ProgramBuilder
  ) -> Value {
    let x = site.inputs[0]
    switch self {
    case .sum: return Self.spread(g, axes, like: x, in: &b)
    case .maximum, .minimum:
      let (mask, share) = Self.winners(site, axes, in: &b)
      return b.multiply(mask, Self.spread(b.divide(g, share), axes, like: x, in: &b))
    }
  }

  func pushforward(
    _ site: Site, _ t: Value, _ axes: [Int], in b: inout ProgramBuilder
  ) -> Value {
    switch self {
    case .sum: return b.sum(t, axes)
    case .maximum, .minimum:
      let (mask, share) = Self.winners(site, axes, in: &b)
      return b.divide(b.sum(b.multiply(mask, t), axes), share)
    }
  }

  /// Repeats a reduced value along the axes it was reduced over.
  private static func spread(
    _ value: Value, _ axes: [Int], like x: Value, in b: inout ProgramBuilder
  ) -> Value {
    let shape = b.shape(of: x)
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    return b.broadcast(b.reshape(value, kept), shape)
  }

  /// One where the extremum is attained, and how often it is: ties share alike.
  private static func winners(
    _ site: Site, _ axes: [Int], in b: inout ProgramBuilder
  ) -> (mask: Value, share: Value) {
    let x = site.inputs[0]
    let attained = b.compare(.equal, x, spread(site.result, axes, like: x, in: &b))
    let mask = b.append(.cast(b.type(of: x).scalar), [attained])
    return (mask, b.sum(mask, axes))
  }
}

extension Op {
  /// `[batch…, m, k]` times `[batch…, k, n]`, equal batch axes.
  static func matmulType(_ left: TensorType, _ right: TensorType) throws(ShapeError) -> TensorType {
    guard left.scalar == right.scalar, left.scalar.isFloating, left.rank >= 2,
      left.rank == right.rank, left.shape.dropLast(2) == right.shape.dropLast(2),
      left.shape[left.rank - 1] == right.shape[right.rank - 2]
    else {
      throw ShapeError(
        "matmul of \(left) and \(right): expected one floating type, equal leading axes, and [m, k] times [k, n]"
      )
    }
    return left.with(shape: left.shape.dropLast() + [right.shape[right.rank - 1]])
  }
}
