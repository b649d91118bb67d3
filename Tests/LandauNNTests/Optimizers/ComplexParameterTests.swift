import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

/// A complex parameter moves like its two parts.
struct ComplexParameterTests {
  private static let rules: [any GradientOptimizer] = [
    SGD(learningRate: 0.1, momentum: 0.5, weightDecay: 0.1), Adagrad(), RMSProp(), AdamW(),
    Lion(learningRate: 0.1), SGLD(learningRate: 0.1, stream: Seed(1).makeStream()), Muon(),
  ]

  private func check(_ rule: some GradientOptimizer) {
    var (whole, parts) = (rule, rule)
    let numbers = [1.0, 2, -3, 0.5]
    let type = ScalarType.complexDouble
    func pack(_ x: [Double]) -> Tensor {
      complex(Tensor([x[0], x[2]]), Tensor([x[1], x[3]]))
    }
    var z = [pack(numbers)]
    var x = [Tensor(numbers)]
    for step in 0..<4 {
      let g = numbers.map { $0 * Double(step + 1) - 1 }
      whole.step(&z, gradients: [pack(g)])
      parts.step(&x, gradients: [Tensor(g)])
    }
    #expect(z[0].scalarType == type)
    let (re, im) = (real(z[0]).scalars(Double.self), imaginary(z[0]).scalars(Double.self))
    #expect([re[0], im[0], re[1], im[1]] == x[0].scalars(Double.self), "\(whole)")
  }

  @Test func partsMoveAsNumbers() {
    for rule in Self.rules { check(rule) }
  }

  @Test func normsAverageAndSpaces() {
    let z = complex(Tensor([3.0, 0]), Tensor([0.0, -4]))
    #expect(GradientClipping.norm(of: [z]) == 5)
    let held = GradientClipping.value(2)([z])[0]
    #expect(real(held).scalars(Double.self) == [2, 0])
    #expect(imaginary(held).scalars(Double.self) == [0, -2])
    var average = ParameterAverage(.uniform())
    average.update([z])
    average.update([z * 3.0])
    #expect(real(average.parameters[0]).scalars(Double.self) == [6, 0])
    let space = TensorSpace(like: [z, Tensor([1, 2] as [Int32]), Tensor([7] as [Float])])
    let coordinates = space.coordinates(of: [z, Tensor([1, 2] as [Int32]), Tensor([7] as [Float])])
    #expect(coordinates == [3, 0, 0, -4, 7] && space.counts == [4, 0, 1])
    let back = space.tensors(coordinates)
    #expect(imaginary(back[0]).scalars(Double.self) == [0, -4])
    #expect(back[1].scalars(Int32.self) == [1, 2])
  }

  /// A Hermitian system: the real part of the inner product serves conjugate gradients as well.
  @Test func conjugateGradientsOnAHermitianOperator() {
    // (2, i; -i, 2) z = (2 + i, 2 - i)... with z = (1, 1).
    let solution = conjugateGradients(
      [complex(Tensor([2.0, 2]), Tensor([1.0, -1]))], tolerance: 1e-12
    ) { z in
      let (re, im) = (real(z[0]), imaginary(z[0]))
      func swap(_ x: Tensor) -> Tensor { x.gathered(Tensor([1, 0] as [Int32]), axis: 0) }
      // i z₂ has the parts -im, re; -i z₁ has im, -re.
      let sign = Tensor([-1.0, 1])
      return [complex(re * 2 + swap(im) * sign, im * 2 - swap(re) * sign)]
    }
    #expect(solution.status == .converged)
    for x in real(solution.solution[0]).scalars(Double.self) { expectClose(x, 1, absolute: 1e-12) }
    for x in imaginary(solution.solution[0]).scalars(Double.self) {
      expectClose(x, 0, absolute: 1e-12)
    }
  }
}
