/// Rows picked by index, and rows added up by index.
struct IndexKernel: Sendable {
  private let shared: Int
  private let before: Int
  private let extent: Int
  private let which: Int
  private let after: Int

  /// - Parameters:
  ///   - shape: of the gather's operand, or of the scatter's result.
  ///   - indices: shape of the indices.
  init(_ indexing: Indexing, _ shape: [Int], indices: [Int]) {
    shared = shape[..<indexing.batchAxes].reduce(1, *)
    before = shape[indexing.batchAxes..<indexing.axis].reduce(1, *)
    extent = shape[indexing.axis]
    after = shape[(indexing.axis + 1)...].reduce(1, *)
    which = indices[indexing.batchAxes...].reduce(1, *)
  }

  /// Calls `body` with the offset of each row among all rows and among the picked ones.
  @inline(__always)
  private func forEachRow(_ indices: UnsafePointer<Int32>, _ body: (Int, Int) -> Void) {
    for s in 0..<shared {
      for b in 0..<before {
        let (from, to) = ((s * before + b) * extent, (s * before + b) * which)
        for w in 0..<which {
          let index = Int(indices[s * which + w])
          require(index >= 0 && index < extent, "index \(index) into an axis of \(extent)")
          body((from + index) * after, (to + w) * after)
        }
      }
    }
  }

  func gather(
    _ operand: UnsafeRawPointer, _ indices: UnsafePointer<Int32>, _ result: UnsafeMutableRawPointer,
    elementBytes: Int
  ) {
    let bytes = after * elementBytes
    forEachRow(indices) { i, k in
      (result + k * elementBytes).copyMemory(from: operand + i * elementBytes, byteCount: bytes)
    }
  }

  @inline(__always)
  func scatterAdd<T: AdditiveArithmetic>(
    _ updates: UnsafePointer<T>, _ indices: UnsafePointer<Int32>, _ result: UnsafeMutablePointer<T>,
    _ add: (T, T) -> T
  ) {
    result.update(repeating: .zero, count: shared * before * extent * after)
    forEachRow(indices) { i, k in
      let (x, y) = (updates + k, result + i)
      for e in 0..<after { y[e] = add(y[e], x[e]) }
    }
  }
}
