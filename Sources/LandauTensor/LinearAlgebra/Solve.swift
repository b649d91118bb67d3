import LandauLinearAlgebra

/// The solution `X` of `A X = B`, by LU factors with row exchanges.
///
/// - Parameters:
///   - a: `[…, n, n]`; where it is singular the solution is NaN.
///   - b: `[…, n, m]`; leading axes broadcast, a vector is a matrix of one column.
/// - Complexity: 2/3 n³ + 2 n² m operations per matrix.
/// - Note: tangents `A⁻¹ (dB - dA X)`; Giles 2008, Collected matrix derivative results, section 2.3.1.
public func solve(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (a, b) = alignedBatches(a, b, "solve")
  return Tensor.apply(Solve(kind: .general), [a, b])[0]
}

/// The solution `X` of `A X = B` where `A` is triangular; its other triangle is not read.
///
/// - Parameters:
///   - a: `[…, n, n]`; a zero on the diagonal gives NaN.
///   - b: `[…, n, m]`; leading axes broadcast.
///   - isLower: which triangle of `a` counts.
public func triangularSolve(_ a: Tensor, _ b: Tensor, isLower: Bool = true) -> Tensor {
  let (a, b) = alignedBatches(a, b, "triangularSolve")
  return Tensor.apply(Solve(kind: isLower ? .lower : .upper), [a, b])[0]
}

/// The inverse of square matrices, `[…, n, n]`; NaN where they are singular. To solve equations, use `solve`.
public func inverse(_ a: Tensor) -> Tensor {
  require(a.rank >= 2, "the inverse of \(a.type)")
  return solve(a, .identity(a.shape[a.rank - 1], type: a.scalarType))
}

/// The leading axes of two lists of matrices, broadcast to each other.
private func alignedBatches(_ a: Tensor, _ b: Tensor, _ name: String) -> (Tensor, Tensor) {
  require(
    a.rank >= 2 && b.rank >= 2,
    "\(name) of \(a.type) and \(b.type): both need two axes at least; a vector is a matrix of one column"
  )
  func ones(_ x: Tensor) -> [Int] {
    [Int](repeating: 1, count: max(a.rank, b.rank) - x.rank) + x.shape.dropLast(2)
  }
  let (left, right) = (ones(a), ones(b))
  require(
    zip(left, right).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 },
    "the shapes \(a.shape) and \(b.shape) do not broadcast in \(name)")
  let batch = zip(left, right).map { $0 == 1 ? $1 : $0 }
  return (
    a.broadcast(to: batch + a.shape.suffix(2)), b.broadcast(to: batch + b.shape.suffix(2))
  )
}

struct Solve: MatrixRule {
  enum Kind: Hashable {
    case general
    case lower
    case upper

    var transposed: Kind {
      switch self {
      case .general: .general
      case .lower: .upper
      case .upper: .lower
      }
    }
  }

  let kind: Kind

  var description: String { kind == .general ? "solve" : "solve \(kind)" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.count == 2, try inputs[0].order("solve") == inputs[1].shape[0] else {
      throw ShapeError("solve of \(inputs)")
    }
    return [inputs[1]]
  }

  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let (matrix, sides) = (inputs[0], inputs[1])
    let (order, columns, scalar) = (matrix.shape[0], sides.shape[1], matrix.scalar.lapack)
    if kind == .general {
      return MatrixKernel(scratchBytes: LUScratch.byteCount(matrix)) { inputs, results, scratch in
        let lu = LUScratch(matrix, inputs[0], scratch)
        results[0].copyMemory(from: inputs[1], byteCount: sides.byteCount)
        if lu.isSingular { return false }
        LAPACK.solve(
          scalar, order: order, columns: columns, factors: lu.factors, pivots: lu.pivots,
          results[0])
        return true
      }
    }
    return MatrixKernel { [isLower = kind == .lower] inputs, results, _ in
      results[0].copyMemory(from: inputs[1], byteCount: sides.byteCount)
      LAPACK.solveTriangular(
        scalar, order: order, columns: columns, inputs[0], isLower: isLower, results[0])
      return LAPACK.allFinite(scalar, results[0], count: sides.count)
    }
  }

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    let fromMatrix = t[0].map { -matmul(triangle($0), y[0]) }
    let change = fromMatrix.map { d in t[1].map { $0 + d } ?? d } ?? t[1]!
    return [apply(x[0], change)]
  }

  /// With `A X = B`: the cotangent of B is `A⁻ᵀ G`, that of A is `-(A⁻ᵀ G) Xᵀ`.
  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    b.write([site.inputs[0], b.result(site.result, 0), cotangents[0]!]) { all in
      let back = Solve(kind: kind.transposed).apply(all[0].matrixTransposed, all[2])
      return [triangle(-matmul(back, all[1].matrixTransposed)), back]
    }.map { $0 }
  }

  private func apply(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.apply(self, [a, b])[0] }

  /// The entries that count.
  private func triangle(_ a: Tensor) -> Tensor {
    let n = a.shape[a.rank - 1]
    switch kind {
    case .general: return a
    case .lower: return a * .pattern(n, n, a.scalarType) { $0 >= $1 ? 1 : 0 }
    case .upper: return a * .pattern(n, n, a.scalarType) { $0 <= $1 ? 1 : 0 }
    }
  }
}

/// LU factors of one matrix in scratch memory.
struct LUScratch {
  let factors: UnsafeMutableRawPointer
  let pivots: UnsafeMutablePointer<Int32>
  let isSingular: Bool

  static func byteCount(_ matrix: TensorType) -> Int {
    ScratchLayout([matrix.byteCount, matrix.shape[0] * 4]).byteCount
  }

  init(_ matrix: TensorType, _ entries: UnsafeRawPointer, _ scratch: UnsafeMutableRawPointer) {
    let order = matrix.shape[0]
    let places = ScratchLayout([matrix.byteCount, order * 4]).pointers(scratch)
    factors = places[0]
    pivots = places[1].bindMemory(to: Int32.self, capacity: order)
    factors.copyMemory(from: entries, byteCount: matrix.byteCount)
    let status = LAPACK.factorize(matrix.scalar.lapack, order: order, factors, pivots: pivots)
    isSingular = status > 0
  }
}
