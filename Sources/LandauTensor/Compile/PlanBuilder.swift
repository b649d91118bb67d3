/// Works out once what a program's runs have in common: kernels, buffers, and what need not be computed.
///
/// Repeated and transposed values that all consumers can read in place are not written out; reshaped
/// values share their source's buffer; a buffer whose value is dead is handed to the next value it fits.
struct PlanBuilder {
  private let program: Program
  /// For every value the instruction whose buffer it lives in.
  private var root: [Int]
  /// Whether the value's own instruction fills a buffer.
  private var isComputed: [Bool]
  private var lastUse: [Int]
  /// For every bundle the instruction that owns the buffer of each of its parts, if one is used.
  private var owners: [Int: [Int?]] = [:]
  private var location: [Int]
  private var locationCount = 0
  private var constants: [(location: Int, storage: Storage)] = []
  private var arena = ArenaLayout()

  init(_ program: Program) {
    self.program = program
    let count = program.instructions.count
    root = Array(0..<count)
    isComputed = [Bool](repeating: true, count: count)
    lastUse = [Int](repeating: -1, count: count)
    location = [Int](repeating: -1, count: count)
  }

  mutating func plan() -> Plan {
    decideBuffers()
    for input in program.inputs { location[input.index] = newLocation() }
    let fresh = placeOutputs()
    var steps: [Plan.Step] = []
    var places: [Int] = []
    for index in program.instructions.indices where root[index] == index {
      if placeConstant(index) { continue }
      let isFresh = location[index] >= 0
      if !isComputed[index] || (isFresh && isInput(index)) { continue }
      let operands = self.operands(of: index)
      let instruction = program.instructions[index]
      let kernel = Kernel(
        instruction.op, result: instruction.type, operands: operands.map(\.operand))
      let (results, temporary) = placeResults(of: index, kernel)
      steps.append(
        Plan.Step(
          kernel: kernel, first: places.count, operandCount: operands.count,
          resultCount: results.count))
      places += operands.map { location[$0.buffer] } + results + temporary
      for buffer in Set(operands.map(\.buffer)) where lastUse[buffer] == index {
        arena.release(location[buffer])
      }
      for location in unused(results, of: index) + temporary { arena.release(location) }
    }
    return Plan(
      steps: steps, places: places, locationCount: locationCount, constants: constants,
      slots: arena.slots, arenaBytes: arena.byteCount, fresh: fresh,
      outputs: program.outputs.map { output(root[$0.index], fresh.map(\.location)) },
      outputTypes: program.outputTypes)
  }

  private func output(_ index: Int, _ fresh: [Int]) -> Plan.Output {
    switch program.instructions[index].op {
    case .input(let number, _): .argument(number)
    case .constant(let constant): .constant(constant.storage)
    default: .fresh(fresh.firstIndex(of: location[index])!)
    }
  }

  /// Locations for what a step writes: its results, and scratch memory where the kernel wants some.
  private mutating func placeResults(
    of index: Int, _ kernel: Kernel
  ) -> (results: [Int], temporary: [Int]) {
    guard case .extension(let kernel) = kernel else { return ([place(index)], []) }
    let types = program.instructions[index].type.parts
    let results = zip(types, owners[index]!).map { type, owner in
      owner.map { place($0) } ?? allocate(type.byteCount)
    }
    return (results, [allocate(kernel.scratchBytes)])
  }

  private func unused(_ results: [Int], of bundle: Int) -> [Int] {
    zip(results, owners[bundle] ?? []).filter { $0.1 == nil }.map { $0.0 }
  }

  private mutating func place(_ index: Int) -> Int {
    if location[index] < 0 {
      location[index] = allocate(program.instructions[index].type.byteCount)
    }
    return location[index]
  }

  private mutating func allocate(_ bytes: Int) -> Int {
    let location = newLocation()
    arena.allocate(location, bytes)
    return location
  }

  private mutating func newLocation() -> Int {
    defer { locationCount += 1 }
    return locationCount
  }

  private func isInput(_ index: Int) -> Bool {
    if case .input = program.instructions[index].op { true } else { false }
  }

