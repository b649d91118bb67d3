extension Program {
  /// The program that also returns Taylor coefficients of the outputs along a curve through the inputs.
  ///
  /// - Parameters:
  ///   - count: the first inputs, which follow curves x(t) = x₀ + x₁ t + … + x_given t^given.
  ///   - order: the highest power of t that is kept.
  ///   - nesting: whether every operation takes the way of those without a rule, for tests.
  /// - Returns: inputs as before, then `given` coefficients of each of the first `count`; outputs as
  ///   before, then the coefficients 1, …, `order` of each.
  func taylor(_ count: Int, given: Int, order: Int, nesting: Bool = false) -> Program {
    var b = ProgramBuilder()
    var moved = [Value](repeating: Value(0), count: instructions.count)
    var series = [Series?](repeating: nil, count: instructions.count)
    var parts: [Int: [Series]] = [:]
    for input in inputs { moved[input.index] = b.input(self[input].type) }
    for input in inputs.prefix(count) {
      let type = self[input].type
      var curve = Series(moved[input.index])
      for k in 1...max(given, order) {
        let term = k <= given ? b.input(type) : nil
        if k <= order { curve.append(type.hasDerivative ? term : nil) }
      }
      if !curve.isConstant { series[input.index] = curve }
    }
    for (index, instruction) in instructions.enumerated() {
      if case .input = instruction.op { continue }
      let inputs = instruction.inputs.map { moved[$0.index] }
      let isActive =
        instruction.type.hasDerivative && instruction.inputs.contains { series[$0.index] != nil }
      let operands = instruction.inputs.map {
        series[$0.index] ?? .constant(moved[$0.index], order: order)
      }
      var result: Series?
      switch instruction.op {
      case .result(let number):
        result = parts[instruction.inputs[0].index]?[number]
      case .extension where isActive:
        parts[index] = instruction.op.nestedTaylor(inputs, operands, in: &b)
        // Nothing but parts reads a bundle, and they find theirs above.
        moved[index] = inputs[0]
        continue
      case _ where isActive && nesting:
        result = instruction.op.nestedTaylor(inputs, operands, in: &b)[0]
      case _ where isActive:
        let site = Site(result: b.append(instruction.op, inputs), inputs: inputs)
        result = instruction.op.taylor(site, operands, in: &b)
      default: break
      }
      moved[index] = result?[0] ?? b.append(instruction.op, inputs)
      if let result, !result.isConstant { series[index] = result }
    }
    let coefficients = outputs.flatMap { output in
      (1...order).map { series[output.index]?[$0] ?? b.full(0, like: moved[output.index]) }
    }
    return b.finished(outputs: outputs.map { moved[$0.index] } + coefficients)
  }

  /// The program that returns only some of its outputs.
  func selecting(_ chosen: [Int]) -> Program {
    ProgramBuilder(self).finished(outputs: chosen.map { outputs[$0] })
  }
}
