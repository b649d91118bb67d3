extension Program {
  /// The program with operations that fuse in place of equal ones that do not.
  ///
  /// A product with one column is a sum of products, which joins what comes before it: the matrix need not be
  /// written first. Sums have another order than in OpenBLAS.
  func lowered() -> Program {
    var b = ProgramBuilder()
    var moved: [Value] = []
    moved.reserveCapacity(instructions.count)
    for instruction in instructions {
      let inputs = instruction.inputs.map { moved[$0.index] }
      if case .input(_, let type) = instruction.op {
        moved.append(b.input(type))
      } else if isProductWithColumn(instruction) {
        let shape = b.shape(of: inputs[0])
        let row = b.broadcast(b.reshape(inputs[1], [1, shape[1]]), shape)
        moved.append(b.reshape(b.sum(b.multiply(inputs[0], row), [1]), [shape[0], 1]))
      } else {
        moved.append(b.append(instruction.op, inputs))
      }
    }
    var result = b.finished(outputs: outputs.map { moved[$0.index] })
    result.inputNames = inputNames
    return result
  }

  /// A product of a computed matrix, not turned, with one column.
  private func isProductWithColumn(_ instruction: Instruction) -> Bool {
    guard instruction.op == .matmul, instruction.type.rank == 2, instruction.type.shape[1] == 1,
      !instruction.type.scalar.isComplex
    else { return false }
    let left = self[instruction.inputs[0]]
    return Fusion.isElementwise(left.op) && left.type.shape[1] >= 16
  }
}
