extension Tensor {
  /// The operands of an elementwise primitive, spread out to their common shape.
  static func aligned(
    _ left: Tensor, _ right: Tensor, _ name: @autoclosure () -> String
  ) -> (Tensor, Tensor) {
    if left.shape == right.shape { return (left, right) }
    let rank = Swift.max(left.rank, right.rank)
    func padded(_ shape: [Int]) -> [Int] { [Int](repeating: 1, count: rank - shape.count) + shape }
    let (a, b) = (padded(left.shape), padded(right.shape))
    require(
      zip(a, b).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 },
      "\(name()) of \(left.type) and \(right.type): the shapes do not broadcast; extents, counted from the last, must be equal or 1"
    )
    let shape = zip(a, b).map { $0 == 1 ? $1 : $0 }
    return (left.broadcast(to: shape), right.broadcast(to: shape))
  }

  static func binary(_ op: BinaryOp, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (a, b) = aligned(left, right, "\(op)")
    return apply(.binary(op), [a, b])
  }

  static func compare(_ op: Comparison, _ left: Tensor, _ right: Tensor) -> Tensor {
    let (a, b) = aligned(left, right, "\(op)")
    return apply(.compare(op), [a, b])
  }

  /// A Swift number takes the type and shape of the tensor it meets.
  func like(_ value: Double) -> Tensor { Tensor.full(shape, value, type: scalarType) }

  public static func + (left: Tensor, right: Tensor) -> Tensor { binary(.add, left, right) }
  public static func + (left: Tensor, right: Double) -> Tensor { left + left.like(right) }
  public static func + (left: Double, right: Tensor) -> Tensor { right.like(left) + right }
  public static func - (left: Tensor, right: Tensor) -> Tensor { binary(.subtract, left, right) }
  public static func - (left: Tensor, right: Double) -> Tensor { left - left.like(right) }
  public static func - (left: Double, right: Tensor) -> Tensor { right.like(left) - right }
  public static func * (left: Tensor, right: Tensor) -> Tensor { binary(.multiply, left, right) }
  public static func * (left: Tensor, right: Double) -> Tensor { left * left.like(right) }
  public static func * (left: Double, right: Tensor) -> Tensor { right.like(left) * right }
  public static func / (left: Tensor, right: Tensor) -> Tensor { binary(.divide, left, right) }
  public static func / (left: Tensor, right: Double) -> Tensor { left / left.like(right) }
  public static func / (left: Double, right: Tensor) -> Tensor { right.like(left) / right }
  public static prefix func - (x: Tensor) -> Tensor { apply(.unary(.negate), [x]) }

  public static func += (left: inout Tensor, right: Tensor) { left = left + right }
  public static func -= (left: inout Tensor, right: Tensor) { left = left - right }
  public static func *= (left: inout Tensor, right: Tensor) { left = left * right }
  public static func /= (left: inout Tensor, right: Tensor) { left = left / right }

  // Comparisons give tensors of bool; they have no derivative.
  public static func .< (left: Tensor, right: Tensor) -> Tensor { compare(.less, left, right) }
  public static func .< (left: Tensor, right: Double) -> Tensor { left .< left.like(right) }
  public static func .<= (left: Tensor, right: Tensor) -> Tensor {
    compare(.lessOrEqual, left, right)
  }
  public static func .<= (left: Tensor, right: Double) -> Tensor { left .<= left.like(right) }
  public static func .> (left: Tensor, right: Tensor) -> Tensor { compare(.less, right, left) }
  public static func .> (left: Tensor, right: Double) -> Tensor { left .> left.like(right) }
  public static func .>= (left: Tensor, right: Tensor) -> Tensor {
    compare(.lessOrEqual, right, left)
  }
  public static func .>= (left: Tensor, right: Double) -> Tensor { left .>= left.like(right) }
  public static func .== (left: Tensor, right: Tensor) -> Tensor { compare(.equal, left, right) }
  public static func .== (left: Tensor, right: Double) -> Tensor { left .== left.like(right) }
  public static func .!= (left: Tensor, right: Tensor) -> Tensor { compare(.notEqual, left, right) }
  public static func .!= (left: Tensor, right: Double) -> Tensor { left .!= left.like(right) }

  /// The same numbers in another type: toward zero into whole numbers, true where not zero into bool.
  public func asType(_ type: ScalarType) -> Tensor {
    type == scalarType ? self : Tensor.apply(.cast(type), [self])
  }

  /// The same value, constant as far as derivatives are concerned.
  public func stoppingGradient() -> Tensor { Tensor.apply(.stopGradient, [self]) }
}

public func exp(_ x: Tensor) -> Tensor { .apply(.unary(.exponential), [x]) }
/// exp(x) - 1, accurate for small x.
public func expm1(_ x: Tensor) -> Tensor { .apply(.unary(.exponentialMinusOne), [x]) }
public func log(_ x: Tensor) -> Tensor { .apply(.unary(.logarithm), [x]) }
/// log(1 + x), accurate for small x.
public func log1p(_ x: Tensor) -> Tensor { .apply(.unary(.logarithmOfOnePlus), [x]) }
public func tanh(_ x: Tensor) -> Tensor { .apply(.unary(.tanh), [x]) }
/// 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { .apply(.unary(.sigmoid), [x]) }
public func sin(_ x: Tensor) -> Tensor { .apply(.unary(.sine), [x]) }
public func cos(_ x: Tensor) -> Tensor { .apply(.unary(.cosine), [x]) }
public func sqrt(_ x: Tensor) -> Tensor { .apply(.unary(.squareRoot), [x]) }
/// The error function, 2/sqrt(pi) times the integral of exp(-t²) from 0 to x.
public func erf(_ x: Tensor) -> Tensor { .apply(.unary(.errorFunction), [x]) }
/// The absolute value; real for a complex tensor, with the derivative zero where it is zero.
public func abs(_ x: Tensor) -> Tensor {
  .apply(x.scalarType.isComplex ? .part(.magnitude) : .unary(.absolute), [x])
}
/// -1, 0 or 1; its derivative is zero.
public func sign(_ x: Tensor) -> Tensor { .apply(.unary(.sign), [x]) }
/// `base` to the power `exponent`; the derivative in the exponent is zero where the base is not positive.
public func pow(_ base: Tensor, _ exponent: Tensor) -> Tensor { .binary(.power, base, exponent) }
public func pow(_ base: Tensor, _ exponent: Double) -> Tensor { pow(base, base.like(exponent)) }
/// The larger of two numbers; where they are equal each takes half of the derivative.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .binary(.maximum, a, b) }
public func maximum(_ a: Tensor, _ b: Double) -> Tensor { maximum(a, a.like(b)) }
/// The smaller of two numbers; where they are equal each takes half of the derivative.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .binary(.minimum, a, b) }
public func minimum(_ a: Tensor, _ b: Double) -> Tensor { minimum(a, a.like(b)) }

/// `a` where `condition` (of bool) holds, `b` elsewhere; the derivative passes through the one taken.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let (x, y) = Tensor.aligned(a, b, "select")
  let (c, like) = Tensor.aligned(condition, x, "select")
  return .apply(.select, [c, like, y.broadcast(to: c.shape)])
}
