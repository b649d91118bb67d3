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

  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ f: (T, T) -> T
  ) -> Tensor {
    Tensor(like: a, T.self) { r in
      a.withReals { (x: UnsafeBufferPointer<T>) in
        b.withReals { (y: UnsafeBufferPointer<T>) in
          guard let r = r.baseAddress, let px = x.baseAddress, let py = y.baseAddress
          else { return }
          for i in 0..<x.count { r[i] = f(px[i], py[i]) }
        }
      }
    }
  }

  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ f: (T, T, T) -> (T, T)
  ) -> (Tensor, Tensor) {
    var second: Tensor?
    let first = Tensor(like: a, T.self) { r in
      second = Tensor(like: a, T.self) { s in
        a.withReals { (x: UnsafeBufferPointer<T>) in
          b.withReals { (y: UnsafeBufferPointer<T>) in
            c.withReals { (z: UnsafeBufferPointer<T>) in
              guard let r = r.baseAddress, let s = s.baseAddress, let px = x.baseAddress,
                let py = y.baseAddress, let pz = z.baseAddress
              else { return }
              for i in 0..<x.count { (r[i], s[i]) = f(px[i], py[i], pz[i]) }
            }
          }
        }
      }
    }
    return (first, second!)
  }

  @inline(__always)
  static func update<T: BinaryFloatingPoint & TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ d: Tensor, _ f: (T, T, T, T) -> (T, T, T)
  ) -> (Tensor, Tensor, Tensor) {
    var second: Tensor?
    var third: Tensor?
    let first = Tensor(like: a, T.self) { r in
      second = Tensor(like: a, T.self) { s in
        third = Tensor(like: a, T.self) { t in
          a.withReals { (x: UnsafeBufferPointer<T>) in
            b.withReals { (y: UnsafeBufferPointer<T>) in
              c.withReals { (z: UnsafeBufferPointer<T>) in
                d.withReals { (w: UnsafeBufferPointer<T>) in
                  guard let r = r.baseAddress, let s = s.baseAddress, let t = t.baseAddress,
                    let px = x.baseAddress, let py = y.baseAddress, let pz = z.baseAddress,
                    let pw = w.baseAddress
                  else { return }
                  for i in 0..<x.count { (r[i], s[i], t[i]) = f(px[i], py[i], pz[i], pw[i]) }
                }
              }
            }
          }
        }
      }
    }
    return (first, second!, third!)
  }
}
