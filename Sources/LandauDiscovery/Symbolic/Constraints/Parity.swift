/// How a function changes when the sign of one variable does.
public enum Parity: UInt8, Sendable, Hashable {
  case even, odd
  /// Neither, or not to be seen from the way it is written.
  case none

  fileprivate func times(_ other: Parity) -> Parity {
    self == .none || other == .none ? .none : self == other ? .even : .odd
  }
}

extension Expression {
  /// The parity in a variable that follows from the operations alone: (x + 1)(x - 1) does not show that it is even.
  public func parity(in variable: Int) -> Parity {
    var stack: [Parity] = []
    stack.reserveCapacity(16)
    for node in nodes {
      switch node.operation {
      case .constant: stack.append(.even)
      case .variable: stack.append(Int(node.index) == variable ? .odd : .even)
      case .add, .subtract:
        let b = stack.removeLast()
        let a = stack.removeLast()
        stack.append(a == b ? a : .none)
      case .multiply, .divide:
        let b = stack.removeLast()
        stack.append(stack.removeLast().times(b))
      case .negate, .inverse, .cube, .sine, .hyperbolicTangent: break
      case .square:
        let x = stack.removeLast()
        stack.append(x.times(x))
      case .cosine, .absolute:
        let x = stack.removeLast()
        stack.append(x == .none ? .none : .even)
      case .power:
        let x = stack.removeLast()
        let isWhole = node.value.rounded() == node.value
        let isEven = isWhole && (node.value / 2).rounded() == node.value / 2
        stack.append(isEven ? x.times(x) : x == .even || isWhole ? x : .none)
      case .squareRoot, .exponential, .logarithm:
        let x = stack.removeLast()
        stack.append(x == .even ? .even : .none)
      }
    }
    return stack[0]
  }
}
