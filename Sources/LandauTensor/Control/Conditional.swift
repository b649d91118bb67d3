/// `then` of the arguments where the predicate holds, else `otherwise` of them; only one of the two is computed.
///
/// - Parameters:
///   - predicate: one bool.
///   - arguments: what the branches work on; what they capture is computed before the choice is made.
///   - then: must give values of the same types as `otherwise`.
/// - Note: under `vmap` with a predicate for each element both branches are computed and `select` chooses.
public func conditional(
  _ predicate: Tensor, _ arguments: [Tensor],
  then: ([Tensor]) -> [Tensor], otherwise: ([Tensor]) -> [Tensor]
) -> [Tensor] {
  require(
    predicate.type == TensorType([], .bool),
    "the predicate of conditional is \(predicate.type); it must be one bool")
  let types = arguments.map(\.type)
  let traces = [Trace(types, then), Trace(types, otherwise)]
  let (first, second) = (traces[0].program.outputTypes, traces[1].program.outputTypes)
  require(
    first == second && !first.isEmpty,
    "the branches of conditional give \(first) and \(second); they must give the same types, and something"
  )
  // Both branches get all captures, so that they have the same operands.
  let captures = traces.flatMap(\.captures)
  let all = types + captures.map(\.type)
  let start = [0, traces[0].captures.count].map { $0 + types.count }
  let branches = zip(traces, start).map { trace, start in
    Program(all) { b, values in
      b.call(
        trace.program, Array(values[..<types.count] + values[start...].prefix(trace.captures.count))
      )
    }
  }
  return Tensor.apply(
    Conditional(branches[0], branches[1]), [predicate] + arguments + captures)
}

/// One of two programs on the same operands, chosen by the first operand.
struct Conditional: OperationRule {
  private let then: SubProgram
  private let otherwise: SubProgram

  init(_ then: Program, _ otherwise: Program) {
    self.then = SubProgram(then)
    self.otherwise = SubProgram(otherwise)
  }

  var description: String { "conditional" }
  var subPrograms: [Program] { [then.program, otherwise.program] }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard let predicate = inputs.first, predicate == TensorType([], .bool) else {
      throw ShapeError("conditional of the predicate \(inputs)")
    }
    try then.requireInputs(Array(inputs.dropFirst()), "conditional")
    return then.program.outputTypes
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel { kernel(inputs, threads: 1) }

  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel {
    let plans = [otherwise.plan(threads: threads), then.plan(threads: threads)]
    let bytes = plans.map(\.memoryBytes).max()!
    return ExtensionKernel(scratchBytes: bytes, isShared: plans.contains(where: \.isShared)) {
      operands, results, scratch, pool in
      let plan = plans[operands[0].load(as: Bool.self) ? 1 : 0]
      plan.run(Array(operands.dropFirst()), into: Array(results), plan.prepare(scratch), on: pool)
    }
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    let inner = Array(wanted.dropFirst())
    let branches = subPrograms.map {
      $0.pullback(wanted: inner, seeded: cotangents.map { $0 != nil })
    }
    let results = b.apply(
      Conditional(branches[0], branches[1]), site.inputs + cotangents.compactMap { $0 })
    return [nil] + results.distributed(where: inner)
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    let active = tangents.dropFirst().map { $0 != nil }
    // A value has a tangent where it has one in either branch.
    let either = zip(then.tangents(along: active), otherwise.tangents(along: active)).map {
      $0 || $1
    }
    let branches = subPrograms.map { $0.pushforward(along: active, forced: either).program }
    let results = b.apply(
      Conditional(branches[0], branches[1]), site.inputs + tangents.compactMap { $0 })
    return Pushed(
      values: Array(results[..<either.count]),
      tangents: Array(results[either.count...]).distributed(where: either))
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    let flags = Array(batched.dropFirst())
    var branches = subPrograms.map { $0.batching(flags, count: count) }
    let wide =
      batched[0]
      ? then.program.outputs.map { _ in true }
      : zip(branches[0].outputs, branches[1].outputs).map { $0.isBatched || $1.isBatched }
    let programs = branches.indices.map { which in
      let results = zip(branches[which].outputs, wide).map { output, isWide in
        isWide ? branches[which].builder.spread(output, count) : output.value
      }
      return branches[which].builder.finished(outputs: results)
    }
    guard batched[0] else {
      return zip(b.apply(Conditional(programs[0], programs[1]), operands), wide).map {
        Batched(value: $0, isBatched: $1)
      }
    }
    let both = programs.map { b.call($0, Array(operands.dropFirst())) }
    return zip(both[0], both[1]).map { yes, no in
      Batched(value: b.choose(operands[0], yes, no), isBatched: true)
    }
  }
}

extension SubProgram {
  /// Which outputs have a tangent where these inputs have one.
  fileprivate func tangents(along active: [Bool]) -> [Bool] {
    program.writingTangents(along: active).tangents.map { $0 != nil }
  }
}

extension ProgramBuilder {
  /// `yes` or `no`, chosen along the leading axis by one bool for each element of it.
  mutating func choose(_ condition: Value, _ yes: Value, _ no: Value) -> Value {
    let shape = self.shape(of: yes)
    let ones = [Int](repeating: 1, count: shape.count - 1)
    return select(broadcast(reshape(condition, [shape[0]] + ones), shape), yes, no)
  }
}

extension Program {
  /// The program that `body` writes on inputs of the given types.
  init(_ types: [TensorType], _ body: (inout ProgramBuilder, [Value]) -> [Value]) {
    var b = ProgramBuilder()
    let inputs = types.map { b.input($0) }
    let outputs = body(&b, inputs)
    self = b.finished(outputs: outputs)
  }
}
