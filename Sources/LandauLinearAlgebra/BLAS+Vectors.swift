import COpenBLAS

// Sums over long vectors of Double.
extension BLAS {
  /// The sum of products.
  ///
  /// - Precondition: the same number of entries, below 2^31.
  public static func dot(_ a: [Double], _ b: [Double]) -> Double {
    dot(a, b, count: count(a, b))
  }

  /// b += factor a.
  public static func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    add(factor, a, to: &b, count: count(a, b))
  }

  /// a *= factor.
  public static func scale(_ factor: Double, _ a: inout [Double]) {
    prepare()
    cblas_dscal(Int32(a.count), factor, &a, 1)
  }

  /// The sum of products of the first `count` entries, below 2^31.
  public static func dot(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int
  ) -> Double {
    prepare()
    return cblas_ddot(Int32(count), a, 1, b, 1)
  }

  /// b += factor a in the first `count` entries, below 2^31.
  public static func add(
    _ factor: Double, _ a: UnsafePointer<Double>, to b: UnsafeMutablePointer<Double>, count: Int
  ) {
    prepare()
    cblas_daxpy(Int32(count), factor, a, 1, b, 1)
  }

  private static func count(_ a: [Double], _ b: [Double]) -> Int {
    precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) entries")
    return a.count
  }
}
