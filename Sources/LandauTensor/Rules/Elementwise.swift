extension UnaryOp {
  func resultType(_ input: TensorType) throws(ShapeError) -> TensorType {
    let allowed =
      switch self {
      case .negate: input.scalar != .bool
      case .absolute, .sign: input.scalar != .bool && !input.scalar.isComplex
      case .conjugate: input.scalar.isComplex
      case .errorFunction: input.scalar.isFloating && !input.scalar.isComplex
      case .exponential, .exponentialMinusOne, .logarithm, .logarithmOfOnePlus, .tanh, .sigmoid,
        .sine, .cosine, .squareRoot:
        input.scalar.isFloating
      }
    guard allowed else {
      throw ShapeError("\(self) of \(input): expected another scalar type (see asType)")
    }
    return input
  }

  /// The derivative at the site times `t`: pullback and pushforward of a diagonal Jacobian are one.
  func derivative(_ site: Site, times t: Value, in b: inout ProgramBuilder) -> Value? {
    let (x, y) = (site.inputs[0], site.result)
    switch self {
    case .negate: return b.negate(t)
    case .conjugate: return b.unary(.conjugate, t)
    case .exponential: return b.multiply(t, y)
    case .exponentialMinusOne: return b.multiply(t, b.unary(.exponential, x))
    case .logarithm: return b.divide(t, x)
    case .logarithmOfOnePlus: return b.divide(t, b.add(b.full(1, like: x), x))
    case .tanh: return b.multiply(t, b.subtract(b.full(1, like: y), b.multiply(y, y)))
    case .sigmoid: return b.multiply(t, b.multiply(y, b.subtract(b.full(1, like: y), y)))
    case .sine: return b.multiply(t, b.unary(.cosine, x))
    case .cosine: return b.negate(b.multiply(t, b.unary(.sine, x)))
    case .squareRoot: return b.divide(b.scale(t, 0.5), y)
    case .errorFunction:
      // 2/sqrt(pi) exp(-x^2)
      let bell = b.unary(.exponential, b.negate(b.multiply(x, x)))
      return b.multiply(t, b.scale(bell, 1.1283791670955126))
    case .absolute: return b.multiply(t, b.unary(.sign, x))
    case .sign: return nil
    }
  }
}

extension BinaryOp {
  func resultType(_ left: TensorType, _ right: TensorType) throws(ShapeError) -> TensorType {
    guard left == right else {
      throw ShapeError("\(self) of \(left) and \(right): the types must agree (see asType)")
    }
    let allowed =
      switch self {
      case .add, .subtract, .multiply: left.scalar != .bool
      case .maximum, .minimum: left.scalar != .bool && !left.scalar.isComplex
      case .divide, .power: left.scalar.isFloating
      case .arctangent: left.scalar.isFloating && !left.scalar.isComplex
      }
    guard allowed else {
      let hint =
        left.scalar.isComplex ? left.orderHint : ": expected another scalar type (see asType)"
      throw ShapeError("\(self) of \(left)\(hint)")
    }
    return left
  }

  /// The partial derivative with respect to input `position` times `t`.
  func derivative(
    _ position: Int, _ site: Site, times t: Value, in b: inout ProgramBuilder
  ) -> Value? {
    let (x, y) = (site.inputs[0], site.inputs[1])
    let first = position == 0
    switch self {
    case .add: return t
    case .subtract: return first ? t : b.negate(t)
    case .multiply: return b.multiply(t, first ? y : x)
    case .divide: return first ? b.divide(t, y) : b.negate(b.divide(b.multiply(t, site.result), y))
    case .power:
      if first { return Self.powerRule(site, times: t, in: &b) }
      // x^y log x, and 0 where the base is not positive (or, if complex, zero).
      let zero = b.full(0, like: x)
      let positive = b.compare(b.type(of: x).scalar.isComplex ? .notEqual : .less, zero, x)
      let logarithm = b.unary(.logarithm, b.select(positive, x, b.full(1, like: x)))
      return b.multiply(t, b.multiply(site.result, logarithm))
    case .arctangent:
      let square = b.add(b.multiply(x, x), b.multiply(y, y))
      return b.divide(b.multiply(t, first ? y : b.negate(x)), square)
    case .maximum: return Self.winnerTakes(t, first ? y : x, first ? x : y, in: &b)
    case .minimum: return Self.winnerTakes(t, first ? x : y, first ? y : x, in: &b)
    }
  }

  /// y x^(y-1), and 0 where y is: not 0 times the infinite 0^(-1), so that derivatives of any order are right
  /// at x = 0, too.
  private static func powerRule(
    _ site: Site, times t: Value, in b: inout ProgramBuilder
  ) -> Value? {
    let (x, y) = (site.inputs[0], site.inputs[1])
    if case .full(let fill) = b.program[y].op {
      if fill.value == 0 { return nil }
      return b.multiply(t, b.scale(b.power(x, b.full(fill.value - 1, like: y)), fill.value))
    }
    let slope = b.multiply(y, b.power(x, b.subtract(y, b.full(1, like: y))))
    let zero = b.full(0, like: y)
    return b.multiply(t, b.select(b.compare(.equal, y, zero), zero, slope))
  }

  /// `t` where `low < high`, half of it where they are equal, zero elsewhere.
  private static func winnerTakes(
    _ t: Value, _ low: Value, _ high: Value, in b: inout ProgramBuilder
  ) -> Value {
    let tied = b.select(b.compare(.equal, low, high), b.scale(t, 0.5), b.full(0, like: t))
    return b.select(b.compare(.less, low, high), t, tied)
  }
}

extension Comparison {
  func resultType(_ left: TensorType, _ right: TensorType) throws(ShapeError) -> TensorType {
    guard left == right else {
      throw ShapeError("\(self) of \(left) and \(right): the types must agree (see asType)")
    }
    if left.scalar.isComplex && (self == .less || self == .lessOrEqual) {
      throw ShapeError("\(self) of \(left)\(left.orderHint)")
    }
    return left.with(scalar: .bool)
  }
}

extension TensorType {
  /// What to say where an order is asked for.
  var orderHint: String {
    scalar.isComplex ? "; complex numbers have no order, take abs(), real() or imaginary()" : ""
  }
}

extension Op {
  static func selectType(_ inputs: [TensorType]) throws(ShapeError) -> TensorType {
    guard inputs[0].scalar == .bool, inputs[0].shape == inputs[1].shape, inputs[1] == inputs[2]
    else {
      throw ShapeError("select of \(inputs[0]), \(inputs[1]) and \(inputs[2])")
    }
    return inputs[1]
  }
}
