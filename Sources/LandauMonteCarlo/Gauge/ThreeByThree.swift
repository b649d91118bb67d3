import LandauCore

/// A complex 3 x 3 matrix, row by row: a link of SU(3) when it is unitary with determinant 1.
///
/// Elements are pairs (real part, imaginary part), so that each is one vector register.
struct ThreeByThree: GaugeGroup {
  typealias Element = SIMD2<Double>
  var (a0, a1, a2): (Element, Element, Element)
  var (b0, b1, b2): (Element, Element, Element)
  var (c0, c1, c2): (Element, Element, Element)

  @inline(__always)
  init(
    _ a: (Element, Element, Element), _ b: (Element, Element, Element),
    _ c: (Element, Element, Element)
  ) {
    (a0, a1, a2) = a
    (b0, b1, b2) = b
    (c0, c1, c2) = c
  }

  static var rank: Int { 3 }
  @inline(__always) static var zero: ThreeByThree {
    ThreeByThree((.zero, .zero, .zero), (.zero, .zero, .zero), (.zero, .zero, .zero))
  }
  @inline(__always) static var one: ThreeByThree { diagonal(SIMD2(1, 0)) }

  @inline(__always)
  static func diagonal(_ z: Element) -> ThreeByThree {
    ThreeByThree((z, .zero, .zero), (.zero, z, .zero), (.zero, .zero, z))
  }

  @inline(__always)
  static func + (x: ThreeByThree, y: ThreeByThree) -> ThreeByThree {
    ThreeByThree(
      (x.a0 + y.a0, x.a1 + y.a1, x.a2 + y.a2), (x.b0 + y.b0, x.b1 + y.b1, x.b2 + y.b2),
      (x.c0 + y.c0, x.c1 + y.c1, x.c2 + y.c2))
  }
  @inline(__always)
  static func - (x: ThreeByThree, y: ThreeByThree) -> ThreeByThree {
    ThreeByThree(
      (x.a0 - y.a0, x.a1 - y.a1, x.a2 - y.a2), (x.b0 - y.b0, x.b1 - y.b1, x.b2 - y.b2),
      (x.c0 - y.c0, x.c1 - y.c1, x.c2 - y.c2))
  }
  @inline(__always)
  func scaled(by factor: Double) -> ThreeByThree {
    ThreeByThree(
      (factor * a0, factor * a1, factor * a2), (factor * b0, factor * b1, factor * b2),
      (factor * c0, factor * c1, factor * c2))
  }
  @inline(__always) var trace: SIMD2<Double> { a0 + b1 + c2 }

  // Products of three terms: real parts of the left factors times the right ones and imaginary parts times the right
  // ones are summed apart, so that only the sums are turned and not every term.

  /// x y + x' y' + x'' y''.
  @inline(__always)
  private static func dot(
    _ x: (Element, Element, Element), _ y: (Element, Element, Element)
  ) -> Element {
    let real = x.0.x * y.0 + x.1.x * y.1 + x.2.x * y.2
    let turned = x.0.y * y.0 + x.1.y * y.1 + x.2.y * y.2
    return real + SIMD2(-turned.y, turned.x)
  }

  /// conj(x) y + conj(x') y' + conj(x'') y''.
  @inline(__always)
  private static func dotConjugateLeft(
    _ x: (Element, Element, Element), _ y: (Element, Element, Element)
  ) -> Element {
    let real = x.0.x * y.0 + x.1.x * y.1 + x.2.x * y.2
    let turned = x.0.y * y.0 + x.1.y * y.1 + x.2.y * y.2
    return real + SIMD2(turned.y, -turned.x)
  }

  @inline(__always)
  static func * (x: ThreeByThree, y: ThreeByThree) -> ThreeByThree {
    let (p, q, r) = ((y.a0, y.b0, y.c0), (y.a1, y.b1, y.c1), (y.a2, y.b2, y.c2))
    let (a, b, c) = ((x.a0, x.a1, x.a2), (x.b0, x.b1, x.b2), (x.c0, x.c1, x.c2))
    return ThreeByThree(
      (dot(a, p), dot(a, q), dot(a, r)), (dot(b, p), dot(b, q), dot(b, r)),
      (dot(c, p), dot(c, q), dot(c, r)))
  }
  @inline(__always)
  func timesAdjoint(_ y: ThreeByThree) -> ThreeByThree {
    // x conj(y) is conj(conj(x) y).
    let (p, q, r) = ((y.a0, y.a1, y.a2), (y.b0, y.b1, y.b2), (y.c0, y.c1, y.c2))
    let (a, b, c) = ((a0, a1, a2), (b0, b1, b2), (c0, c1, c2))
    @inline(__always)
    func product(
      _ x: (Element, Element, Element), _ y: (Element, Element, Element)
    ) -> Element { conjugate(Self.dotConjugateLeft(x, y)) }
    return ThreeByThree(
      (product(a, p), product(a, q), product(a, r)), (product(b, p), product(b, q), product(b, r)),
      (product(c, p), product(c, q), product(c, r)))
  }
  @inline(__always)
  func adjointTimes(_ y: ThreeByThree) -> ThreeByThree {
    let (p, q, r) = ((y.a0, y.b0, y.c0), (y.a1, y.b1, y.c1), (y.a2, y.b2, y.c2))
    let (a, b, c) = ((a0, b0, c0), (a1, b1, c1), (a2, b2, c2))
    typealias Own = ThreeByThree
    return ThreeByThree(
      (Own.dotConjugateLeft(a, p), Own.dotConjugateLeft(a, q), Own.dotConjugateLeft(a, r)),
      (Own.dotConjugateLeft(b, p), Own.dotConjugateLeft(b, q), Own.dotConjugateLeft(b, r)),
      (Own.dotConjugateLeft(c, p), Own.dotConjugateLeft(c, q), Own.dotConjugateLeft(c, r)))
  }

