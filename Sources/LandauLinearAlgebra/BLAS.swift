import COpenBLAS
public import LandauCore

/// Matrix products through OpenBLAS, always on the calling thread.
///
/// Parallelism belongs to the callers' worker pools: OpenBLAS is told once, before the first product, to
/// use a single thread, so results do not depend on how many callers there are.
public enum BLAS {
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// Sets up OpenBLAS; every entry point of this room calls it, further calls cost a load.
  static func prepare() { _ = oneThread }

  /// Whether OpenBLAS has kernels for matrices of a few dozen rows that need no packing: those of its AVX-512 targets.
  public static let hasSmallProducts: Bool = {
    let name = openblas_get_corename().map { String(cString: $0) } ?? ""
    return ["SkylakeX", "Cooperlake", "SapphireRapids"].contains(name)
  }()

  /// Elements from row to row of the three matrices of a product, which may be parts of wider ones.
  public struct Pitches: Sendable, Hashable {
    public var left: Int
    public var right: Int
    public var result: Int

    public init(left: Int, right: Int, result: Int) {
      (self.left, self.right, self.result) = (left, right, result)
    }
  }

  /// `result = left · right` on row-major matrices of Float.
  ///
  /// - Parameters:
  ///   - rows: rows of the result.
  ///   - columns: columns of the result.
  ///   - inner: the summed extent; zero gives a result of zeros.
  ///   - left: `[rows, inner]`, or `[inner, rows]` with `transposeLeft`.
  ///   - right: `[inner, columns]`, or `[columns, inner]` with `transposeRight`.
  ///   - adding: whether the product is added to what `result` holds.
  ///   - result: `[rows, columns]`, overwritten unless `adding`; must not overlap the operands.
  ///   - pitches: elements from row to row of each as it lies in memory; nil where rows touch.
  /// - Complexity: `2 · rows · columns · inner` floating-point operations, no allocation.
  public static func multiply(
    rows: Int, columns: Int, inner: Int,
    _ left: UnsafePointer<Float>, transposeLeft: Bool = false,
    _ right: UnsafePointer<Float>, transposeRight: Bool = false,
    adding: Bool = false, into result: UnsafeMutablePointer<Float>, pitches: Pitches? = nil
  ) {
    guard let shape = MatrixShape(rows: rows, columns: columns, inner: inner) else { return }
    prepare()
    let pitches = pitches ?? shape.pitches(transposeLeft, transposeRight)
    cblas_sgemm(
      CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans,
      transposeRight ? CblasTrans : CblasNoTrans, shape.rows, shape.columns, shape.inner, 1, left,
      Int32(pitches.left), right, Int32(pitches.right), adding ? 1 : 0, result,
      Int32(pitches.result))
  }

  /// `result = left · right` on row-major matrices of Double; see the Float version.
  public static func multiply(
    rows: Int, columns: Int, inner: Int,
    _ left: UnsafePointer<Double>, transposeLeft: Bool = false,
    _ right: UnsafePointer<Double>, transposeRight: Bool = false,
    adding: Bool = false, into result: UnsafeMutablePointer<Double>, pitches: Pitches? = nil
  ) {
    guard let shape = MatrixShape(rows: rows, columns: columns, inner: inner) else { return }
    prepare()
    let pitches = pitches ?? shape.pitches(transposeLeft, transposeRight)
    cblas_dgemm(
      CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans,
      transposeRight ? CblasTrans : CblasNoTrans, shape.rows, shape.columns, shape.inner, 1, left,
      Int32(pitches.left), right, Int32(pitches.right), adding ? 1 : 0, result,
      Int32(pitches.result))
  }

  /// `result = left · right` on row-major matrices of complex numbers, transposed without conjugation; the
  /// parts must be Float or Double.
  public static func multiply<Real>(
    rows: Int, columns: Int, inner: Int,
    _ left: UnsafePointer<Complex<Real>>, transposeLeft: Bool = false,
    _ right: UnsafePointer<Complex<Real>>, transposeRight: Bool = false,
    adding: Bool = false, into result: UnsafeMutablePointer<Complex<Real>>,
    pitches: Pitches? = nil
  ) {
    guard let shape = MatrixShape(rows: rows, columns: columns, inner: inner) else { return }
    prepare()
    let pitches = pitches ?? shape.pitches(transposeLeft, transposeRight)
    var (one, old) = (Complex<Real>(1), Complex<Real>(adding ? 1 : 0))
    precondition(Real.self == Float.self || Real.self == Double.self, "products of \(Real.self)")
    (Real.self == Float.self ? cblas_cgemm : cblas_zgemm)(
      CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans,
      transposeRight ? CblasTrans : CblasNoTrans, shape.rows, shape.columns, shape.inner, &one,
      left, Int32(pitches.left), right, Int32(pitches.right), &old, result,
      Int32(pitches.result))
  }
}

/// The extents of a product as the C interface wants them; nil where the result is empty.
private struct MatrixShape {
  let rows: Int32
  let columns: Int32
  let inner: Int32
  /// Leading dimensions must be positive even where the summed extent is zero.
  var innerStride: Int32 { max(1, inner) }

  func pitches(_ transposeLeft: Bool, _ transposeRight: Bool) -> BLAS.Pitches {
    BLAS.Pitches(
      left: Int(transposeLeft ? rows : innerStride),
      right: Int(transposeRight ? innerStride : columns), result: Int(columns))
  }

  init?(rows: Int, columns: Int, inner: Int) {
    precondition(
      rows >= 0 && columns >= 0 && inner >= 0, "a product of \(rows) x \(inner) x \(columns)")
    let limit = Int(Int32.max)
    precondition(
      rows <= limit && columns <= limit && inner <= limit,
      "a product of \(rows) x \(inner) x \(columns) exceeds the 32-bit extents of OpenBLAS")
    if rows == 0 || columns == 0 { return nil }
    self.rows = Int32(rows)
    self.columns = Int32(columns)
    self.inner = Int32(inner)
  }
}
