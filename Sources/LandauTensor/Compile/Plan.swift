import LandauCore
import Synchronization

/// A program made ready to run many times, on several threads at once.
///
/// The plan never changes. Whoever runs it brings memory of its own; calls from outside borrow a workspace, made
/// when all others are in use, and sub-programs get a piece of the memory of the plan that runs them.
final class Plan: Sendable {
  struct Step: Sendable {
    let kernel: Kernel
    /// Where in the list of places the operands begin; results and scratch follow them.
    let first: Int
    let operandCount: Int
    let resultCount: Int
    let pieceCount: Int
    /// Ranges of pieces that threads may take at the same time, and bytes of scratch memory that each has.
    let shareCount: Int
    let scratchPitch: Int

    var isShared: Bool {
      if case .extension(let kernel) = kernel { return kernel.isShared }
      return shareCount > 1
    }
  }

  /// Where a result comes from when the steps are done.
  enum Output: Sendable {
    /// The buffer of this number that the steps have written.
    case fresh(Int)
    case argument(Int)
    case constant(Storage)
  }

  /// What the plan was made of, for profiles.
  private let program: Program
  private let costs: [(unit: [Int], byteCount: Int)]
  private let steps: [Step]
  private let places: [Int]
  private let locationCount: Int
  private let constants: [(location: Int, storage: Storage)]
  private let slots: [(location: Int, offset: Int)]
  private let arenaBytes: Int
  private let fresh: [(location: Int, byteCount: Int)]
  private let outputs: [Output]
  /// For every fresh buffer the first output that has it.
  private let firstOutput: [Int]
  private let outputTypes: [TensorType]
  /// Whether a pool has something to do.
  let isShared: Bool
  private let mostOperands: Int
  private let mostResults: Int
  private let idle = Mutex<[Workspace]>([])

  /// The locations of the arguments come first.
  ///
  /// - Parameter costs: for every step the instructions it stands for, and the bytes it reads and writes.
  init(
    _ program: Program, costs: [(unit: [Int], byteCount: Int)], steps: [Step], places: [Int],
    locationCount: Int,
    constants: [(location: Int, storage: Storage)], slots: [(location: Int, offset: Int)],
    arenaBytes: Int, fresh: [(location: Int, byteCount: Int)], outputs: [Output],
    outputTypes: [TensorType]
  ) {
    self.program = program
    self.costs = costs
    self.steps = steps
    self.places = places
    self.locationCount = locationCount
    self.constants = constants
    self.slots = slots
    self.arenaBytes = arenaBytes
    self.fresh = fresh
    self.outputs = outputs
    self.outputTypes = outputTypes
    var firstOutput = [Int](repeating: -1, count: fresh.count)
    for (position, output) in outputs.enumerated() {
      if case .fresh(let number) = output, firstOutput[number] < 0 {
        firstOutput[number] = position
      }
    }
    self.firstOutput = firstOutput
    isShared = steps.contains { $0.isShared }
    mostOperands = steps.map(\.operandCount).max() ?? 0
    mostResults = steps.map(\.resultCount).max() ?? 0
  }

  /// Kernels a run executes; for tests and benchmarks.
  var stepCount: Int { steps.count }
  /// Bytes of buffers a run needs besides arguments, constants and results, sub-programs included.
  var workspaceBytes: Int { arenaBytes }
  /// Bytes of memory that `prepare` wants.
  var memoryBytes: Int { arenaBytes + (locationCount + mostOperands + mostResults) * wordBytes }

  private var wordBytes: Int { MemoryLayout<UnsafeRawPointer>.stride }

  /// - Parameters:
  ///   - pool: whose threads share steps.
  ///   - after: called when a step is done.
  func run(
    _ arguments: [Storage], on pool: WorkerPool? = nil, after: ((_ step: Int) -> Void)? = nil
  ) -> [Tensor] {
    let workspace = idle.withLock { $0.popLast() } ?? Workspace(self)
    let buffers = fresh.map { Storage(byteCount: $0.byteCount) }
    func steps(on pool: WorkerPool?) {
      execute(
        workspace.memory, arguments: { arguments[$0].pointer },
        argumentCount: arguments.count, fresh: { buffers[$0].pointer }, on: pool, after: after)
    }
    withExtendedLifetime(arguments) {
      if let pool, isShared {
        pool.withoutSleeping { steps(on: pool) }
      } else {
        steps(on: nil)
      }
    }
    idle.withLock { $0.append(workspace) }
    return zip(outputs, outputTypes).map { output, type in
      let storage =
        switch output {
        case .fresh(let number): buffers[number]
        case .argument(let number): arguments[number]
        case .constant(let storage): storage
        }
      return Tensor(Node(Constant(storage: storage, type: type)))
    }
  }
}

// What steps stand for.
extension Plan {
  /// Bytes of operands and results of a step.
  func byteCount(ofStep step: Int) -> Int { costs[step].byteCount }

  /// Additions and multiplications of a step; one for an element of any other operation.
  func operationCount(ofStep step: Int) -> Int {
    costs[step].unit.reduce(0) { $0 + program.operationCount($1) }
  }

