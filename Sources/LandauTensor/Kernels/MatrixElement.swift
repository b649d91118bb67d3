import LandauLinearAlgebra

/// Numbers that OpenBLAS multiplies matrices of.
protocol MatrixElement: AdditiveArithmetic, TensorScalar {
  /// `result = left · right`, or with `adding` `result += left · right`, of row-major matrices.
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Self>, transposeLeft: Bool,
    _ right: UnsafePointer<Self>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Self>)
}

extension Float: MatrixElement {
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Float>, transposeLeft: Bool,
    _ right: UnsafePointer<Float>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Float>
  ) {
    BLAS.multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result)
  }
}

extension Double: MatrixElement {
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Double>, transposeLeft: Bool,
    _ right: UnsafePointer<Double>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Double>
  ) {
    BLAS.multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result)
  }
}
