import LandauCore
import Testing

@testable import LandauTensor

/// Derivatives along one random direction against central differences of fourth order.
///
/// With step h the difference is off by h⁴ f⁽⁵⁾/30 + ulp f/h. In Double, h = 10⁻³ gives about 10⁻¹² of the
/// function's scale; 10⁻⁹ leaves room for fifth derivatives of some hundreds. Float derivatives are compared
/// with Double ones: a hundred operations at 2⁻²⁴ each.
struct DerivativeTests {
  private static let step = 1e-3
  private static let doubleTolerance = 1e-9
  private static let floatTolerance = 1e-5

  private func directions(_ inputs: [Tensor], _ name: String) -> [Tensor] {
    var rng = Seed(7).child("direction").child(name).makeStream()
    return inputs.map { .uniform($0.shape, low: -1, high: 1, type: $0.scalarType, using: &rng) }
  }

  private func inner(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
    zip(a, b).map { ($0 * $1).sum() }.reduce(Tensor(0.0)) { $0 + $1 }
  }

  private func difference(_ f: ([Tensor]) -> Tensor, _ x: [Tensor], along v: [Tensor]) -> Double {
    func value(_ t: Double) -> Double { f(zip(x, v).map { $0 + $1 * t }).item() }
    let h = Self.step
    return (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
  }

  private func expectClose(_ a: Double, _ b: Double, _ tolerance: Double, _ what: String) {
    #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(what): \(a) instead of \(b)")
  }

  @Test(arguments: PrimitiveCase.all)
  func firstOrder(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(1))
    let v = directions(x, primitive.name)
    let f = primitive.scalar
    let expected = difference(f, x, along: v)
    #expect(expected != 0)
    let reverse: Double = inner(valueAndGradient(of: f)(x).gradients, v).item()
    let forward: Double = jvp({ [f($0)] }, x, tangents: v).tangents[0].item()
    expectClose(reverse, expected, Self.doubleTolerance, "reverse")
    expectClose(forward, expected, Self.doubleTolerance, "forward")
    expectClose(forward, reverse, 1e-13, "forward against reverse")
  }

