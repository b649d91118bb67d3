extension Program {
  /// The program that also returns cotangents of the first `count` inputs.
  ///
  /// - Parameter seeded: whether cotangents of the outputs are further inputs (else they are ones).
  /// - Returns: inputs as before, then with `seeded` one per output; outputs as before, then one
  ///   cotangent per differentiated input.
  func reverse(_ count: Int, seeded: Bool) -> Program {
    var b = ProgramBuilder(self)
    var cotangents = [Value?](repeating: nil, count: instructions.count)
    func accumulate(_ g: Value, into value: Value, _ b: inout ProgramBuilder) {
      cotangents[value.index] = cotangents[value.index].map { b.add($0, g) } ?? g
    }
    let active = dependents(ofFirst: count)
    for output in outputs {
      let type = self[output].type
      let seed = seeded ? b.input(type) : b.full(1, like: output)
      if active[output.index] { accumulate(seed, into: output, &b) }
    }
    for index in instructions.indices.reversed() {
      guard let g = cotangents[index], !instructions[index].inputs.isEmpty else { continue }
      let instruction = instructions[index]
      let site = Site(result: Value(index), inputs: instruction.inputs)
      for (input, part) in zip(instruction.inputs, instruction.op.pullback(site, g, in: &b)) {
        if let part, active[input.index] { accumulate(part, into: input, &b) }
      }
    }
    let gradients = inputs.prefix(count).map {
      cotangents[$0.index] ?? b.full(0, like: $0)
    }
    return b.finished(outputs: outputs + gradients)
  }

  /// Which values depend on the first `count` inputs through numbers that have derivatives.
  func dependents(ofFirst count: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: instructions.count)
    for input in inputs.prefix(count) { result[input.index] = self[input].type.scalar.isFloating }
    for (index, instruction) in instructions.enumerated() where instruction.type.scalar.isFloating {
      if instruction.op == .stopGradient { continue }
      if instruction.inputs.contains(where: { result[$0.index] }) { result[index] = true }
    }
    return result
  }

  /// The program that also returns tangents of the outputs, given those of the first `count` inputs.
  ///
  /// - Returns: inputs as before, then one tangent per differentiated input; outputs as before, then
  ///   one tangent per output.
  func forward(_ count: Int) -> Program {
    var b = ProgramBuilder(self)
    var tangents = [Value?](repeating: nil, count: instructions.count)
    for input in inputs.prefix(count) {
      let tangent = b.input(self[input].type)
      if self[input].type.scalar.isFloating { tangents[input.index] = tangent }
    }
    for (index, instruction) in instructions.enumerated() {
      let incoming = instruction.inputs.map { tangents[$0.index] }
      if incoming.allSatisfy({ $0 == nil }) { continue }
      let site = Site(result: Value(index), inputs: instruction.inputs)
      tangents[index] = instruction.op.pushforward(site, incoming, in: &b)
    }
    let results = outputs.map { tangents[$0.index] ?? b.full(0, like: $0) }
    return b.finished(outputs: outputs + results)
  }

  /// The program on inputs of which some have a new leading axis; every output has it.
  func batched(_ flags: [Bool], count: Int) -> Program {
    var b = ProgramBuilder()
    var moved: [Value] = []
    var isBatched: [Bool] = []
    for instruction in instructions {
      let operands = instruction.inputs.map { moved[$0.index] }
      let mask = instruction.inputs.map { isBatched[$0.index] }
      switch instruction.op {
      case .input(let number, let type):
        isBatched.append(flags[number])
        moved.append(
          b.input(flags[number] ? type.with(shape: [count] + type.shape) : type))
      default:
        isBatched.append(mask.contains(true))
        moved.append(
          mask.contains(true)
            ? instruction.op.batch(operands, batched: mask, count: count, in: &b)
            : b.append(instruction.op, operands))
      }
    }
    let results = outputs.map {
      let value = moved[$0.index]
      return isBatched[$0.index] ? value : b.broadcast(value, [count] + b.shape(of: value))
    }
    return b.finished(outputs: results)
  }
}
