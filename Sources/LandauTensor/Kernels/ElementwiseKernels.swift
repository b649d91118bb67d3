import LandauCore

// The op is chosen outside the loops; each closure is inlined into a loop of its own, over pointers and
// without bounds checks, so that the compiler vectorises it.

@inline(__always)
func mapRun<A, R>(
  _ n: Int, _ a: UnsafePointer<A>, _ r: UnsafeMutablePointer<R>, _ f: (A) -> R
) {
  for i in 0..<n { r[i] = f(a[i]) }
}

@inline(__always)
func zipRuns<A, R>(
  _ nest: LoopNest, _ a: UnsafePointer<A>, _ b: UnsafePointer<A>, _ r: UnsafeMutablePointer<R>,
  _ f: (A, A) -> R
) {
  let n = nest.inner
  switch (nest.innerStrides.0, nest.innerStrides.1) {
  case (1, 1):
    nest.forEachRun { i, j, _, k in
      let (x, y, z) = (a + i, b + j, r + k)
      for e in 0..<n { z[e] = f(x[e], y[e]) }
    }
  case (0, 1):
    nest.forEachRun { i, j, _, k in
      let (x, y, z) = (a[i], b + j, r + k)
      for e in 0..<n { z[e] = f(x, y[e]) }
    }
  case (1, 0):
    nest.forEachRun { i, j, _, k in
      let (x, y, z) = (a + i, b[j], r + k)
      for e in 0..<n { z[e] = f(x[e], y) }
    }
  default:
    nest.forEachRun { i, j, _, k in
      (r + k).update(repeating: f(a[i], b[j]), count: n)
    }
  }
}

enum Elementwise {
  static func unary<T: ElementaryFunctions>(
    _ op: UnaryOp, _ n: Int, _ a: UnsafePointer<T>, _ r: UnsafeMutablePointer<T>
  ) {
    switch op {
    case .negate: mapRun(n, a, r) { -$0 }
    case .exponential: mapRun(n, a, r) { T.exponential($0) }
    case .exponentialMinusOne: mapRun(n, a, r) { T.exponentialMinusOne($0) }
    case .logarithm: mapRun(n, a, r) { T.logarithm($0) }
    case .logarithmOfOnePlus: mapRun(n, a, r) { T.logarithmOfOnePlus($0) }
    case .tanh: mapRun(n, a, r) { T.hyperbolicTangent($0) }
    case .sigmoid: mapRun(n, a, r) { T.sigmoid($0) }
    case .sine: mapRun(n, a, r) { T.sine($0) }
    case .cosine: mapRun(n, a, r) { T.cosine($0) }
    case .squareRoot: mapRun(n, a, r) { $0.squareRoot() }
    case .errorFunction: mapRun(n, a, r) { T.errorFunction($0) }
    case .absolute: mapRun(n, a, r) { $0.magnitude }
    case .sign: mapRun(n, a, r) { $0 > 0 ? 1 : ($0 < 0 ? -1 : $0) }
    case .conjugate: preconditionFailure("\(op) of real numbers")
    }
  }

  static func unary(
    _ op: UnaryOp, _ n: Int, _ a: UnsafePointer<Int32>, _ r: UnsafeMutablePointer<Int32>
  ) {
    switch op {
    case .negate: mapRun(n, a, r) { 0 &- $0 }
    case .absolute: mapRun(n, a, r) { $0 < 0 ? 0 &- $0 : $0 }
    case .sign: mapRun(n, a, r) { $0.signum() }
    case .exponential, .exponentialMinusOne, .logarithm, .logarithmOfOnePlus, .tanh, .sigmoid,
      .sine,
      .cosine, .squareRoot, .errorFunction, .conjugate:
      preconditionFailure("\(op) of int32")
    }
  }

  static func binary<T: ElementaryFunctions>(
    _ op: BinaryOp, _ nest: LoopNest, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>,
    _ r: UnsafeMutablePointer<T>
  ) {
    switch op {
    case .add: zipRuns(nest, a, b, r) { $0 + $1 }
    case .subtract: zipRuns(nest, a, b, r) { $0 - $1 }
    case .multiply: zipRuns(nest, a, b, r) { $0 * $1 }
    case .divide: zipRuns(nest, a, b, r) { $0 / $1 }
    case .power: zipRuns(nest, a, b, r) { T.power($0, $1) }
    case .arctangent: zipRuns(nest, a, b, r) { T.arctangent($0, $1) }
    // A NaN on either side comes through.
    case .maximum: zipRuns(nest, a, b, r) { $0 > $1 || $0 != $0 ? $0 : $1 }
    case .minimum: zipRuns(nest, a, b, r) { $0 < $1 || $0 != $0 ? $0 : $1 }
    }
  }

