import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A complex number: a link of U(1) when its length is 1.
struct CirclePhase: GaugeGroup {
  var value: SIMD2<Double>

  @inline(__always) init(_ value: SIMD2<Double>) { self.value = value }

  static var rank: Int { 1 }
  @inline(__always) static var zero: CirclePhase { CirclePhase(.zero) }
  @inline(__always) static var one: CirclePhase { CirclePhase(SIMD2(1, 0)) }

  @inline(__always)
  static func + (a: CirclePhase, b: CirclePhase) -> CirclePhase { CirclePhase(a.value + b.value) }
  @inline(__always)
  static func - (a: CirclePhase, b: CirclePhase) -> CirclePhase { CirclePhase(a.value - b.value) }
  @inline(__always)
  static func * (a: CirclePhase, b: CirclePhase) -> CirclePhase {
    CirclePhase(complexProduct(a.value, b.value))
  }
  @inline(__always)
  func timesAdjoint(_ other: CirclePhase) -> CirclePhase {
    CirclePhase(complexProduct(value, conjugate(other.value)))
  }
  @inline(__always)
  func adjointTimes(_ other: CirclePhase) -> CirclePhase {
    CirclePhase(complexProduct(conjugate(value), other.value))
  }
  @inline(__always)
  func scaled(by factor: Double) -> CirclePhase { CirclePhase(factor * value) }
  @inline(__always) var trace: SIMD2<Double> { value }

  /// Re(U A) = U . conj(A) as vectors of the plane: von Mises' distribution, by Best and Fisher's rejection.
  @inline(__always)
  func heated(
    _ staples: CirclePhase, strength: Double, using rng: inout RandomStream
  ) -> CirclePhase {
    CirclePhase(
      VectorKernel<SIMD2<Double>>.drawn(in: strength * conjugate(staples.value), 2, using: &rng))
  }

  /// U -> conj(U) conj(V)^2 with V = A/|A|: the angle of U A changes its sign.
  @inline(__always)
  func reflected(_ staples: CirclePhase) -> CirclePhase {
    let square = (staples.value * staples.value).sum()
    guard square > 1e-300 else { return self }
    let mirrored = complexProduct(conjugate(staples.value), conjugate(staples.value))
    return CirclePhase(complexProduct(conjugate(value), mirrored) / square)
  }

  func aligned(_ staples: CirclePhase) -> CirclePhase {
    let square = (staples.value * staples.value).sum()
    return square > 1e-300 ? CirclePhase(conjugate(staples.value)).unitarised : self
  }

  @inline(__always) var unitarised: CirclePhase {
    CirclePhase(value / (value * value).sum().squareRoot())
  }
  @inline(__always) var algebraPart: CirclePhase { CirclePhase(SIMD2(0, value.y)) }
  @inline(__always) var exponential: CirclePhase { CirclePhase(SIMD2(cos(value.y), sin(value.y))) }
  @inline(__always) var kinetic: Double { value.y * value.y / 2 }
  static var forceFactor: Double { 1 }

  @inline(__always)
  static func momentum(using rng: inout RandomStream) -> CirclePhase {
    CirclePhase(SIMD2(0, NormalZiggurat.shared.draw(using: &rng)))
  }
  static func gaussian(using rng: inout RandomStream) -> CirclePhase {
    let normal = NormalZiggurat.shared
    return CirclePhase(SIMD2(normal.draw(using: &rng), normal.draw(using: &rng)))
  }

  func append(to numbers: inout [Double]) { numbers += [value.x, value.y] }
  init(_ numbers: UnsafePointer<Double>) { value = SIMD2(numbers[0], numbers[1]) }
}
