import COpenBLAS

// Sums over long vectors of Double.
extension BLAS {
  /// The sum of products.
  ///
  /// - Precondition: the same number of entries, below 2^31.
  public static func dot(_ a: [Double], _ b: [Double]) -> Double {
    cblas_ddot(count(a, b), a, 1, b, 1)
  }

  /// b += factor a.
  public static func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    cblas_daxpy(count(a, b), factor, a, 1, &b, 1)
  }

  /// a *= factor.
  public static func scale(_ factor: Double, _ a: inout [Double]) {
    cblas_dscal(count(a, a), factor, &a, 1)
  }

  private static func count(_ a: [Double], _ b: [Double]) -> Int32 {
    precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) entries")
    prepare()
    return Int32(a.count)
  }
}
