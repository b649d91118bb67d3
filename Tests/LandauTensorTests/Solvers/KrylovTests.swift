import LandauCore
import LandauLinearAlgebra
import LandauTensor
import LandauTestSupport
import Testing

/// Iterative solvers against dense answers.
struct KrylovTests {
  /// A symmetric positive definite matrix with eigenvalues of 1 to `top`.
  private func matrix(_ count: Int, top: Double = 50, _ name: String) throws -> [Double] {
    var rng = Seed.test(name).makeStream()
    let g = (0..<(count * count)).map { _ in rng.normal() }
    let a = Tensor(g, shape: [count, count])
    let eigen = try SymmetricEigen((a + a.transposed()).scalars(), count: count)
    let v = Tensor(eigen.vectors, shape: [count, count])
    let values = (0..<count).map { 1 + (top - 1) * Double($0) / Double(count - 1) }
    return matmul(v * Tensor(values), v.transposed()).scalars()
  }

  private func apply(_ matrix: [Double], _ count: Int) -> ([Tensor]) -> [Tensor] {
    let a = Tensor(matrix, shape: [count, count])
    // Two tensors make up the vector: the structure of a model.
    return { x in
      let joined = concatenated(x.map { $0.reshaped([-1]) }).reshaped([count, 1])
      let y = matmul(a, joined).reshaped([count])
      return [y.sliced(axis: 0, 0..<4).reshaped([2, 2]), y.sliced(axis: 0, 4..<count)]
    }
  }

  @Test func conjugateGradientsSolve() throws {
    let count = 30
    let a = try matrix(count, "a")
    var rng = Seed.test().makeStream()
    let b = (0..<count).map { _ in rng.normal() }
    let dense = try Cholesky(a, count: count).solve(b)
    let right = [
      Tensor(Array(b[..<4]), shape: [2, 2]), Tensor(Array(b[4...])),
    ]
    let solution = conjugateGradients(right, tolerance: 1e-12, apply: apply(a, count))
    #expect(solution.status == .converged)
    let found = solution.solution.flatMap { $0.scalars(Double.self) }
    for (x, y) in zip(found, dense) { expectClose(x, y, absolute: 1e-10) }
    // Started from the answer there is nothing to do; too few iterations say so.
    let again = conjugateGradients(
      right, start: solution.solution, tolerance: 1e-10, apply: apply(a, count))
    #expect(again.iterationCount == 0 && again.status == .converged)
    let short = conjugateGradients(right, tolerance: 1e-12, iterations: 3, apply: apply(a, count))
    #expect(short.status == .exhausted && short.residuals.count == 4)
    // The exact inverse as a preconditioner: one iteration.
    let inverse = try Cholesky(a, count: count).inverse()
    let quick = conjugateGradients(
      right, tolerance: 1e-10, preconditioner: apply(inverse, count), apply: apply(a, count))
    #expect(quick.iterationCount == 1 && quick.status == .converged)
  }

  /// Silent error 11: a solver that failed and goes on.
  @Test func failuresAreStatuses() {
    let b = [Tensor([1.0, 1])]
    #expect(conjugateGradients(b) { [$0[0] * Tensor([1.0, -1])] }.status == .notPositiveDefinite)
    #expect(conjugateGradients(b) { [$0[0] * Tensor([1.0, .nan])] }.status == .notFinite)
    let zero = conjugateGradients([Tensor([0.0, 0])]) { $0 }
    #expect(zero.status == .converged && zero.solution[0].scalars(Double.self) == [0, 0])
  }

  @Test func lanczosFindsAllEigenvalues() throws {
    let count = 30
    let a = try matrix(count, "b")
    let exact = try SymmetricEigen(a, count: count)
    var rng = Seed.test().makeStream()
    let like = [Tensor.zeros([2, 2], type: .double), Tensor.zeros([count - 4], type: .double)]
    let lanczos = Lanczos(
      start: Lanczos.start(like: like, using: &rng), steps: 100, apply: apply(a, count))
    #expect(lanczos.status == .converged && lanczos.eigenvalues.count == count)
    for (x, y) in zip(lanczos.eigenvalues, exact.values) { expectClose(x, y, absolute: 1e-10) }
    expectClose(lanczos.weights.reduce(0, +), 1, ulps: 20)
    // A Ritz vector is an eigenvector.
    let v = lanczos.vector(count - 1)
    let image = apply(a, count)(v)
    for (x, y) in zip(v, image) {
      let pairs = zip(x.scalars(Double.self), y.scalars(Double.self))
      for (p, q) in pairs { expectClose(q, exact.values[count - 1] * p, absolute: 1e-9) }
    }
  }

  /// Some eigenvalue lies within the residual of each Ritz value, long before convergence.
  @Test func residualsBoundTheError() throws {
    let count = 40
    let a = try matrix(count, "c")
    let exact = try SymmetricEigen(a, count: count).values
    var rng = Seed.test().makeStream()
    let like = [Tensor.zeros([2, 2], type: .double), Tensor.zeros([count - 4], type: .double)]
    let start = Lanczos.start(like: like, using: &rng)
    let lanczos = Lanczos(start: start, steps: 12, apply: apply(a, count))
    #expect(lanczos.status == .exhausted && lanczos.eigenvalues.count == 12)
    for (value, residual) in zip(lanczos.eigenvalues, lanczos.residuals) {
      let distance = exact.map { abs($0 - value) }.min()!
      #expect(distance <= residual + 1e-9, "\(value) \(residual) \(distance)")
    }
    // Ritz values lie inside the spectrum, the extreme ones near its ends.
    #expect(lanczos.eigenvalues.last! < exact.last! + 1e-9)
    #expect(lanczos.eigenvalues.last! > exact.last! - 3)
    // The Gauss quadrature of x^k is exact to k = 23: moments of the start's spectral measure.
    let image = apply(a, count)(start)
    let square = start.reduce(0) { $0 + ($1 * $1).sum().item(Double.self) }
    let first = zip(start, image).reduce(0) { $0 + ($1.0 * $1.1).sum().item(Double.self) } / square
    let second = image.reduce(0) { $0 + ($1 * $1).sum().item(Double.self) } / square
    let pairs = zip(lanczos.weights, lanczos.eigenvalues)
    expectClose(pairs.reduce(0) { $0 + $1.0 * $1.1 }, first, relative: 1e-12)
    expectClose(pairs.reduce(0) { $0 + $1.0 * $1.1 * $1.1 }, second, relative: 1e-12)
    // Without orthogonalisation the first steps are the same.
    let plain = Lanczos(
      start: start, steps: 12, orthogonalizing: false, keepingBasis: false, apply: apply(a, count))
    expectClose(plain.eigenvalues.last!, lanczos.eigenvalues.last!, absolute: 1e-8)
  }

  @Test func aClosedSpaceEndsEarly() {
    // Start in a space of two eigenvectors.
    let d = Tensor([1.0, 2, 3, 4])
    let lanczos = Lanczos(start: [Tensor([0.0, 1, 0, 1])], steps: 4) { [$0[0] * d] }
    #expect(lanczos.status == .converged && lanczos.eigenvalues.count == 2)
    expectClose(lanczos.eigenvalues[0], 2, ulps: 8)
    expectClose(lanczos.eigenvalues[1], 4, ulps: 8)
  }
}
