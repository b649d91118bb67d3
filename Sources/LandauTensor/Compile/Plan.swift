import Synchronization

/// A program made ready to run many times, on several threads at once.
///
/// The plan never changes; every run borrows a workspace of its own, made when all others are in use.
final class Plan: Sendable {
  struct Step: Sendable {
    let kernel: Kernel
    let firstSource: Int
    let sourceCount: Int
    let result: Int
  }

  private let steps: [Step]
  private let sources: [Int]
  private let locationCount: Int
  private let constants: [(location: Int, storage: Storage)]
  private let slots: [(location: Int, offset: Int)]
  private let arenaBytes: Int
  private let argumentCount: Int
  private let fresh: [(location: Int, byteCount: Int)]
  private let outputs: [Int]
  private let outputTypes: [TensorType]
  private let idle = Mutex<[Workspace]>([])

  init(
    steps: [Step], sources: [Int], locationCount: Int,
    constants: [(location: Int, storage: Storage)], slots: [(location: Int, offset: Int)],
    arenaBytes: Int, argumentCount: Int, fresh: [(location: Int, byteCount: Int)], outputs: [Int],
    outputTypes: [TensorType]
  ) {
    self.steps = steps
    self.sources = sources
    self.locationCount = locationCount
    self.constants = constants
    self.slots = slots
    self.arenaBytes = arenaBytes
    self.argumentCount = argumentCount
    self.fresh = fresh
    self.outputs = outputs
    self.outputTypes = outputTypes
  }

  /// Kernels a run executes; for tests and benchmarks.
  var stepCount: Int { steps.count }
  /// Bytes of buffers a run needs besides arguments, constants and results.
  var workspaceBytes: Int { arenaBytes }

  func run(_ arguments: [Storage]) -> [Tensor] {
    let workspace = idle.withLock { $0.popLast() } ?? makeWorkspace()
    let table = workspace.table
    for (location, storage) in arguments.enumerated() {
      table[location] = storage.pointer
      workspace.holders[location] = storage
    }
    for (location, byteCount) in fresh {
      let storage = Storage(byteCount: byteCount)
      table[location] = storage.pointer
      workspace.holders[location] = storage
    }
    withExtendedLifetime(arguments) { execute(table, workspace.scratch) }
    let results = zip(outputs, outputTypes).map { location, type in
      Tensor(Node(Constant(storage: workspace.holders[location]!, type: type)))
    }
    for location in 0..<argumentCount { workspace.holders[location] = nil }
    for (location, _) in fresh { workspace.holders[location] = nil }
    idle.withLock { $0.append(workspace) }
    return results
  }

  private func execute(
    _ table: UnsafeMutablePointer<UnsafeMutableRawPointer>,
    _ scratch: UnsafeMutablePointer<UnsafeRawPointer>
  ) {
    steps.withUnsafeBufferPointer { steps in
      sources.withUnsafeBufferPointer { sources in
        for index in steps.indices {
          let count = steps[index].sourceCount
          let first = steps[index].firstSource
          for position in 0..<count {
            scratch[position] = UnsafeRawPointer(table[sources[first &+ position]])
          }
          steps[index].kernel.run(
            UnsafeBufferPointer(start: scratch, count: count), into: table[steps[index].result])
        }
      }
    }
  }

  private func makeWorkspace() -> Workspace {
    let workspace = Workspace(
      locationCount: locationCount, arenaBytes: arenaBytes,
      operandCount: steps.map(\.sourceCount).max() ?? 0)
    for (location, storage) in constants {
      workspace.table[location] = storage.pointer
      workspace.holders[location] = storage
    }
    for (location, offset) in slots {
      workspace.table[location] = workspace.arena.pointer + offset
    }
    return workspace
  }
}

/// The buffers of one run at a time. Unchecked: the plan hands a workspace to one thread at a time.
final class Workspace: @unchecked Sendable {
  let arena: Storage
  /// Where every value of the plan lies.
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
  /// Room for the operands of one step.
  let scratch: UnsafeMutablePointer<UnsafeRawPointer>
  /// Keeps alive what the table points at outside the arena.
  var holders: [Storage?]

  init(locationCount: Int, arenaBytes: Int, operandCount: Int) {
    arena = Storage(byteCount: arenaBytes)
    table = .allocate(capacity: max(1, locationCount))
    table.initialize(repeating: arena.pointer, count: max(1, locationCount))
    scratch = .allocate(capacity: max(1, operandCount))
    scratch.initialize(repeating: UnsafeRawPointer(arena.pointer), count: max(1, operandCount))
    holders = [Storage?](repeating: nil, count: locationCount)
  }

  deinit {
    table.deallocate()
    scratch.deallocate()
  }
}
