import LandauCore
import Testing

@testable import LandauTensor

/// Factorisations against what they must multiply to, and known answers.
struct LinearAlgebraTests {
  static let types: [ScalarType] = [.float, .double, .complexFloat, .complexDouble]

  private func random(_ shape: [Int], _ type: ScalarType, _ name: String = "matrix") -> Tensor {
    var rng = Seed(31).child(name).makeStream()
    let x = Tensor.normal(shape, type: .double, using: &rng)
    let y = Tensor.normal(shape, type: .double, using: &rng)
    return type.isComplex ? complex(x, y).asType(type) : x.asType(type)
  }

  /// The largest entry of the difference, in ulps of the type.
  private func ulps(_ a: Tensor, _ b: Tensor) -> Double {
    precondition(a.shape == b.shape && a.scalarType == b.scalarType, "\(a.type) \(b.type)")
    return abs(a - b).max().item(Double.self) / a.scalarType.epsilon
  }

  /// A dozen products of numbers below ten.
  private static let bound = 200.0

  @Test(arguments: types)
  func productsOfFactors(_ type: ScalarType) {
    let a = random([2, 4, 4], type)
    let b = random([2, 4, 3], type, "sides")
    #expect(ulps(matmul(a, solve(a, b)), b) < 10 * Self.bound)
    #expect(
      ulps(matmul(a, inverse(a)), .identity(4, type: type).broadcast(to: a.shape)) < 10 * Self.bound
    )
    let positive = matmul(a, a.adjoint) + .identity(4, type: type)
    let l = cholesky(positive)
    #expect(ulps(matmul(l, l.adjoint), positive) < Self.bound)
    for isLower in [true, false] {
      let triangle = l.asType(type)
      let t = isLower ? triangle : triangle.adjoint
      #expect(ulps(matmul(t, triangularSolve(t, b, isLower: isLower)), b) < Self.bound)
    }
    for shape in [[2, 5, 3], [2, 3, 5], [3, 3]] {
      let x = random(shape, type, "\(shape)")
      let (q, r) = qr(x)
      #expect(ulps(matmul(q, r), x) < Self.bound)
      let k = min(shape[shape.count - 1], shape[shape.count - 2])
      let one = Tensor.identity(k, type: type).broadcast(to: shape.dropLast(2) + [k, k])
      #expect(ulps(matmul(q.adjoint, q), one) < Self.bound)
      let (u, s, v) = svd(x)
      #expect(ulps(matmul(u * s.asType(type).expandedDimension(at: -2), v), x) < Self.bound)
      #expect(ulps(matmul(u.adjoint, u), one) < Self.bound)
      #expect(ulps(matmul(v, v.adjoint), one) < Self.bound)
      let numbers = s.scalars(Double.self)
      #expect(numbers.allSatisfy { $0 >= 0 })
    }
    let hermitian = a.hermitianPart
    let (values, vectors) = symmetricEigen(hermitian)
    let scaled = vectors * values.asType(type).expandedDimension(at: -2)
    #expect(ulps(matmul(hermitian, vectors), scaled) < Self.bound)
    let (w, v) = eigen(a)
    let wide = a.asType(w.scalarType)
    #expect(ulps(matmul(wide, v), v * w.expandedDimension(at: -2)) < Self.bound)
    // The determinant is the product of the eigenvalues.
    let product = (0..<4).map { w.sliced(axis: 1, $0..<($0 + 1)) }.reduce(w.like(1)) {
      $0 * $1
    }.sliced(axis: 1, 0..<1).reshaped([2])
    let d = determinant(a)
    #expect(ulps(d.asType(w.scalarType), product) < 10 * Self.bound)
    let (sign, logarithm) = logDeterminant(a)
    #expect(ulps(sign * exp(logarithm).asType(type), d) < 10 * Self.bound)
    // exp(A) exp(-A) = 1, exp of a Hermitian matrix from its eigenvalues.
    let e = matrixExponential(hermitian)
    let exponentials = exp(values).asType(type).expandedDimension(at: -2)
    #expect(ulps(e, matmul(vectors * exponentials, vectors.adjoint)) < 10 * Self.bound)
  }

  @Test func knownAnswers() {
    let a = Tensor([4.0, 12, -16, 12, 37, -43, -16, -43, 98], shape: [3, 3])
    #expect(cholesky(a).scalars(Double.self) == [2, 0, 0, 6, 1, 0, -8, 5, 3])
    #expect(abs(determinant(a).item(Double.self) - 36) < 1e-10)
    #expect(determinant(Tensor([1.0, 2, 3, 4], shape: [2, 2])).item(Double.self) == -2)
    // A rotation by one radian, and a nilpotent matrix.
    let turn = matrixExponential(Tensor([0.0, -1, 1, 0], shape: [2, 2]))
    let (c, s) = (0.5403023058681398, 0.8414709848078965)
    #expect(distance(turn, Tensor([c, -s, s, c], shape: [2, 2])) < 1e-15)
    let shift = matrixExponential(Tensor([0.0, 1, 0, 0, 0, 1, 0, 0, 0], shape: [3, 3]))
    #expect(distance(shift, Tensor([1, 1, 0.5, 0, 1, 1, 0, 0, 1], shape: [3, 3])) < 1e-16)
    // Forty radians take squarings.
    let far = matrixExponential(Tensor([0.0, -40, 40, 0], shape: [2, 2]))
    #expect(abs(far.scalars(Double.self)[0] - -0.6669380616522619) < 1e-13)
    // The companion matrix of (x - 1)(x - 2)(x + 3) = x³ - 7x + 6.
    let companion = Tensor([0.0, 7, -6, 1, 0, 0, 0, 1, 0], shape: [3, 3])
    let roots = real(eigen(companion).values).scalars(Double.self).sorted()
    for (x, y) in zip(roots, [-3.0, 1, 2]) { #expect(abs(x - y) < 1e-13) }
    #expect(imaginary(eigen(companion).values).scalars(Double.self) == [0, 0, 0])
    let (sign, logarithm) = logDeterminant(Tensor.identity(400, type: .double) * -100)
    #expect(sign.item(Double.self) == 1)
    #expect(abs(logarithm.item(Double.self) - 1842.0680743952367) < 1e-11)
  }

  /// Failures are NaN in the matrix they belong to and nowhere else.
  @Test func failuresAreNaNs() {
    let good = Tensor([2.0, 0, 0, 2], shape: [2, 2])
    let singular = Tensor([1.0, 2, 2, 4], shape: [2, 2])
    let notFinite = Tensor([1.0, .infinity, 0, 1], shape: [2, 2])
    let batch = stacked([good, singular, notFinite])
    func isNaN(_ x: Tensor) -> [Bool] {
      (x .!= x).asType(.double).reshaped([3, -1]).max(axes: [1]).scalars(Double.self).map { $0 > 0 }
    }
    let one = Tensor.identity(2, type: .double)
    #expect(isNaN(solve(batch, one)) == [false, true, true])
    #expect(isNaN(cholesky(batch - one * 1.5)) == [false, true, true])
    #expect(isNaN(qr(batch).q) == [false, false, true])
    #expect(isNaN(svd(batch).values) == [false, false, true])
    #expect(
      isNaN(eigen(batch).values.sum(axes: [-1]).expandedDimension(at: -1)) == [false, false, true])
    #expect(isNaN(symmetricEigen(batch).vectors) == [false, false, true])
    #expect(isNaN(matrixExponential(batch)) == [false, false, true])
    #expect(isNaN(determinant(batch)) == [false, false, true])
    #expect(determinant(singular).item(Double.self) == 0)
    let (sign, logarithm) = logDeterminant(singular)
    #expect(sign.item(Double.self) == 0 && logarithm.item(Double.self) == -.infinity)
  }

  /// Between equal eigenvalues the terms are left out: functions of the matrix keep finite derivatives, and the sum of
  /// exponentials, a smooth function of the matrix, the right one.
  @Test func equalEigenvalues() {
    let a = Tensor([2.0, 0, 0, 0, 2, 0, 0, 0, 5], shape: [3, 3])
    let f: (Tensor) -> Tensor = { exp(symmetricEigen($0).values * 0.1).sum() }
    let gradient = grad(of: f)(a)
    #expect(distance(gradient, matrixExponential(a * 0.1) * 0.1) < 1e-15)
    let g: (Tensor) -> Tensor = { svd($0).values.sum() }
    #expect(distance(grad(of: g)(a), Tensor.identity(3, type: .double)) < 1e-15)
    let vectors: (Tensor) -> Tensor = { x in
      let v = symmetricEigen(x).vectors
      return (v * v * v).sum()
    }
    #expect(grad(of: vectors)(a).scalars(Double.self).allSatisfy { $0.isFinite })
  }

  @Test func emptyMatrices() {
    let none = Tensor.zeros([0, 0], type: .double)
    #expect(determinant(none).item(Double.self) == 1)
    #expect(logDeterminant(none).logarithm.item(Double.self) == 0)
    #expect(solve(none, Tensor.zeros([0, 2], type: .double)).shape == [0, 2])
    #expect(matrixExponential(none).shape == [0, 0])
    #expect(svd(Tensor.zeros([3, 0])).left.shape == [3, 0])
    #expect(qr(Tensor.zeros([3, 0])).q.shape == [3, 0])
    #expect(symmetricEigen(Tensor.zeros([2, 0, 0])).values.shape == [2, 0])
    #expect(eigen(none).vectors.shape == [0, 0])
    #expect(cholesky(none).shape == [0, 0])
    #expect(solve(Tensor.zeros([0, 2, 2]), Tensor.zeros([0, 2, 1])).shape == [0, 2, 1])
  }

  @Test func misuseNamesTheShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = solve(Tensor.zeros([2, 3]), Tensor.zeros([2, 1]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("solve of float[2, 3]; it must be square"))
  }
}
