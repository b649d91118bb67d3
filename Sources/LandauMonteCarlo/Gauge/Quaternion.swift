import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// a0 + i a . sigma as (a0, a1, a2, a3), sigma Pauli's matrices: a link of SU(2) when its length is 1.
///
/// As a matrix [[a0 + i a3, a2 + i a1], [-a2 + i a1, a0 - i a3]].
struct Quaternion: GaugeGroup {
  var value: SIMD4<Double>

  @inline(__always) init(_ value: SIMD4<Double>) { self.value = value }

  static var rank: Int { 2 }
  @inline(__always) static var zero: Quaternion { Quaternion(.zero) }
  @inline(__always) static var one: Quaternion { Quaternion(SIMD4(1, 0, 0, 0)) }

  @inline(__always)
  static func + (a: Quaternion, b: Quaternion) -> Quaternion { Quaternion(a.value + b.value) }
  @inline(__always)
  static func - (a: Quaternion, b: Quaternion) -> Quaternion { Quaternion(a.value - b.value) }

  /// (a0 b0 - a . b, a0 b + b0 a - a x b), from (i sigma_j)(i sigma_k) = -delta_jk - epsilon_jkl i sigma_l.
  @inline(__always)
  static func * (a: Quaternion, b: Quaternion) -> Quaternion {
    let (a, b) = (a.value, b.value)
    return Quaternion(
      SIMD4(
        (a.x * b.x - a.y * b.y) - (a.z * b.z + a.w * b.w),
        (a.x * b.y + a.y * b.x) - (a.z * b.w - a.w * b.z),
        (a.x * b.z + a.z * b.x) - (a.w * b.y - a.y * b.w),
        (a.x * b.w + a.w * b.x) - (a.y * b.z - a.z * b.y)))
  }
  @inline(__always)
  func timesAdjoint(_ other: Quaternion) -> Quaternion { self * other.adjoint }
  @inline(__always)
  func adjointTimes(_ other: Quaternion) -> Quaternion { adjoint * other }
  @inline(__always) var adjoint: Quaternion {
    Quaternion(SIMD4(value.x, -value.y, -value.z, -value.w))
  }
  @inline(__always)
  func scaled(by factor: Double) -> Quaternion { Quaternion(factor * value) }
  @inline(__always) var trace: SIMD2<Double> { SIMD2(2 * value.x, 0) }

  @inline(__always) var squaredLength: Double {
    (value.x * value.x + value.y * value.y) + (value.z * value.z + value.w * value.w)
  }

  /// With A = k V: U V is drawn with weight exp(2 strength k (U V)_0).
  @inline(__always)
  func heated(
    _ staples: Quaternion, strength: Double, using rng: inout RandomStream
  ) -> Quaternion {
    let square = staples.squaredLength
    guard square > 1e-300 else { return Self.gaussian(using: &rng).unitarised }
    let length = square.squareRoot()
    let drawn = SphereHeatBath.draw(2 * strength * length, using: &rng)
    return Quaternion(drawn).timesAdjoint(staples).scaled(by: 1 / length)
  }

  /// U -> V^dagger U^dagger V^dagger: tr(U A) becomes its conjugate.
  @inline(__always)
  func reflected(_ staples: Quaternion) -> Quaternion {
    let square = staples.squaredLength
    guard square > 1e-300 else { return self }
    return (staples * self * staples).adjoint.scaled(by: 1 / square)
  }

  func aligned(_ staples: Quaternion) -> Quaternion {
    let square = staples.squaredLength
    return square > 1e-300 ? staples.adjoint.scaled(by: 1 / square.squareRoot()) : self
  }

  @inline(__always) var unitarised: Quaternion { scaled(by: 1 / squaredLength.squareRoot()) }
  @inline(__always) var algebraPart: Quaternion {
    Quaternion(SIMD4(0, value.y, value.z, value.w))
  }

