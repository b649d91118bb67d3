public import LandauCore
public import LandauLinearAlgebra

/// What amplitudes of wavefunctions are made of: `Double` or `Complex<Double>`.
///
/// What other rooms call is compiled for both (`@_specialize`); the generic code would look up every product.
///
/// Hamiltonians with an even number of y in every product have real ground states, and real products cost a quarter.
public protocol AmplitudeScalar: AdditiveArithmetic, Sendable, BitwiseCopyable {
  /// A real type takes the real part.
  init(parts: LandauCore.Complex<Double>)
  var parts: LandauCore.Complex<Double> { get }
  static func * (a: Self, b: Self) -> Self
  static var lapack: LAPACK.Scalar { get }
}

extension Double: AmplitudeScalar {
  @inline(__always) public init(parts: LandauCore.Complex<Double>) { self = parts.real }
  @inline(__always) public var parts: LandauCore.Complex<Double> { Complex(self) }
  public static var lapack: LAPACK.Scalar { .double }
}

extension LandauCore.Complex: AmplitudeScalar where Real == Double {
  @inline(__always) public init(parts: LandauCore.Complex<Double>) { self = parts }
  @inline(__always) public var parts: LandauCore.Complex<Double> { self }
  public static var lapack: LAPACK.Scalar { .complexDouble }
}

extension AmplitudeScalar {
  @inline(__always) init(real: Double) { self.init(parts: Complex(real)) }
  @inline(__always) var conjugated: Self { Self(parts: parts.conjugate) }
  static var isComplex: Bool { lapack.isComplex }

  /// `result = left right` on row-major matrices, transposed without conjugation; see `BLAS.multiply`.
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Self>, transposeLeft: Bool = false,
    _ right: UnsafePointer<Self>, transposeRight: Bool = false, adding: Bool = false,
    into result: UnsafeMutablePointer<Self>
  ) {
    if isComplex {
      func z(_ pointer: UnsafePointer<Self>) -> UnsafePointer<LandauCore.Complex<Double>> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: LandauCore.Complex<Double>.self)
      }
      BLAS.multiply(
        rows: rows, columns: columns, inner: inner, z(left), transposeLeft: transposeLeft,
        z(right), transposeRight: transposeRight, adding: adding,
        into: UnsafeMutableRawPointer(result).assumingMemoryBound(
          to: LandauCore.Complex<Double>.self))
    } else {
      func d(_ pointer: UnsafePointer<Self>) -> UnsafePointer<Double> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: Double.self)
      }
      BLAS.multiply(
        rows: rows, columns: columns, inner: inner, d(left), transposeLeft: transposeLeft,
        d(right), transposeRight: transposeRight, adding: adding,
        into: UnsafeMutableRawPointer(result).assumingMemoryBound(to: Double.self))
    }
  }
}
