/// A formula: constants, variables and operations in postfix order, one flat array.
///
///     let (x, y) = (Expression.variable(0), Expression.variable(1))
///     let f = 2 * x / (1 + y.applying(.exponential))
///     f.evaluate([1, 0])   // 1
///
/// Two expressions are equal where they are written the same way; `simplified` brings sums and products
/// into one order.
public struct Expression: Sendable, Hashable {
  /// What a node does with the values before it.
  public enum Operation: UInt8, Sendable, Hashable, CaseIterable {
    case constant, variable
    case add, subtract, multiply, divide
    case negate, inverse, square, cube, squareRoot
    /// A power whose exponent is part of the node and is not fitted.
    case power
    case exponential, logarithm, sine, cosine, hyperbolicTangent, absolute

    /// Values it takes.
    public var arity: Int {
      switch self {
      case .constant, .variable: 0
      case .add, .subtract, .multiply, .divide: 2
      default: 1
      }
    }
  }

  struct Node: Sendable, Hashable {
    var operation: Operation
    /// Of a variable.
    var index: Int32 = 0
    /// Of a constant, or the exponent of a power.
    var value = 0.0
  }

  var nodes: [Node]

  init(nodes: [Node]) { self.nodes = nodes }

  public static func constant(_ value: Double) -> Expression {
    Expression(nodes: [Node(operation: .constant, value: value)])
  }

  /// The variable of that number, counted from 0.
  public static func variable(_ index: Int) -> Expression {
    precondition(index >= 0, "variable \(index)")
    return Expression(nodes: [Node(operation: .variable, index: Int32(index))])
  }

  /// An operation of one value on this expression; powers are `raised(to:)`.
  public func applying(_ operation: Operation) -> Expression {
    precondition(
      operation.arity == 1 && operation != .power, "\(operation) is no operation of one value")
    return Expression(nodes: nodes + [Node(operation: operation)])
  }

  /// A fixed power; of negative numbers only for whole exponents.
  public func raised(to exponent: Double) -> Expression {
    Expression(nodes: nodes + [Node(operation: .power, value: exponent)])
  }

  private static func join(_ a: Expression, _ b: Expression, _ operation: Operation) -> Expression {
    Expression(nodes: a.nodes + b.nodes + [Node(operation: operation)])
  }

  public static func + (a: Expression, b: Expression) -> Expression { join(a, b, .add) }
  public static func - (a: Expression, b: Expression) -> Expression { join(a, b, .subtract) }
  public static func * (a: Expression, b: Expression) -> Expression { join(a, b, .multiply) }
  public static func / (a: Expression, b: Expression) -> Expression { join(a, b, .divide) }
  public static prefix func - (a: Expression) -> Expression { a.applying(.negate) }
}

extension Expression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension Expression {
  /// In the order in which they stand in the formula.
  public var constants: [Double] {
    get { nodes.filter { $0.operation == .constant }.map(\.value) }
    set {
      var rest = newValue[...]
      for index in nodes.indices where nodes[index].operation == .constant {
        guard let value = rest.popFirst() else { break }
        nodes[index].value = value
      }
      precondition(rest.isEmpty, "\(newValue.count) constants for \(self)")
    }
  }

  /// The numbers of the variables it depends on, ascending.
  public var variables: [Int] {
    Set(nodes.lazy.filter { $0.operation == .variable }.map { Int($0.index) }).sorted()
  }

  /// The value at one point; NaN outside the domain.
  public func evaluate(_ point: [Double]) -> Double {
    var stack: [Double] = []
    for node in nodes {
      switch node.operation.arity {
      case 0: stack.append(node.operation == .constant ? node.value : point[Int(node.index)])
      case 1: stack.append(node.apply(stack.removeLast()))
      default:
        let b = stack.removeLast()
        stack.append(node.apply(stack.removeLast(), b))
      }
    }
    return stack[0]
  }

  /// Where the subtree that ends at a node begins.
  func subtreeStart(_ end: Int) -> Int {
    var missing = 1
    var index = end
    while true {
      missing += nodes[index].operation.arity - 1
      if missing == 0 { return index }
      index -= 1
    }
  }

  /// Equal for formulas that differ in their constants alone.
  var structureHash: UInt64 {
    var hash: UInt64 = 0x6C61_6E64_6175_0002
    for node in nodes {
      var word = UInt64(node.operation.rawValue) | UInt64(UInt32(bitPattern: node.index)) << 8
      if node.operation == .power { word ^= node.value.bitPattern }
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    return hash
  }
}
