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

  /// a <- f(a, b), in place where nobody else holds `a`.
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

  /// (a, c) <- f(a, b, c).
  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: inout Tensor, _ b: Tensor, _ c: inout Tensor, _ f: (T, T, T) -> (T, T)
  ) {
    a.withMutableReals { (x: UnsafeMutableBufferPointer<T>) in
      c.withMutableReals { (z: UnsafeMutableBufferPointer<T>) in
        b.withReals { (y: UnsafeBufferPointer<T>) in
          guard let px = x.baseAddress, let py = y.baseAddress, let pz = z.baseAddress
          else { return }
          for i in 0..<x.count { (px[i], pz[i]) = f(px[i], py[i], pz[i]) }
        }
      }
    }
  }
}
