import LandauLinearAlgebra

/// Eigenvalues and orthonormal eigenvectors of real symmetric or complex Hermitian matrices.
///
/// - Parameter a: `[…, n, n]`; only its Hermitian part counts.
/// - Returns: real `values` `[…, n]`, ascending, and `vectors` `[…, n, n]`, in columns: `A V = V diag(values)`. The sign
///   or phase of a vector is arbitrary; derivatives are right for what does not depend on it.
/// - Complexity: about 9 n³ operations per matrix.
/// - Note: with S = Vᴴ dA V, `dλᵢ = Sᵢᵢ` and `dV = V (F ∘ S)`, `Fᵢⱼ = 1 / (λⱼ - λᵢ)`; Giles 2008, section 3.1. Eigenvalues
///   closer than n ulps of the largest count as equal, and `F` is zero between them: the derivatives are then those of
///   the basis that LAPACK chose, right for functions of the matrix such as sums over the equal eigenvalues.
public func symmetricEigen(_ a: Tensor) -> (values: Tensor, vectors: Tensor) {
  require(a.rank >= 2, "symmetricEigen of \(a.type)")
  let results = Tensor.apply(SymmetricEigenRule(), [a.hermitianPart])
  return (results[0], results[1])
}

/// Eigenvalues and right eigenvectors of square matrices; both are complex.
///
/// - Parameter a: `[…, n, n]`, real or complex.
/// - Returns: `values` `[…, n]`, in no order (conjugate pairs of real matrices are neighbours), and `vectors` `[…, n, n]`,
///   in columns of unit length: `A V = V diag(values)`. The phase of a vector is arbitrary; derivatives are right for what
///   does not depend on it.
/// - Complexity: about 25 n³ operations per matrix.
/// - Note: with C = V⁻¹ dA V, `dλᵢ = Cᵢᵢ` and `dV = V (F ∘ C)` less its part along each vector; Giles 2008, section 3.1.
///   Eigenvalues closer than n ulps of the largest count as equal, with `F` zero between them; where there are fewer
///   than n vectors (Jordan blocks) derivatives do not exist and are huge or NaN.
public func eigen(_ a: Tensor) -> (values: Tensor, vectors: Tensor) {
  require(a.rank >= 2, "eigen of \(a.type)")
  let results = Tensor.apply(EigenRule(), [a])
  return (results[0], results[1])
}

struct SymmetricEigenRule: MatrixRule {
  var description: String { "symmetricEigen" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let n = try inputs[0].order("symmetricEigen")
    return [TensorType([n], inputs[0].scalar.real), inputs[0]]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let type = inputs[0]
    return MatrixKernel { inputs, results, _ in
      results[1].copyMemory(from: inputs[0], byteCount: type.byteCount)
      let status = LAPACK.symmetricEigen(
        type.scalar.lapack, order: type.shape[0], results[1], values: results[0])
      return status == 0
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let (values, vectors, da) = (y[0], y[1], t[0]!)
    let s = matmul(vectors.adjoint, matmul(da, vectors))
    let f = inverseGaps(values).asType(s.scalarType)
    return [real(s.matrixDiagonal), matmul(vectors, f * s)]
  }
}

struct EigenRule: MatrixRule {
  var description: String { "eigen" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let n = try inputs[0].order("eigen")
    let scalar = inputs[0].scalar.complex ?? inputs[0].scalar
    return [TensorType([n], scalar), TensorType([n, n], scalar)]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let type = inputs[0]
    return MatrixKernel(scratchBytes: type.byteCount) { inputs, results, scratch in
      scratch.copyMemory(from: inputs[0], byteCount: type.byteCount)
      let status = LAPACK.eigen(
        type.scalar.lapack, order: type.shape[0], scratch, values: results[0], vectors: results[1])
      return status == 0
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let (values, vectors) = (y[0], y[1])
    let c = solve(vectors, matmul(t[0]!.asType(vectors.scalarType), vectors))
    let moved = matmul(vectors, inverseGaps(values) * c)
    let along = (conjugate(vectors) * moved).sum(axes: [-2], keepingAxes: true)
    return [c.matrixDiagonal, moved - vectors * along]
  }
}

/// `1 / (vⱼ - vᵢ)`, `[…, n, n]`, and zero where two values count as equal.
func inverseGaps(_ values: Tensor, _ function: (Tensor) -> Tensor = { $0 }) -> Tensor {
  let n = values.shape[values.rank - 1]
  if n == 0 { return Tensor.zeros(values.shape + [0], type: values.scalarType) }
  let (rows, columns) = (values.expandedDimension(at: -1), values.expandedDimension(at: -2))
  let largest = abs(values).max(axes: [-1]).expandedDimension(at: -1).expandedDimension(at: -1)
  let areEqual = abs(columns - rows) .<= largest * (Double(n) * values.scalarType.epsilon)
  let gaps = function(columns) - function(rows)
  return select(areEqual, gaps.like(0), 1 / select(areEqual, gaps.like(1), gaps))
}
