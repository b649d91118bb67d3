extension Indexing {
  /// Operand `[shared…, before…, n, after…]` and indices `[shared…, which…]` give
  /// `[shared…, before…, which…, after…]`.
  func gatherType(_ operand: TensorType, _ indices: TensorType) throws(ShapeError) -> TensorType {
    guard fits(operand.shape, indices), operand.shape[axis] > 0 || indices.count == 0 else {
      throw ShapeError("gather from \(operand) at \(indices) along axis \(axis)")
    }
    var shape = operand.shape
    shape.replaceSubrange(axis...axis, with: indices.shape[batchAxes...])
    return operand.with(shape: shape)
  }

  /// The transpose: updates shaped like a gather's result are added up into `n = count` rows.
  func scatterType(
    _ updates: TensorType, _ indices: TensorType, _ count: Int
  ) throws(ShapeError) -> TensorType {
    let which = indices.shape.dropFirst(batchAxes)
    guard updates.scalar.isFloating || updates.scalar == .int32, count >= 0,
      axis >= batchAxes, updates.rank >= axis + which.count,
      Array(updates.shape[axis..<(axis + which.count)]) == Array(which)
    else { throw ShapeError("scatterAdd of \(updates) at \(indices) along axis \(axis)") }
    var shape = updates.shape
    shape.replaceSubrange(axis..<(axis + which.count), with: [count])
    guard fits(shape, indices) else {
      throw ShapeError("scatterAdd of \(updates) at \(indices) along axis \(axis)")
    }
    return updates.with(shape: shape)
  }

  private func fits(_ operand: [Int], _ indices: TensorType) -> Bool {
    indices.scalar == .int32 && batchAxes >= 0 && batchAxes <= axis && axis < operand.count
      && indices.rank >= batchAxes && operand[..<batchAxes] == indices.shape[..<batchAxes]
  }

  /// With one more shared axis in front.
  var batched: Indexing { Indexing(axis: axis + 1, batchAxes: batchAxes + 1) }
}

extension Op {
  static func argSortType(_ input: TensorType) throws(ShapeError) -> TensorType {
    guard input.rank >= 1, input.scalar != .bool, !input.scalar.isComplex else {
      throw ShapeError("argSort of \(input)\(input.orderHint)")
    }
    return input.with(scalar: .int32)
  }
}
