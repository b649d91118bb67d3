/// Builds formulas that are simple from the start: every constructor applies the rules of algebra to parts that
/// are simple already.
///
/// Normal form: constants are folded and float outward (`c * rest`, `k + rest`; -1 * x is negate(x), c * 1/x is c/x);
/// products of quotients are one quotient; powers of one base are one power; the operands of sums and
/// products stand in one order. A result may be defined in more places than what it came from (x/x is 1), never
/// in fewer.
struct ExpressionBuilder {
  typealias Reference = Int

  private struct Term {
    var node: Expression.Node
    var a: Reference
    var b: Reference
  }

  private var terms: [Term] = []

  // MARK: In and out

  /// The simplified formula.
  mutating func read(_ nodes: some Sequence<Expression.Node>) -> Reference {
    var stack: [Reference] = []
    for node in nodes {
      switch node.operation.arity {
      case 0: stack.append(make(node))
      case 1: stack.append(unary(node.operation, stack.removeLast(), exponent: node.value))
      default:
        let b = stack.removeLast()
        stack.append(binary(node.operation, stack.removeLast(), b))
      }
    }
    return stack[0]
  }

  func write(_ reference: Reference, to nodes: inout [Expression.Node]) {
    let term = terms[reference]
    if term.node.operation.arity >= 1 { write(term.a, to: &nodes) }
    if term.node.operation.arity == 2 { write(term.b, to: &nodes) }
    nodes.append(term.node)
  }

  func expression(_ reference: Reference) -> Expression {
    var nodes: [Expression.Node] = []
    write(reference, to: &nodes)
    return Expression(nodes: nodes)
  }

  mutating func removeAll() { terms.removeAll(keepingCapacity: true) }

  // MARK: Looking

  func operation(_ x: Reference) -> Expression.Operation { terms[x].node.operation }
  func node(_ x: Reference) -> Expression.Node { terms[x].node }
  func first(_ x: Reference) -> Reference { terms[x].a }
  func second(_ x: Reference) -> Reference { terms[x].b }

  func constantValue(_ x: Reference) -> Double? {
    operation(x) == .constant ? terms[x].node.value : nil
  }

  /// -1, 0, 1: one order of all formulas, structure before constants.
  func compare(_ x: Reference, _ y: Reference) -> Int {
    if x == y { return 0 }
    let (p, q) = (terms[x], terms[y])
    if p.node.operation != q.node.operation {
      return p.node.operation.rawValue < q.node.operation.rawValue ? -1 : 1
    }
    if p.node.index != q.node.index { return p.node.index < q.node.index ? -1 : 1 }
    if p.node.operation.arity >= 1 {
      let order = compare(p.a, q.a)
      if order != 0 { return order }
    }
    if p.node.operation.arity == 2 {
      let order = compare(p.b, q.b)
      if order != 0 { return order }
    }
    if p.node.value == q.node.value { return 0 }
    return p.node.value < q.node.value ? -1 : 1
  }

  func areEqual(_ x: Reference, _ y: Reference) -> Bool { compare(x, y) == 0 }

  // MARK: Making, without rules

  mutating func make(_ node: Expression.Node, _ a: Reference = -1, _ b: Reference = -1)
    -> Reference
  {
    terms.append(Term(node: node, a: a, b: b))
    return terms.count - 1
  }

  mutating func make(_ operation: Expression.Operation, _ a: Reference, _ b: Reference = -1)
    -> Reference
  {
    make(Expression.Node(operation: operation), a, b)
  }

  mutating func constant(_ value: Double) -> Reference {
    make(Expression.Node(operation: .constant, value: value))
  }

  // MARK: Dispatch

  mutating func binary(_ operation: Expression.Operation, _ a: Reference, _ b: Reference)
    -> Reference
  {
    switch operation {
    case .add: add(a, b)
    case .subtract: add(a, scale(-1, b))
    case .multiply: multiply(a, b)
    case .divide: divide(a, b)
    default: preconditionFailure("\(operation) does not take two values")
    }
  }

  mutating func unary(_ operation: Expression.Operation, _ x: Reference, exponent: Double = 0)
    -> Reference
  {
    if let value = constantValue(x) {
      return constant(Expression.Node(operation: operation, value: exponent).apply(value))
    }
    return switch operation {
    case .negate: scale(-1, x)
    case .inverse: raise(x, -1)
    case .square: raise(x, 2)
    case .cube: raise(x, 3)
    case .squareRoot: raise(x, 0.5)
    case .power: raise(x, exponent)
    case .exponential: exponential(x)
    case .logarithm: logarithm(x)
    case .sine, .hyperbolicTangent: odd(operation, x)
    case .cosine: cosine(x)
    case .absolute: absolute(x)
    case .constant, .variable, .add, .subtract, .multiply, .divide:
      preconditionFailure("\(operation) does not take one value")
    }
  }
}

extension Expression {
  /// The same function, written in the shortest way that plain rules of algebra find.
  ///
  /// Values agree up to rounding wherever this expression is finite; constants are folded and collected.
  public var simplified: Expression {
    var builder = ExpressionBuilder()
    let root = builder.read(nodes)
    return builder.expression(root)
  }
}
