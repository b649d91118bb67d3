extension Program {
  /// What is wrong with the program, one line each; empty where it is sound.
  ///
  /// Every operand must be assigned before it is used, every type must be the one the shape rule
  /// gives, and inputs must be listed in order. Passes are followed by this check in tests.
  public func check() -> [String] {
    var problems: [String] = []
    for (index, instruction) in instructions.enumerated() {
      if let bad = instruction.inputs.first(where: { $0.index < 0 || $0.index >= index }) {
        problems.append("%\(index) uses %\(bad.index) before it is assigned")
        continue
      }
      do throws(ShapeError) {
        let type = try instruction.op.resultType(instruction.inputs.map { self[$0].type })
        if type != instruction.type {
          problems.append("%\(index) is declared \(instruction.type) but its rule gives \(type)")
        }
      } catch {
        problems.append("%\(index): \(error.message)")
      }
      if case .extension(let operation) = instruction.op {
        for inner in operation.rule.subPrograms {
          problems += inner.check().map { "inside %\(index): \($0)" }
        }
      }
      if case .input(let number, _) = instruction.op,
        number < 0 || number >= inputs.count || inputs[number].index != index
      {
        problems.append("%\(index) is input \(number) but not listed as that")
      }
    }
    for (number, value) in inputs.enumerated() {
      guard instructions.indices.contains(value.index),
        case .input(number, _) = instructions[value.index].op
      else {
        problems.append("input \(number) points at %\(value.index), which is none")
        continue
      }
    }
    for value in outputs where instructions.indices.contains(value.index) {
      if self[value].type.isBundle { problems.append("an output is the bundle %\(value.index)") }
    }
    for value in outputs where !instructions.indices.contains(value.index) {
      problems.append("an output points at %\(value.index), which does not exist")
    }
    return problems
  }
}
