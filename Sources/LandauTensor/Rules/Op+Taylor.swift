extension Op {
  /// The Taylor rule: the power series of the result from those of the operands.
  ///
  /// Operations that are linear where they are (movements, sums, choices of a winner) treat every order as
  /// a pushforward treats a tangent; products convolve; elementary functions have recurrences from the
  /// differential equations they solve. Griewank and Walther, Evaluating Derivatives, 2nd ed. 2008, ch. 13.
  ///
  /// - Parameter operands: one series per operand, all of the same order.
  func taylor(_ site: Site, _ operands: [Series], in b: inout ProgramBuilder) -> Series {
    switch self {
    case .input, .constant, .full: return .constant(site.result, order: 0)
    case .compare, .select, .cast, .stopGradient, .broadcast, .reshape, .transpose, .slice, .pad,
      .concatenate, .complex, .reduce, .gather, .scatterAdd, .argSort, .randomBits:
      return orderByOrder(site, operands, in: &b)
    case .unary(let op):
      return op.isLocallyLinear
        ? orderByOrder(site, operands, in: &b) : op.taylor(site, operands[0], in: &b)
    case .binary(let op):
      switch op {
      case .add, .subtract, .maximum, .minimum: return orderByOrder(site, operands, in: &b)
      case .multiply: return b.product(operands[0], operands[1], value: site.result)
      case .divide: return b.quotient(operands[0], operands[1], value: site.result)
      case .arctangent:
        return b.arctangent(operands[0], operands[1], value: site.result)
      case .power: return b.power(operands[0], operands[1], value: site.result)
      }
    case .part(let part):
      switch part {
      case .real, .imaginary: return orderByOrder(site, operands, in: &b)
      case .magnitude: return b.magnitude(operands[0], value: site.result)
      }
    case .matmul, .convolution:
      return b.product(operands[0], operands[1], by: self, value: site.result)
    case .extension, .result: preconditionFailure("\(self) has series part by part")
    }
  }

  /// The rule of an operation that is linear near its operands, all of them together.
  private func orderByOrder(
    _ site: Site, _ operands: [Series], in b: inout ProgramBuilder
  ) -> Series {
    var result = Series(site.result)
    for k in 1..<operands[0].terms.count {
      let tangents = operands.map { $0[k] }
      result.append(
        tangents.allSatisfy { $0 == nil } ? nil : pushforward(site, tangents, in: &b))
    }
    return result
  }

  /// The rule that needs no more than a pushforward: forward mode nested `order` times.
  ///
  /// Right for every operation; its programs grow like 2^order, so it is for operations without a rule of
  /// their own.
  ///
  /// - Returns: one series per result.
  func nestedTaylor(
    _ inputs: [Value], _ operands: [Series], in b: inout ProgramBuilder
  ) -> [Series] {
    let types = inputs.map { b.type(of: $0) }
    let active = operands.indices.filter { !operands[$0].isConstant }
    let passive = operands.indices.filter { operands[$0].isConstant }
    let order = operands[0].order
    let program = Program.timeDerivatives(order, active.map { types[$0] }) { b, values in
      var all = [Value?](repeating: nil, count: types.count)
      for (place, value) in zip(active, values) { all[place] = value }
      for place in passive { all[place] = b.input(types[place]) }
      let result = b.append(self, all.map { $0! })
      return b.type(of: result).isBundle ? b.results(result) : [result]
    }
    var arguments: [Value] = []
    var factorial = 1.0
    for k in 0...order {
      factorial *= Double(max(1, k))
      for place in active {
        let term = operands[place][k]
        arguments.append(
          term.map { b.scale($0, factorial) } ?? b.full(0, like: inputs[place]))
      }
    }
    let values = b.call(program, arguments + passive.map { inputs[$0] })
    let count = values.count / (order + 1)
    return (0..<count).map { result in
      var series = Series(values[result])
      let hasDerivative = b.type(of: values[result]).hasDerivative
      var factorial = 1.0
      for k in 1..<max(1, order + 1) {
        factorial *= Double(k)
        series.append(hasDerivative ? b.scale(values[k * count + result], 1 / factorial) : nil)
      }
      return series
    }
  }
}

extension Program {
  /// The value and the first `order` derivatives in t of a function of curves x(t).
  ///
  /// - Parameters:
  ///   - types: of the curves.
  ///   - body: writes the function on the values of the curves; what else it declares as inputs is constant.
  /// - Returns: inputs: the curves, their first derivatives, … up to `order`, then the constants; outputs:
  ///   those of the body, then their derivatives order by order.
  static func timeDerivatives(
    _ order: Int, _ types: [TensorType],
    _ body: (inout ProgramBuilder, [Value]) -> [Value]
  ) -> Program {
    var b = ProgramBuilder()
    let curves = types.map { b.input($0) }
    let outputs = body(&b, curves)
    var program = b.finished(outputs: outputs)
    let constants = Array(program.inputTypes.dropFirst(types.count))
    let count = outputs.count
    for k in 0..<max(0, order) {
      // The k-th derivative depends on derivatives of the curves up to k; d/dt replaces each by the next.
      let known = types.count * (k + 1)
      let forward = program.forward(known)
      var next = ProgramBuilder()
      let derivatives = (0...(k + 1)).flatMap { _ in types.map { next.input($0) } }
      let others = constants.map { next.input($0) }
      let results = next.call(
        forward, Array(derivatives[..<known]) + others + Array(derivatives[types.count...]))
      // Values of all orders so far, then the tangents of the highest.
      program = next.finished(
        outputs: Array(results[..<(count * (k + 1))]) + Array(results.suffix(count)))
    }
    return program
  }
}
