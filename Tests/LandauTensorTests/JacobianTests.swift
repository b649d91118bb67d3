import LandauCore
import Testing

@testable import LandauTensor

/// Derivatives built on the transformations, against closed forms and against each other.
struct JacobianTests {
  private func network(_ inputs: Int, _ seed: UInt64) -> @Sendable (Tensor) -> Tensor {
    var rng = Seed(seed).makeStream()
    let w = [[inputs, 6], [6], [6, 6], [6, 1]].map {
      Tensor.normal($0, type: .double, using: &rng) * 0.5
    }
    return { x in
      let w = w.map { $0.asType(x.scalarType) }
      let rows = x.rank == 1 ? x.reshaped([1, -1]) : x
      let y = matmul(tanh(matmul(sin(matmul(rows, w[0]) + w[1]), w[2])), w[3])
      return x.rank == 1 ? y.sum() : y
    }
  }

  @Test func jacobianOfALinearMapIsItsMatrix() {
    var rng = Seed(51).makeStream()
    for (rows, columns) in [(2, 5), (5, 2), (3, 3), (1, 4), (4, 1)] {
      let a = Tensor.normal([rows, columns], type: .double, using: &rng)
      let x = Tensor.normal([columns], type: .double, using: &rng)
      let f: (Tensor) -> Tensor = { matmul(a, $0.reshaped([-1, 1])).reshaped([rows]) }
      #expect(distance(jacobian(of: f)(x), a) == 0)
    }
  }

  @Test func forwardAndReverseAgree() {
    var rng = Seed(52).makeStream()
    let x = Tensor.normal([2, 3], type: .double, using: &rng)
    let f: (Tensor) -> Tensor = { sin(matmul($0.transposed(), $0 * $0)) }
    let forward = jacobian(of: f, at: x, mode: .forward)
    let reverse = jacobian(of: f, at: x, mode: .reverse)
    #expect(forward.shape == [3, 3, 2, 3])
    #expect(distance(forward, reverse) < 1e-15)
    // One column by hand: the derivative in x[1, 2].
    let unit = Tensor([0.0, 0, 0, 0, 0, 1], shape: [2, 3])
    let column = jvp({ [f($0[0])] }, [x], tangents: [unit]).tangents[0]
    let picked = forward.sliced(axis: 2, 1..<2).sliced(axis: 3, 2..<3).reshaped([3, 3])
    #expect(distance(picked, column) == 0)
  }

  @Test func jacobianOfAConstantIsZero() {
    let x = Tensor([1.0, 2.0])
    let none = jacobian { _ in Tensor([3.0]) }(x)
    #expect(none.shape == [1, 2] && none.scalars(Double.self) == [0, 0])
  }