  /// The operations of a step and the type of the last one's value.
  func describe(step: Int) -> String {
    let unit = costs[step].unit
    let names = unit.map { program.instructions[$0].op.shortName }
    let last = program.instructions[unit.last!]
    let sources = last.inputs.map { "\(program[$0].type.shape)" }.joined(separator: " ")
    return "\(names.joined(separator: " ")) \(sources) -> \(last.type)"
  }
}

// Running as a part of another plan.
extension Plan {
  /// Memory made ready for runs of one plan, one at a time.
  struct Memory {
    /// Where every value of the plan lies.
    let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
    /// Room for the operands and results of one step.
    let operands: UnsafeMutablePointer<UnsafeRawPointer>
    let results: UnsafeMutablePointer<UnsafeMutableRawPointer>
  }

  /// Divides `memoryBytes` bytes, aligned to a cache line, into arena and tables.
  func prepare(_ memory: UnsafeMutableRawPointer) -> Memory {
    let table = (memory + arenaBytes).bindMemory(
      to: UnsafeMutableRawPointer.self, capacity: locationCount)
    table.initialize(repeating: memory, count: locationCount)
    let operands = (memory + arenaBytes + locationCount * wordBytes).bindMemory(
      to: UnsafeRawPointer.self, capacity: mostOperands)
    operands.initialize(repeating: UnsafeRawPointer(memory), count: mostOperands)
    let results = (memory + arenaBytes + (locationCount + mostOperands) * wordBytes).bindMemory(
      to: UnsafeMutableRawPointer.self, capacity: mostResults)
    results.initialize(repeating: memory, count: mostResults)
    for (location, storage) in constants { table[location] = storage.pointer }
    for (location, offset) in slots { table[location] = memory + offset }
    return Memory(table: table, operands: operands, results: results)
  }

  /// Runs on buffers; results may not overlap arguments or each other.
  func run(
    _ arguments: [UnsafeRawPointer], into results: [UnsafeMutableRawPointer], _ memory: Memory,
    on pool: WorkerPool? = nil
  ) {
    execute(
      memory, arguments: { UnsafeMutableRawPointer(mutating: arguments[$0]) },
      argumentCount: arguments.count, fresh: { results[firstOutput[$0]] }, on: pool)
    for (position, output) in outputs.enumerated() {
      let source: UnsafeRawPointer
      switch output {
      case .fresh(let number) where firstOutput[number] == position: continue
      case .fresh(let number): source = UnsafeRawPointer(results[firstOutput[number]])
      case .argument(let number): source = arguments[number]
      case .constant(let storage): source = UnsafeRawPointer(storage.pointer)
      }
      results[position].copyMemory(from: source, byteCount: outputTypes[position].byteCount)
    }
  }

  private func execute(
    _ memory: Memory, arguments: (Int) -> UnsafeMutableRawPointer, argumentCount: Int,
    fresh buffer: (Int) -> UnsafeMutableRawPointer, on pool: WorkerPool? = nil,
    after: ((_ step: Int) -> Void)? = nil
  ) {
    for location in 0..<argumentCount { memory.table[location] = arguments(location) }
    for (number, place) in fresh.enumerated() { memory.table[place.location] = buffer(number) }
    steps.withUnsafeBufferPointer { steps in
      places.withUnsafeBufferPointer { places in
        for index in steps.indices {
          run(steps[index], places.baseAddress! + steps[index].first, memory, pool)
          after?(index)
        }
      }
    }
  }

  @inline(__always)
  private func run(
    _ step: Step, _ places: UnsafePointer<Int>, _ memory: Memory, _ pool: WorkerPool?
  ) {
    for position in 0..<step.operandCount {
      memory.operands[position] = UnsafeRawPointer(memory.table[places[position]])
    }
    let operands = UnsafeBufferPointer(start: memory.operands, count: step.operandCount)
    let after = places + step.operandCount
    for position in 0..<step.resultCount {
      memory.results[position] = memory.table[after[position]]
    }
    let results = UnsafeBufferPointer(start: memory.results, count: step.resultCount)
    let scratch = step.scratchPitch > 0 ? memory.table[after[step.resultCount]] : memory.results[0]
    let (kernel, pieces) = (step.kernel, step.pieceCount)
    guard let pool, step.isShared else {
      kernel.run(operands, results, scratch, 0..<pieces)
      return
    }
    if case .extension(let kernel) = kernel {
      kernel.run(operands, results, scratch, pool)
      return
    }
    let (shares, pitch) = (step.shareCount, step.scratchPitch)
    // Threads read the same tables and write different results.
    nonisolated(unsafe) let (from, to, room) = (operands, results, scratch)
    pool.forEach(shares) { share in
      kernel.run(
        from, to, room + share * pitch,
        pieces * share / shares..<pieces * (share + 1) / shares)
    }
  }
}

/// The memory of one run at a time. Unchecked: the plan hands a workspace to one thread at a time.
final class Workspace: @unchecked Sendable {
  private let block: Storage
  let memory: Plan.Memory

  init(_ plan: Plan) {
    block = Storage(byteCount: plan.memoryBytes)
    memory = plan.prepare(block.pointer)
  }
}
