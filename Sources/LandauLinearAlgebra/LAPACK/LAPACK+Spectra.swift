import COpenBLAS

extension LAPACK {
  /// Replaces a Hermitian matrix by its orthonormal eigenvectors, in columns (xSYEVD or xHEEVD).
  ///
  /// - Parameters:
  ///   - matrix: `[order, order]`; only the lower triangle is read.
  ///   - values: `[order]` of the real type, ascending, written.
  /// - Returns: how many off-diagonal elements did not converge, or zero.
  public static func symmetricEigen(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer
  ) -> Int {
    symmetricEigen(scalar, order: order, matrix, values: values, job: Flag.vectors)
  }

  /// The eigenvalues of a Hermitian matrix without its eigenvectors (xSYEVD or xHEEVD); the matrix is overwritten.
  ///
  /// The lower triangle is transposed into a copy. Taken as it stands it would be the upper one of the conjugate, with
  /// the same eigenvalues, but OpenBLAS 0.3.21 reads beyond the end of upper complex matrices (zhemv).
  ///
  /// - Parameters:
  ///   - matrix: `[order, order]`; only the lower triangle is read.
  ///   - values: `[order]` of the real type, ascending, written.
  /// - Returns: how many off-diagonal elements did not converge, or zero.
  /// - Complexity: about `4/3 order³` operations, four times as many for complex matrices.
  public static func symmetricEigenvalues(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer
  ) -> Int {
    symmetricEigen(scalar, order: order, matrix, values: values, job: Flag.none)
  }

  private static func symmetricEigen(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer, job: CChar
  ) -> Int {
    if order == 0 { return 0 }
    BLAS.prepare()
    let (n, a) = (extents(order)[0], matrix)
    let status =
      switch scalar {
      case .float:
        LAPACKE_ssyevd(LAPACK_ROW_MAJOR, job, Flag.lower, n, a.s, n, values.s)
      case .double:
        LAPACKE_dsyevd(LAPACK_ROW_MAJOR, job, Flag.lower, n, a.d, n, values.d)
      case .complexFloat:
        LAPACKE_cheevd(LAPACK_ROW_MAJOR, job, Flag.lower, n, a.c, n, values.s)
      case .complexDouble:
        LAPACKE_zheevd(LAPACK_ROW_MAJOR, job, Flag.lower, n, a.z, n, values.d)
      }
    return checked(status, "xSYEVD")
  }

  /// Eigenvalues and right eigenvectors of a square matrix (xGEEV); the matrix is overwritten.
  ///
  /// - Parameters:
  ///   - values: `[order]` complex, written.
  ///   - vectors: `[order, order]` complex, of unit length in columns, written.
  /// - Returns: how many eigenvalues did not converge, or zero.
  public static func eigen(
    _ scalar: Scalar, order: Int, _ matrix: UnsafeMutableRawPointer,
    values: UnsafeMutableRawPointer, vectors: UnsafeMutableRawPointer
  ) -> Int {
    if order == 0 { return 0 }
    BLAS.prepare()
    let (n, a) = (extents(order)[0], matrix)
    switch scalar {
    case .complexFloat:
      let status = LAPACKE_cgeev(
        LAPACK_ROW_MAJOR, Flag.none, Flag.vectors, n, a.c, n, values.c, nil, n, vectors.c, n)
      return checked(status, "CGEEV")
    case .complexDouble:
      let status = LAPACKE_zgeev(
        LAPACK_ROW_MAJOR, Flag.none, Flag.vectors, n, a.z, n, values.z, nil, n, vectors.z, n)
      return checked(status, "ZGEEV")
    case .float:
      return withScratch(scalar, count: order * (order + 2)) { scratch in
        let (re, im, v) = (scratch.s, scratch.s + order, scratch.s + 2 * order)
        let status = LAPACKE_sgeev(
          LAPACK_ROW_MAJOR, Flag.none, Flag.vectors, n, a.s, n, re, im, nil, n, v, n)
        joinPairs(order, re, im, v, values: values.s, vectors: vectors.s)
        return checked(status, "SGEEV")
      }
    case .double:
      return withScratch(scalar, count: order * (order + 2)) { scratch in
        let (re, im, v) = (scratch.d, scratch.d + order, scratch.d + 2 * order)
        let status = LAPACKE_dgeev(
          LAPACK_ROW_MAJOR, Flag.none, Flag.vectors, n, a.d, n, re, im, nil, n, v, n)
        joinPairs(order, re, im, v, values: values.d, vectors: vectors.d)
        return checked(status, "DGEEV")
      }
    }
  }

  /// Real routines give a conjugate pair as two columns, real part and imaginary part of the first vector.
  private static func joinPairs<T: BinaryFloatingPoint>(
    _ n: Int, _ re: UnsafePointer<T>, _ im: UnsafePointer<T>, _ v: UnsafePointer<T>,
    values: UnsafeMutablePointer<T>, vectors: UnsafeMutablePointer<T>
  ) {
    var column = 0
    while column < n {
      let isPair = im[column] != 0 && column + 1 < n
      for k in column..<(column + (isPair ? 2 : 1)) {
        (values[2 * k], values[2 * k + 1]) = (re[k], im[k])
        for row in 0..<n {
          let x = v[row * n + column]
          let y = isPair ? v[row * n + column + 1] : 0
          vectors[2 * (row * n + k)] = x
          vectors[2 * (row * n + k) + 1] = k == column ? y : -y
        }
      }
      column += isPair ? 2 : 1
    }
  }

  /// The reduced singular value decomposition `A = U diag(s) Vᴴ` (xGESDD); the matrix is overwritten.
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]`; `k` is the smaller of the two.
  ///   - left: `[rows, k]`, written.
  ///   - values: `[k]` of the real type, descending, written.
  ///   - right: `Vᴴ`, `[k, columns]`, written.
  /// - Returns: above zero where the iteration did not converge.
  public static func singularValues(
    _ scalar: Scalar, rows: Int, columns: Int, _ matrix: UnsafeMutableRawPointer,
    left: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer,
    right: UnsafeMutableRawPointer
  ) -> Int {
    let k = min(rows, columns)
    if k == 0 { return 0 }
    BLAS.prepare()
    let e = extents(rows, columns, k)
    let (m, n, l, a) = (e[0], e[1], e[2], matrix)
    let status =
      switch scalar {
      case .float:
        LAPACKE_sgesdd(
          LAPACK_ROW_MAJOR, Flag.some, m, n, a.s, n, values.s, left.s, l, right.s, n)
      case .double:
        LAPACKE_dgesdd(
          LAPACK_ROW_MAJOR, Flag.some, m, n, a.d, n, values.d, left.d, l, right.d, n)
      case .complexFloat:
        LAPACKE_cgesdd(
          LAPACK_ROW_MAJOR, Flag.some, m, n, a.c, n, values.s, left.c, l, right.c, n)
      case .complexDouble:
        LAPACKE_zgesdd(
          LAPACK_ROW_MAJOR, Flag.some, m, n, a.z, n, values.d, left.z, l, right.z, n)
      }
    return checked(status, "xGESDD")
  }
}
