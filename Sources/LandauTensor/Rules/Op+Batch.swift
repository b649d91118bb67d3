extension Op {
  /// The batch rule: the same operation on operands of which some have a new leading axis.
  ///
  /// - Parameters:
  ///   - operands: the operands, `[count] + shape` where `batched`, else `shape`.
  ///   - count: extent of the new axis; at least one operand has it.
  /// - Returns: the result, `[count] + shape`.
  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> Value {
    /// All operands with the new axis, unbatched ones repeated.
    func everywhere() -> [Value] {
      zip(operands, batched).map { $1 ? $0 : b.broadcast($0, [count] + b.shape(of: $0)) }
    }
    switch self {
    case .input, .constant, .full: misuse("\(self) has no operands to batch")
    case .unary, .binary, .compare, .select, .cast, .complex, .part, .stopGradient, .argSort,
      .randomBits:
      return b.append(self, everywhere())
    case .broadcast(let shape):
      let source = b.shape(of: operands[0]).dropFirst()
      let ones = [Int](repeating: 1, count: shape.count - source.count)
      return b.broadcast(b.reshape(operands[0], [count] + ones + source), [count] + shape)
    case .reshape(let shape): return b.reshape(operands[0], [count] + shape)
    case .transpose(let permutation):
      return b.transpose(operands[0], [0] + permutation.map { $0 + 1 })
    case .slice(let slice): return b.append(.slice(slice.batched(count)), operands)
    case .pad(let pad): return b.append(.pad(pad.batched), operands)
    case .concatenate(let axis): return b.append(.concatenate(axis: axis + 1), everywhere())
    case .reduce(let op, let axes):
      return b.append(.reduce(op, axes: axes.map { $0 + 1 }), operands)
    case .matmul: return b.append(self, everywhere())
    case .convolution(let op): return op.batch(operands, batched: batched, count: count, in: &b)
    case .gather(let indexing):
      if !batched[1] && indexing.batchAxes == 0 {
        return b.append(.gather(Indexing(axis: indexing.axis + 1, batchAxes: 0)), operands)
      }
      if !batched[0] && indexing.batchAxes == 0 {
        let result = b.append(self, operands)
        var order = Array(0..<b.shape(of: result).count)
        order.insert(order.remove(at: indexing.axis), at: 0)
        return b.transpose(result, order)
      }
      return b.append(.gather(indexing.batched), everywhere())
    case .scatterAdd(let indexing, let extent):
      if !batched[1] && indexing.batchAxes == 0 {
        let shifted = Indexing(axis: indexing.axis + 1, batchAxes: 0)
        return b.append(.scatterAdd(shifted, count: extent), operands)
      }
      return b.append(.scatterAdd(indexing.batched, count: extent), everywhere())
    case .extension, .result: preconditionFailure("\(self) is batched result by result")
    }
  }
}
