import LandauCore
import LandauNN
import LandauTensor
import LandauTestSupport
import Testing

struct ComplexActivationTests {
  private func parts(_ z: Tensor) -> (Tensor, Tensor) { (real(z), imaginary(z)) }

  @Test(arguments: ComplexActivation.allCases)
  func turnsWithItsArgument(_ activation: ComplexActivation) {
    let z = complex(numbers([5], .test("re")), numbers([5], .test("im")))
    let turn = complex(Tensor([0.6]), Tensor([0.8]))
    let (a, b) = parts(activation(z * turn))
    let (c, d) = parts(activation(z) * turn)
    #expect(distance(a, c) < 1e-15 && distance(b, d) < 1e-15)
    // Zero stays zero, with finite derivatives.
    let zero = Tensor([0.0, 0])
    let gradient = valueAndGradient { real(activation(complex($0[0], $0[1]))).sum() }([zero, zero])
    #expect(gradient.value.item(Double.self) == 0)
    #expect(gradient.gradients.allSatisfy { $0.scalars(Double.self).allSatisfy(\.isFinite) })
  }

  /// 3 + 4i has the modulus 5.
  @Test func byHand() {
    let z = complex(Tensor([3.0, 0]), Tensor([4.0, 0]))
    let (a, b) = parts(ComplexActivation.saturating(z))
    #expect(a.scalars(Double.self) == [0.5, 0])
    expectClose(b.scalars(Double.self)[0], 2.0 / 3, ulps: 2)
    let (c, d) = parts(ModulusRelu(bias: Tensor([-2.5, -1]))(z))
    #expect(c.scalars(Double.self) == [1.5, 0] && d.scalars(Double.self) == [2, 0])
    let (e, _) = parts(ModulusRelu(bias: Tensor([-6.0, 0]))(z))
    #expect(e.scalars(Double.self) == [0, 0])
    let (f, _) = parts(ComplexActivation.tanh(z))
    expectClose(f.scalars(Double.self)[0], 0.6 * 0.9999092042625951, ulps: 4)
    let (g, _) = parts(ComplexActivation.gate(z))
    expectClose(g.scalars(Double.self)[0], 3 * 0.9820137900379085, ulps: 4)
  }
}
