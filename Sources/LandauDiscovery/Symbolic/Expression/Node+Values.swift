#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Expression.Node {
  /// Of an operation of one value.
  func apply(_ x: Double) -> Double {
    switch operation {
    case .negate: -x
    case .inverse: 1 / x
    case .square: x * x
    case .cube: x * x * x
    case .squareRoot: x.squareRoot()
    case .power: pow(x, value)
    case .exponential: exp(x)
    case .logarithm: log(x)
    case .sine: sin(x)
    case .cosine: cos(x)
    case .hyperbolicTangent: tanh(x)
    case .absolute: abs(x)
    case .constant, .variable, .add, .subtract, .multiply, .divide:
      preconditionFailure("\(operation) takes \(operation.arity) values, not 1")
    }
  }

  /// Of an operation of two values.
  func apply(_ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    default: preconditionFailure("\(operation) takes \(operation.arity) values, not 2")
    }
  }
}

// Fewer files need to know the mathematics library.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
func naturalLogarithm(_ x: Double) -> Double { log(x) }
func naturalExponential(_ x: Double) -> Double { exp(x) }
func naturalHyperbolicTangent(_ x: Double) -> Double { tanh(x) }