  @Test(arguments: [ScalarType.double, .float])
  func hessianVectorProductsAreTheHessianTimesVectors(type: ScalarType) {
    var rng = Seed(53).makeStream()
    let f = network(5, 54)
    let x = Tensor.normal([5], type: .double, using: &rng).asType(type)
    let v = Tensor.normal([5], type: .double, using: &rng).asType(type)
    let matrix = hessian(of: f)(x)
    let bound = type == .double ? 1e-14 : 3e-6
    #expect(distance(matrix, matrix.transposed()) < bound)
    let both = hessianVectorProduct(of: { f($0[0]) }, [x], tangents: [v])
    #expect(
      distance(both.products[0], matmul(matrix, v.reshaped([5, 1])).reshaped([5])) < bound)
    #expect(distance(both.gradients[0], grad(of: f)(x)) < bound)
    let double = hessian(of: f)(x.asType(.double))
    #expect(distance(matrix, double) < (type == .double ? 1e-14 : 3e-5))
  }

  @Test(arguments: [ScalarType.double, .float])
  func laplacianIsTheTraceOfTheHessian(type: ScalarType) {
    var rng = Seed(55).makeStream()
    let f = network(4, 56)
    let bound = type == .double ? 1e-13 : 3e-5
    let points = Tensor.normal([7, 4], type: .double, using: &rng).asType(type)
    let traces = (0..<7).map { row -> Tensor in
      let x = points.sliced(axis: 0, row..<(row + 1)).reshaped([4])
      let unit = Tensor((0..<16).map { $0 % 5 == 0 ? 1.0 : 0 }, shape: [4, 4]).asType(type)
      let trace = (hessian(of: f)(x) * unit).sum()
      for method in LaplacianMethod.allCases {
        let value = laplacian(of: f, method: method)(x)
        #expect(value.shape == [] && distance(value, trace) < bound, "\(method)")
      }
      return trace
    }
    for method in LaplacianMethod.allCases {
      let values = laplacian(of: f, method: method)(points)
      #expect(values.shape == [7, 1])
      #expect(distance(values.reshaped([7]), stacked(traces)) < bound, "\(method)")
    }
  }

  @Test func laplacianOfClosedForms() {
    // ∇² |x|⁴ = 4 (d + 2) |x|²; a plane wave has -k².
    let x = Tensor([0.5, -1, 2, 0.25])
    let square = (x * x).sum()
    for method in LaplacianMethod.allCases {
      let quartic = laplacian(of: { pow(($0 * $0).sum(), 2) }, method: method)(x)
      #expect(distance(quartic, square * 24) < 1e-14)
      let k = Tensor([1.0, 2, 3, -1])
      let wave = laplacian(of: { sin(($0 * k).sum()) }, method: method)(x)
      #expect(distance(wave, sin((x * k).sum()) * -15) < 1e-14)
    }
  }

  /// A plane wave and a Gaussian packet: what wavefunctions need.
  @Test func laplacianOfAComplexFunction() {
    let x = Tensor([0.5, -1, 0.25])
    let k = Tensor([1.0, 2, -1])
    let wave = laplacian { x in
      let phase = (x * k).sum()
      return exp(complex((x * x).sum() * -0.5, phase))
    }(x)
    // ∇² exp(-x²/2 + i k·x) = ((i k - x)² - d) exp(…)
    let value = exp(complex((x * x).sum() * -0.5, (x * k).sum()))
    let slope = complex(-x, k)
    let expected = ((slope * slope).sum() - 3) * value
    #expect(wave.scalarType == .complexDouble)
    #expect(distance(real(wave), real(expected)) < 1e-14)
    #expect(distance(imaginary(wave), imaginary(expected)) < 1e-14)
    let rows = jacobian { exp(complex($0 * 0, $0)) }(x)
    let angles = exp(complex(x * 0, x))
    let diagonal = Tensor((0..<9).map { $0 % 4 == 0 ? 1.0 : 0 }, shape: [3, 3])
    #expect(distance(imaginary(rows), real(angles) * diagonal) < 1e-15)
  }

  @Test func perSampleGradientsAreALoop() {
    var rng = Seed(57).makeStream()
    let parameters = [[3, 4], [4], [4, 1]].map {
      Tensor.normal($0, type: .double, using: &rng)
    }
    let x = Tensor.normal([6, 3], type: .double, using: &rng)
    let y = Tensor.normal([6], type: .double, using: &rng)
    let loss: ([Tensor], [Tensor]) -> Tensor = { w, sample in
      let hidden = tanh(matmul(sample[0].reshaped([1, 3]), w[0]) + w[1])
      let error = matmul(hidden, w[2]).sum() - sample[1]
      return error * error
    }
    let both = perSampleGradients(of: loss)(parameters, [x, y])
    #expect(both.values.shape == [6])
    #expect(both.gradients.map(\.shape) == [[6, 3, 4], [6, 4], [6, 4, 1]])
    for index in 0..<6 {
      let sample = [x, y].map { $0.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0) }
      let one = valueAndGradient { loss($0, sample) }(parameters)
      #expect(distance(both.values.sliced(axis: 0, index..<(index + 1)).sum(), one.value) < 1e-14)
      for (all, own) in zip(both.gradients, one.gradients) {
        let part = all.sliced(axis: 0, index..<(index + 1)).squeezed(axis: 0)
        #expect(distance(part, own) < 1e-14)
      }
    }
  }
}
