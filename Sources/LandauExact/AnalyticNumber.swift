import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers that analytic formulas can be evaluated with: complex ones, and jets, which carry the first
/// two derivatives along. One formula then gives values, derivatives and its analytic continuation.
protocol AnalyticNumber {
  init(_ value: Double)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  var magnitude: Double { get }
  var realPart: Double { get }
  /// Whether the number is zero with all its derivatives.
  var vanishes: Bool { get }
  func squareRoot() -> Self
  func exponential() -> Self
  func logarithm() -> Self
  /// ln(1 + self), accurate for small numbers where the type can be.
  func logarithmOfOnePlus() -> Self
}

extension AnalyticNumber {
  var vanishes: Bool { magnitude == 0 }

  static func * (a: Double, b: Self) -> Self { Self(a) * b }
  static func + (a: Double, b: Self) -> Self { Self(a) + b }
  static func - (a: Double, b: Self) -> Self { Self(a) - b }
  static prefix func - (a: Self) -> Self { -1 * a }

  /// A whole power by repeated squaring; powers that underflow become zero.
  func power(_ exponent: Int) -> Self {
    precondition(exponent >= 0, "a power of \(exponent)")
    var result = Self(1)
    var square = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest > 0 { square = square * square }
    }
    return result
  }
}

extension Double {
  /// Zero in place of what rounding made negative; what is no number stays none.
  var orZero: Double { self < 0 ? 0 : self }
}

/// Plain numbers, where no derivative is asked for.
extension Double: AnalyticNumber {
  var realPart: Double { self }
  func exponential() -> Double { exp(self) }
  func logarithm() -> Double { log(self) }
  func logarithmOfOnePlus() -> Double { log1p(self) }
}

/// A value with its first and second derivative with respect to one variable.
struct Jet: AnalyticNumber {
  var value: Double
  var first: Double
  var second: Double

  init(_ value: Double, _ first: Double, _ second: Double) {
    self.value = value
    self.first = first
    self.second = second
  }

  init(_ value: Double) { self.init(value, 0, 0) }

  /// The variable itself, where it has the given value.
  static func variable(_ value: Double) -> Jet { Jet(value, 1, 0) }

  var magnitude: Double { abs(value) }
  var realPart: Double { value }
  var vanishes: Bool { value == 0 && first == 0 && second == 0 }

  static func + (a: Jet, b: Jet) -> Jet {
    Jet(a.value + b.value, a.first + b.first, a.second + b.second)
  }
  static func - (a: Jet, b: Jet) -> Jet {
    Jet(a.value - b.value, a.first - b.first, a.second - b.second)
  }
  static func * (a: Jet, b: Jet) -> Jet {
    Jet(
      a.value * b.value, a.first * b.value + a.value * b.first,
      a.second * b.value + 2 * a.first * b.first + a.value * b.second)
  }
  static func * (a: Double, b: Jet) -> Jet { Jet(a * b.value, a * b.first, a * b.second) }
  static func / (a: Jet, b: Jet) -> Jet {
    let value = a.value / b.value
    let first = (a.first - value * b.first) / b.value
    return Jet(value, first, (a.second - 2 * first * b.first - value * b.second) / b.value)
  }

  func squareRoot() -> Jet {
    let root = value.squareRoot()
    let slope = first / (2 * root)
    return Jet(root, slope, (second / 2 - slope * slope) / root)
  }

  func exponential() -> Jet {
    let power = exp(value)
    return Jet(power, power * first, power * (second + first * first))
  }

  func logarithm() -> Jet {
    let slope = first / value
    return Jet(log(value), slope, second / value - slope * slope)
  }

  func logarithmOfOnePlus() -> Jet {
    let slope = first / (1 + value)
    return Jet(log1p(value), slope, second / (1 + value) - slope * slope)
  }

  /// e^x - 1, accurate for small numbers.
  func exponentialMinusOne() -> Jet {
    let power = exp(value)
    return Jet(expm1(value), power * first, power * (second + first * first))
  }
}

/// A complex number in double precision.
typealias Complex = LandauCore.Complex<Double>

extension LandauCore.Complex: AnalyticNumber where Real == Double {
  var realPart: Double { real }
}
