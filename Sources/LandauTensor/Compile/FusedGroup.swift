/// One group of a program's operations as a kernel: which buffers it reads and writes, and its steps.
struct FusedGroup {
  /// The instructions whose buffers are read, in the order of the kernel's operands.
  private(set) var sources: [Int] = []
  /// The members whose values others read, in the order of the kernel's results.
  private(set) var results: [Int] = []

  private let program: Program
  private let origin: [Int]
  private let members: [Int]
  private let count: Int
  private var slots: [FusedKernel.Slot] = []
  private var steps: [FusedKernel.Step] = []
  private var sinks: [FusedKernel.Sink] = []
  private var blockBytes: [Int] = []
  private var freeBlocks: [Int: [Int]] = [:]
  /// Slots of members, and of what is read.
  private var place: [Int: Int] = [:]
  private var read: [Operand: Int] = [:]
  private var blockOf: [Int: Int] = [:]
  /// For every member the last member that reads it.
  private var lastUse: [Int: Int] = [:]
  private var isSkipped: Set<Int> = []

  private enum Operand: Hashable {
    case number(Fill)
    case buffer(Int, StridedView, ScalarType)
  }

  /// - Parameters:
  ///   - isRead: whether anything outside reads the value of a member.
  ///   - views: finds the buffer and the view behind a value that is no member.
  init(
    _ members: [Int], _ program: Program, _ origin: [Int], isRead: (Int) -> Bool,
    view: (Int) -> (source: Int, view: StridedView)
  ) {
    self.program = program
    self.origin = origin
    self.members = members
    let first = program.instructions[members[0]]
    count =
      Fusion.isElementwise(first.op)
      ? first.type.count : program[first.inputs[0]].type.count
    results = members.filter { isRead($0) || !Fusion.isElementwise(program.instructions[$0].op) }
    let set = Set(members)
    var operands: [Int: [Int]] = [:]
    func slot(_ value: Int) -> Int {
      if set.contains(origin[value]) { return ~origin[value] }
      return self.slot(reading: value, view)
    }
    for member in members {
      operands[member] = program.instructions[member].inputs.map { slot($0.index) }
    }
    chooseComparisons(operands)
    for member in members where !isSkipped.contains(member) {
      let isElementwise = Fusion.isElementwise(program.instructions[member].op)
      for input in inputs(of: member, operands) where input < 0 {
        // Reductions take their blocks when all steps are done.
        lastUse[~input] = max(lastUse[~input] ?? 0, isElementwise ? member : .max)
      }
    }
    for member in members where !isSkipped.contains(member) {
      write(member, inputs(of: member, operands))
    }
  }

  func kernel() -> FusedKernel {
    FusedKernel(count: count, slots: slots, blockBytes: blockBytes, steps: steps, sinks: sinks)
  }

  /// The slot that shows a value from outside.
  private mutating func slot(
    reading value: Int, _ view: (Int) -> (source: Int, view: StridedView)
  ) -> Int {
    let (source, seen) = view(value)
    let instruction = program.instructions[source]
    var key = Operand.buffer(source, seen, instruction.type.scalar)
    if case .full(let fill) = instruction.op {
      key = .number(Fill(fill.value, TensorType([], fill.type.scalar)))
    }
    if let known = read[key] { return known }
    let bytes = instruction.type.scalar.byteCount
    let slot: FusedKernel.Slot
    if case .number(let fill) = key {
      slot = .number(fill.word)
    } else {
      let buffer = sources.firstIndex(of: source) ?? sources.count
      if buffer == sources.count { sources.append(source) }
      if seen.isScalar {
        slot = .scalar(buffer, byte: seen.offset * bytes)
      } else if seen.isContiguous {
        slot = .operand(buffer, byte: seen.offset * bytes, elementBytes: bytes)
      } else {
        slot = .strided(buffer, StridedReader(seen, elementBytes: bytes)!, elementBytes: bytes)
      }
    }
    slots.append(slot)
    read[key] = slots.count - 1
    return slots.count - 1
  }

  /// A comparison that only choices of the same type read is done with the choice.
  private mutating func chooseComparisons(_ operands: [Int: [Int]]) {
    var readers: [Int: [Int]] = [:]
    for member in members {
      for input in operands[member]! where input < 0 { readers[~input, default: []].append(member) }
    }
    for member in members {
      guard case .compare(let op) = program.instructions[member].op, !results.contains(member),
        let users = readers[member]
      else { continue }
      let scalar = program[program.instructions[member].inputs[0]].type.scalar
      guard BlockOperation(choosing: op, scalar) != nil else { continue }
      let areChoices = users.allSatisfy { user in
        program.instructions[user].op == .select
          && program.instructions[user].type.scalar == scalar
          && operands[user]!.filter { $0 == ~member }.count == 1 && operands[user]![0] == ~member
      }
      if areChoices { isSkipped.insert(member) }
    }
  }

