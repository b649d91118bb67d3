import LandauCore

/// The matrices that links of a gauge theory are made of, with their sums: what staples and loops need.
///
/// Sums of group elements lie in the same space of matrices: complex numbers for U(1), real multiples of SU(2) for
/// SU(2), any 3 x 3 matrices for SU(3).
protocol GaugeMatrix: BitwiseCopyable, Sendable, AdditiveArithmetic {
  /// N: the trace of `one`.
  static var rank: Int { get }
  static var one: Self { get }
  static func * (a: Self, b: Self) -> Self
  /// a b^dagger, without making the adjoint.
  func timesAdjoint(_ other: Self) -> Self
  /// a^dagger b, without making the adjoint.
  func adjointTimes(_ other: Self) -> Self
  func scaled(by factor: Double) -> Self
  /// Real and imaginary part of the trace.
  var trace: SIMD2<Double> { get }
}

extension GaugeMatrix {
  @inline(__always) var adjoint: Self { adjointTimes(.one) }

  /// Re tr / N.
  @inline(__always) var realTrace: Double { trace.x / Double(Self.rank) }
}

/// A group of links: how its elements are drawn, moved and kept in the group.
///
/// The weight of a link U beside the sum A of its staples is exp(s Re tr(U A)), s = beta/N.
protocol GaugeGroup: GaugeMatrix {
  /// A link drawn with weight exp(strength Re tr(U A)); for SU(3) a move that leaves it invariant.
  func heated(_ staples: Self, strength: Double, using rng: inout RandomStream) -> Self
  /// Another link with the same Re tr(U A): a microcanonical move made of reflections that undo themselves.
  func reflected(_ staples: Self) -> Self
  /// A link with a larger Re tr(U A): the largest for U(1) and SU(2), a step towards it for SU(3).
  func aligned(_ staples: Self) -> Self
  /// The nearest element of the group for a matrix that rounding moved off it.
  var unitarised: Self { get }
  /// The anti-Hermitian part, traceless for SU(N): X with Re tr(P M) = Re tr(P X) for all P of the algebra.
  var algebraPart: Self { get }
  /// exp of an element of the algebra.
  var exponential: Self { get }
  /// An element sum_a p_a T_a of the algebra with independent normal p_a, tr(T_a T_b) = -delta_ab/2 (-1 for U(1)).
  static func momentum(using rng: inout RandomStream) -> Self
  /// sum_a p_a^2 / 2 of such an element.
  var kinetic: Double { get }
  /// What beta times the algebra part of U A is multiplied with to get -dP/dt.
  static var forceFactor: Double { get }
  /// Sum of the staples of a link; the one of any group unless it has a faster way to the same numbers.
  static func staples(_ kernel: GaugeKernel<Self>, _ site: Int, _ axis: Int) -> Self
  /// A random matrix whose `unitarised` is uniform in the group.
  static func gaussian(using rng: inout RandomStream) -> Self
  /// The matrix as real numbers, N^2 complex ones row by row.
  func append(to numbers: inout [Double])
  /// The reverse of `append`.
  init(_ numbers: UnsafePointer<Double>)
}

extension GaugeGroup {
  @inline(__always)
  static func staples(_ kernel: GaugeKernel<Self>, _ site: Int, _ axis: Int) -> Self {
    kernel.plainStaples(site, axis)
  }
}

/// Complex numbers as pairs (real part, imaginary part).
@inline(__always)
func complexProduct(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> SIMD2<Double> {
  SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
}

@inline(__always)
func conjugate(_ a: SIMD2<Double>) -> SIMD2<Double> { SIMD2(a.x, -a.y) }
