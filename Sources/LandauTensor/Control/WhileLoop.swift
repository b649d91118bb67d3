/// A loop that runs as long as `condition` holds of its state.
///
///     let root = whileLoop([x], while: { abs($0[0] * $0[0] - 2) .> 1e-12 }) { [($0[0] + 2 / $0[0]) * 0.5] }
///
/// - Parameters:
///   - state: the values before the first step.
///   - maximumCount: the loop stops after so many steps in any case. Derivatives in reverse mode need it: they keep
///     the state of each of these steps, and their cost grows with it, not with the steps taken.
///   - condition: one bool.
///   - body: the next state, of the same types.
/// - Returns: the first state of which the condition does not hold (or the one after `maximumCount` steps).
/// - Note: under `vmap` the loop runs until no element goes on; finished ones stay as they are.
public func whileLoop(
  _ state: [Tensor], maximumCount: Int? = nil, while condition: ([Tensor]) -> Tensor,
  body: ([Tensor]) -> [Tensor]
) -> [Tensor] {
  require(
    !state.isEmpty && (maximumCount ?? 0) >= 0,
    "whileLoop without a state or with a negative maximumCount")
  let types = state.map(\.type)
  let (test, step) = (Trace(types) { [condition($0)] }, Trace(types, body))
  require(
    test.program.outputTypes == [TensorType([], .bool)],
    "the condition of whileLoop is \(test.program.outputTypes[0]); it must be one bool")
  require(
    step.program.outputTypes == types,
    "whileLoop starts with a state of \(types), but a step gives \(step.program.outputTypes)")
  let captures = test.captures + step.captures
  let all = types + captures.map(\.type)
  let first = types.count + test.captures.count
  let programs = (
    Program(all) { b, values in b.call(test.program, Array(values[..<first])) },
    Program(all) { b, values in
      b.call(step.program, Array(values[..<types.count] + values[first...]))
    }
  )
  return Tensor.apply(
    While(programs.0, programs.1, state: types.count, maximumCount: maximumCount), state + captures)
}

/// Two programs of the same operands, state and constants: whether to go on, and the next state.
struct While: OperationRule {
  private let condition: SubProgram
  private let body: SubProgram
  private let stateCount: Int
  private let maximumCount: Int?

  init(_ condition: Program, _ body: Program, state: Int, maximumCount: Int?) {
    self.condition = SubProgram(condition)
    self.body = SubProgram(body)
    stateCount = state
    self.maximumCount = maximumCount
  }

  var description: String {
    "while\(maximumCount.map { " at most \($0) steps" } ?? ""), \(stateCount) carried"
  }

  var subPrograms: [Program] { [condition.program, body.program] }

  /// A scan of the largest length whose steps do nothing once the condition fails.
  var saving: any OperationRule {
    guard let maximumCount else { return self }
    let (condition, body, count) = (condition.program, body.program, stateCount)
    let idle = Program(body.inputTypes) { _, values in Array(values[..<count]) }
    let step = Program(body.inputTypes) { b, values in
      let goesOn = b.call(condition, values)
      return b.apply(Conditional(body, idle), goesOn + values)
    }
    return Scan(step, carry: count, inputs: 0, length: maximumCount, isReversed: false).saving
  }

