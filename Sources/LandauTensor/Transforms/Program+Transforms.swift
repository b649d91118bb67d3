extension Program {
  /// The program that also returns cotangents of the first `count` inputs.
  ///
  /// - Parameter seeded: whether cotangents of the outputs are further inputs (else they are ones).
  /// - Returns: inputs as before, then with `seeded` one per output; outputs as before, then one
  ///   cotangent per differentiated input.
  func reverse(_ count: Int, seeded: Bool) -> Program {
    let wanted = inputs.indices.map { $0 < count }
    let active = dependents(of: wanted)
    var b = ProgramBuilder(savingWhatPullbacksNeed(active))
    let seeds = outputs.map { output in
      seeded ? b.input(self[output].type) : b.full(1, like: output)
    }
    let gradients = pullback(active, seeds: seeds, in: &b).prefix(count)
    let results = zip(inputs, gradients).map { $1 ?? b.full(0, like: $0) }
    return b.finished(outputs: outputs + results)
  }

  /// The program of the cotangents alone.
  ///
  /// - Parameters:
  ///   - wanted: inputs whose cotangents are returned; they are floating.
  ///   - seeded: outputs that have a cotangent; the others count as zero.
  /// - Returns: inputs as before, then one cotangent per seeded output; outputs: cotangents of the wanted
  ///   inputs.
  func pullback(wanted: [Bool], seeded: [Bool]) -> Program {
    let active = dependents(of: wanted)
    var b = ProgramBuilder(savingWhatPullbacksNeed(active))
    let seeds = zip(outputs, seeded).map { output, isSeeded in
      isSeeded ? b.input(self[output].type) : nil
    }
    let gradients = pullback(active, seeds: seeds, in: &b)
    let results = inputs.indices.filter { wanted[$0] }.map {
      gradients[$0] ?? b.full(0, like: inputs[$0])
    }
    return b.finished(outputs: results)
  }

  /// Writes the reverse sweep behind the program's own instructions; cotangents of the inputs.
  private func pullback(
    _ active: [Bool], seeds: [Value?], in b: inout ProgramBuilder
  ) -> [Value?] {
    var cotangents = [Value?](repeating: nil, count: instructions.count)
    var parts: [Int: [Value?]] = [:]
    func sum(_ old: Value?, _ g: Value, _ b: inout ProgramBuilder) -> Value {
      old.map { b.add($0, g) } ?? g
    }
    for (output, seed) in zip(outputs, seeds) where active[output.index] {
      if let seed { cotangents[output.index] = sum(cotangents[output.index], seed, &b) }
    }
    for index in instructions.indices.reversed() where active[index] {
      let instruction = instructions[index]
      let site = Site(result: Value(index), inputs: instruction.inputs)
      let incoming: [Value?]
      switch instruction.op {
      case .extension:
        guard let g = parts[index], case .extension(let saving) = b.program[site.result].op else {
          continue
        }
        let wanted = instruction.inputs.map { active[$0.index] }
        incoming = saving.rule.pullback(site, g, wanted: wanted, in: &b)
      case .result(let number):
        guard let g = cotangents[index] else { continue }
        let bundle = instruction.inputs[0]
        let count = b.type(of: bundle).parts.count
        var all = parts[bundle.index] ?? [Value?](repeating: nil, count: count)
        all[number] = sum(all[number], g, &b)
        parts[bundle.index] = all
        continue
      default:
        guard let g = cotangents[index] else { continue }
        incoming = instruction.op.pullback(site, g, in: &b)
      }
      for (input, part) in zip(instruction.inputs, incoming) where active[input.index] {
        if let part { cotangents[input.index] = sum(cotangents[input.index], part, &b) }
      }
    }
    return inputs.map { cotangents[$0.index] }
  }

  /// The same function, with extensions that pullbacks will look at in the form that saves what they need.
  private func savingWhatPullbacksNeed(_ active: [Bool]) -> Program {
    var result = self
    for (index, instruction) in instructions.enumerated() where active[index] {
      guard case .extension(let operation) = instruction.op else { continue }
      let op = Op.extension(Extension(rule: operation.rule.saving))
      result.instructions[index].op = op
      do throws(ShapeError) {
        let types = instruction.inputs.map { self[$0].type }
        result.instructions[index].type = try op.resultType(types)
      } catch {
        misuse(error.message)
      }
    }
    return result
  }

  /// Which values depend on the given inputs through numbers that have derivatives.
  func dependents(of given: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: instructions.count)
    for (input, isGiven) in zip(inputs, given) where isGiven {
      result[input.index] = self[input].type.hasDerivative
    }
    for (index, instruction) in instructions.enumerated() where instruction.type.hasDerivative {
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
    var (b, values, tangents) = writingTangents(along: inputs.indices.map { $0 < count })
    for (index, output) in values.enumerated() where tangents[index] == nil {
      tangents[index] = b.full(0, like: output)
    }
    return b.finished(outputs: values + tangents.map { $0! })
  }

  /// Writes the program with tangents beside its values.
  ///
  /// - Parameter active: inputs that have a tangent; these follow the inputs, in order.
  /// - Returns: the builder, the outputs and their tangents, nil where they are zero.
  func writingTangents(
    along active: [Bool]
  ) -> (builder: ProgramBuilder, values: [Value], tangents: [Value?]) {
    var b = ProgramBuilder()
    var moved = [Value](repeating: Value(0), count: instructions.count)
    var tangents = [Value?](repeating: nil, count: instructions.count)
    var parts: [Int: Pushed] = [:]
    for input in inputs { moved[input.index] = b.input(self[input].type) }
    for (input, isActive) in zip(inputs, active) where isActive {
      let tangent = b.input(self[input].type)
      if self[input].type.hasDerivative { tangents[input.index] = tangent }
    }
    for (index, instruction) in instructions.enumerated() {
      if case .input = instruction.op { continue }
      let operands = instruction.inputs.map { moved[$0.index] }
      let incoming = instruction.inputs.map { tangents[$0.index] }
      if case .result(let number) = instruction.op, let known = parts[instruction.inputs[0].index] {
        moved[index] = known.values?[number] ?? b.append(instruction.op, operands)
        tangents[index] = known.tangents[number]
        continue
      }
      moved[index] = b.append(instruction.op, operands)
      if incoming.allSatisfy({ $0 == nil }) { continue }
      let site = Site(result: moved[index], inputs: operands)
      switch instruction.op {
      case .extension(let operation):
        parts[index] = operation.rule.pushforward(site, incoming, in: &b)
      default:
        tangents[index] = instruction.op.pushforward(site, incoming, in: &b)
      }
    }
    return (b, outputs.map { moved[$0.index] }, outputs.map { tangents[$0.index] })
  }

  /// The program on inputs of which some have a new leading axis; every output has it.
  func batched(_ flags: [Bool], count: Int) -> Program {
    var (b, results) = batching(flags, count: count)
    let outputs = results.map { b.spread($0, count) }
    return b.finished(outputs: outputs)
  }

  /// Writes the program on inputs of which some have a new leading axis.
  ///
  /// - Returns: the builder, and the outputs with or without the axis.
  func batching(
    _ flags: [Bool], count: Int
  ) -> (builder: ProgramBuilder, outputs: [Batched]) {
    var b = ProgramBuilder()
    var moved: [Batched] = []
    var parts: [Int: [Batched]] = [:]
    for (index, instruction) in instructions.enumerated() {
      let operands = instruction.inputs.map { moved[$0.index].value }
      let mask = instruction.inputs.map { moved[$0.index].isBatched }
      let isBatched = mask.contains(true)
      var value: Value
      switch instruction.op {
      case .input(let number, let type):
        let wide = type.with(shape: [count] + type.shape)
        moved.append(
          Batched(value: b.input(flags[number] ? wide : type), isBatched: flags[number]))
        continue
      case .result(let number):
        if let known = parts[instruction.inputs[0].index] {
          moved.append(known[number])
          continue
        }
        value = b.append(instruction.op, operands)
      case .extension(let operation) where isBatched:
        parts[index] = operation.rule.batch(operands, batched: mask, count: count, in: &b)
        // Nothing but parts reads a bundle, and they find theirs above.
        value = operands[0]
      default:
        value =
          isBatched
          ? instruction.op.batch(operands, batched: mask, count: count, in: &b)
          : b.append(instruction.op, operands)
      }
      moved.append(Batched(value: value, isBatched: isBatched))
    }
    return (b, outputs.map { moved[$0.index] })
  }
}

extension ProgramBuilder {
  /// The value with the batch axis of extent `count` in front, repeated where it had none.
  mutating func spread(_ result: Batched, _ count: Int) -> Value {
    result.isBatched
      ? result.value : broadcast(result.value, [count] + shape(of: result.value))
  }
}
