#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A complex number, laid out as in C: the real part, then the imaginary one.
@frozen
public struct Complex<Real>: Sendable, Hashable, BitwiseCopyable
where Real: BinaryFloatingPoint & Sendable & BitwiseCopyable {
  public var real: Real
  public var imaginary: Real

  @inlinable
  public init(_ real: Real, _ imaginary: Real) {
    self.real = real
    self.imaginary = imaginary
  }

  /// A real number.
  @inlinable public init(_ real: Real) { self.init(real, 0) }

  /// The same number in another precision.
  @inlinable
  public init<Other>(_ other: Complex<Other>) {
    self.init(Real(other.real), Real(other.imaginary))
  }

  /// The square root of -1.
  @inlinable public static var i: Complex { Complex(0, 1) }

  @inlinable public var conjugate: Complex { Complex(real, -imaginary) }
  /// May overflow or underflow where `magnitude` does not.
  @inlinable public var squaredMagnitude: Real { real * real + imaginary * imaginary }

  @inlinable
  public static prefix func - (a: Complex) -> Complex { Complex(-a.real, -a.imaginary) }

  @inlinable
  public static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  @inlinable
  public static func * (a: Real, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }

  /// The quotient, without overflow on the way (Smith 1962); NaN where `b` is zero.
  @inlinable
  public static func / (a: Complex, b: Complex) -> Complex {
    if b.real.magnitude >= b.imaginary.magnitude {
      let ratio = b.imaginary / b.real
      let scale = b.real + b.imaginary * ratio
      return Complex(
        (a.real + a.imaginary * ratio) / scale, (a.imaginary - a.real * ratio) / scale)
    }
    let ratio = b.real / b.imaginary
    let scale = b.real * ratio + b.imaginary
    return Complex(
      (a.real * ratio + a.imaginary) / scale, (a.imaginary * ratio - a.real) / scale)
  }
}

extension Complex: AdditiveArithmetic {
  @inlinable public static var zero: Complex { Complex(0, 0) }

  @inlinable
  public static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.real + b.real, a.imaginary + b.imaginary)
  }

  @inlinable
  public static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.real - b.real, a.imaginary - b.imaginary)
  }
}

extension Complex: CustomStringConvertible {
  /// For example `1.5-2.0i`.
  public var description: String {
    imaginary.sign == .minus && !imaginary.isNaN
      ? "\(real)-\(imaginary.magnitude)i" : "\(real)+\(imaginary)i"
  }
}

/// Elementary functions, on the principal branches of C: cuts run along the negative real axis and the
/// sign of a zero imaginary part says on which side of the cut the number lies.
extension Complex where Real == Double {
  /// The number of length 1 at an angle.
  public static func unit(angle: Double) -> Complex { Complex(cos(angle), sin(angle)) }

  /// The absolute value, without overflow on the way.
  public var magnitude: Double { hypot(real, imaginary) }
  /// The angle to the real axis, from -pi to pi.
  public var argument: Double { atan2(imaginary, real) }

  public func exponential() -> Complex {
    let length = exp(real)
    // An infinite or vanishing length times the sine of zero would be no number.
    if imaginary == 0 { return Complex(length, imaginary) }
    if length == 0 { return .zero }
    return Complex(length * cos(imaginary), length * sin(imaginary))
  }

  public func logarithm() -> Complex {
    let (large, small) = (
      max(real.magnitude, imaginary.magnitude), min(real.magnitude, imaginary.magnitude)
    )
    // Near the unit circle ln |z| is small: ln(1 + (|z|^2 - 1)) / 2 keeps its digits.
    let isNearUnit = large > 0.5 && large < 1.5
    let length =
      isNearUnit ? log1p((large - 1) * (large + 1) + small * small) / 2 : log(magnitude)
    return Complex(length, argument)
  }

  /// ln(1 + z), accurate for small numbers.
  public func logarithmOfOnePlus() -> Complex {
    Complex(0.5 * log1p(2 * real + squaredMagnitude), atan2(imaginary, 1 + real))
  }

  /// exp(z) - 1, accurate for small numbers.
  public func exponentialMinusOne() -> Complex {
    let half = sin(imaginary / 2)
    return Complex(
      expm1(real) * cos(imaginary) - 2 * half * half, exponential().imaginary)
  }

  /// The root with non-negative real part.
  public func squareRoot() -> Complex {
    let size = max(real.magnitude, imaginary.magnitude)
    if size == 0 { return Complex(0, imaginary) }
    // Powers of four, so that neither the sum overflows nor small parts are lost.
    if size > 0x1p1020 { return 2 * (0.25 * self).squareRoot() }
    if size < 0x1p-960 { return 0x1p-54 * (0x1p108 * self).squareRoot() }
    let large = ((magnitude + abs(real)) / 2).squareRoot()
    let small = imaginary / (2 * large)
    if real >= 0 { return Complex(large, small) }
    return Complex(abs(small), imaginary.sign == .minus ? -large : large)
  }

  public func sine() -> Complex {
    Complex(sin(real) * cosh(imaginary), cos(real) * sinh(imaginary))
  }

  public func cosine() -> Complex {
    Complex(cos(real) * cosh(imaginary), -(sin(real) * sinh(imaginary)))
  }

  /// With t = tan y and s = sinh x, tanh(x + i y) = ((1 + t²) s sqrt(1 + s²) + i t) / (1 + (1 + t²) s²).
  public func hyperbolicTangent() -> Complex {
    if abs(real) > 20 {
      // s² would overflow; what is left of 1 is below its last place.
      let tail = 4 * sin(imaginary) * cos(imaginary) * exp(-2 * abs(real))
      return Complex(real < 0 ? -1 : 1, tail)
    }
    let (s, t) = (sinh(real), tan(imaginary))
    let scale = 1 + t * t
    let denominator = 1 + scale * s * s
    return Complex(scale * s * (1 + s * s).squareRoot() / denominator, t / denominator)
  }

  /// exp(w ln z); products for whole exponents up to 64. 0 to the power 0 is 1, to a positive one 0.
  public func power(_ exponent: Complex) -> Complex {
    if exponent.imaginary == 0, exponent.real.rounded() == exponent.real,
      abs(exponent.real) <= 64
    {
      var (count, square, product) = (Int(abs(exponent.real)), self, Complex(1))
      while count > 0 {
        if count & 1 == 1 { product = product * square }
        square = square * square
        count >>= 1
      }
      return exponent.real < 0 ? Complex(1) / product : product
    }
    if self == .zero { return exponent.real > 0 ? .zero : Complex(.nan, .nan) }
    return (exponent * logarithm()).exponential()
  }
}