  /// How a value could be read without being written out: from which value's buffer, in which view.
  private func view(of index: Int) -> (source: Int, view: Operand.View)? {
    let instruction = program.instructions[index]
    switch instruction.op {
    case .broadcast:
      let source = instruction.inputs[0].index
      return (source, .broadcast(from: program.instructions[source].type.shape))
    case .transpose(let order):
      let rank = order.count
      guard rank >= 2, Array(order.prefix(rank - 2)) == Array(0..<(rank - 2)) else { return nil }
      return (instruction.inputs[0].index, .matrixTransposed)
    case .full(let fill): return fill.type.count == 1 ? nil : (index, .broadcast(from: []))
    default: return nil
    }
  }

  private mutating func decideBuffers() {
    var needed = [Bool](repeating: false, count: root.count)
    for output in program.outputs { needed[output.index] = true }
    for instruction in program.instructions {
      for input in instruction.inputs {
        let index = input.index
        if let view = view(of: index),
          Kernel.accepts(view.view, instruction.op, program.instructions[index].type)
        {
          continue
        }
        needed[index] = true
      }
    }
    for (index, instruction) in program.instructions.enumerated() {
      if view(of: index) != nil { isComputed[index] = needed[index] }
      if instruction.op.keepsBuffer {
        root[index] = root[instruction.inputs[0].index]
        isComputed[index] = false
      }
      if instruction.type.isBundle {
        owners[index] = instruction.type.parts.map { _ in nil }
      }
      if case .result(let number) = instruction.op {
        let bundle = instruction.inputs[0].index
        root[index] = owners[bundle]![number] ?? index
        owners[bundle]![number] = root[index]
        isComputed[index] = false
      }
    }
    // A view keeps its source alive until the view's consumer has run.
    for index in program.instructions.indices where isComputed[index] {
      for operand in operands(of: index) { lastUse[operand.buffer] = index }
    }
  }

  /// The buffers a computed instruction reads, and how.
  private func operands(of index: Int) -> [(buffer: Int, operand: Operand)] {
    let instruction = program.instructions[index]
    return instruction.inputs.map { input in
      let type = program.instructions[input.index].type
      if let (source, view) = view(of: input.index), Kernel.accepts(view, instruction.op, type) {
        return (root[source], Operand(type, view))
      }
      return (root[input.index], Operand(type))
    }
  }

  /// Gives values that leave the program a location outside the arena.
  private mutating func placeOutputs() -> [(location: Int, byteCount: Int)] {
    var fresh: [(location: Int, byteCount: Int)] = []
    for output in program.outputs {
      let index = root[output.index]
      if location[index] >= 0 || isConstant(index) { continue }
      location[index] = newLocation()
      fresh.append((location[index], program.instructions[index].type.byteCount))
    }
    return fresh
  }

  private func isConstant(_ index: Int) -> Bool {
    if case .constant = program.instructions[index].op { true } else { false }
  }

  /// Constants and the one number behind a fill are put in the table of locations for good.
  private mutating func placeConstant(_ index: Int) -> Bool {
    switch program.instructions[index].op {
    case .constant(let constant):
      location[index] = newLocation()
      constants.append((location[index], constant.storage))
      return true
    case .full(let fill) where !isComputed[index]:
      let scalar = Constant(filling: Fill(fill.value, TensorType([], fill.type.scalar)))
      location[index] = newLocation()
      constants.append((location[index], scalar.storage))
      return true
    case .full(let fill) where location[index] < 0:
      location[index] = newLocation()
      constants.append((location[index], Constant(filling: fill).storage))
      return true
    default: return false
    }
  }
}

/// Buffers in one block of memory; a released buffer is reused by the next value that fits it best.
struct ArenaLayout {
  private(set) var slots: [(location: Int, offset: Int)] = []
  private(set) var byteCount = 0
  private var free: [(offset: Int, byteCount: Int)] = []
  private var live: [Int: (offset: Int, byteCount: Int)] = [:]

  mutating func allocate(_ location: Int, _ bytes: Int) {
    let size = (max(1, bytes) + 63) / 64 * 64
    var best: Int?
    for (index, slot) in free.enumerated().reversed() where slot.byteCount >= size {
      if best.map({ free[$0].byteCount > slot.byteCount }) ?? true { best = index }
    }
    let slot = best.map { free.remove(at: $0) } ?? (offset: byteCount, byteCount: size)
    if best == nil { byteCount += size }
    slots.append((location, slot.offset))
    live[location] = slot
  }

  /// Only what was allocated here can be released; other locations are left alone.
  mutating func release(_ location: Int) {
    if let slot = live.removeValue(forKey: location) { free.append(slot) }
  }
}
