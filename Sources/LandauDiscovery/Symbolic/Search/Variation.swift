import LandauCore

/// Random formulas and random changes of formulas.
struct Variation {
  let rules: SymbolicRules
  var rng: RandomStream

  init(_ rules: SymbolicRules, _ rng: RandomStream) {
    self.rules = rules
    self.rng = rng
  }

  /// Whole numbers and numbers of order one.
  private mutating func randomConstant() -> Double {
    if rng.uniform() < 0.5 { return Double(1 + rng.index(below: 3)) }
    return rng.normal()
  }

  private mutating func leaf() -> [Expression.Node] {
    if rules.grammar.constantLimit > 0 && rng.uniform() < 0.3 {
      return [Expression.Node(operation: .constant, value: randomConstant())]
    }
    return [
      Expression.Node(operation: .variable, index: Int32(rng.index(below: rules.variableCount)))
    ]
  }

  private mutating func binaryNode() -> Expression.Node {
    Expression.Node(
      operation: rules.grammar.binary[rng.index(below: rules.grammar.binary.count)])
  }

  private mutating func unaryNode() -> Expression.Node {
    rules.unary[rng.index(below: rules.unary.count)]
  }

  /// A formula of about so many operations.
  mutating func tree(operations: Int) -> [Expression.Node] {
    if operations <= 0 { return leaf() }
    if rules.grammar.binary.isEmpty || !rules.unary.isEmpty && rng.uniform() < 0.3 {
      return tree(operations: operations - 1) + [unaryNode()]
    }
    let split = rng.index(below: operations)
    return tree(operations: split) + tree(operations: operations - 1 - split) + [binaryNode()]
  }

  /// One random change.
  ///
  /// - Parameter partner: another formula, of which a part may come in.
  mutating func changed(_ nodes: [Expression.Node], partner: [Expression.Node])
    -> [Expression.Node]
  {
    switch rng.index(below: 100) {
    case 0..<16: grafted(nodes, graft(from: partner))
    case 16..<38: inserted(nodes)
    case 38..<54: wrapped(nodes)
    case 54..<70: deleted(nodes)
    case 70..<82: otherOperation(nodes)
    case 82..<92: grafted(nodes, tree(operations: rng.index(below: 3)))
    case 92..<96: moved(nodes)
    default: tree(operations: 1 + rng.index(below: 5))
    }
  }

  private mutating func graft(from nodes: [Expression.Node]) -> [Expression.Node] {
    let end = rng.index(below: nodes.count)
    return Array(nodes[Expression(nodes: nodes).subtreeStart(end)...end])
  }

  /// A random part is replaced.
  private mutating func grafted(_ nodes: [Expression.Node], _ part: [Expression.Node])
    -> [Expression.Node]
  {
    var result = nodes
    let end = rng.index(below: nodes.count)
    result.replaceSubrange(Expression(nodes: nodes).subtreeStart(end)...end, with: part)
    return result
  }

  /// An operation between a random part and what it is in.
  private mutating func inserted(_ nodes: [Expression.Node]) -> [Expression.Node] {
    let end = rng.index(below: nodes.count)
    let start = Expression(nodes: nodes).subtreeStart(end)
    return Array(nodes[..<start]) + wrapped(Array(nodes[start...end])) + nodes[(end + 1)...]
  }

  /// An operation on the whole.
  private mutating func wrapped(_ nodes: [Expression.Node]) -> [Expression.Node] {
    if rules.grammar.binary.isEmpty || !rules.unary.isEmpty && rng.uniform() < 0.4 {
      return nodes + [unaryNode()]
    }
    let other = leaf()
    return (rng.uniform() < 0.5 ? nodes + other : other + nodes) + [binaryNode()]
  }

  /// An operation is replaced by one of its operands.
  private mutating func deleted(_ nodes: [Expression.Node]) -> [Expression.Node] {
    let inner = nodes.indices.filter { nodes[$0].operation.arity > 0 }
    guard !inner.isEmpty else { return leaf() }
    let end = inner[rng.index(below: inner.count)]
    let expression = Expression(nodes: nodes)
    let start = expression.subtreeStart(end)
    var kept = Array(nodes[start..<end])
    if nodes[end].operation.arity == 2 {
      let second = expression.subtreeStart(end - 1)
      kept = Array(rng.uniform() < 0.5 ? nodes[start..<second] : nodes[second..<end])
    }
    return Array(nodes[..<start]) + kept + nodes[(end + 1)...]
  }

  /// A node becomes another of its kind.
  private mutating func otherOperation(_ nodes: [Expression.Node]) -> [Expression.Node] {
    var result = nodes
    let index = rng.index(below: nodes.count)
    switch nodes[index].operation.arity {
    case 0: result[index] = leaf()[0]
    case 1: if !rules.unary.isEmpty { result[index] = unaryNode() }
    default:
      result[index] = binaryNode()
      if rng.uniform() < 0.3 { return swapped(result, index) }
    }
    return result
  }

  private func swapped(_ nodes: [Expression.Node], _ end: Int) -> [Expression.Node] {
    let expression = Expression(nodes: nodes)
    let (start, second) = (expression.subtreeStart(end), expression.subtreeStart(end - 1))
    return Array(nodes[..<start]) + nodes[second..<end] + nodes[start..<second] + nodes[end...]
  }

  /// Constants are thrown elsewhere, for another minimum nearby.
  private mutating func moved(_ nodes: [Expression.Node]) -> [Expression.Node] {
    var result = nodes
    for index in nodes.indices where nodes[index].operation == .constant {
      if rng.uniform() < 0.5 {
        result[index].value = randomConstant()
      } else {
        result[index].value *= naturalExponential(rng.normal())
      }
    }
    return result
  }
}