  @Test(arguments: PrimitiveCase.all)
  func secondOrder(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(2))
    let v = directions(x, primitive.name)
    let u = directions(x, primitive.name + " again")
    let f = primitive.scalar
    let slope: ([Tensor]) -> Tensor = { inner(valueAndGradient(of: f)($0).gradients, u) }
    let expected = difference(slope, x, along: v)
    let reverseReverse: Double = inner(valueAndGradient(of: slope)(x).gradients, v).item()
    let forwardReverse: Double = jvp({ [slope($0)] }, x, tangents: v).tangents[0].item()
    let forwardForward: Double = jvp(
      { jvp({ [f($0)] }, $0, tangents: u).tangents }, x, tangents: v
    ).tangents[0].item()
    let reverseForward: Double = inner(
      valueAndGradient { jvp({ [f($0)] }, $0, tangents: u).tangents[0] }(x).gradients, v
    ).item()
    expectClose(reverseReverse, expected, Self.doubleTolerance, "reverse over reverse")
    expectClose(forwardReverse, expected, Self.doubleTolerance, "forward over reverse")
    expectClose(forwardForward, expected, Self.doubleTolerance, "forward over forward")
    expectClose(reverseForward, expected, Self.doubleTolerance, "reverse over forward")
  }

  @Test(arguments: PrimitiveCase.all.filter { $0.name != "cast" })
  func floatAgreesWithDouble(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(3)).map { $0.asType(.float) }
    let f = primitive.scalar
    let single = valueAndGradient(of: f)(x)
    let double = valueAndGradient(of: f)(x.map { $0.asType(.double) })
    for (a, b) in zip([single.value] + single.gradients, [double.value] + double.gradients) {
      #expect(distance(a, b) < Self.floatTolerance)
    }
  }

  @Test(arguments: PrimitiveCase.all.filter { $0.name != "cast" })
  func secondOrderInFloatAgreesWithDouble(_ primitive: PrimitiveCase) {
    let x = primitive.inputs(Seed(5)).map { $0.asType(.float) }
    let v = directions(x, primitive.name)
    let f = primitive.scalar
    let single = hessianVectorProduct(of: f, x, tangents: v)
    let double = hessianVectorProduct(
      of: f, x.map { $0.asType(.double) }, tangents: v.map { $0.asType(.double) })
    for (a, b) in zip(single.products, double.products) {
      #expect(distance(a, b) < 3 * Self.floatTolerance)
    }
  }

  @Test func derivativesThroughACast() {
    let f: ([Tensor]) -> Tensor = { sin($0[0].asType(.double)).sum() }
    let x = Tensor([0.5, -1] as [Float])
    let gradient = valueAndGradient(of: f)([x]).gradients[0]
    #expect(gradient.scalarType == .float)
    #expect(distance(gradient, cos(x)) < 1e-6)
  }

  @Test func thirdOrder() {
    // d³/dx³ of x⁴ sin x at 0.7, by hand.
    let f: (Tensor) -> Tensor = { $0 * $0 * $0 * $0 * sin($0) }
    let third = grad(of: grad(of: grad(of: f)))(Tensor(0.7))
    let x = Tensor(0.7)
    let expected =
      x * 24 * sin(x) + x * x * 36 * cos(x) - x * x * x * 12 * sin(x) - pow(x, 4) * cos(x)
    #expect(distance(third, expected) < 1e-13)
  }

  /// Whole powers of zero have derivatives of every order: no 0 times 0^(-1).
  @Test func powersOfZero() {
    let zero = Tensor([0.0])
    let exponent = Tensor([2.0])
    let fixed: (Tensor) -> Tensor = { pow($0, 2).sum() + pow($0, 0).sum() + pow($0, 1).sum() }
    let given: (Tensor) -> Tensor = { pow($0, exponent).sum() }
    #expect(grad(of: fixed)(zero).item(Double.self) == 1)
    #expect(grad { grad(of: fixed)($0).sum() }(zero).item(Double.self) == 2)
    #expect(grad { grad { grad(of: fixed)($0).sum() }($0).sum() }(zero).item(Double.self) == 0)
    #expect(grad { grad(of: given)($0).sum() }(zero).item(Double.self) == 2)
    #expect(grad { grad { grad(of: given)($0).sum() }($0).sum() }(zero).item(Double.self) == 0)
    let series = taylorCoefficients(of: given, at: zero, along: Tensor([1.0]), order: 4)
    #expect(series.map { $0.item(Double.self) } == [0, 0, 1, 0, 0])
  }

  @Test func hessianOfAQuadraticForm() {
    // f = x·A·x/2 has the Hessian (A + Aᵀ)/2; vmap over unit vectors gives it row by row.
    var rng = Seed(4).makeStream()
    let a = Tensor.normal([4, 4], type: .double, using: &rng)
    let x = Tensor.normal([4], type: .double, using: &rng)
    let unit = Tensor((0..<16).map { $0 % 5 == 0 ? 1.0 : 0.0 }, shape: [4, 4])
    let gradient: (Tensor) -> Tensor = grad {
      matmul(matmul($0.reshaped([1, 4]), a), $0.reshaped([4, 1])).sum() * 0.5
    }
    let hessian = vmap { v in jvp({ [gradient($0[0])] }, [x], tangents: v).tangents }([unit])[0]
    #expect(distance(hessian, (a + a.transposed()) * 0.5) < 1e-14)
  }

  @Test func vjpGivesTheTransposedJacobian() {
    let x = Tensor([0.3, 0.8, -0.4])
    let w = Tensor([1.0, -2.0])
    let f: ([Tensor]) -> [Tensor] = {
      [sin($0[0]).sliced(axis: 0, 0..<2) * $0[0].sliced(axis: 0, 1..<3)]
    }
    let back = vjp(f, [x], cotangents: [w]).cotangents[0]
    let expected = [
      1 * cosine(0.3) * 0.8, 1 * sine(0.3) - 2 * cosine(0.8) * -0.4, -2 * sine(0.8),
    ]
    #expect(distance(back, Tensor(expected)) < 1e-15)
  }

  @Test func tiesShareTheDerivative() {
    let x = Tensor([2.0, 2.0, 1.0])
    #expect(grad { $0.max() }(x).scalars(Double.self) == [0.5, 0.5, 0])
    #expect(grad { maximum($0, 2).sum() }(x).scalars(Double.self) == [0.5, 0.5, 0])
    #expect(grad { minimum($0, 2).sum() }(x).scalars(Double.self) == [0.5, 0.5, 1])
  }

  @Test func gradientsOfWholeNumbersAreZeros() {
    let f: ([Tensor]) -> Tensor = { $0[0].gathered($0[1], axis: 0).sum() }
    let gradients = valueAndGradient(of: f)([Tensor([1.0, 2.0]), Tensor([0, 0] as [Int32])])
      .gradients
    #expect(gradients[0].scalars(Double.self) == [2, 0])
    #expect(gradients[1].scalarType == .int32)
    #expect(gradients[1].scalars(Int32.self) == [0, 0])
  }

  private func sine(_ x: Double) -> Double { sin(Tensor(x)).item() }
  private func cosine(_ x: Double) -> Double { cos(Tensor(x)).item() }
}
