/// A program inside an operation: control flow, checkpoints, custom derivatives.
///
/// Equality and hash are those of the program, worked out once.
final class SubProgram: Sendable, Hashable {
  let program: Program
  private let hash: Int

  init(_ program: Program) {
    self.program = program
    var hasher = Hasher()
    hasher.combine(program)
    hash = hasher.finalize()
  }

  static func == (left: SubProgram, right: SubProgram) -> Bool {
    left === right || (left.hash == right.hash && left.program == right.program)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(hash) }

  /// The plan of the simplified program; made once for each kernel, not for each step of a loop.
  func plan(threads: Int) -> Plan {
    var builder = PlanBuilder(program.simplified().lowered(), threads: threads)
    return builder.plan()
  }

  /// The whole program as a kernel.
  func kernel(threads: Int) -> ExtensionKernel {
    let plan = plan(threads: threads)
    return ExtensionKernel(scratchBytes: plan.memoryBytes, isShared: plan.isShared) {
      operands, results, scratch, pool in
      plan.run(Array(operands), into: Array(results), plan.prepare(scratch), on: pool)
    }
  }
}

extension SubProgram {
  func requireInputs(_ inputs: [TensorType], _ name: String) throws(ShapeError) {
    guard inputs == program.inputTypes else {
      throw ShapeError("\(name) of a program of \(program.inputTypes) was given \(inputs)")
    }
  }
}

extension Program {
  /// The program with tangents of its active inputs behind the inputs and tangents of the outputs that have one
  /// behind the outputs.
  ///
  /// - Parameter forced: outputs whose tangent is wanted even where it is zero.
  /// - Returns: the program, and which outputs have a tangent.
  func pushforward(
    along active: [Bool], forced: [Bool]? = nil
  ) -> (program: Program, outputs: [Bool]) {
    var (b, values, tangents) = writingTangents(along: active)
    for (index, value) in values.enumerated() where forced?[index] == true {
      tangents[index] = tangents[index] ?? b.full(0, like: value)
    }
    return (b.finished(outputs: values + tangents.compactMap { $0 }), tangents.map { $0 != nil })
  }
}

extension Array {
  /// The elements in the places marked, in order, and nil elsewhere.
  func distributed(where marks: [Bool]) -> [Element?] {
    var next = startIndex
    return marks.map { isMarked in
      guard isMarked else { return nil }
      defer { next += 1 }
      return self[next]
    }
  }
}
