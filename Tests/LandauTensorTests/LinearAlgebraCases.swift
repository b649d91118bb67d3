@testable import LandauTensor

/// Linear algebra in the harness of the primitives. Vectors whose sign or phase is arbitrary enter by what does not
/// depend on it; matrices are made well conditioned, so that fourth-order differences reach their tolerance.
extension PrimitiveCase {
  private static func plusDiagonal(_ x: Tensor, _ size: Double) -> Tensor {
    x + Tensor.identity(x.shape[x.rank - 1], type: x.scalarType) * size
  }

  /// Distinct diagonal entries keep eigenvalues apart.
  private static func spread(_ x: Tensor, _ gap: Double) -> Tensor {
    let n = x.shape[x.rank - 1]
    return x * 0.5 + .pattern(n, n, x.scalarType) { $0 == $1 ? gap * Double($0 + 1) : 0 }
  }

  private static func complexMatrix(_ x: [Tensor]) -> Tensor { complex(x[0], x[1] * 0.7) }

  /// A complex result as real numbers.
  private static func numbers(_ z: Tensor) -> Tensor {
    concatenated([real(z), imaginary(z) * 0.7])
  }

  static let linearAlgebra: [PrimitiveCase] = [
    PrimitiveCase("solve", [[3, 3], [3, 2]]) { solve(plusDiagonal($0[0], 4), $0[1]) },
    PrimitiveCase("solve broadcast", [[2, 3, 3], [3, 1]]) { solve(plusDiagonal($0[0], 4), $0[1]) },
    PrimitiveCase("inverse", [[3, 3]]) { inverse(plusDiagonal($0[0], 4)) },
    PrimitiveCase("triangularSolve", [[3, 3], [3, 2]]) {
      triangularSolve(plusDiagonal($0[0], 4), $0[1])
        + triangularSolve(plusDiagonal($0[0], 4), $0[1], isLower: false)
    },
    PrimitiveCase("cholesky", [[3, 3]]) { cholesky(plusDiagonal($0[0], 5)) },
    PrimitiveCase("qr", [[4, 3]]) {
      let (q, r) = qr(spread($0[0].sliced(axis: 0, 0..<3), 2))
      let tall = qr(concatenated([plusDiagonal($0[0].sliced(axis: 0, 0..<3), 4), $0[0]], axis: 0))
      return concatenated([sin(q) * r, tall.r, tall.q * 2], axis: 0)
    },
    PrimitiveCase("qr wide", [[2, 4]]) {
      let (q, r) = qr($0[0] + .pattern(2, 4, $0[0].scalarType) { $0 == $1 ? 3 : 0 })
      return matmul(sin(q), r * r)
    },
    PrimitiveCase("symmetricEigen", [[3, 3]]) {
      let (values, vectors) = symmetricEigen(spread($0[0], 3))
      return concatenated([sin(values).expandedDimension(at: 0), vectors * vectors])
    },
    PrimitiveCase("eigen", [[3, 3]]) {
      let (values, vectors) = eigen(spread($0[0], 3))
      let sizes = real(vectors * conjugate(vectors))
      return concatenated([numbers(exp(values * 0.2).expandedDimension(at: 0)), sizes])
    },
    PrimitiveCase("eigen of a rotation", [[2, 2]]) {
      // A conjugate pair.
      let turn = Tensor([0.0, 3, -3, 0], shape: [2, 2]).asType($0[0].scalarType)
      let (values, vectors) = eigen($0[0] * 0.5 + turn)
      return numbers(values * values).sum() + real(vectors * conjugate(vectors)) * 3
    },
    PrimitiveCase("svd", [[3, 2]]) {
      let (u, s, v) = svd(
        $0[0] + .pattern(3, 2, $0[0].scalarType) { $0 == $1 ? 3 + Double($0) : 0 })
      return concatenated([u * u, (s * s).expandedDimension(at: 0), v * v * 2])
    },
    PrimitiveCase("svd wide", [[2, 3]]) {
      let (u, s, v) = svd(
        $0[0] + .pattern(2, 3, $0[0].scalarType) { $0 == $1 ? 3 + Double($0) : 0 })
      return concatenated([u * u, v * v * 2], axis: 1) + (s * s).expandedDimension(at: -1)
    },
    PrimitiveCase("determinant", [[3, 3]]) { determinant($0[0]) },
    PrimitiveCase("logDeterminant", [[3, 3]]) { logDeterminant(plusDiagonal($0[0], 4)).logarithm },
    PrimitiveCase("matrixExponential", [[3, 3]]) { matrixExponential($0[0]) * 0.2 },
    PrimitiveCase("matrixExponential scaled", [[2, 2]]) {
      // Large enough for squarings.
      let turn = Tensor([0.0, 9, -9, 0], shape: [2, 2]).asType($0[0].scalarType)
      return matrixExponential($0[0] + turn)
    },
    PrimitiveCase("complex solve", [[2, 2], [2, 2], [2, 1]]) {
      numbers(solve(plusDiagonal(complexMatrix($0), 4), $0[2].asType($0[0].scalarType.complex!)))
    },
    PrimitiveCase("complex triangularSolve", [[2, 2], [2, 2]]) {
      let z = plusDiagonal(complexMatrix($0), 4)
      return numbers(triangularSolve(z, z * z))
    },
    PrimitiveCase("complex cholesky", [[3, 3], [3, 3]]) {
      numbers(cholesky(plusDiagonal(complexMatrix($0), 6)))
    },
    PrimitiveCase("complex qr", [[3, 2], [3, 2]]) {
      let z =
        complexMatrix($0)
        + .pattern(3, 2, .complexDouble) { $0 == $1 ? 3 : 0 }
        .asType($0[0].scalarType.complex!)
      let (q, r) = qr(z)
      return concatenated([numbers(sin(q)), numbers(r * r)])
    },
    PrimitiveCase("complex symmetricEigen", [[3, 3], [3, 3]]) {
      let (values, vectors) = symmetricEigen(spread(complexMatrix($0), 3))
      let sizes = real(vectors * conjugate(vectors))
      return concatenated([sin(values).expandedDimension(at: 0), sizes])
    },
    PrimitiveCase("complex eigen", [[3, 3], [3, 3]]) {
      let (values, vectors) = eigen(spread(complexMatrix($0), 3))
      let sizes = real(vectors * conjugate(vectors))
      return concatenated([
        numbers(values * values).expandedDimension(at: 0).reshaped([2, 3]), sizes,
      ])
    },
    PrimitiveCase("complex svd", [[3, 2], [3, 2]]) {
      let shift = Tensor.pattern(3, 2, .double) { $0 == $1 ? 3 + Double($0) : 0 }
      let (u, s, v) = svd(complexMatrix($0) + shift.asType($0[0].scalarType.complex!))
      // Of rank one each: no phase is left.
      let first = matmul(u.sliced(axis: 1, 0..<1), v.sliced(axis: 0, 0..<1))
      return concatenated([
        numbers(first), real(u * conjugate(u)), sin(s).expandedDimension(at: 0),
      ])
    },
    PrimitiveCase("complex determinant", [[2, 2], [2, 2]]) {
      let (sign, logarithm) = logDeterminant(plusDiagonal(complexMatrix($0), 2))
      return numbers((determinant(complexMatrix($0)) + sign * sign).reshaped([1])) + logarithm
    },
    PrimitiveCase("fft", [[3, 5], [3, 5]]) {
      numbers(sin(fft(complexMatrix($0), axes: [1, 0]) * 0.2))
    },
    PrimitiveCase("inverseFFT", [[4, 3]]) { numbers(exp(inverseFFT($0[0], axes: [0]))) },
    PrimitiveCase("realFFT even", [[2, 6]]) { numbers(sin(realFFT($0[0]) * 0.3)) },
    PrimitiveCase("realFFT odd", [[5, 2]]) { numbers(sin(realFFT($0[0], axes: [1, 0]) * 0.3)) },
    PrimitiveCase("inverseRealFFT", [[2, 4], [2, 4]]) {
      sin(inverseRealFFT(complexMatrix($0), extent: 6, axes: [0, 1]) * 2)
        + sin(inverseRealFFT(complexMatrix($0), extent: 7)).sliced(axis: 1, 0..<6)
    },
    PrimitiveCase("complex matrixExponential", [[2, 2], [2, 2]]) {
      numbers(matrixExponential(complexMatrix($0)))
    },
  ]
}