  /// Rows orthonormal one after the other (Gram and Schmidt), the third from the first two so that the determinant
  /// is 1.
  var unitarised: ThreeByThree {
    func length(_ x: (Element, Element, Element)) -> Double {
      (x.0 * x.0 + x.1 * x.1 + x.2 * x.2).sum().squareRoot()
    }
    let scale = 1 / length((a0, a1, a2))
    let a = (scale * a0, scale * a1, scale * a2)
    let overlap = Self.dotConjugateLeft(a, (b0, b1, b2))
    let rest = (
      b0 - complexProduct(overlap, a.0), b1 - complexProduct(overlap, a.1),
      b2 - complexProduct(overlap, a.2)
    )
    let other = 1 / length(rest)
    let b = (other * rest.0, other * rest.1, other * rest.2)
    let c = (
      conjugate(complexProduct(a.1, b.2) - complexProduct(a.2, b.1)),
      conjugate(complexProduct(a.2, b.0) - complexProduct(a.0, b.2)),
      conjugate(complexProduct(a.0, b.1) - complexProduct(a.1, b.0))
    )
    return ThreeByThree(a, b, c)
  }

  @inline(__always) var algebraPart: ThreeByThree {
    let half = (self - adjoint).scaled(by: 0.5)
    let third = half.trace / 3
    return half - .diagonal(third)
  }

  /// p_a T_a = i p_a lambda_a / 2 with Gell-Mann's matrices.
  static func momentum(using rng: inout RandomStream) -> ThreeByThree {
    let normal = NormalZiggurat.shared
    func pair() -> Element {
      let (p, q) = (normal.draw(using: &rng), normal.draw(using: &rng))
      // i (p sigma_1 + q sigma_2)/2 has q/2 + i p/2 above the diagonal.
      return SIMD2(q / 2, p / 2)
    }
    let (x, y, z) = (pair(), pair(), pair())
    let third = normal.draw(using: &rng) / 2
    let eighth = normal.draw(using: &rng) / (2 * 3.0.squareRoot())
    func opposite(_ z: Element) -> Element { SIMD2(-z.x, z.y) }
    return ThreeByThree(
      (SIMD2(0, eighth + third), x, y), (opposite(x), SIMD2(0, eighth - third), z),
      (opposite(y), opposite(z), SIMD2(0, -2 * eighth)))
  }

  /// Sum of the squared absolute values of all elements, -tr P^2 in the algebra.
  @inline(__always) var squaredNorm: Double {
    let a = a0 * a0 + a1 * a1 + a2 * a2
    let b = b0 * b0 + b1 * b1 + b2 * b2
    let c = c0 * c0 + c1 * c1 + c2 * c2
    return (a + b + c).sum()
  }
  @inline(__always) var kinetic: Double { squaredNorm }
  /// dK/dt + dS/dt = -2 tr(P dP/dt) - (beta/3) tr(P X) = 0 with X the algebra part of U A.
  static var forceFactor: Double { 1.0 / 6 }

  static func gaussian(using rng: inout RandomStream) -> ThreeByThree {
    let normal = NormalZiggurat.shared
    func one() -> Element { SIMD2(normal.draw(using: &rng), normal.draw(using: &rng)) }
    return ThreeByThree((one(), one(), one()), (one(), one(), one()), (one(), one(), one()))
  }

  func append(to numbers: inout [Double]) {
    for z in [a0, a1, a2, b0, b1, b2, c0, c1, c2] { numbers += [z.x, z.y] }
  }
  init(_ numbers: UnsafePointer<Double>) {
    func z(_ index: Int) -> Element { SIMD2(numbers[2 * index], numbers[2 * index + 1]) }
    self.init((z(0), z(1), z(2)), (z(3), z(4), z(5)), (z(6), z(7), z(8)))
  }
}
