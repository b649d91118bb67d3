import LandauTensor

/// One loop over several buffers at once; the closure is inlined into it.
enum Fused {
  @inline(__always)
  static func update<T: TensorScalar>(_ a: Tensor, _ b: Tensor, _ f: (T, T) -> T) -> Tensor {
    Tensor(shape: a.shape, T.self) { r in
      a.withScalars { (x: UnsafeBufferPointer<T>) in
        b.withScalars { (y: UnsafeBufferPointer<T>) in
          guard let r = r.baseAddress, let px = x.baseAddress, let py = y.baseAddress
          else { return }
          for i in 0..<x.count { r[i] = f(px[i], py[i]) }
        }
      }
    }
  }

  @inline(__always)
  static func update<T: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ f: (T, T, T) -> (T, T)
  ) -> (Tensor, Tensor) {
    var second: Tensor?
    let first = Tensor(shape: a.shape, T.self) { r in
      second = Tensor(shape: a.shape, T.self) { s in
        a.withScalars { (x: UnsafeBufferPointer<T>) in
          b.withScalars { (y: UnsafeBufferPointer<T>) in
            c.withScalars { (z: UnsafeBufferPointer<T>) in
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
  static func update<T: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ d: Tensor, _ f: (T, T, T, T) -> (T, T, T)
  ) -> (Tensor, Tensor, Tensor) {
    var second: Tensor?
    var third: Tensor?
    let first = Tensor(shape: a.shape, T.self) { r in
      second = Tensor(shape: a.shape, T.self) { s in
        third = Tensor(shape: a.shape, T.self) { t in
          a.withScalars { (x: UnsafeBufferPointer<T>) in
            b.withScalars { (y: UnsafeBufferPointer<T>) in
              c.withScalars { (z: UnsafeBufferPointer<T>) in
                d.withScalars { (w: UnsafeBufferPointer<T>) in
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
