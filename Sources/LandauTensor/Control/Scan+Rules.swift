extension Scan {
  /// A scan in the other direction that carries the cotangents of the carry and sums those of the constants.
  ///
  /// With the step c' , y = f(c, x, k) and the cotangents g of c' and h of y, the step of the new scan gives those of
  /// c, x and k by the pullback of f at the saved c.
  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    let constantCount = wanted.count - carryCount - inputCount
    let active = wanted.spread(overFirst: carryCount) { flags in
      let dependents = body.program.dependents(of: flags)
      return body.program.outputs[..<carryCount].map { dependents[$0.index] }
    }
    let activeCarry = active[..<carryCount].filter { $0 }.count
    let activeConstants = active[(carryCount + inputCount)...].filter { $0 }.count
    let seeded = cotangents.indices.map {
      $0 < carryCount ? active[$0] : cotangents[$0] != nil
    }
    let step = body.program.pullback(wanted: active, seeded: seeded)

    // Its inputs: carry, inputs, constants of the body; then cotangents of the carry and of the outputs.
    let types = body.program.inputTypes
    let seeds = Array(step.inputTypes[types.count...])
    let (carrySeeds, outputSeeds) = (seeds[..<activeCarry], seeds[activeCarry...])
    let sums = zip(types, active).suffix(constantCount).filter { $0.1 }.map { $0.0 }
    let known = carryCount + inputCount
    let layout = carrySeeds + sums + types[..<known] + outputSeeds + types[known...]
    let reversed = Program(Array(layout)) { b, values in
      var rest = values[...]
      func take(_ count: Int) -> [Value] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      let (g, sum) = (take(activeCarry), take(activeConstants))
      let (point, h, constants) = (take(known), take(outputSeeds.count), rest)
      let found = b.call(step, point + constants + g + h)
      let slices = found[activeCarry..<(found.count - activeConstants)]
      let more = zip(sum, found.suffix(activeConstants)).map { b.add($0, $1) }
      return found[..<activeCarry] + more + slices
    }

    var start: [Value] = []
    for index in 0..<carryCount where active[index] {
      start.append(cotangents[index] ?? b.full(0, like: site.inputs[index]))
    }
    for index in (carryCount + inputCount)..<wanted.count where active[index] {
      start.append(b.full(0, like: site.inputs[index]))
    }
    let saved = b.results(site.result).suffix(carryCount)
    let outputs = cotangents[carryCount...].compactMap { $0 }
    let rule = Scan(
      reversed, carry: start.count, inputs: known + outputs.count, length: length,
      isReversed: !isReversed)
    let results = b.apply(
      rule, start + saved + site.inputs[carryCount..<known] + outputs + site.inputs[known...])
    let slices = results[start.count...]
    let ordered = results[..<activeCarry] + slices + results[activeCarry..<start.count]
    return Array(ordered).distributed(where: active)
  }

  func pushforward(_ site: Site, _ tangents: [Value?], in b: inout ProgramBuilder) -> Pushed {
    let active = tangents.map { $0 != nil }.spread(overFirst: carryCount) { flags in
      body.program.pushforward(along: flags).outputs.prefix(carryCount).map { $0 }
    }
    let forced = body.program.outputs.indices.map { $0 < carryCount && active[$0] }
    let (step, moving) = body.program.pushforward(along: active, forced: forced)
    let types = body.program.inputTypes
    let (first, second) = (carryCount, carryCount + inputCount)
    let groups = [0..<first, first..<second, second..<types.count]
    /// Values and tangents of carry, inputs and constants, in the order of a scan's operands.
    func interleaved<T>(_ values: [T], _ tangents: [T]) -> [T] {
      let placed = tangents.distributed(where: active)
      return groups.flatMap { group in values[group] + placed[group].compactMap { $0 } }
    }
    let layout = interleaved(types, zip(types, active).filter { $0.1 }.map { $0.0 })
    let order = interleaved(
      Array(types.indices), Array(types.count..<(types.count + active.filter { $0 }.count)))
    let count = moving.count
    let outputOrder = interleavedOutputs(moving)
    let program = Program(layout) { b, values in
      var arguments = values
      for (place, index) in order.enumerated() { arguments[index] = values[place] }
      let results = b.call(step, arguments)
      return outputOrder.map { results[$0] }
    }
    var directions: [Value] = []
    for index in active.indices where active[index] {
      directions.append(tangents[index] ?? b.full(0, like: site.inputs[index]))
    }
    let moved = active[..<first].filter { $0 }.count
    let rule = Scan(
      program, carry: first + moved,
      inputs: inputCount + active[first..<second].filter { $0 }.count,
      length: length, isReversed: isReversed)
    let results = b.apply(rule, interleaved(site.inputs, directions))
    var back = results
    for (place, index) in outputOrder.enumerated() { back[index] = results[place] }
    return Pushed(
      values: Array(back[..<count]), tangents: Array(back[count...]).distributed(where: moving))
  }

  /// The outputs of a step with tangents in the order of a scan's results: carries with their tangents first.
  private func interleavedOutputs(_ moving: [Bool]) -> [Int] {
    let count = moving.count
    let carried = moving[..<carryCount].filter { $0 }.count
    let total = count + moving.filter { $0 }.count
    return Array(0..<carryCount) + Array(count..<(count + carried)) + Array(carryCount..<count)
      + Array((count + carried)..<total)
  }

  func batch(
    _ operands: [Value], batched: [Bool], count: Int, in b: inout ProgramBuilder
  ) -> [Batched] {
    let flags = batched.spread(overFirst: carryCount) { flags in
      body.program.batching(flags, count: count).outputs.prefix(carryCount).map(\.isBatched)
    }
    var (inner, outputs) = body.program.batching(flags, count: count)
    for index in 0..<carryCount where flags[index] {
      outputs[index] = Batched(value: inner.spread(outputs[index], count), isBatched: true)
    }
    let rule = Scan(
      inner.finished(outputs: outputs.map(\.value)), carry: carryCount, inputs: inputCount,
      length: length, isReversed: isReversed, isSaving: isSaving)
    var wide = operands
    for index in 0..<carryCount where flags[index] {
      wide[index] = b.spread(Batched(value: operands[index], isBatched: batched[index]), count)
    }
    for index in carryCount..<(carryCount + inputCount) where batched[index] {
      wide[index] = b.exchangeFirstAxes(operands[index])
    }
    return zip(b.apply(rule, wide), outputs).enumerated().map { index, result in
      let isStacked = index >= carryCount && result.1.isBatched
      return Batched(
        value: isStacked ? b.exchangeFirstAxes(result.0) : result.0, isBatched: result.1.isBatched)
    }
  }
}

extension [Bool] {
  /// Marks that a loop spreads: a carried value, one of the first `count`, is marked where it starts so or where a
  /// step makes it so.
  func spread(overFirst count: Int, _ step: ([Bool]) -> [Bool]) -> [Bool] {
    var marks = self
    while true {
      let next = step(marks)
      let grown = marks.indices.map { marks[$0] || ($0 < count && next[$0]) }
      if grown == marks { return marks }
      marks = grown
    }
  }
}

extension ProgramBuilder {
  mutating func exchangeFirstAxes(_ a: Value) -> Value {
    transpose(a, [1, 0] + (2..<max(2, shape(of: a).count)))
  }
}
