import COpenBLAS

extension LAPACK {
  /// Replaces a matrix by its factors `P L U` (xGETRF); `U` is singular where the status is above zero.
  ///
  /// - Parameters:
  ///   - matrix: `[order, order]`; `U` and below it `L`, whose diagonal is one.
  ///   - pivots: row `i` was exchanged with row `pivots[i]`, counted from one.
  public static func factorize(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer,
    pivots: UnsafeMutablePointer<Int32>
  ) -> Int {
    if order == 0 { return 0 }
    BLAS.prepare()
    let n = extents(order)[0]
    let status =
      switch scalar {
      case .float: LAPACKE_sgetrf(LAPACK_ROW_MAJOR, n, n, matrix.s, n, pivots)
      case .double: LAPACKE_dgetrf(LAPACK_ROW_MAJOR, n, n, matrix.d, n, pivots)
      case .complexFloat: LAPACKE_cgetrf(LAPACK_ROW_MAJOR, n, n, matrix.c, n, pivots)
      case .complexDouble: LAPACKE_zgetrf(LAPACK_ROW_MAJOR, n, n, matrix.z, n, pivots)
      }
    return checked(status, "xGETRF")
  }

  /// Replaces right-hand sides by the solution, from the factors of `factorize` (xGETRS).
  ///
  /// - Parameter rightSides: `[order, columns]`.
  public static func solve(
    _ scalar: Scalar, order: Int, columns: Int, factors: UnsafeRawPointer,
    pivots: UnsafePointer<Int32>, _ rightSides: UnsafeMutableRawPointer
  ) {
    if order == 0 || columns == 0 { return }
    let (e, a, b) = (extents(order, columns), factors.mutable, rightSides)
    let (n, m) = (e[0], e[1])
    let status =
      switch scalar {
      case .float: LAPACKE_sgetrs(LAPACK_ROW_MAJOR, Flag.none, n, m, a.s, n, pivots, b.s, m)
      case .double: LAPACKE_dgetrs(LAPACK_ROW_MAJOR, Flag.none, n, m, a.d, n, pivots, b.d, m)
      case .complexFloat:
        LAPACKE_cgetrs(LAPACK_ROW_MAJOR, Flag.none, n, m, a.c, n, pivots, b.c, m)
      case .complexDouble:
        LAPACKE_zgetrs(LAPACK_ROW_MAJOR, Flag.none, n, m, a.z, n, pivots, b.z, m)
      }
    precondition(status == 0, "xGETRS refused its argument \(-status)")
  }

  /// Replaces right-hand sides by the solution with a triangular matrix (xTRSM of BLAS).
  ///
  /// - Parameters:
  ///   - isLower: which triangle of `matrix` is read; a zero on its diagonal gives infinities or NaN.
  ///   - rightSides: `[order, columns]`.
  public static func solveTriangular(
    _ scalar: Scalar, order: Int, columns: Int, _ matrix: UnsafeRawPointer, isLower: Bool,
    _ rightSides: UnsafeMutableRawPointer
  ) {
    if order == 0 || columns == 0 { return }
    BLAS.prepare()
    let e = extents(order, columns)
    let (n, m, b) = (e[0], e[1], rightSides)
    let triangle = isLower ? CblasLower : CblasUpper
    var one: (Double, Double) = (1, 0)
    var oneFloat: (Float, Float) = (1, 0)
    switch scalar {
    case .float:
      cblas_strsm(
        CblasRowMajor, CblasLeft, triangle, CblasNoTrans, CblasNonUnit, n, m, 1, matrix.mutable.s,
        n, b.s, m)
    case .double:
      cblas_dtrsm(
        CblasRowMajor, CblasLeft, triangle, CblasNoTrans, CblasNonUnit, n, m, 1, matrix.mutable.d,
        n, b.d, m)
    case .complexFloat:
      cblas_ctrsm(
        CblasRowMajor, CblasLeft, triangle, CblasNoTrans, CblasNonUnit, n, m, &oneFloat, matrix, n,
        b, m)
    case .complexDouble:
      cblas_ztrsm(
        CblasRowMajor, CblasLeft, triangle, CblasNoTrans, CblasNonUnit, n, m, &one, matrix, n, b, m)
    }
  }

  /// Replaces a Hermitian positive definite matrix by its factor `L`, `A = L Lᴴ` (xPOTRF).
  ///
  /// - Parameter matrix: `[order, order]`; only the lower triangle is read and written.
  /// - Returns: the order of the first leading minor that is not positive, or zero.
  public static func cholesky(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer
  ) -> Int {
    if order == 0 { return 0 }
    BLAS.prepare()
    let n = extents(order)[0]
    let status =
      switch scalar {
      case .float: LAPACKE_spotrf(LAPACK_ROW_MAJOR, Flag.lower, n, matrix.s, n)
      case .double: LAPACKE_dpotrf(LAPACK_ROW_MAJOR, Flag.lower, n, matrix.d, n)
      case .complexFloat: LAPACKE_cpotrf(LAPACK_ROW_MAJOR, Flag.lower, n, matrix.c, n)
      case .complexDouble: LAPACKE_zpotrf(LAPACK_ROW_MAJOR, Flag.lower, n, matrix.z, n)
      }
    return checked(status, "xPOTRF")
  }

  /// Replaces a tall matrix by `Q` with orthonormal columns and gives `R`, upper triangular (xGEQRF and
  /// xORGQR or xUNGQR).
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]`, `rows` at least `columns`.
  ///   - triangle: `[columns, columns]`, written; its diagonal may have either sign.
  public static func qr(
    _ scalar: Scalar, rows: Int, columns: Int, _ matrix: UnsafeMutableRawPointer,
    triangle: UnsafeMutableRawPointer
  ) {
    precondition(rows >= columns, "xGEQRF of a wide matrix")
    if columns == 0 { return }
    BLAS.prepare()
    let e = extents(rows, columns)
    let (m, n, a, bytes) = (e[0], e[1], matrix, scalar.byteCount)
    withScratch(scalar, count: columns) { tau in
      var status =
        switch scalar {
        case .float: LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, m, n, a.s, n, tau.s)
        case .double: LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, a.d, n, tau.d)
        case .complexFloat: LAPACKE_cgeqrf(LAPACK_ROW_MAJOR, m, n, a.c, n, tau.c)
        case .complexDouble: LAPACKE_zgeqrf(LAPACK_ROW_MAJOR, m, n, a.z, n, tau.z)
        }
      precondition(status == 0, "xGEQRF refused its argument \(-status)")
      triangle.initializeMemory(as: UInt8.self, repeating: 0, count: columns * columns * bytes)
      for row in 0..<columns {
        let start = (row * columns + row) * bytes
        (triangle + start).copyMemory(from: a + start, byteCount: (columns - row) * bytes)
      }
      status =
        switch scalar {
        case .float: LAPACKE_sorgqr(LAPACK_ROW_MAJOR, m, n, n, a.s, n, tau.s)
        case .double: LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, a.d, n, tau.d)
        case .complexFloat: LAPACKE_cungqr(LAPACK_ROW_MAJOR, m, n, n, a.c, n, tau.c)
        case .complexDouble: LAPACKE_zungqr(LAPACK_ROW_MAJOR, m, n, n, a.z, n, tau.z)
        }
      precondition(status == 0, "xORGQR refused its argument \(-status)")
    }
  }
}