  /// The operands of a member; of a choice by comparison those of both.
  private func inputs(of member: Int, _ operands: [Int: [Int]]) -> [Int] {
    let own = operands[member]!
    if program.instructions[member].op == .select, own[0] < 0, isSkipped.contains(~own[0]) {
      return operands[~own[0]]! + own.dropFirst()
    }
    return own
  }

  private mutating func write(_ member: Int, _ inputs: [Int]) {
    let instruction = program.instructions[member]
    var used = inputs.map { $0 < 0 ? place[~$0]! : $0 }
    if case .reduce(let op, let axes) = instruction.op {
      let kernel = ReductionKernel(op, program[instruction.inputs[0]].type.shape, axes: axes)
      sinks.append(
        FusedKernel.Sink(
          stream: ReductionStream(kernel, instruction.type.scalar)!,
          slot: isNumber(used[0]) ? spread(used[0], instruction.type.scalar) : used[0],
          result: results.firstIndex(of: member)!))
      return
    }
    let operation = self.operation(instruction, inputs.count)
    if inputs.count == 1, isNumber(used[0]) {
      used[0] = spread(used[0], program[instruction.inputs[0]].type.scalar)
    }
    var flags: Int32 = 0
    for (position, slot) in used.enumerated() where isNumber(slot) {
      flags |= BlockOperation.flag(position)
    }
    // A block that is read for the last time may be the one that is written.
    release(inputs, at: member)
    let bytes = instruction.type.scalar.byteCount
    if let result = results.firstIndex(of: member) {
      slots.append(.result(result, elementBytes: bytes))
      place[member] = slots.count - 1
    } else {
      place[member] = block(for: member, bytes)
    }
    func at(_ position: Int) -> Int32 { Int32(position < used.count ? used[position] : used[0]) }
    steps.append(
      FusedKernel.Step(
        function: operation.function, scalars: operation.scalars(flags),
        operands: (at(0), at(1), at(2), at(3)), result: Int32(place[member]!)))
    if lastUse[member] == nil, let block = blockOf[member] {
      freeBlocks[bytes, default: []].append(block)
    }
  }

  /// A block full of one number.
  private mutating func spread(_ slot: Int, _ scalar: ScalarType) -> Int {
    slots.append(.number(Fill(1, TensorType([], .bool)).word))
    slots.append(.block(blockBytes.count))
    blockBytes.append(scalar.byteCount)
    // Either of two equal numbers.
    let operation = BlockOperation(selecting: scalar)
    let (x, yes) = (Int32(slot), Int32(slots.count - 2))
    let flags = (0..<3).reduce(Int32(0)) { $0 | BlockOperation.flag($1) }
    steps.append(
      FusedKernel.Step(
        function: operation.function, scalars: operation.scalars(flags),
        operands: (yes, x, x, x), result: yes + 1))
    return slots.count - 1
  }

  private func isNumber(_ slot: Int) -> Bool {
    switch slots[slot] {
    case .scalar, .number: true
    case .operand, .strided, .result, .block: false
    }
  }

  private mutating func release(_ inputs: [Int], at member: Int) {
    for input in Set(inputs) where input < 0 && lastUse[~input] == member {
      guard let slot = blockOf[~input] else { continue }
      freeBlocks[program.instructions[~input].type.scalar.byteCount, default: []].append(slot)
    }
  }

  /// The slot of a block of its own for a member.
  private mutating func block(for member: Int, _ bytes: Int) -> Int {
    let slot: Int
    if let free = freeBlocks[bytes]?.popLast() {
      slot = free
    } else {
      slots.append(.block(blockBytes.count))
      blockBytes.append(bytes)
      slot = slots.count - 1
    }
    blockOf[member] = slot
    return slot
  }

  private func operation(_ instruction: Program.Instruction, _ operandCount: Int) -> BlockOperation
  {
    let from = program[instruction.inputs[0]].type.scalar
    let scalar = instruction.type.scalar
    switch instruction.op {
    case .unary(let op): return BlockOperation(op, scalar)
    case .binary(let op): return BlockOperation(op, scalar)
    case .compare(let op): return BlockOperation(op, from)
    case .select:
      guard operandCount == 4,
        case .compare(let op) = program.instructions[origin[instruction.inputs[0].index]].op
      else { return BlockOperation(selecting: scalar) }
      return BlockOperation(choosing: op, scalar)!
    case .cast(let to): return BlockOperation(casting: from, to: to)
    case .complex: return BlockOperation(joining: scalar)
    case .part(let part): return BlockOperation(part, from)
    default: preconditionFailure("\(instruction.op) is not elementwise")
    }
  }
}

extension Fill {
  /// The number in the first bytes.
  var word: Word16 {
    var word = Word16(low: 0, high: 0)
    let scalar = Fill(value, TensorType([], type.scalar))
    withUnsafeMutableBytes(of: &word) { Kernel.fill(scalar).run([], into: $0.baseAddress!) }
    return word
  }
}
