/// A loop of known length that carries values from step to step, reads one slice of each input in every step and
/// writes one slice of each output.
///
///     let (carry, outputs) = scan([h], over: [x]) { carry, x in
///       let h = tanh(matmul(carry[0], w) + x[0])
///       return ([h], [h])
///     }
///
/// - Parameters:
///   - carry: the values before the first step.
///   - inputs: all with the same leading extent, the number of steps.
///   - length: the number of steps; needed where there are no inputs.
///   - reversed: whether steps run from the last slice to the first; outputs stay beside their inputs.
///   - body: carry and slices of one step to the next carry, of the same types, and outputs. What it captures is a
///     constant of the loop, computed once.
/// - Returns: the values after the last step, and the outputs stacked along a new leading axis.
/// - Complexity: `body` once a step. In reverse mode the carry of each step is kept and the step is computed again
///   from it, so that memory grows by the carry alone.
public func scan(
  _ carry: [Tensor], over inputs: [Tensor] = [], length: Int? = nil, reversed: Bool = false,
  _ body: (_ carry: [Tensor], _ inputs: [Tensor]) -> (carry: [Tensor], outputs: [Tensor])
) -> (carry: [Tensor], outputs: [Tensor]) {
  let extents = Set(inputs.map { $0.shape.first ?? -1 } + (length.map { [$0] } ?? []))
  guard let steps = extents.first, extents.count == 1, steps >= 0 else {
    misuse(
      "scan needs one number of steps; the inputs have the shapes \(inputs.map(\.shape)), length is "
        + (length.map { "\($0)" } ?? "not given"))
  }
  let slices = inputs.map { $0.type.with(shape: Array($0.shape.dropFirst())) }
  let trace = Trace(carry.map(\.type) + slices) { all in
    let next = body(Array(all[..<carry.count]), Array(all[carry.count...]))
    require(
      next.carry.map(\.type) == carry.map(\.type),
      "scan starts with a carry of \(carry.map(\.type)), but a step gives \(next.carry.map(\.type))"
    )
    return next.carry + next.outputs
  }
  require(!trace.program.outputs.isEmpty, "scan without carry and outputs")
  let rule = Scan(
    trace.program, carry: carry.count, inputs: inputs.count, length: steps, isReversed: reversed)
  let results = Tensor.apply(rule, carry + inputs + trace.captures)
  return (Array(results[..<carry.count]), Array(results[carry.count...]))
}

/// A program run for every slice of its inputs in turn.
///
/// Operands, and inputs of the body: carry, inputs, constants. Results, and outputs of the body: carry, outputs; where
/// the scan saves what its pullback needs the last outputs are the carries before each step.
struct Scan: OperationRule {
  let body: SubProgram
  let carryCount: Int
  let inputCount: Int
  let length: Int
  let isReversed: Bool
  let isSaving: Bool

  init(
    _ body: Program, carry: Int, inputs: Int, length: Int, isReversed: Bool, isSaving: Bool = false
  ) {
    self.body = SubProgram(body)
    carryCount = carry
    inputCount = inputs
    self.length = length
    self.isReversed = isReversed
    self.isSaving = isSaving
  }

  var description: String {
    "scan \(length) steps\(isReversed ? " reversed" : ""), \(carryCount) carried"
  }

  var subPrograms: [Program] { [body.program] }

  var saving: any OperationRule {
    if isSaving || carryCount == 0 { return self }
    var program = body.program
    program.outputs += program.inputs[..<carryCount]
    return Scan(
      program, carry: carryCount, inputs: inputCount, length: length, isReversed: isReversed,
      isSaving: true)
  }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let last = carryCount + inputCount
    var slices = inputs
    for index in carryCount..<last {
      guard index < inputs.count, inputs[index].shape.first == length else {
        throw ShapeError("scan of \(length) steps over \(inputs)")
      }
      slices[index] = inputs[index].with(shape: Array(inputs[index].shape.dropFirst()))
    }
    try body.requireInputs(slices, "scan")
    return body.program.outputTypes.enumerated().map { index, type in
      index < carryCount ? type : type.with(shape: [length] + type.shape)
    }
  }

  /// The carry alternates between two pieces of scratch memory.
  func kernel(_ inputs: [TensorType]) -> ExtensionKernel { kernel(inputs, threads: 1) }

  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel {
    let plan = body.plan(threads: threads)
    let types = (body.program.inputTypes, body.program.outputTypes)
    let carry = ScratchLayout(types.0[..<carryCount].map(\.byteCount))
    let inputBytes = types.0[carryCount..<(carryCount + inputCount)].map(\.byteCount)
    let outputBytes = types.1[carryCount...].map(\.byteCount)
    let (carryCount, inputCount) = (carryCount, inputCount)
    let (length, isReversed) = (length, isReversed)
    return ExtensionKernel(
      scratchBytes: 2 * carry.byteCount + plan.memoryBytes, isShared: plan.isShared
    ) { operands, results, scratch, pool in
      var (now, next) = (carry.pointers(scratch), carry.pointers(scratch + carry.byteCount))
      let memory = plan.prepare(scratch + 2 * carry.byteCount)
      for (index, pointer) in now.enumerated() {
        pointer.copyMemory(from: operands[index], byteCount: carry.sizes[index])
      }
      let constants = Array(operands[(carryCount + inputCount)...])
      for step in 0..<length {
        let slice = isReversed ? length - 1 - step : step
        let read = (0..<inputCount).map { operands[carryCount + $0] + slice * inputBytes[$0] }
        let write = outputBytes.indices.map { results[carryCount + $0] + slice * outputBytes[$0] }
        plan.run(
          now.map { UnsafeRawPointer($0) } + read + constants, into: next + write, memory, on: pool)
        swap(&now, &next)
      }
      for (index, pointer) in now.enumerated() {
        results[index].copyMemory(from: pointer, byteCount: carry.sizes[index])
      }
    }
  }
}

/// Buffers one after the other, each aligned to a cache line.
struct ScratchLayout: Sendable {
  let sizes: [Int]
  private let offsets: [Int]
  let byteCount: Int

  init(_ sizes: [Int]) {
    var (offsets, end) = ([Int](), 0)
    for size in sizes {
      offsets.append(end)
      end += (size + 63) / 64 * 64
    }
    (self.sizes, self.offsets, byteCount) = (sizes, offsets, end)
  }

  func pointers(_ start: UnsafeMutableRawPointer) -> [UnsafeMutableRawPointer] {
    offsets.map { start + $0 }
  }
}
