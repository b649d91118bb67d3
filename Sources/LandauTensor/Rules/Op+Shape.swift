extension Op {
  /// The shape rule: type of the result, or why the inputs do not fit.
  func resultType(_ inputs: [TensorType]) throws(ShapeError) -> TensorType {
    if let expected = operandCount, inputs.count != expected {
      throw ShapeError("\(self) takes \(expected) operands, not \(inputs.count)")
    }
    if case .result = self {
    } else if let bundle = inputs.first(where: \.isBundle) {
      throw ShapeError("\(self) of the bundle \(bundle); only one of its results can be an operand")
    }
    switch self {
    case .input(_, let type): return type
    case .constant(let constant): return constant.type
    case .full(let fill): return fill.type
    case .unary(let op): return try op.resultType(inputs[0])
    case .binary(let op): return try op.resultType(inputs[0], inputs[1])
    case .compare(let op): return try op.resultType(inputs[0], inputs[1])
    case .select: return try Self.selectType(inputs)
    case .cast(let scalar): return try Self.castType(inputs[0], scalar)
    case .complex: return try Self.complexType(inputs[0], inputs[1])
    case .part(let part): return try part.resultType(inputs[0])
    case .stopGradient: return inputs[0]
    case .broadcast(let shape): return try Self.broadcastType(inputs[0], shape)
    case .reshape(let shape): return try Self.reshapeType(inputs[0], shape)
    case .transpose(let permutation): return try Self.transposeType(inputs[0], permutation)
    case .slice(let slice): return try slice.resultType(inputs[0])
    case .pad(let pad): return try pad.resultType(inputs[0])
    case .concatenate(let axis): return try Self.concatenateType(inputs, axis)
    case .reduce(let op, let axes): return try op.resultType(inputs[0], axes)
    case .matmul: return try Self.matmulType(inputs[0], inputs[1])
    case .convolution(let op): return try op.resultType(inputs[0], inputs[1])
    case .gather(let indexing): return try indexing.gatherType(inputs[0], inputs[1])
    case .scatterAdd(let indexing, let count):
      return try indexing.scatterType(inputs[0], inputs[1], count)
    case .argSort: return try Self.argSortType(inputs[0])
    case .randomBits(let bits): return try bits.resultType(inputs[0], inputs[1])
    case .extension(let operation):
      return TensorType(parts: try operation.rule.resultTypes(inputs))
    case .result(let index):
      guard inputs[0].parts.indices.contains(index) else {
        throw ShapeError("result \(index) of \(inputs[0])")
      }
      return inputs[0].parts[index]
    }
  }

  /// How many operands the primitive takes; nil where it takes any positive number.
  private var operandCount: Int? {
    switch self {
    case .input, .constant, .full: 0
    case .unary, .cast, .part, .stopGradient, .broadcast, .reshape, .transpose, .slice, .pad,
      .reduce, .argSort, .result:
      1
    case .binary, .compare, .complex, .matmul, .convolution, .gather, .scatterAdd,
      .randomBits:
      2
    case .select: 3
    case .concatenate, .extension: nil
    }
  }
}
