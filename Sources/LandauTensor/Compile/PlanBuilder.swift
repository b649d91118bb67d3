/// Works out once what a program's runs have in common: kernels, buffers, and what need not be computed.
///
/// Elementwise operations and reductions of them are fused; repeated, transposed and cut values that all consumers
/// can read in place are not written out; reshaped values share their source's buffer; a buffer whose value is
/// dead is handed to the next value it fits.
struct PlanBuilder {
  private let program: Program
  private let threads: Int
  private let leastShare: LeastShare
  private let fusion: Fusion
  /// For every value the instruction whose buffer it lives in.
  private var root: [Int]
  /// Whether the value's own instruction fills a buffer.
  private var isComputed: [Bool]
  /// For every buffer the last unit that reads it.
  private var lastUse: [Int]
  private var groups: [Int: FusedGroup] = [:]
  /// For every bundle the instruction that owns the buffer of each of its parts, if one is used.
  private var owners: [Int: [Int?]] = [:]
  private var location: [Int]
  private var locationCount = 0
  private var constants: [(location: Int, storage: Storage)] = []
  private var arena = ArenaLayout()

  /// - Parameters:
  ///   - threads: that may share steps.
  ///   - leastShare: of a step for each of them.
  init(_ program: Program, threads: Int = 1, leastShare: LeastShare = .init()) {
    self.program = program
    self.threads = threads
    self.leastShare = leastShare
    fusion = Fusion(program)
    let count = program.instructions.count
    root = Array(0..<count)
    isComputed = [Bool](repeating: false, count: count)
    lastUse = [Int](repeating: -1, count: count)
    location = [Int](repeating: -1, count: count)
  }

  mutating func plan() -> Plan {
    decideBuffers()
    for input in program.inputs { location[input.index] = newLocation() }
    let fresh = placeOutputs()
    var steps: [Plan.Step] = []
    var places: [Int] = []
    var costs: [(unit: [Int], byteCount: Int)] = []
    for index in program.instructions.indices where isConstant(index) || isFill(index) {
      placeConstant(index)
    }
    for (position, unit) in fusion.units.enumerated() {
      guard let work = work(of: unit) else { continue }
      let shares = shareCount(work.kernel, unit)
      let pitch = ((work.scratchBytes ?? 0) + 63) / 64 * 64
      let scratch = pitch > 0 ? [allocate(pitch * shares)] : []
      steps.append(
        Plan.Step(
          kernel: work.kernel, first: places.count, operandCount: work.sources.count,
          resultCount: work.results.count, pieceCount: work.kernel.pieceCount, shareCount: shares,
          scratchPitch: pitch))
      let used = Set(work.sources + (groups[unit[0]]?.results ?? unit))
      costs.append((unit, used.reduce(0) { $0 + program.instructions[$1].type.byteCount }))
      places += work.sources.map { location[$0] } + work.results + scratch
      for buffer in Set(work.sources) where lastUse[buffer] == position {
        arena.release(location[buffer])
      }
      for location in work.unused + scratch { arena.release(location) }
    }
    return Plan(
      program, costs: costs, steps: steps, places: places, locationCount: locationCount,
      constants: constants,
      slots: arena.slots, arenaBytes: arena.byteCount, fresh: fresh,
      outputs: program.outputs.map { output(root[$0.index], fresh.map(\.location)) },
      outputTypes: program.outputTypes)
  }

  /// What is not worth dealing out: some microseconds of work.
  struct LeastShare {
    /// Additions and multiplications of products and convolutions.
    var products = 400_000
    /// Elements of other operations.
    var elements = 16_384
  }

  /// How many threads may work on a unit at the same time.
  private func shareCount(_ kernel: Kernel, _ unit: [Int]) -> Int {
    let operations = unit.reduce(0) { $0 + program.operationCount($1) }
    let least =
      switch kernel {
      case .matmul, .convolution: leastShare.products
      default: leastShare.elements
      }
    return max(1, min(threads, kernel.pieceCount, operations / least))
  }

  /// What a unit runs and where.
  private struct Work {
    let kernel: Kernel
    /// Buffers that are read.
    let sources: [Int]
    /// Locations that are written, and those of them that nobody reads.
    let results: [Int]
    var unused: [Int] = []
    var scratchBytes: Int?
  }

  private mutating func work(of unit: [Int]) -> Work? {
    let index = unit[0]
    if let group = groups[index] {
      let kernel = group.kernel()
      return Work(
        kernel: .fused(kernel), sources: group.sources.map { root[$0] },
        results: group.results.map { place($0) }, scratchBytes: kernel.scratchBytes)
    }
    guard isComputed[index], !isGiven(index) else { return nil }
    let operands = self.operands(of: index)
    let instruction = program.instructions[index]
    let sources = operands.map(\.buffer)
    guard case .extension(let operation) = instruction.op else {
      let kernel = Kernel(
        instruction.op, result: instruction.type, operands: operands.map(\.operand))
      var work = Work(kernel: kernel, sources: sources, results: [place(index)])
      if case .convolution(let kernel) = kernel { work.scratchBytes = kernel.scratchBytes }
      return work
    }
    let rule = operation.rule.kernel(operands.map(\.operand.type), threads: threads)
    let parts = Array(zip(instruction.type.parts, owners[index]!))
    let results = parts.map { type, owner in owner.map { place($0) } ?? allocate(type.byteCount) }
    return Work(
      kernel: .extension(rule), sources: sources, results: results,
      unused: zip(results, parts).filter { $0.1.1 == nil }.map { $0.0 },
      scratchBytes: rule.scratchBytes)
  }

