import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A vector of 2, 4, 8 or 16 numbers that holds a spin of as many components or fewer; the rest are 0 and
/// stay 0.
protocol SpinVector: SIMD where Scalar == Double {
  static func dot(_ a: Self, _ b: Self) -> Double
  /// a_0 b_1 - a_1 b_0: sine of the angle from a to b where these are plane unit vectors.
  static func cross(_ a: Self, _ b: Self) -> Double
  /// Turned in the plane of the first two components.
  func turned(cosine: Double, sine: Double) -> Self
  /// A direction uniform on the unit sphere of the first `components`.
  static func direction(_ components: Int, using rng: inout RandomStream) -> Self
}

extension SpinVector {
  @inline(__always)
  var unit: Self { self * (1 / Self.dot(self, self).squareRoot()) }

  @inline(__always)
  static func cross(_ a: Self, _ b: Self) -> Double { a[0] * b[1] - a[1] * b[0] }

  @inline(__always)
  func turned(cosine: Double, sine: Double) -> Self {
    var result = self
    result[0] = cosine * self[0] - sine * self[1]
    result[1] = sine * self[0] + cosine * self[1]
    return result
  }

  /// By normal numbers, for any number of components.
  static func direction(_ components: Int, using rng: inout RandomStream) -> Self {
    while true {
      var vector = Self.zero
      for k in 0..<components { vector[k] = rng.normal() }
      let square = Self.dot(vector, vector)
      if square > 0 { return vector * (1 / square.squareRoot()) }
    }
  }
}

extension SIMD2<Double>: SpinVector {
  @inline(__always)
  static func dot(_ a: Self, _ b: Self) -> Double {
    let product = a * b
    return product.x + product.y
  }

  @inline(__always)
  static func cross(_ a: Self, _ b: Self) -> Double {
    let product = a * SIMD2(b.y, b.x)
    return product.x - product.y
  }

  /// A point of the disc at twice its angle: no trigonometry (von Neumann 1951).
  @inline(__always)
  static func direction(_ components: Int, using rng: inout RandomStream) -> Self {
    let (x, y, square) = pointOfDisc(using: &rng)
    return SIMD2(x * x - y * y, 2 * x * y) * (1 / square)
  }
}

extension SIMD4<Double>: SpinVector {
  @inline(__always)
  static func dot(_ a: Self, _ b: Self) -> Double {
    let product = a * b
    let half = product.lowHalf + product.highHalf
    return half.x + half.y
  }

  /// Marsaglia 1972: three components from one point of the disc, four from two.
  @inline(__always)
  static func direction(_ components: Int, using rng: inout RandomStream) -> Self {
    let (x, y, square) = pointOfDisc(using: &rng)
    if components == 3 {
      let scale = 2 * (1 - square).squareRoot()
      return SIMD4(scale * x, scale * y, 1 - 2 * square, 0)
    }
    let (u, v, other) = pointOfDisc(using: &rng)
    let scale = ((1 - square) / other).squareRoot()
    return SIMD4(x, y, scale * u, scale * v)
  }
}

extension SIMD8<Double>: SpinVector {
  @inline(__always)
  static func dot(_ a: Self, _ b: Self) -> Double {
    let product = a * b
    let half = product.lowHalf + product.highHalf
    let quarter = half.lowHalf + half.highHalf
    return quarter.x + quarter.y
  }
}

extension SIMD16<Double>: SpinVector {
  @inline(__always)
  static func dot(_ a: Self, _ b: Self) -> Double {
    let product = a * b
    let half = product.lowHalf + product.highHalf
    let quarter = half.lowHalf + half.highHalf
    let eighth = quarter.lowHalf + quarter.highHalf
    return eighth.x + eighth.y
  }
}

/// A point uniform in the unit disc without its centre, and its squared distance from there.
@inline(__always)
func pointOfDisc(using rng: inout RandomStream) -> (x: Double, y: Double, square: Double) {
  while true {
    let x = 2 * rng.uniform() - 1
    let y = 2 * rng.uniform() - 1
    let square = x * x + y * y
    if square < 1 && square > 0 { return (x, y, square) }
  }
}
