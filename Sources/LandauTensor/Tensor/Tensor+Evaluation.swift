extension Tensor {
  /// Computes the value now, if it has not been computed yet; the graph behind it is let go.
  public func eval() { Evaluation.run([node]) }

  /// The one number of a tensor with one scalar, converted to `S` where the types differ.
  public func item<S: TensorScalar>(_ type: S.Type = S.self) -> S {
    require(count == 1, "item() of a tensor of shape \(shape); use scalars()")
    return scalars(type)[0]
  }

  /// All scalars in row-major order, converted to `S` where the types differ.
  public func scalars<S: TensorScalar>(_ type: S.Type = S.self) -> [S] {
    asType(S.scalarType).withScalars { (buffer: UnsafeBufferPointer<S>) in Array(buffer) }
  }

  /// Lends the scalars in row-major order; `S` must be the tensor's own type.
  public func withScalars<S: TensorScalar, Result>(
    _ body: (UnsafeBufferPointer<S>) throws -> Result
  ) rethrows -> Result {
    require(
      S.scalarType == scalarType, "a tensor of \(scalarType) was asked for its \(S.scalarType)")
    let storage = Evaluation.storage(of: node)
    let pointer = storage.pointer.assumingMemoryBound(to: S.self)
    return try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: pointer, count: count))
    }
  }
}

/// Computes several tensors, sharing what they have in common.
public func eval(_ tensors: [Tensor]) { Evaluation.run(tensors.map(\.node)) }

/// The eager evaluator: each pending node once, inputs first, without recursion.
enum Evaluation {
  static func storage(of node: Node) -> Storage {
    if let storage = node.storage { return storage }
    run([node])
    return node.storage!
  }

  static func run(_ roots: [Node]) {
    for root in roots where root.trace != 0 && root.storage == nil {
      misuse(
        """
        the value of a traced tensor \(root.type) was asked for inside (or after) valueAndGradient, jvp, \
        vjp, vmap or compile; return it from the traced function and look at the result instead
        """)
    }
    var order: [Node?] = pendingNodes(behind: roots)
    for index in order.indices {
      // Taking the node out of the list lets its memory go once its last consumer is done.
      let node = order[index]!
      order[index] = nil
      compute(node)
    }
  }

  private static func compute(_ node: Node) {
    guard case .pending(let inputs) = node.current else { return }
    let sources = inputs.map { $0.storage! }
    if node.op.keepsBuffer {
      node.publish(sources[0])
      return
    }
    if case .result(let index) = node.op {
      node.publish(sources[0].parts[index])
      return
    }
    let kernel = Kernel(node.op, result: node.type, operands: inputs.map { Operand($0.type) })
    let storage = Storage(node.type)
    let pointers = sources.map { UnsafeRawPointer($0.pointer) }
    withExtendedLifetime(sources) { kernel.run(pointers, into: storage) }
    node.publish(storage)
  }

  /// The nodes that must be computed for `roots`, inputs before consumers.
  private static func pendingNodes(behind roots: [Node]) -> [Node] {
    var order: [Node] = []
    var seen: Set<ObjectIdentifier> = []
    var stack: [(node: Node, expanded: Bool)] = []
    for root in roots.reversed() { stack.append((root, false)) }
    while let (node, expanded) = stack.popLast() {
      if expanded {
        order.append(node)
        continue
      }
      guard case .pending(let inputs) = node.current, seen.insert(ObjectIdentifier(node)).inserted
      else { continue }
      stack.append((node, true))
      for input in inputs.reversed() { stack.append((input, false)) }
    }
    return order
  }
}