  func resultTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try body.requireInputs(inputs, "while")
    return body.program.outputTypes
  }

  func kernel(_ inputs: [TensorType]) -> ExtensionKernel { kernel(inputs, threads: 1) }

  func kernel(_ inputs: [TensorType], threads: Int) -> ExtensionKernel {
    let (test, step) = (condition.plan(threads: threads), body.plan(threads: threads))
    let layout = ScratchLayout(body.program.outputTypes.map(\.byteCount))
    let limit = maximumCount ?? .max
    let fixed = 2 * layout.byteCount + 64
    let testBytes = (test.memoryBytes + 63) / 64 * 64
    return ExtensionKernel(
      scratchBytes: fixed + testBytes + step.memoryBytes, isShared: test.isShared || step.isShared
    ) { operands, results, scratch, pool in
      var (now, next) = (layout.pointers(scratch), layout.pointers(scratch + layout.byteCount))
      let flag = scratch + 2 * layout.byteCount
      let (testMemory, stepMemory) = (
        test.prepare(scratch + fixed), step.prepare(scratch + fixed + testBytes)
      )
      for (index, pointer) in now.enumerated() {
        pointer.copyMemory(from: operands[index], byteCount: layout.sizes[index])
      }
      let constants = Array(operands[now.count...])
      var count = 0
      while count < limit {
        let arguments = now.map { UnsafeRawPointer($0) } + constants
        test.run(arguments, into: [flag], testMemory, on: pool)
        if !flag.load(as: Bool.self) { break }
        step.run(arguments, into: next, stepMemory, on: pool)
        swap(&now, &next)
        count += 1
      }
      for (index, pointer) in now.enumerated() {
        results[index].copyMemory(from: pointer, byteCount: layout.sizes[index])
      }
    }
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    misuse(
      "a derivative of whileLoop in reverse mode needs a bound on the number of steps: give it maximumCount"
    )
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    let active = tangents.map { $0 != nil }.spread(overFirst: stateCount) {
      body.program.pushforward(along: $0).outputs
    }
    let forced = Array(active[..<stateCount])
    let step = body.program.pushforward(along: active, forced: forced).program
    let count = body.program.inputs.count
    let moving = forced.filter { $0 }.count
    // State, tangents of the state, constants, their tangents; the program above has all tangents last.
    let types = step.inputTypes
    let order =
      Array(0..<stateCount) + Array(count..<(count + moving)) + Array(stateCount..<count)
      + Array((count + moving)..<types.count)
    func unordered(_ values: [Value]) -> [Value] {
      var result = values
      for (place, index) in order.enumerated() { result[index] = values[place] }
      return result
    }
    let layout = order.map { types[$0] }
    let programs = (
      Program(layout) { [condition] b, values in
        b.call(condition.program, Array(unordered(values)[..<count]))
      },
      Program(layout) { b, values in b.call(step, unordered(values)) }
    )
    var directions: [Value] = []
    for index in active.indices where active[index] {
      directions.append(tangents[index] ?? b.full(0, like: site.inputs[index]))
    }
    let all = site.inputs + directions
    let rule = While(
      programs.0, programs.1, state: stateCount + moving, maximumCount: maximumCount)
    let results = b.apply(rule, order.map { all[$0] })
    return Pushed(
      values: Array(results[..<stateCount]),
      tangents: Array(results[stateCount...]).distributed(where: forced))
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    // Where elements stop at different times all of the state has the axis.
    let flags = batched.spread(overFirst: stateCount) { flags in
      let isPerElement = condition.program.batching(flags, count: count).outputs[0].isBatched
      return body.program.batching(flags, count: count).outputs.map { $0.isBatched || isPerElement }
    }
    let test = condition.program.batching(flags, count: count)
    var step = body.program.batching(flags, count: count)
    let isPerElement = test.outputs[0].isBatched
    let goesOn = test.outputs[0].value
    let testProgram = test.builder.finished(outputs: [goesOn])
    var next = zip(step.outputs, flags).map { output, isWide in
      isWide ? step.builder.spread(output, count) : output.value
    }
    if isPerElement {
      let inputs = step.builder.program.inputs
      let mask = step.builder.call(testProgram, inputs)[0]
      next = zip(next, inputs).map { step.builder.choose(mask, $0, $1) }
    }
    let anyProgram = Program(testProgram.inputTypes) { b, values in
      let condition = b.call(testProgram, values)[0]
      guard isPerElement else { return [condition] }
      let number = b.append(.cast(.int32), [condition])
      return [b.append(.cast(.bool), [b.sum(number, [0])])]
    }
    var wide = operands
    for index in 0..<stateCount where flags[index] {
      wide[index] = b.spread(Batched(value: operands[index], isBatched: batched[index]), count)
    }
    let rule = While(
      anyProgram, step.builder.finished(outputs: next), state: stateCount,
      maximumCount: maximumCount)
    return zip(b.apply(rule, wide), flags).map { Batched(value: $0, isBatched: $1) }
  }
}
