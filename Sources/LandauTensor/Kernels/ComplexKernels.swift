import LandauCore
import LandauLinearAlgebra

extension Complex: MatrixElement where Real: ElementaryFunctions {
  static func multiply(
    rows: Int, columns: Int, inner: Int, _ left: UnsafePointer<Complex>, transposeLeft: Bool,
    _ right: UnsafePointer<Complex>, transposeRight: Bool, adding: Bool,
    into result: UnsafeMutablePointer<Complex>, pitches: BLAS.Pitches?
  ) {
    BLAS.multiply(
      rows: rows, columns: columns, inner: inner, left, transposeLeft: transposeLeft, right,
      transposeRight: transposeRight, adding: adding, into: result, pitches: pitches)
  }

  /// Elementary functions are computed in double.
  @inline(__always)
  fileprivate func through(_ function: (Complex<Double>) -> Complex<Double>) -> Complex {
    Complex(function(Complex<Double>(self)))
  }
}

extension Elementwise {
  static func unary<T: ElementaryFunctions>(
    _ op: UnaryOp, _ n: Int, _ a: UnsafePointer<Complex<T>>, _ r: UnsafeMutablePointer<Complex<T>>
  ) {
    switch op {
    case .negate: mapRun(n, a, r) { -$0 }
    case .conjugate: mapRun(n, a, r) { $0.conjugate }
    case .exponential: mapRun(n, a, r) { $0.through { $0.exponential() } }
    case .exponentialMinusOne: mapRun(n, a, r) { $0.through { $0.exponentialMinusOne() } }
    case .logarithm: mapRun(n, a, r) { $0.through { $0.logarithm() } }
    case .logarithmOfOnePlus: mapRun(n, a, r) { $0.through { $0.logarithmOfOnePlus() } }
    case .tanh: mapRun(n, a, r) { $0.through { $0.hyperbolicTangent() } }
    case .sigmoid:
      mapRun(n, a, r) { $0.through { Complex(1) / (Complex(1) + (-$0).exponential()) } }
    case .sine: mapRun(n, a, r) { $0.through { $0.sine() } }
    case .cosine: mapRun(n, a, r) { $0.through { $0.cosine() } }
    case .squareRoot: mapRun(n, a, r) { $0.through { $0.squareRoot() } }
    case .errorFunction, .absolute, .sign: preconditionFailure("\(op) of complex numbers")
    }
  }

  static func binary<T: ElementaryFunctions>(
    _ op: BinaryOp, _ nest: LoopNest, _ a: UnsafePointer<Complex<T>>,
    _ b: UnsafePointer<Complex<T>>,
    _ r: UnsafeMutablePointer<Complex<T>>
  ) {
    switch op {
    case .add: zipRuns(nest, a, b, r) { $0 + $1 }
    case .subtract: zipRuns(nest, a, b, r) { $0 - $1 }
    case .multiply: zipRuns(nest, a, b, r) { $0 * $1 }
    case .divide: zipRuns(nest, a, b, r) { $0 / $1 }
    case .power:
      zipRuns(nest, a, b, r) { Complex<T>(Complex<Double>($0).power(Complex<Double>($1))) }
    case .maximum, .minimum, .arctangent: preconditionFailure("\(op) of complex numbers")
    }
  }

  static func compare<T: ElementaryFunctions>(
    _ op: Comparison, _ nest: LoopNest, _ a: UnsafePointer<Complex<T>>,
    _ b: UnsafePointer<Complex<T>>,
    _ r: UnsafeMutablePointer<UInt8>
  ) {
    switch op {
    case .equal: zipRuns(nest, a, b, r) { $0 == $1 ? 1 : 0 }
    case .notEqual: zipRuns(nest, a, b, r) { $0 != $1 ? 1 : 0 }
    case .less, .lessOrEqual: preconditionFailure("\(op) of complex numbers")
    }
  }

  static func castComplex<T: ElementaryFunctions>(
    _ a: UnsafePointer<Complex<T>>, _ to: ScalarType, _ n: Int, _ r: UnsafeMutableRawPointer
  ) {
    switch to {
    case .complexFloat:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Float>.self)) {
        Complex<Float>($0)
      }
    case .complexDouble:
      mapRun(n, a, r.assumingMemoryBound(to: Complex<Double>.self)) { Complex<Double>($0) }
    case .float, .double, .int32, .bool: preconditionFailure("complex numbers as \(to)")
    }
  }

  static func part<T: ElementaryFunctions>(
    _ part: ComplexPart, _ n: Int, _ a: UnsafePointer<Complex<T>>, _ r: UnsafeMutablePointer<T>
  ) {
    switch part {
    case .real: mapRun(n, a, r) { $0.real }
    case .imaginary: mapRun(n, a, r) { $0.imaginary }
    case .magnitude: mapRun(n, a, r) { T(Complex<Double>($0).magnitude) }
    }
  }

  static func join<T: ElementaryFunctions>(
    _ nest: LoopNest, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>,
    _ r: UnsafeMutablePointer<Complex<T>>
  ) {
    zipRuns(nest, a, b, r) { Complex($0, $1) }
  }
}
