import LandauCore
import LandauTensor

/// One loop over the real numbers of several tensors at once; the closure is inlined into it.
enum Fused {
  @inline(__always)
  static func map<T: BinaryFloatingPoint & TensorScalar>(_ a: Tensor, _ f: (T) -> T) -> Tensor {
    Tensor(like: a, T.self) { r in
      a.withReals { (x: UnsafeBufferPointer<T>) in
        for i in 0..<x.count { r[i] = f(x[i]) }
      }
    }
  }

  /// a <- f(a, b), in place where nobody else holds `a`; number after number.
  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: inout Tensor, _ b: Tensor, _ f: (T, T) -> T
  ) {
    a.withMutableReals { (x: UnsafeMutableBufferPointer<T>) in
      b.withReals { (y: UnsafeBufferPointer<T>) in
        guard let px = x.baseAddress, let py = y.baseAddress else { return }
        for i in 0..<x.count { px[i] = f(px[i], py[i]) }
      }
    }
  }

  /// Numbers that are worth a thread: some ten microseconds of an optimiser.
  private static let leastShare = 16_384

  /// The numbers below `count` in ranges, one for each thread where there are enough; a range begins at a whole vector.
  @inline(__always)
  static func share(
    _ count: Int, among pool: WorkerPool?, _ body: @Sendable (_ from: Int, _ to: Int) -> Void
  ) {
    let parts = min(pool?.threadCount ?? 1, count / leastShare)
    guard let pool, parts > 1 else { return body(0, count) }
    let step = (count / parts + 15) & ~15
    pool.forEach(parts) { part in
      body(part * step, part == parts - 1 ? count : (part + 1) * step)
    }
  }

  /// The same on a pool's threads.
  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: inout Tensor, _ b: Tensor, on pool: WorkerPool?, _ f: @Sendable (T, T) -> T
  ) {
    a.withMutableReals { (x: UnsafeMutableBufferPointer<T>) in
      b.withReals { (y: UnsafeBufferPointer<T>) in
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        nonisolated(unsafe) let (px, py) = (xs, ys)
        share(x.count, among: pool) { from, to in
          for i in from..<to { px[i] = f(px[i], py[i]) }
        }
      }
    }
  }

  /// (a, c) <- f(a, b, c), in place likewise.
  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: inout Tensor, _ b: Tensor, _ c: inout Tensor, on pool: WorkerPool?,
    _ f: @Sendable (T, T, T) -> (T, T)
  ) {
    a.withMutableReals { (x: UnsafeMutableBufferPointer<T>) in
      c.withMutableReals { (z: UnsafeMutableBufferPointer<T>) in
        b.withReals { (y: UnsafeBufferPointer<T>) in
          guard let xs = x.baseAddress, let ys = y.baseAddress, let zs = z.baseAddress
          else { return }
          nonisolated(unsafe) let (px, py, pz) = (xs, ys, zs)
          share(x.count, among: pool) { from, to in
            for i in from..<to { (px[i], pz[i]) = f(px[i], py[i], pz[i]) }
          }
        }
      }
    }
  }
}
