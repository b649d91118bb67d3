/// A function as a flat list of instructions in topological order, each value assigned once.
///
/// Printer, checker, interpreter, derivatives, batching and rewrites all work on this.
public struct Program: Sendable, Hashable {
  /// The result of one instruction.
  struct Value: Hashable, Sendable {
    let number: Int32
    init(_ number: Int) { self.number = Int32(number) }
    var index: Int { Int(number) }
  }

  struct Instruction: Sendable, Hashable {
    var op: Op
    var inputs: [Value]
    var type: TensorType
  }

  var instructions: [Instruction] = []
  /// The values of `.input(0)`, `.input(1)`, … in order.
  var inputs: [Value] = []
  var outputs: [Value] = []
  /// What the first inputs are called, for people.
  var inputNames: [String] = []

  /// The number of instructions, inputs and constants included.
  public var instructionCount: Int { instructions.count }
  public var inputTypes: [TensorType] { inputs.map { instructions[$0.index].type } }
  public var outputTypes: [TensorType] { outputs.map { instructions[$0.index].type } }

  subscript(value: Value) -> Instruction { instructions[value.index] }

  func inputName(_ number: Int) -> String? {
    guard number < inputNames.count, !inputNames[number].isEmpty else { return nil }
    return inputNames[number]
  }
}

/// Appends instructions to a program, inferring every type.
struct ProgramBuilder {
  typealias Value = Program.Value
  private(set) var program = Program()

  init() {}
  init(_ program: Program) { self.program = program }

  mutating func append(_ op: Op, _ inputs: [Value]) -> Value {
    let type: TensorType
    do throws(ShapeError) {
      type = try op.resultType(inputs.map { program[$0].type })
    } catch {
      misuse(error.message)
    }
    let value = Value(program.instructions.count)
    program.instructions.append(Program.Instruction(op: op, inputs: inputs, type: type))
    return value
  }

  mutating func input(_ type: TensorType) -> Value {
    let value = append(.input(program.inputs.count, type), [])
    program.inputs.append(value)
    return value
  }

  func type(of value: Value) -> TensorType { program[value].type }
  func shape(of value: Value) -> [Int] { program[value].type.shape }

  func finished(outputs: [Value]) -> Program {
    var result = program
    result.outputs = outputs
    return result.withoutDeadCode()
  }
}

// The vocabulary in which the rules are written.
extension ProgramBuilder {
  mutating func full(_ value: Double, like other: Value) -> Value {
    append(.full(Fill(value, type(of: other))), [])
  }
  mutating func add(_ a: Value, _ b: Value) -> Value { append(.binary(.add), [a, b]) }
  mutating func subtract(_ a: Value, _ b: Value) -> Value { append(.binary(.subtract), [a, b]) }
  mutating func multiply(_ a: Value, _ b: Value) -> Value { append(.binary(.multiply), [a, b]) }
  mutating func divide(_ a: Value, _ b: Value) -> Value { append(.binary(.divide), [a, b]) }
  mutating func power(_ a: Value, _ b: Value) -> Value { append(.binary(.power), [a, b]) }
  mutating func unary(_ op: UnaryOp, _ a: Value) -> Value { append(.unary(op), [a]) }
  mutating func negate(_ a: Value) -> Value { unary(.negate, a) }
  mutating func scale(_ a: Value, _ factor: Double) -> Value { multiply(a, full(factor, like: a)) }
  mutating func compare(_ op: Comparison, _ a: Value, _ b: Value) -> Value {
    append(.compare(op), [a, b])
  }
  mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    append(.select, [condition, a, b])
  }
  mutating func reshape(_ a: Value, _ shape: [Int]) -> Value {
    shape == self.shape(of: a) ? a : append(.reshape(shape), [a])
  }
  mutating func broadcast(_ a: Value, _ shape: [Int]) -> Value {
    shape == self.shape(of: a) ? a : append(.broadcast(shape), [a])
  }
  mutating func transpose(_ a: Value, _ permutation: [Int]) -> Value {
    permutation == Array(permutation.indices) ? a : append(.transpose(permutation), [a])
  }
  /// Exchanges the last two axes.
  mutating func matrixTranspose(_ a: Value) -> Value {
    let rank = shape(of: a).count
    return transpose(a, Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }
  mutating func sum(_ a: Value, _ axes: [Int]) -> Value {
    axes.isEmpty ? a : append(.reduce(.sum, axes: axes), [a])
  }
  mutating func matmul(_ a: Value, _ b: Value) -> Value { append(.matmul, [a, b]) }
}

extension Program {
  /// The same function without instructions that no output needs; inputs stay.
  func withoutDeadCode() -> Program {
    var live = [Bool](repeating: false, count: instructions.count)
    for value in outputs + inputs { live[value.index] = true }
    for index in instructions.indices.reversed() where live[index] {
      for input in instructions[index].inputs { live[input.index] = true }
    }
    if live.allSatisfy({ $0 }) { return self }
    var result = Program()
    var moved = [Value?](repeating: nil, count: instructions.count)
    for index in instructions.indices where live[index] {
      var instruction = instructions[index]
      for position in instruction.inputs.indices {
        instruction.inputs[position] = moved[instruction.inputs[position].index]!
      }
      moved[index] = Value(result.instructions.count)
      result.instructions.append(instruction)
    }
    result.inputNames = inputNames
    result.inputs = inputs.map { moved[$0.index]! }
    result.outputs = outputs.map { moved[$0.index]! }
    return result
  }
}
