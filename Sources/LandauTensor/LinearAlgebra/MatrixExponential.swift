/// The exponentials of square matrices, `[…, n, n]`.
///
/// Scaling and squaring with a Padé approximant of degree 13, Higham 2005, SIAM J. Matrix Anal. Appl. 26, 1179; the
/// error is a few ulps times the condition number, which for normal matrices is their norm.
///
/// - Complexity: of the order of (9 + log₂ of the norm) products of n × n matrices.
/// - Note: the derivative along E is the upper right block of `exp [[A, E], [0, A]]` (Van Loan 1978; Higham 2008,
///   Functions of Matrices, section 3.1), that in reverse mode the one of Aᵀ along the cotangent.
public func matrixExponential(_ a: Tensor) -> Tensor {
  require(a.rank >= 2, "matrixExponential of \(a.type)")
  return Tensor.apply(MatrixExponential(), [a])[0]
}

struct MatrixExponential: MatrixRule {
  var description: String { "matrixExponential" }

  func matrixResults(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    _ = try inputs[0].order("matrixExponential")
    return inputs
  }

  /// Written in tensors for one matrix, and planned; every matrix of a batch has its own number of squarings.
  func matrixKernel(_ inputs: [TensorType]) -> MatrixKernel {
    let program = Program(tracing: { [Self.exponential($0[0])] }, inputs)
    let plan = SubProgram(program).plan(threads: 1)
    return MatrixKernel(scratchBytes: plan.memoryBytes) { inputs, results, scratch in
      plan.run(inputs, into: results, plan.prepare(scratch))
      return true
    }
  }

  private static func exponential(_ a: Tensor) -> Tensor {
    let n = a.shape[1]
    if n == 0 { return a }
    // Halved until the approximant is exact to rounding; 2¹⁰²⁴ is the largest Double.
    let norm = abs(a).sum(axes: [0]).max()
    let halved = whileLoop(
      [norm, norm * 0 + 1, Tensor(0 as Int32)], maximumCount: 1100, while: { $0[0] .> 5.37 },
      body: { [$0[0] * 0.5, $0[1] * 0.5, $0[2] + 1] })
    let x = a * halved[1].asType(a.scalarType)
    return whileLoop(
      [approximant(x), halved[2]], while: { $0[1] .> 0 },
      body: { [matmul($0[0], $0[0]), $0[1] - 1] })[0]
  }

  /// `p(x) / p(-x)`, with the even and the odd terms of p apart.
  private static func approximant(_ x: Tensor) -> Tensor {
    let one = Tensor.identity(x.shape[1], type: x.scalarType)
    let x2 = matmul(x, x)
    let x4 = matmul(x2, x2)
    let x6 = matmul(x4, x2)
    let b = coefficients
    let highOdd = matmul(x6, x6 * b[13] + x4 * b[11] + x2 * b[9])
    let odd = matmul(x, highOdd + x6 * b[7] + x4 * b[5] + x2 * b[3] + one * b[1])
    let highEven = matmul(x6, x6 * b[12] + x4 * b[10] + x2 * b[8])
    let even = highEven + x6 * b[6] + x4 * b[4] + x2 * b[2] + one
    return solve(even - odd, even + odd)
  }

  /// `13! (26 - j)! / (26! j! (13 - j)!)`.
  private static let coefficients: [Double] = {
    var result = [1.0]
    for j in 1...13 {
      result.append(result[j - 1] * Double(14 - j) / (Double(j) * Double(27 - j)))
    }
    return result
  }()

  func tangents(_ x: [Tensor], _ y: [Tensor], _ t: [Tensor?]) -> [Tensor] {
    [Self.derivative(x[0], along: t[0]!)]
  }

  func pullback(
    _ site: Site, _ cotangents: [Value?], wanted: [Bool], in b: inout ProgramBuilder
  ) -> [Value?] {
    b.write([site.inputs[0], cotangents[0]!]) {
      [Self.derivative($0[0].matrixTransposed, along: $0[1])]
    }.map { $0 }
  }

  private static func derivative(_ a: Tensor, along e: Tensor) -> Tensor {
    let (n, axis) = (a.shape[a.rank - 1], a.rank - 1)
    let upper = concatenated([a, e], axis: axis)
    let lower = concatenated([a.like(0), a], axis: axis)
    let block = matrixExponential(concatenated([upper, lower], axis: axis - 1))
    return block.sliced(axis: -1, n..<(2 * n)).sliced(axis: -2, 0..<n)
  }
}
