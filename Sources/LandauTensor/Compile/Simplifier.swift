extension Program {
  /// An equivalent program: rewritten by the named rules, common subexpressions shared, dead code gone.
  ///
  /// Equivalent up to rounding (constants are multiplied together first) and the sign of zero.
  func simplified(_ rules: [Rewrite] = Rewrite.allCases) -> Program {
    var simplifier = Simplifier(rules)
    var moved: [Value] = []
    moved.reserveCapacity(instructions.count)
    for instruction in instructions {
      if case .input(_, let type) = instruction.op {
        moved.append(simplifier.builder.input(type))
      } else {
        moved.append(simplifier.emit(instruction.op, instruction.inputs.map { moved[$0.index] }))
      }
    }
    var result = simplifier.builder.finished(outputs: outputs.map { moved[$0.index] })
    result.inputNames = inputNames
    return result
  }
}

/// Rebuilds a program one instruction at a time, each offered to the rules before it is appended.
struct Simplifier {
  private struct Key: Hashable {
    let op: Op
    let inputs: [Value]
  }

  var builder = ProgramBuilder()
  private let rules: [Rewrite]
  private var known: [Key: Value] = [:]

  init(_ rules: [Rewrite]) { self.rules = rules }

  /// The value of `op` on `inputs`: a simpler one, one that is already there, or a new instruction.
  mutating func emit(_ op: Op, _ inputs: [Value]) -> Value {
    for rule in rules {
      if let value = rule.apply(op, inputs, to: &self) { return value }
    }
    let key = Key(op: op, inputs: inputs)
    if let value = known[key] { return value }
    let value = builder.append(op, inputs)
    known[key] = value
    return value
  }

  func op(of value: Value) -> Op { builder.program[value].op }
  func inputs(of value: Value) -> [Value] { builder.program[value].inputs }
  func type(of value: Value) -> TensorType { builder.type(of: value) }

  /// The number that fills `value`, where one does.
  func fill(of value: Value) -> Double? {
    if case .full(let fill) = op(of: value) { fill.value } else { nil }
  }
}
