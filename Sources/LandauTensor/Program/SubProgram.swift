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
  func plan() -> Plan {
    var builder = PlanBuilder(program.simplified())
    return builder.plan()
  }

  /// The whole program as a kernel.
  func kernel() -> ExtensionKernel {
    let plan = plan()
    return ExtensionKernel(scratchBytes: plan.memoryBytes) { operands, results, scratch in
      plan.run(Array(operands), into: Array(results), plan.prepare(scratch))
    }
  }
}
