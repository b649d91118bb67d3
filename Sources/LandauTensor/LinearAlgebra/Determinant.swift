import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The determinants of square matrices, `[…, n, n]` to `[…]`, by LU factors.
///
/// - Note: the derivative is `det A · tr(A⁻¹ dA)` (Giles 2008, section 2.2.4), NaN where the matrix is singular. Large
///   matrices overflow; see `logDeterminant`.
public func determinant(_ a: Tensor) -> Tensor {
  require(a.rank >= 2, "determinant of \(a.type)")
  return Tensor.apply(Determinant(isLogarithm: false), [a])[0]
}

/// The determinants of square matrices as `sign · exp(logarithm)`, without overflow.
///
/// - Parameter a: `[…, n, n]`.
/// - Returns: `sign` `[…]`, 1 or -1, a phase for complex matrices, 0 for singular ones; and the real `logarithm` `[…]` of
///   the absolute value, minus infinity for singular ones.
/// - Note: the derivative of the logarithm is `Re tr(A⁻¹ dA)`, that of a phase is `i sign Im tr(A⁻¹ dA)`.
public func logDeterminant(_ a: Tensor) -> (sign: Tensor, logarithm: Tensor) {
  require(a.rank >= 2, "logDeterminant of \(a.type)")
  let results = Tensor.apply(Determinant(isLogarithm: true), [a])
  return (results[0], results[1])
}

struct Determinant: MatrixRule {
  let isLogarithm: Bool

  var description: String { isLogarithm ? "logDeterminant" : "determinant" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    _ = try inputs[0].order("\(self)")
    let scalar = inputs[0].scalar
    return isLogarithm
      ? [TensorType([], scalar), TensorType([], scalar.real)] : [TensorType([], scalar)]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let (type, isLogarithm) = (inputs[0], isLogarithm)
    return MatrixKernel(scratchBytes: LUScratch.byteCount(type)) { inputs, results, scratch in
      let lu = LUScratch(type, inputs[0], scratch)
      let order = type.shape[0]
      // Every row exchange changes the sign. The factors' diagonal is multiplied in Double.
      let exchanges = (0..<order).count { lu.pivots[$0] != Int32($0 + 1) }
      var product = Complex<Double>(exchanges % 2 == 0 ? 1 : -1)
      var logarithm = 0.0
      for index in 0..<order {
        let entry = Self.number(lu.factors, index * (order + 1), type.scalar)
        let size = entry.magnitude
        if isLogarithm && size > 0 {
          logarithm += log(size)
          product = product * Complex(entry.real / size, entry.imaginary / size)
        } else {
          product = product * entry
        }
      }
      if isLogarithm && product == Complex(0) { logarithm = -.infinity }
      Self.write(product, results[0], type.scalar)
      if isLogarithm { Self.write(Complex(logarithm), results[1], type.scalar.real) }
      return true
    }
  }

  private static func number(
    _ entries: UnsafeRawPointer, _ index: Int, _ scalar: ScalarType
  ) -> Complex<Double> {
    let place = entries + index * scalar.byteCount
    return switch scalar {
    case .float: Complex(Double(place.load(as: Float.self)))
    case .double: Complex(place.load(as: Double.self))
    case .complexFloat: Complex(place.load(as: Complex<Float>.self))
    default: place.load(as: Complex<Double>.self)
    }
  }

  private static func write(
    _ number: Complex<Double>, _ place: UnsafeMutableRawPointer, _ scalar: ScalarType
  ) {
    switch scalar {
    case .float: place.storeBytes(of: Float(number.real), as: Float.self)
    case .double: place.storeBytes(of: number.real, as: Double.self)
    case .complexFloat: place.storeBytes(of: Complex<Float>(number), as: Complex<Float>.self)
    default: place.storeBytes(of: number, as: Complex<Double>.self)
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let trace = solve(x[0], t[0]!).matrixDiagonal.sum(axes: [-1])
    guard isLogarithm else { return [y[0] * trace] }
    let size = real(trace)
    return [y[0] * (trace - size.asType(trace.scalarType)), size]
  }
}
