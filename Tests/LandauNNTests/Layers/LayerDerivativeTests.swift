import LandauCore
import LandauNN
import LandauTensor
import Testing

/// Every layer's derivatives along one random direction of parameters and inputs together, against
/// central differences of fourth order.
///
/// With step h the difference is off by h⁴ f⁽⁵⁾/30 + ulp f/h: in Double, h = 3·10⁻⁴ gives about
/// 10⁻¹² of the function's scale, and 10⁻⁹ leaves room for fifth derivatives of some millions
/// (normalisations of few numbers have large ones). Float is compared with Double: some thousand
/// operations at 2⁻²⁴, which cancel in normalisations.
struct LayerDerivativeTests {
  private static let step = 3e-4
  private static let doubleTolerance = 1e-9
  private static let floatTolerance = 3e-5

  private func directions(_ arguments: [Tensor], _ name: String) -> [Tensor] {
    var rng = Seed(7).child("direction").child(name).makeStream()
    return arguments.map { .uniform($0.shape, low: -1, high: 1, type: .double, using: &rng) }
  }

  private func inner(_ a: [Tensor], _ b: [Tensor]) -> Tensor {
    zip(a, b).map { ($0 * $1).sum() }.reduce(.zeros([], type: a[0].scalarType)) { $0 + $1 }
  }

  private func difference(_ f: ([Tensor]) -> Tensor, _ x: [Tensor], along v: [Tensor]) -> Double {
    func value(_ t: Double) -> Double { f(zip(x, v).map { $0 + $1 * t }).item() }
    let h = Self.step
    return (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
  }

  private func expectClose(_ a: Double, _ b: Double, _ tolerance: Double, _ what: String) {
    #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(what): \(a) instead of \(b)")
  }

  @Test(arguments: LayerCase.all)
  func firstOrder(_ layer: LayerCase) {
    let x = layer.arguments(Seed(1))
    let v = directions(x, layer.name)
    let f = layer.scalar
    let expected = difference(f, x, along: v)
    #expect(expected != 0)
    let reverse: Double = inner(valueAndGradient(of: f)(x).gradients, v).item()
    let forward: Double = jvp({ [f($0)] }, x, tangents: v).tangents[0].item()
    expectClose(reverse, expected, Self.doubleTolerance, "reverse")
    expectClose(forward, reverse, 1e-13, "forward against reverse")
  }

  @Test(arguments: LayerCase.all)
  func secondOrder(_ layer: LayerCase) {
    let x = layer.arguments(Seed(2))
    let v = directions(x, layer.name)
    let u = directions(x, layer.name + " again")
    let f = layer.scalar
    let slope: ([Tensor]) -> Tensor = { inner(valueAndGradient(of: f)($0).gradients, u) }
    let expected = difference(slope, x, along: v)
    let reverseReverse: Double = inner(valueAndGradient(of: slope)(x).gradients, v).item()
    let forwardReverse: Double = jvp({ [slope($0)] }, x, tangents: v).tangents[0].item()
    expectClose(reverseReverse, expected, Self.doubleTolerance, "reverse over reverse")
    expectClose(forwardReverse, expected, Self.doubleTolerance, "forward over reverse")
  }

  /// Values, gradients and the Hessian along a direction.
  /// Silent error 15: single precision that computes something else.
  @Test(arguments: LayerCase.all)
  func floatAgreesWithDouble(_ layer: LayerCase) {
    let x = layer.arguments(Seed(3)).map { $0.asType(.float) }
    let u = directions(x, layer.name).map { $0.asType(.float) }
    let f = layer.scalar
    let all: ([Tensor], [Tensor]) -> [Tensor] = { x, u in
      let first = valueAndGradient(of: f)(x)
      let curved = jvp({ valueAndGradient(of: f)($0).gradients }, x, tangents: u).tangents
      return [first.value] + first.gradients + curved
    }
    let single = all(x, u)
    let double = all(x.map { $0.asType(.double) }, u.map { $0.asType(.double) })
    for (a, b) in zip(single, double) {
      #expect(a.scalarType == .float)
      #expect(distance(a, b) < Self.floatTolerance)
    }
  }

  /// Inputs mapped, parameters shared.
  @Test(arguments: LayerCase.all.filter { $0.arguments(Seed(1)).count > $0.parameterCount })
  func vmapIsALoop(_ layer: LayerCase) {
    let count = 3
    let examples = (0..<count).map { layer.arguments(Seed(UInt64(30 + $0))) }
    let parameters = Array(examples[0][..<layer.parameterCount])
    let inputs = (layer.parameterCount..<examples[0].count).map { index in
      stacked(examples.map { $0[index] })
    }
    let flags = parameters.map { _ in false } + inputs.map { _ in true }
    let whole = vmap({ [layer.function($0)] }, mapped: flags)(parameters + inputs)[0]
    let parts = examples.map { layer.function(parameters + $0[layer.parameterCount...]) }
    #expect(distance(whole, stacked(parts)) < 1e-13)
  }

  @Test(arguments: LayerCase.all)
  func compiledIsEager(_ layer: LayerCase) {
    let x = layer.arguments(Seed(4))
    let all: @Sendable ([Tensor]) -> [Tensor] = { arguments in
      let both = valueAndGradient(of: layer.scalar)(arguments)
      return [both.value, layer.function(arguments)] + both.gradients
    }
    let eager = all(x)
    for (a, b) in zip(compile(all)(x), eager) { #expect(distance(a, b) < 1e-13) }
  }
}
