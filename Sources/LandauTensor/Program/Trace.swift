import Synchronization

/// A function run once on placeholders and written down as a program.
struct Trace {
  /// The inputs are the function's arguments, then the captured values.
  let program: Program
  /// Pending values from outside that the function uses.
  let captures: [Tensor]

  private static let counter = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - types: of the arguments.
  ///   - inlining: whether pending values of no trace are written into the program instead of captured.
  init(_ types: [TensorType], inlining: Bool = false, _ function: ([Tensor]) -> [Tensor]) {
    let trace = Self.counter.add(1, ordering: .relaxed).newValue
    let placeholders = types.enumerated().map { Node(placeholder: $0, $1, trace: trace) }
    let results = function(placeholders.map { Tensor($0) }).map(\.node)
    var builder = ProgramBuilder()
    var values: [ObjectIdentifier: Value] = [:]
    for node in placeholders { values[ObjectIdentifier(node)] = builder.input(node.type) }
    var captures: [Node] = []
    // Nodes taken out of a graph must live as long as their identifiers are used.
    var kept: [Node] = []
    var stack: [(node: Node, expanded: [Node]?)] = []
    for result in results.reversed() { stack.append((result, nil)) }
    while let (node, expanded) = stack.popLast() {
      let identity = ObjectIdentifier(node)
      if let inputs = expanded {
        values[identity] = builder.append(node.op, inputs.map { values[ObjectIdentifier($0)]! })
        kept.append(node)
        continue
      }
      if values[identity] != nil { continue }
      node.settleResult()
      switch node.current {
      case .done(let storage):
        values[identity] = builder.append(
          .constant(Constant(storage: storage, type: node.type)), [])
        kept.append(node)
      case .pending(let inputs):
        if Self.isOutside(node, trace, inlining) {
          values[identity] = builder.input(node.type)
          captures.append(node)
          continue
        }
        require(
          node.trace <= trace || !node.isPlaceholder,
          "a traced value of another valueAndGradient, jvp, vjp, vmap or compile is used inside this one"
        )
        stack.append((node, inputs))
        for input in inputs.reversed() { stack.append((input, nil)) }
      }
    }
    let outputs = results.map { values[ObjectIdentifier($0)]! }
    program = builder.finished(outputs: outputs)
    self.captures = captures.map { Tensor($0) }
    withExtendedLifetime(kept) {}
  }

  /// Numbers made inside (`full`) belong to the program; other values of elsewhere are captured.
  private static func isOutside(_ node: Node, _ trace: UInt64, _ inlining: Bool) -> Bool {
    if case .full = node.op { return false }
    return inlining ? node.trace != 0 && node.trace < trace : node.trace < trace
  }
}

extension Node {
  fileprivate var isPlaceholder: Bool { if case .input = op { true } else { false } }
}

extension Program {
  /// Writes the program's instructions into the graph, on the given inputs.
  func replay(on arguments: [Tensor]) -> [Tensor] {
    require(
      arguments.map(\.type) == inputTypes,
      "a program of \(inputTypes) was given \(arguments.map(\.type))")
    var nodes: [Node] = []
    nodes.reserveCapacity(instructions.count)
    for instruction in instructions {
      switch instruction.op {
      case .input(let number, _): nodes.append(arguments[number].node)
      case .constant(let constant): nodes.append(Node(constant))
      default:
        let inputs = instruction.inputs.map { nodes[$0.index] }
        nodes.append(.making(instruction.op, instruction.type, inputs: inputs))
      }
    }
    return outputs.map { Tensor(nodes[$0.index]) }
  }

  /// Traces a function of arguments of the given types; what it captures becomes further inputs.
  public init(
    tracing function: ([Tensor]) -> [Tensor], _ types: [TensorType]
  ) {
    self = Trace(types, inlining: true, function).program
  }

  /// Traces a function of a model, or of a list of tensors; the inputs get the tensors' names.
  public init<Arguments: TensorTree>(
    tracing function: (Arguments) -> [Tensor], _ arguments: Arguments
  ) {
    let named = arguments.named
    self.init(tracing: { function(arguments.replacing($0)) }, named.map(\.tensor.type))
    inputNames = named.map(\.name)
  }

  /// Runs the program, without changing it first.
  public func callAsFunction(_ arguments: [Tensor]) -> [Tensor] { replay(on: arguments) }
}
