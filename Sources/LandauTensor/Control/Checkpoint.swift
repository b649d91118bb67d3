/// The same function, whose inner values are not kept for the reverse pass but computed again in it.
///
/// What the reverse pass of a long computation keeps grows with its length; of a checkpointed piece it keeps only
/// the arguments, at the price of one more evaluation of the piece for every derivative in reverse mode.
///
/// - Parameter f: what it captures counts as an argument.
/// - Note: Griewank and Walther, Evaluating Derivatives, 2008, chapter 12.
public func checkpoint(
  _ f: @escaping ([Tensor]) -> [Tensor]
) -> ([Tensor]) -> [Tensor] {
  { arguments in
    let trace = Trace(arguments.map(\.type), f)
    require(!trace.program.outputs.isEmpty, "a function given to checkpoint returns nothing")
    return Tensor.apply(Checkpoint(trace.program), arguments + trace.captures)
  }
}

/// A program run as one step: its inner values live in scratch memory only.
struct Checkpoint: OperationRule {
  private let body: SubProgram

  init(_ program: Program) { body = SubProgram(program) }

  var description: String { "checkpoint" }
  var subPrograms: [Program] { [body.program] }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try body.requireInputs(inputs, "checkpoint")
    return body.program.outputTypes
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel { kernel(inputs, threads: 1) }
  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel {
    body.kernel(threads: threads)
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    let program = body.program.pullback(wanted: wanted, seeded: cotangents.map { $0 != nil })
    let results = b.apply(Checkpoint(program), site.inputs + cotangents.compactMap { $0 })
    return results.distributed(where: wanted)
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    let (program, active) = body.program.pushforward(along: tangents.map { $0 != nil })
    let results = b.apply(Checkpoint(program), site.inputs + tangents.compactMap { $0 })
    return Pushed(
      values: Array(results[..<active.count]),
      tangents: Array(results[active.count...]).distributed(where: active))
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    let (inner, outputs) = body.program.batching(batched, count: count)
    let program = inner.finished(outputs: outputs.map(\.value))
    return zip(b.apply(Checkpoint(program), operands), outputs).map {
      Batched(value: $0, isBatched: $1.isBatched)
    }
  }
}
