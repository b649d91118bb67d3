extension Program {
  /// An equivalent program: rewritten by the named rules, common subexpressions shared, dead code gone.
  ///
  /// Equivalent up to rounding (constants are multiplied together first) and the sign of zero.
  func simplified(_ rules: [Rewrite] = Rewrite.allCases) -> Program {
    var simplifier = Simplifier(rules)
    let placeholders = inputs.map { simplifier.builder.input(self[$0].type) }
    let results = simplifier.emit(self, placeholders)
    var simplified = simplifier.builder.finished(outputs: results)
    simplified.inputNames = inputNames
    return simplified
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

  /// The outputs of a program on `arguments`; extensions that a program stands for are written out.
  mutating func emit(_ program: Program, _ arguments: [Value]) -> [Value] {
    var moved: [Value] = []
    moved.reserveCapacity(program.instructions.count)
    var parts: [Int: [Value]] = [:]
    for (index, instruction) in program.instructions.enumerated() {
      let operands = instruction.inputs.map { moved[$0.index] }
      switch instruction.op {
      case .input(let number, _): moved.append(arguments[number])
      case .result(let number):
        let known = parts[instruction.inputs[0].index]?[number]
        moved.append(known ?? emit(instruction.op, operands))
      case .extension(let operation):
        guard let inlined = operation.rule.inlined else {
          moved.append(emit(instruction.op, operands))
          continue
        }
        parts[index] = emit(inlined, operands)
        // Nothing but parts reads a bundle, and they find theirs above.
        moved.append(arguments.first ?? Value(0))
      default: moved.append(emit(instruction.op, operands))
      }
    }
    return program.outputs.map { moved[$0.index] }
  }

  func op(of value: Value) -> Op { builder.program[value].op }
  func inputs(of value: Value) -> [Value] { builder.program[value].inputs }
  func type(of value: Value) -> TensorType { builder.type(of: value) }

  /// The number that fills `value`, where one does.
  func fill(of value: Value) -> Double? {
    if case .full(let fill) = op(of: value) { fill.value } else { nil }
  }
}
