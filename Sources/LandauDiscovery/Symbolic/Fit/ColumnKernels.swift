#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ColumnEvaluator {
  /// Loops over one block. The functions are closed under inlining, so each case is one plain loop.
  enum Kernels {
    typealias Input = UnsafePointer<Double>

    @inline(__always)
    private static func each(_ body: (Int) -> Void) {
      for i in 0..<ColumnEvaluator.block { body(i) }
    }

    static func binary(_ operation: Expression.Operation, _ a: Input, _ b: Input, _ d: Numbers) {
      switch operation {
      case .add: each { d[$0] = a[$0] + b[$0] }
      case .subtract: each { d[$0] = a[$0] - b[$0] }
      case .multiply: each { d[$0] = a[$0] * b[$0] }
      default: each { d[$0] = a[$0] / b[$0] }
      }
    }

    static func unary(_ node: Expression.Node, _ x: Input, _ d: Numbers) {
      switch node.operation {
      case .negate: each { d[$0] = -x[$0] }
      case .inverse: each { d[$0] = 1 / x[$0] }
      case .square: each { d[$0] = x[$0] * x[$0] }
      case .cube: each { d[$0] = x[$0] * x[$0] * x[$0] }
      case .squareRoot: each { d[$0] = x[$0].squareRoot() }
      case .power:
        let exponent = node.value
        each { d[$0] = pow(x[$0], exponent) }
      case .exponential: each { d[$0] = exp(x[$0]) }
      case .logarithm: each { d[$0] = log(x[$0]) }
      case .sine: each { d[$0] = sin(x[$0]) }
      case .cosine: each { d[$0] = cos(x[$0]) }
      case .hyperbolicTangent: each { d[$0] = tanh(x[$0]) }
      default: each { d[$0] = abs(x[$0]) }
      }
    }

    /// The adjoint of the first of two operands.
    static func backwardLeft(
      _ operation: Expression.Operation, _ g: Input, _ b: Input, _ d: Numbers
    ) {
      switch operation {
      case .add, .subtract: each { d[$0] = g[$0] }
      case .multiply: each { d[$0] = g[$0] * b[$0] }
      default: each { d[$0] = g[$0] / b[$0] }
      }
    }

    /// The adjoint of the second of two operands.
    static func backwardRight(
      _ operation: Expression.Operation, _ g: Input, _ a: Input, _ b: Input, _ d: Numbers
    ) {
      switch operation {
      case .add: each { d[$0] = g[$0] }
      case .subtract: each { d[$0] = -g[$0] }
      case .multiply: each { d[$0] = g[$0] * a[$0] }
      default: each { d[$0] = -g[$0] * a[$0] / (b[$0] * b[$0]) }
      }
    }

    /// The adjoint of the operand x of y = f(x).
    static func backward(
      _ node: Expression.Node, _ g: Input, _ x: Input, _ y: Input, _ d: Numbers
    ) {
      switch node.operation {
      case .negate: each { d[$0] = -g[$0] }
      case .inverse: each { d[$0] = -g[$0] * y[$0] * y[$0] }
      case .square: each { d[$0] = 2 * g[$0] * x[$0] }
      case .cube: each { d[$0] = 3 * g[$0] * x[$0] * x[$0] }
      case .squareRoot: each { d[$0] = 0.5 * g[$0] / y[$0] }
      case .power:
        let exponent = node.value
        each { d[$0] = g[$0] * exponent * pow(x[$0], exponent - 1) }
      case .exponential: each { d[$0] = g[$0] * y[$0] }
      case .logarithm: each { d[$0] = g[$0] / x[$0] }
      case .sine: each { d[$0] = g[$0] * cos(x[$0]) }
      case .cosine: each { d[$0] = -g[$0] * sin(x[$0]) }
      case .hyperbolicTangent: each { d[$0] = g[$0] * (1 - y[$0] * y[$0]) }
      default: each { d[$0] = x[$0] < 0 ? -g[$0] : g[$0] }
      }
    }
  }
}
