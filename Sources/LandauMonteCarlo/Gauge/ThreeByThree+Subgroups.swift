internal import CLandauKernels
import LandauCore

/// SU(3) through its three SU(2) subgroups, each turning two rows (Cabibbo and Marinari 1982).
///
/// For g in the subgroup of rows i and j, Re tr(g U A) depends on g through the block of W = U A in rows and columns
/// i, j alone, and of that only on its part that is a multiple k v of an element v of SU(2):
/// Re tr(g W) = 2 k (g v)_0 + what does not depend on g. So g is what one, as a link of SU(2) with the staples k v, is moved to.
extension ThreeByThree {
  @inline(__always)
  static func staples(
    _ kernel: GaugeKernel<ThreeByThree>, _ site: Int, _ axis: Int
  ) -> ThreeByThree {
    var sum = ThreeByThree.zero
    withUnsafeMutableBytes(of: &sum) { sum in
      kernel.level.su3_staples(
        UnsafeRawPointer(kernel.links).assumingMemoryBound(to: Double.self), kernel.after,
        kernel.before, Int32(truncatingIfNeeded: kernel.dimension), site,
        Int32(truncatingIfNeeded: axis), sum.baseAddress!.assumingMemoryBound(to: Double.self))
    }
    return sum
  }

  @inline(__always)
  func heated(
    _ staples: ThreeByThree, strength: Double, using rng: inout RandomStream
  ) -> ThreeByThree {
    var stream = rng
    defer { rng = stream }
    return throughSubgroups(staples) {
      Quaternion.one.heated($0, strength: strength, using: &stream)
    }
  }

  /// g = (v^dagger)^2 in each subgroup: (g v)_0 = v_0, and doing it twice changes nothing.
  @inline(__always)
  func reflected(_ staples: ThreeByThree) -> ThreeByThree {
    throughSubgroups(staples) { Quaternion.one.reflected($0) }
  }

  func aligned(_ staples: ThreeByThree) -> ThreeByThree {
    throughSubgroups(staples) { Quaternion.one.aligned($0) }
  }

  /// Multiplies from the left by an element of each subgroup in turn, chosen for the block of U A.
  @inline(__always)
  private func throughSubgroups(
    _ staples: ThreeByThree, _ choose: (Quaternion) -> Quaternion
  ) -> ThreeByThree {
    var link = self
    var product = self * staples
    let first = choose(Self.block(product.a0, product.a1, product.b0, product.b1))
    Self.turn(&link.a0, &link.b0, first)
    Self.turn(&link.a1, &link.b1, first)
    Self.turn(&link.a2, &link.b2, first)
    Self.turn(&product.a0, &product.b0, first)
    Self.turn(&product.a2, &product.b2, first)
    // Of the product only what the next blocks need: the second wants rows and columns 0 and 2.
    let second = choose(Self.block(product.a0, product.a2, product.c0, product.c2))
    Self.turn(&link.a0, &link.c0, second)
    Self.turn(&link.a1, &link.c1, second)
    Self.turn(&link.a2, &link.c2, second)
    Self.turn(&product.a1, &product.b1, first)
    Self.turn(&product.a1, &product.c1, second)
    Self.turn(&product.a2, &product.c2, second)
    let third = choose(Self.block(product.b1, product.b2, product.c1, product.c2))
    Self.turn(&link.b0, &link.c0, third)
    Self.turn(&link.b1, &link.c1, third)
    Self.turn(&link.b2, &link.c2, third)
    return link
  }

  /// The part of a 2 x 2 block [[p, q], [r, s]] that is a multiple of SU(2).
  @inline(__always)
  private static func block(
    _ p: Element, _ q: Element, _ r: Element, _ s: Element
  ) -> Quaternion {
    Quaternion(0.5 * SIMD4(p.x + s.x, q.y + r.y, q.x - r.x, p.y - s.y))
  }

  /// Multiplies a column of two elements by g.
  @inline(__always)
  private static func turn(_ upper: inout Element, _ lower: inout Element, _ g: Quaternion) {
    let g = g.value
    let (p, q) = (SIMD2(g.x, g.w), SIMD2(g.z, g.y))
    let (r, s) = (SIMD2(-g.z, g.y), SIMD2(g.x, -g.w))
    let (x, y) = (upper, lower)
    upper = complexProduct(p, x) + complexProduct(q, y)
    lower = complexProduct(r, x) + complexProduct(s, y)
  }
}

extension ThreeByThree {
  /// exp of a traceless anti-Hermitian matrix P by its own characteristic equation.
  ///
  /// P^3 = t P + d with t = tr P^2 / 2 and d = det P, so every power is a + b P + c P^2 and the series of the
  /// exponential is one of three numbers. Summed until its terms are below the rounding of the first.
  var exponential: ThreeByThree {
    let square = self * self
    let t = square.trace.x / 2
    // det P = tr P^3 / 3, which is imaginary.
    let d = (square * self).trace.y / 3
    let norm = squaredNorm.squareRoot()
    var (a, b, c) = (SIMD2(1.0, 0.0), SIMD2<Double>.zero, SIMD2<Double>.zero)
    var (sumA, sumB, sumC) = (a, b, c)
    var bound = 1.0
    var order = 0.0
    repeat {
      order += 1
      bound *= norm / order
      (a, b, c) = (
        SIMD2(-d * c.y, d * c.x) / order, (a + t * c) / order, b / order
      )
      sumA += a
      sumB += b
      sumC += c
    } while bound > 1e-18 && order < 100
    return Self.combine(sumA, sumB, self, sumC, square)
  }

  /// a + b P + c Q.
  private static func combine(
    _ a: Element, _ b: Element, _ p: ThreeByThree, _ c: Element, _ q: ThreeByThree
  ) -> ThreeByThree {
    func one(_ x: Element, _ y: Element) -> Element { complexProduct(b, x) + complexProduct(c, y) }
    return ThreeByThree(
      (a + one(p.a0, q.a0), one(p.a1, q.a1), one(p.a2, q.a2)),
      (one(p.b0, q.b0), a + one(p.b1, q.b1), one(p.b2, q.b2)),
      (one(p.c0, q.c0), one(p.c1, q.c1), a + one(p.c2, q.c2)))
  }
}
