import CLandauKernels
import LandauCore
import LandauLinearAlgebra

/// c = a b; steps from row to row and from column to column of a, and of b.
typealias SmallProduct =
  @convention(c) (
    _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafeRawPointer?, Int, Int,
    _ b: UnsafeRawPointer?, Int, Int, _ c: UnsafeMutableRawPointer?
  ) -> Int32

/// Numbers that OpenBLAS multiplies matrices of.
protocol MatrixElement: AdditiveArithmetic, TensorScalar {
  /// `result = left · right`, or with `adding` `result += left · right`, of row-major matrices, whose rows touch where there
  /// are no pitches.
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Self>, transposeLeft: Bool,
    _ right: UnsafePointer<Self>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Self>, pitches: BLAS.Pitches?)

  /// A kernel for matrices of a few dozen rows and columns; nil where there is none.
  static var smallProduct: SmallProduct? { get }
}

extension MatrixElement {
  static var smallProduct: SmallProduct? { nil }

  /// The same of matrices whose rows touch.
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Self>, transposeLeft: Bool,
    _ right: UnsafePointer<Self>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Self>
  ) {
    multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result, pitches: nil)
  }
}

extension Float: MatrixElement {
  static let smallProduct: SmallProduct? = KernelLevel.current.kernels.product.0

  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Float>, transposeLeft: Bool,
    _ right: UnsafePointer<Float>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Float>, pitches: BLAS.Pitches?
  ) {
    BLAS.multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result, pitches: pitches)
  }
}

extension Double: MatrixElement {
  static let smallProduct: SmallProduct? = KernelLevel.current.kernels.product.1

  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Double>, transposeLeft: Bool,
    _ right: UnsafePointer<Double>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Double>, pitches: BLAS.Pitches?
  ) {
    BLAS.multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result, pitches: pitches)
  }
}