  /// cos |a| + i (a . sigma) sin |a| / |a|.
  @inline(__always) var exponential: Quaternion {
    let length = algebraPart.squaredLength.squareRoot()
    let ratio = length > 1e-8 ? sin(length) / length : 1 - length * length / 6
    return Quaternion(SIMD4(cos(length), ratio * value.y, ratio * value.z, ratio * value.w))
  }

  /// p_a T_a = i p_a sigma_a / 2, so sum of p_a^2/2 is twice the squared length.
  @inline(__always) var kinetic: Double { 2 * squaredLength }
  /// dK/dt + dS/dt = -2 tr(P dP/dt) - (beta/2) tr(P X) = 0 with X the algebra part of U A.
  static var forceFactor: Double { 0.25 }

  @inline(__always)
  static func momentum(using rng: inout RandomStream) -> Quaternion {
    let normal = NormalZiggurat.shared
    return Quaternion(
      SIMD4(
        0, normal.draw(using: &rng) / 2, normal.draw(using: &rng) / 2, normal.draw(using: &rng) / 2)
    )
  }
  static func gaussian(using rng: inout RandomStream) -> Quaternion {
    let normal = NormalZiggurat.shared
    return Quaternion(
      SIMD4(
        normal.draw(using: &rng), normal.draw(using: &rng), normal.draw(using: &rng),
        normal.draw(using: &rng)))
  }

  func append(to numbers: inout [Double]) {
    let (a, b, c, d) = (value.x, value.y, value.z, value.w)
    numbers += [a, d, c, b, -c, b, a, -d]
  }
  init(_ numbers: UnsafePointer<Double>) {
    value = SIMD4(numbers[0], numbers[3], numbers[2], numbers[1])
  }
}

/// Points (x, v) of the sphere of unit quaternions with weight exp(alpha x): the heat bath of SU(2).
enum SphereHeatBath {
  /// Below this alpha Creutz's way to draw x rejects less than Kennedy and Pendleton's.
  static let crossover = 1.8

  @inline(__always)
  static func draw(_ alpha: Double, using rng: inout RandomStream) -> SIMD4<Double> {
    let below = alpha > crossover ? kennedyPendleton(alpha, &rng) : creutz(alpha, &rng)
    let radius = max(0, below * (2 - below)).squareRoot()
    // A direction in space from a point of the unit disc (Marsaglia 1972).
    while true {
      let (u, v) = (2 * rng.uniform() - 1, 2 * rng.uniform() - 1)
      let square = u * u + v * v
      if square < 1 {
        let scale = 2 * radius * (1 - square).squareRoot()
        return SIMD4(1 - below, u * scale, v * scale, radius * (1 - 2 * square))
      }
    }
  }

  /// y = 1 - x with density sqrt(y (2 - y)) exp(-alpha y): y drawn with sqrt(y) exp(-alpha y), a sum of three squares
  /// of normal numbers over 2 alpha, and accepted with probability sqrt(1 - y/2) (Kennedy and Pendleton 1985).
  @inline(__always)
  static func kennedyPendleton(_ alpha: Double, _ rng: inout RandomStream) -> Double {
    let normal = NormalZiggurat.shared
    while true {
      let (a, b, c) = (
        normal.draw(using: &rng), normal.draw(using: &rng), normal.draw(using: &rng)
      )
      let y = (a * a + b * b + c * c) / (2 * alpha)
      let uniform = rng.uniform()
      if uniform * uniform < 1 - y / 2 { return y }
    }
  }

  /// y drawn with exp(-alpha y) on (0, 2) by inversion and accepted with probability sqrt(y (2 - y)) (Creutz 1980).
  @inline(never)
  static func creutz(_ alpha: Double, _ rng: inout RandomStream) -> Double {
    while true {
      let uniform = rng.uniform()
      let y =
        alpha > 1e-8 ? -log1p(uniform * expm1(-2 * alpha)) / alpha : 2 * uniform
      let chance = rng.uniform()
      if chance * chance < y * (2 - y) { return y }
    }
  }
}
