import LandauLinearAlgebra

/// The singular value decomposition `A = U diag(s) Vᴴ`.
///
/// - Parameter a: `[…, m, n]`, with k the smaller of m and n.
/// - Returns: `left` U `[…, m, k]`, real `values` s `[…, k]`, descending, and `right` Vᴴ `[…, k, n]`. Pairs of vectors share an
///   arbitrary sign or phase; derivatives are right for what does not depend on it.
/// - Complexity: of the order of 10 m n k operations per matrix.
/// - Note: with P = Uᴴ dA V, `dsᵢ = Re Pᵢᵢ` and `dU = U (F ∘ (P s + s Pᴴ))`, `Fᵢⱼ = 1 / (sⱼ² - sᵢ²)`, likewise V, and the part
///   outside the columns of U; Walter and Lehmann 2018, arXiv:1009.6112, Townsend 2016. Values closer than k ulps of the
///   largest count as equal, and as zero below that; the terms between them are left out.
public func svd(_ a: Tensor) -> (left: Tensor, values: Tensor, right: Tensor) {
  require(a.rank >= 2, "svd of \(a.type)")
  let results = Tensor.apply(SVDRule(), [a])
  return (results[0], results[1], results[2])
}

struct SVDRule: MatrixRule {
  var description: String { "svd" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let (type, m, n) = (inputs[0], inputs[0].shape[0], inputs[0].shape[1])
    let k = min(m, n)
    return [
      type.with(shape: [m, k]), TensorType([k], type.scalar.real), type.with(shape: [k, n]),
    ]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let type = inputs[0]
    return MatrixKernel(scratchBytes: type.byteCount) { inputs, results, scratch in
      scratch.copyMemory(from: inputs[0], byteCount: type.byteCount)
      let status = LAPACK.singularValues(
        type.scalar.lapack, rows: type.shape[0], columns: type.shape[1], scratch, left: results[0],
        values: results[1], right: results[2])
      return status == 0
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let (u, v, da) = (y[0], y[2].adjoint, t[0]!)
    let scalar = u.scalarType
    let (m, n, k) = (u.shape[u.rank - 2], v.shape[v.rank - 2], y[1].shape[y[1].rank - 1])
    let s = y[1].asType(scalar).expandedDimension(at: -2)
    let p = matmul(u.adjoint, matmul(da, v))
    let f = inverseGaps(y[1]) { $0 * $0 }.asType(scalar)
    let (scaled, turned) = (p * s, s.matrixTransposed * p)
    var left = f * (scaled + scaled.adjoint)
    let right = f * (turned + turned.adjoint)
    let inverse = inverseValues(y[1]).asType(scalar).expandedDimension(at: -2)
    if scalar.isComplex {
      // The phases of a pair turn together; what is left over is given to U.
      let diagonal = p * .identity(k, type: scalar)
      left = left + (diagonal - conjugate(diagonal)) * 0.5 * inverse
    }
    var (du, dv) = (matmul(u, left), matmul(v, right))
    if m > k {
      let image = matmul(da, v)
      du = du + (image - matmul(u, matmul(u.adjoint, image))) * inverse
    }
    if n > k {
      let image = matmul(da.adjoint, u)
      dv = dv + (image - matmul(v, matmul(v.adjoint, image))) * inverse
    }
    return [du, real(p.matrixDiagonal), dv.adjoint]
  }

  /// `1 / s`, and zero where a value counts as zero.
  private func inverseValues(_ s: Tensor) -> Tensor {
    let k = s.shape[s.rank - 1]
    if k == 0 { return s }
    let least = s.max(axes: [-1], keepingAxes: true) * (Double(k) * s.scalarType.epsilon)
    let isZero = s .<= least
    return select(isZero, s.like(0), 1 / select(isZero, s.like(1), s))
  }
}
