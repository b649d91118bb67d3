// Exponentials, logarithms, functions of definite parity.

extension ExpressionBuilder {
  mutating func exponential(_ x: Reference) -> Reference {
    if let value = constantValue(x) { return constant(naturalExponential(value)) }
    if operation(x) == .logarithm { return first(x) }
    let (k, rest) = offset(x)
    // Beyond this the factor would leave the range of numbers although the whole need not.
    if let rest, k != 0, abs(k) < 300 { return scale(naturalExponential(k), exponential(rest)) }
    return make(.exponential, x)
  }

  mutating func logarithm(_ x: Reference) -> Reference {
    if operation(x) == .exponential { return first(x) }
    let (c, rest) = coefficient(x)
    if let rest, c > 0, c != 1 { return shift(naturalLogarithm(c), logarithm(rest)) }
    let (base, exponent) = powerForm(x)
    // Of an even power it would be the logarithm of a modulus.
    if exponent != 1, (exponent / 2).rounded() != exponent / 2 {
      return scale(exponent, logarithm(base))
    }
    return make(.logarithm, x)
  }

  /// f(-x) = -f(x).
  mutating func odd(_ operation: Expression.Operation, _ x: Reference) -> Reference {
    let (c, rest) = coefficient(x)
    guard let rest, c < 0 else { return make(operation, x) }
    return make(.negate, make(operation, scale(-c, rest)))
  }

  mutating func cosine(_ x: Reference) -> Reference {
    if operation(x) == .absolute { return cosine(first(x)) }
    let (c, rest) = coefficient(x)
    guard let rest, c < 0 else { return make(.cosine, x) }
    return make(.cosine, scale(-c, rest))
  }

  mutating func absolute(_ x: Reference) -> Reference {
    let (c, rest) = coefficient(x)
    if let rest, c != 1 { return scale(abs(c), absolute(rest)) }
    switch operation(x) {
    case .absolute, .square, .squareRoot, .exponential: return x
    case .power where (node(x).value / 2).rounded() == node(x).value / 2: return x
    default: return make(.absolute, x)
    }
  }
}

extension Expression {
  /// The derivative with respect to a variable, simplified; that of |x| is x/|x|.
  public func derivative(withRespectTo variable: Int) -> Expression {
    var builder = ExpressionBuilder()
    // Value and derivative of every subtree.
    var stack: [(Int, Int)] = []
    for node in nodes {
      switch node.operation.arity {
      case 0:
        let isIt = node.operation == .variable && Int(node.index) == variable
        stack.append((builder.make(node), builder.constant(isIt ? 1 : 0)))
      case 1:
        let (x, dx) = stack.removeLast()
        let value = builder.unary(node.operation, x, exponent: node.value)
        if builder.constantValue(dx) == 0 {
          stack.append((value, dx))
        } else {
          let slope = builder.slope(node, x, value)
          stack.append((value, builder.multiply(slope, dx)))
        }
      default:
        let (b, db) = stack.removeLast()
        let (a, da) = stack.removeLast()
        stack.append(
          (
            builder.binary(node.operation, a, b),
            builder.derivative(node.operation, (a, da), (b, db))
          ))
      }
    }
    return builder.expression(stack[0].1)
  }
}

extension ExpressionBuilder {
  /// f'(x), from x and f(x).
  fileprivate mutating func slope(_ node: Expression.Node, _ x: Reference, _ value: Reference)
    -> Reference
  {
    switch node.operation {
    case .negate: constant(-1)
    case .inverse: scale(-1, raise(x, -2))
    case .square: scale(2, x)
    case .cube: scale(3, raise(x, 2))
    case .squareRoot: scale(0.5, raise(x, -0.5))
    case .power: scale(node.value, raise(x, node.value - 1))
    case .exponential: value
    case .logarithm: raise(x, -1)
    case .sine: unary(.cosine, x)
    case .cosine: scale(-1, unary(.sine, x))
    case .hyperbolicTangent: shift(1, scale(-1, raise(value, 2)))
    case .absolute: divide(x, value)
    case .constant, .variable, .add, .subtract, .multiply, .divide:
      preconditionFailure("\(node.operation) does not take one value")
    }
  }

  fileprivate mutating func derivative(
    _ operation: Expression.Operation, _ a: (Reference, Reference), _ b: (Reference, Reference)
  ) -> Reference {
    switch operation {
    case .add: add(a.1, b.1)
    case .subtract: add(a.1, scale(-1, b.1))
    case .multiply: add(multiply(a.1, b.0), multiply(a.0, b.1))
    // a'/b - a b'/b^2
    default:
      add(
        divide(a.1, b.0),
        scale(-1, divide(multiply(a.0, b.1), raise(b.0, 2))))
    }
  }
}
