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
    var b = ProgramBuilder(self)
    var series = [Series?](repeating: nil, count: instructions.count)
    for input in inputs.prefix(count) {
      let type = self[input].type
      var curve = Series(input)
      for k in 1...max(given, order) {
        let term = k <= given ? b.input(type) : nil
        if k <= order { curve.append(type.scalar.isFloating ? term : nil) }
      }
      if !curve.isConstant { series[input.index] = curve }
    }
    for (index, instruction) in instructions.enumerated() where instruction.type.scalar.isFloating {
      if instruction.inputs.allSatisfy({ series[$0.index] == nil }) { continue }
      let operands = instruction.inputs.map {
        series[$0.index] ?? .constant($0, order: order)
      }
      let site = Site(result: Value(index), inputs: instruction.inputs)
      let result =
        nesting
        ? instruction.op.nestedTaylor(site, operands, in: &b)
        : instruction.op.taylor(site, operands, in: &b)
      if !result.isConstant { series[index] = result }
    }
    let coefficients = outputs.flatMap { output in
      (1...order).map { series[output.index]?[$0] ?? b.full(0, like: output) }
    }
    return b.finished(outputs: outputs + coefficients)
  }

  /// The program that returns only some of its outputs.
  func selecting(_ chosen: [Int]) -> Program {
    ProgramBuilder(self).finished(outputs: chosen.map { outputs[$0] })
  }
}
