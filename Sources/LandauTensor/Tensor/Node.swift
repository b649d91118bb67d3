import Synchronization

/// One operation of the lazily built graph: pending with its inputs, or done with its buffer.
///
/// A node goes from pending to done once; it then drops its inputs, so the graph behind an evaluated
/// value is freed as soon as nobody else holds it.
final class Node: Sendable {
  enum State {
    case pending([Node])
    case done(Storage)
  }

  /// What computes the value; data from the start have none, and so nobody but the state holds their buffer.
  private let operation: Op?
  let type: TensorType
  /// The youngest trace whose placeholder this node depends on; zero where it depends on none.
  let trace: UInt64
  /// Who looks at this value and at what is made of it; nobody, as a rule.
  let watch: Watch?
  private let state: Mutex<State>

  private init(_ op: Op, _ type: TensorType, inputs: [Node]) {
    operation = op
    self.type = type
    var trace: UInt64 = 0
    var watch: Watch?
    for input in inputs {
      trace = max(trace, input.trace)
      if let other = input.watch { watch = other }
    }
    self.trace = trace
    self.watch = watch
    state = Mutex(.pending(inputs))
  }

  /// The value of `op` on `inputs`, not yet computed unless somebody watches.
  static func making(_ op: Op, _ type: TensorType, inputs: [Node]) -> Node {
    let node = Node(op, type, inputs: inputs)
    node.watch?.look(at: node, inputs)
    return node
  }

  /// A node that is data from the start.
  init(_ constant: Constant, watch: Watch? = nil) {
    operation = nil
    type = constant.type
    trace = 0
    self.watch = watch
    state = Mutex(.done(constant.storage))
  }

  /// The argument number `index` of the function being traced as `trace`.
  init(placeholder index: Int, _ type: TensorType, trace: UInt64) {
    operation = .input(index, type)
    self.type = type
    self.trace = trace
    watch = nil
    state = Mutex(.pending([]))
  }

  var op: Op { operation ?? .constant(Constant(storage: storage!, type: type)) }

  /// Whether nobody but the node, and who holds that, holds its buffer.
  var ownsStorage: Bool {
    guard watch == nil else { return false }
    return state.withLock { state in
      // The state lets go while the references are counted.
      guard var storage = Self.take(&state) else { return false }
      let isUnique = isKnownUniquelyReferenced(&storage)
      state = .done(storage)
      return isUnique
    }
  }

  private static func take(_ state: inout State) -> Storage? {
    guard case .done(let storage) = state else { return nil }
    state = .pending([])
    return storage
  }

  /// The inputs if pending, the storage if done, read at one moment.
  var current: State {
    state.withLock {
      switch $0 {
      case .pending(let inputs): .pending(inputs)
      case .done(let storage): .done(storage)
      }
    }
  }

  var storage: Storage? {
    state.withLock { if case .done(let storage) = $0 { storage } else { nil } }
  }

  /// Finds the storage of a result whose bundle is computed.
  func settleResult() {
    guard case .result(let index) = operation, case .pending(let inputs) = current,
      let bundle = inputs[0].storage
    else { return }
    publish(bundle.parts[index])
  }

  /// Publishes the result and drops the inputs; where another thread was faster its result stays.
  func publish(_ storage: Storage) {
    let dropped: [Node] = state.withLock {
      guard case .pending(let inputs) = $0 else { return [] }
      $0 = .done(storage)
      return inputs
    }
    // Outside the lock: releasing the inputs may free nodes.
    withExtendedLifetime(dropped) {}
  }

  private func takeInputs() -> [Node] {
    state.withLock {
      guard case .pending(let inputs) = $0 else { return [] }
      $0 = .pending([])
      return inputs
    }
  }

  /// Frees a chain of any length without recursion: a node that only we hold gives up its inputs
  /// before it is released.
  deinit {
    var orphans = takeInputs()
    while var orphan = orphans.popLast() {
      if isKnownUniquelyReferenced(&orphan) { orphans.append(contentsOf: orphan.takeInputs()) }
    }
  }
}
