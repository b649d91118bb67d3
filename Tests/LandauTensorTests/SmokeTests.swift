import LandauCore
import Testing
@testable import LandauTensor

@Test func smoke() {
  let x = Tensor([1, 2, 3] as [Float])
  #expect((x * 2 + 1).scalars(Float.self) == [3, 5, 7])
  let f: ([Tensor]) -> Tensor = { (tanh(matmul($0[0], $0[1])) * 2).sum() }
  var rng = Seed(1).makeStream()
  let a = Tensor.normal([4, 3], using: &rng), b = Tensor.normal([3, 2], using: &rng)
  let (v, g) = valueAndGradient(of: f)([a, b])
  let step = compile { args in
    let (v, g) = valueAndGradient(of: { (tanh(matmul($0[0], $0[1])) * 2).sum() })(args)
    return [v] + g
  }
  let c = step([a, b])
  #expect(abs(c[0].item(Float.self) - v.item(Float.self)) < 1e-6)
  #expect(zip(c[1].scalars(Float.self), g[0].scalars(Float.self)).allSatisfy { abs($0 - $1) < 1e-6 })
  #expect(zip(c[2].scalars(Float.self), g[1].scalars(Float.self)).allSatisfy { abs($0 - $1) < 1e-6 })
  print(Program(tracing: { let r = valueAndGradient(of: f)($0); return [r.value] + r.gradients }, [a.type, b.type]).simplified())
}