  private func output(_ index: Int, _ fresh: [Int]) -> Plan.Output {
    switch program.instructions[index].op {
    case .input(let number, _): .argument(number)
    case .constant(let constant): .constant(constant.storage)
    default: .fresh(fresh.firstIndex(of: location[index])!)
    }
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

  /// Whether no step fills the value's buffer.
  private func isGiven(_ index: Int) -> Bool {
    switch program.instructions[index].op {
    case .input, .result: true
    default: isConstant(index) || isFill(index)
    }
  }

  private func isConstant(_ index: Int) -> Bool {
    if case .constant = program.instructions[index].op { true } else { false }
  }

  private func isFill(_ index: Int) -> Bool {
    if case .full = program.instructions[index].op { location[index] < 0 } else { false }
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

  /// Constants and fills that are read as a whole are put in the table of locations for good.
  private mutating func placeConstant(_ index: Int) {
    guard isComputed[index] else { return }
    location[index] = newLocation()
    switch program.instructions[index].op {
    case .constant(let constant): constants.append((location[index], constant.storage))
    case .full(let fill): constants.append((location[index], Constant(filling: fill).storage))
    default: preconditionFailure("no constant")
    }
  }
}

// Which values have a buffer, and who reads it how.
extension PlanBuilder {
  private mutating func decideBuffers() {
    for (index, instruction) in program.instructions.enumerated() {
      if instruction.op.keepsBuffer { root[index] = root[instruction.inputs[0].index] }
      if instruction.type.isBundle {
        owners[index] = instruction.type.parts.map { _ in nil }
      }
      if case .result(let number) = instruction.op {
        let bundle = instruction.inputs[0].index
        root[index] = owners[bundle]![number] ?? index
        owners[bundle]![number] = root[index]
      }
    }
    for output in program.outputs { isComputed[root[output.index]] = true }
    // From the end: whoever is computed wants its sources computed.
    for (position, members) in fusion.units.enumerated().reversed() {
      for source in sources(of: members) {
        lastUse[source] = max(lastUse[source], position)
        isComputed[source] = true
      }
    }
  }

  /// The buffers that a unit reads; none where nothing reads what it makes.
  private mutating func sources(of members: [Int]) -> [Int] {
    let index = members[0]
    let instruction = program.instructions[index]
    if fusion.isFused(index) {
      let group = FusedGroup(
        members, program, fusion.origin,
        isRead: { isComputed[$0] }, view: { stridedView(of: $0) })
      groups[index] = group
      return group.sources.map { root[$0] }
    }
    if case .result = instruction.op {
      return isComputed[root[index]] ? [instruction.inputs[0].index] : []
    }
    if instruction.type.isBundle {
      isComputed[index] = true
    } else if !isComputed[index] || instruction.op.keepsBuffer {
      return []
    }
    return operands(of: index).map(\.buffer)
  }

  /// The instruction and the view behind a value that a fused kernel reads.
  private func stridedView(of index: Int) -> (source: Int, view: StridedView) {
    let instruction = program.instructions[index]
    let whole = (root[index], StridedView(instruction.type.shape))
    func behind() -> (source: Int, view: StridedView) {
      stridedView(of: instruction.inputs[0].index)
    }
    var result: (source: Int, view: StridedView)?
    switch instruction.op {
    case .reshape, .stopGradient:
      let (source, view) = behind()
      result = view.reshaped(to: instruction.type.shape).map { (source, $0) }
    case .broadcast(let shape):
      let (source, view) = behind()
      result = (source, view.broadcast(to: shape))
    case .transpose(let order) where fusion.hasOneUser(index):
      let (source, view) = behind()
      result = (source, view.transposed(order))
    case .slice(let slice) where fusion.hasOneUser(index) || isSliceOfRuns(instruction):
      let (source, view) = behind()
      result = (source, view.sliced(slice, to: instruction.type.shape))
    default: break
    }
    guard let result, result.view.merged.shape.count <= StridedReader.mostAxes else { return whole }
    return result
  }

  /// Whether what is cut out lies in runs long enough to be read in place again and again.
  private func isSliceOfRuns(_ instruction: Program.Instruction) -> Bool {
    guard case .slice(let slice) = instruction.op else { return false }
    let source = program[instruction.inputs[0]].type.shape
    var run = 1
    for axis in source.indices.reversed() {
      if slice.strides[axis] != 1 { break }
      run *= instruction.type.shape[axis]
      if instruction.type.shape[axis] != source[axis] { break }
    }
    return run >= 16
  }

  /// How a value could be read by other kernels without being written out.
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
    default: return nil
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
}