  /// Whole numbers wrap around.
  static func binary(
    _ op: BinaryOp, _ nest: LoopNest, _ a: UnsafePointer<Int32>, _ b: UnsafePointer<Int32>,
    _ r: UnsafeMutablePointer<Int32>
  ) {
    switch op {
    case .add: zipRuns(nest, a, b, r) { $0 &+ $1 }
    case .subtract: zipRuns(nest, a, b, r) { $0 &- $1 }
    case .multiply: zipRuns(nest, a, b, r) { $0 &* $1 }
    case .maximum: zipRuns(nest, a, b, r) { max($0, $1) }
    case .minimum: zipRuns(nest, a, b, r) { min($0, $1) }
    case .divide, .power, .arctangent: preconditionFailure("\(op) of int32")
    }
  }

  @inline(__always)
  static func compare<T: Comparable>(
    _ op: Comparison, _ nest: LoopNest, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>,
    _ r: UnsafeMutablePointer<UInt8>
  ) {
    switch op {
    case .equal: zipRuns(nest, a, b, r) { $0 == $1 ? 1 : 0 }
    case .notEqual: zipRuns(nest, a, b, r) { $0 != $1 ? 1 : 0 }
    case .less: zipRuns(nest, a, b, r) { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: zipRuns(nest, a, b, r) { $0 <= $1 ? 1 : 0 }
    }
  }

  /// Works on the bits, whatever type they stand for.
  static func select<W: BitwiseCopyable>(
    _ nest: LoopNest, _ condition: UnsafePointer<UInt8>, _ a: UnsafePointer<W>,
    _ b: UnsafePointer<W>, _ r: UnsafeMutablePointer<W>
  ) {
    let n = nest.inner
    let (s0, s1, s2) = nest.innerStrides
    switch (s0, s1, s2) {
    case (1, 1, 1):
      nest.forEachRun { c, i, j, k in
        let (p, x, y, z) = (condition + c, a + i, b + j, r + k)
        for e in 0..<n { z[e] = p[e] != 0 ? x[e] : y[e] }
      }
    case (1, 1, 0):
      nest.forEachRun { c, i, j, k in
        let (p, x, y, z) = (condition + c, a + i, b[j], r + k)
        for e in 0..<n { z[e] = p[e] != 0 ? x[e] : y }
      }
    default:
      nest.forEachRun { c, i, j, k in
        let (p, x, y, z) = (condition + c, a + i, b + j, r + k)
        for e in 0..<n { z[e] = p[e &* s0] != 0 ? x[e &* s1] : y[e &* s2] }
      }
    }
  }

  /// Toward zero where a number has a fraction; out of range stops at the bound, NaN at the lower one.
  static func cast(
    _ from: ScalarType, _ to: ScalarType, _ n: Int, _ a: UnsafeRawPointer,
    _ r: UnsafeMutableRawPointer
  ) {
    switch from {
    case .float: castFloating(a.assumingMemoryBound(to: Float.self), to, n, r)
    case .double: castFloating(a.assumingMemoryBound(to: Double.self), to, n, r)
    case .int32: castInteger(a.assumingMemoryBound(to: Int32.self), to, n, r)
    case .bool: castInteger(a.assumingMemoryBound(to: UInt8.self), to, n, r)
    case .complexFloat: castComplex(a.assumingMemoryBound(to: Complex<Float>.self), to, n, r)
    case .complexDouble: castComplex(a.assumingMemoryBound(to: Complex<Double>.self), to, n, r)
    }
  }

  @inline(__always)
  private static func castFloating<T: BinaryFloatingPoint>(
    _ a: UnsafePointer<T>, _ to: ScalarType, _ n: Int, _ r: UnsafeMutableRawPointer
  ) {
    switch to {
    case .float: mapRun(n, a, r.assumingMemoryBound(to: Float.self)) { Float($0) }
    case .double: mapRun(n, a, r.assumingMemoryBound(to: Double.self)) { Double($0) }
    case .int32:
      mapRun(n, a, r.assumingMemoryBound(to: Int32.self)) {
        let x = Double($0)
        return x >= 2_147_483_647 ? .max : (x > -2_147_483_648 ? Int32(x) : .min)
      }
    case .bool: mapRun(n, a, r.assumingMemoryBound(to: UInt8.self)) { $0 != 0 ? 1 : 0 }
    case .complexFloat:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Float>.self)) { Complex(Float($0)) }
    case .complexDouble:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Double>.self)) { Complex(Double($0)) }
    }
  }

  @inline(__always)
  private static func castInteger<T: FixedWidthInteger>(
    _ a: UnsafePointer<T>, _ to: ScalarType, _ n: Int, _ r: UnsafeMutableRawPointer
  ) {
    switch to {
    case .float: mapRun(n, a, r.assumingMemoryBound(to: Float.self)) { Float($0) }
    case .double: mapRun(n, a, r.assumingMemoryBound(to: Double.self)) { Double($0) }
    case .int32:
      mapRun(n, a, r.assumingMemoryBound(to: Int32.self)) { Int32(truncatingIfNeeded: $0) }
    case .bool: mapRun(n, a, r.assumingMemoryBound(to: UInt8.self)) { $0 != 0 ? 1 : 0 }
    case .complexFloat:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Float>.self)) { Complex(Float($0)) }
    case .complexDouble:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Double>.self)) { Complex(Double($0)) }
    }
  }
}
