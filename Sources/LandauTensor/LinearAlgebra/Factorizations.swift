import LandauLinearAlgebra

/// The lower triangular factor `L` of Hermitian positive definite matrices `A = L Lᴴ`.
///
/// - Parameter a: `[…, n, n]`; only its Hermitian part counts. Where it is not positive definite the factor is NaN.
/// - Complexity: n³ / 3 operations per matrix.
/// - Note: tangents `L Φ(L⁻¹ dA L⁻ᴴ)`, where Φ takes the lower triangle and half the diagonal; Giles 2008, section 3.3,
///   Murray 2016, arXiv:1602.07527.
public func cholesky(_ a: Tensor) -> Tensor {
  require(a.rank >= 2, "cholesky of \(a.type)")
  return Tensor.apply(CholeskyRule(), [a.hermitianPart])[0]
}

struct CholeskyRule: MatrixRule {
  var description: String { "cholesky" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    _ = try inputs[0].order("cholesky")
    return inputs
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let type = inputs[0]
    let (order, bytes) = (type.shape[0], type.scalar.byteCount)
    return MatrixKernel { inputs, results, _ in
      results[0].copyMemory(from: inputs[0], byteCount: type.byteCount)
      for row in 0..<order {
        (results[0] + (row * order + row + 1) * bytes).initializeMemory(
          as: UInt8.self, repeating: 0, count: (order - row - 1) * bytes)
      }
      return LAPACK.cholesky(type.scalar.lapack, order: order, results[0]) == 0
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let (l, da) = (y[0], t[0]!)
    let n = l.shape[l.rank - 1]
    // L⁻¹ dA L⁻ᴴ = L⁻¹ (L⁻¹ dAᴴ)ᴴ.
    let inner = triangularSolve(l, triangularSolve(l, da.adjoint).adjoint)
    let half = Tensor.pattern(n, n, l.scalarType) { $0 > $1 ? 1 : $0 == $1 ? 0.5 : 0 }
    return [matmul(l, inner * half)]
  }
}

/// The factors `A = Q R`: orthonormal columns and an upper triangular matrix.
///
/// - Parameter a: `[…, m, n]`, with k the smaller of m and n.
/// - Returns: `q` `[…, m, k]` and `r` `[…, k, n]`; the diagonal of `r` may have either sign.
/// - Complexity: about 4 m n² operations per matrix.
/// - Note: derivatives exist where the first k columns are independent. With S = Qᴴ dA R⁻¹ and the skew matrix Ω that
///   has the lower triangle of S, `dR = (S - Ω) R` and `dQ = dA R⁻¹ - Q (S - Ω)`; Walter and Lehmann 2018,
///   arXiv:1009.6112.
public func qr(_ a: Tensor) -> (q: Tensor, r: Tensor) {
  require(a.rank >= 2, "qr of \(a.type)")
  let (m, n) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
  if m >= n {
    let results = Tensor.apply(QRRule(), [a])
    return (results[0], results[1])
  }
  // Of a wide matrix the first columns decide about Q.
  let square = Tensor.apply(QRRule(), [a.sliced(axis: -1, 0..<m)])
  let rest = matmul(square[0].adjoint, a.sliced(axis: -1, m..<n))
  return (square[0], concatenated([square[1], rest], axis: a.rank - 1))
}

struct QRRule: MatrixRule {
  var description: String { "qr" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (m, n) = (inputs[0].shape[0], inputs[0].shape[1])
    guard m >= n else { throw ShapeError("qr of the wide matrix \(inputs[0])") }
    return [inputs[0], inputs[0].with(shape: [n, n])]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let type = inputs[0]
    return MatrixKernel { inputs, results, _ in
      results[0].copyMemory(from: inputs[0], byteCount: type.byteCount)
      LAPACK.qr(
        type.scalar.lapack, rows: type.shape[0], columns: type.shape[1], results[0],
        triangle: results[1])
      return true
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let (q, r, da) = (y[0], y[1], t[0]!)
    let n = r.shape[r.rank - 1]
    // dA R⁻¹ = (R⁻ᵀ dAᵀ)ᵀ.
    let scaled = triangularSolve(r.matrixTransposed, da.matrixTransposed).matrixTransposed
    let s = matmul(q.adjoint, scaled)
    let lower = s * .pattern(n, n, s.scalarType) { $0 > $1 ? 1 : 0 }
    var skew = lower - lower.adjoint
    if s.scalarType.isComplex {
      // R keeps a real diagonal, so what is imaginary there turns the columns of Q.
      let diagonal = s * .identity(n, type: s.scalarType)
      skew = skew + (diagonal - conjugate(diagonal)) * 0.5
    }
    let rest = s - skew
    return [scaled - matmul(q, rest), matmul(rest, r)]
  }
}
