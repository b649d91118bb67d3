import LandauCore
import Testing

@testable import LandauTensor

/// Taylor mode against closed forms, against nested forward mode, and against itself by definition.
struct TaylorTests {
  /// Coefficients of f(t) at zero, from the tables of elementary functions.
  struct ClosedForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let f: @Sendable (Tensor) -> Tensor
    let terms: [Double]

    init(
      _ name: String, _ above: [Double], over below: [Double],
      _ f: @escaping @Sendable (Tensor) -> Tensor
    ) {
      testDescription = name
      self.f = f
      terms = zip(above, below).map { $0 / $1 }
    }
  }

  private static let ones: [Double] = [1, 1, 1, 1, 1, 1, 1, 1]
  private static let factorials: [Double] = [1, 1, 2, 6, 24, 120, 720, 5040]
  private static let rootOfPi = 1.772_453_850_905_516

  static let closedForms: [ClosedForm] = [
    ClosedForm("exp", ones, over: factorials) { exp($0) },
    ClosedForm("log(1 + t)", [0, 1, -1, 1, -1, 1, -1, 1], over: [1, 1, 2, 3, 4, 5, 6, 7]) {
      log($0 + 1)
    },
    ClosedForm("tanh", [0, 1, 0, -1, 0, 2, 0, -17], over: [1, 1, 1, 3, 1, 15, 1, 315]) {
      tanh($0)
    },
    ClosedForm("sigmoid", [1, 1, 0, -1, 0, 1, 0, -17], over: [2, 4, 1, 48, 1, 480, 1, 80640]) {
      sigmoid($0)
    },
    ClosedForm("sin", [0, 1, 0, -1, 0, 1, 0, -1], over: factorials) { sin($0) },
    ClosedForm("cos", [1, 0, -1, 0, 1, 0, -1, 0], over: factorials) { cos($0) },
    ClosedForm(
      "sqrt(1 + t)", [1, 1, -1, 1, -5, 7, -21, 33], over: [1, 2, 8, 16, 128, 256, 1024, 2048]
    ) { sqrt($0 + 1) },
    ClosedForm(
      "erf", [0, 2, 0, -2, 0, 2, 0, -2], over: [1, 1, 1, 3, 1, 10, 1, 42].map { $0 * rootOfPi }
    ) {
      erf($0)
    },
    ClosedForm("1 / (1 + t)", [1, -1, 1, -1, 1, -1, 1, -1], over: ones) { 1 / ($0 + 1) },
    ClosedForm("t³", [0, 0, 0, 1, 0, 0, 0, 0], over: ones) { pow($0, 3) },
    ClosedForm(
      "(1 + t)^(3/2)", [1, 3, 3, -1, 3, -3, 7, -9], over: [1, 2, 8, 16, 128, 256, 1024, 2048]
    ) { pow($0 + 1, 1.5) },
    ClosedForm("|t - 1| (t + 2)", [2, -1, -1, 0, 0, 0, 0, 0], over: ones) {
      abs($0 - 1) * ($0 + 2)
    },
    ClosedForm("e^t as a power", ones, over: factorials) {
      pow(Tensor.full([1], 2.718_281_828_459_045, type: $0.scalarType), $0)
    },
  ]

  @Test(arguments: closedForms, [ScalarType.double, .float])
  func elementaryFunctions(form: ClosedForm, type: ScalarType) {
    let one = Tensor([1.0]).asType(type)
    let found = taylorCoefficients(of: form.f, at: one * 0, along: one, order: 7)
    // A recurrence to order seven rounds a few tens of times.
    let bound = type == .double ? 1e-14 : 1e-5
    for (k, (a, b)) in zip(found, form.terms).enumerated() {
      #expect(abs(a.item(Double.self) - b) < bound, "order \(k): \(a.item(Double.self))")
    }
  }

  /// Every primitive along a curved path, by its own rule and by the way of operations without one.
  @Test(arguments: PrimitiveCase.all)
  func everyPrimitiveAgreesWithNestedForwardMode(_ primitive: PrimitiveCase) {
    let order = 4
    let x = primitive.inputs(Seed(41))
    var rng = Seed(42).child(primitive.name).makeStream()
    let curve = (0..<2).map { _ in
      x.map { Tensor.uniform($0.shape, low: -1, high: 1, type: $0.scalarType, using: &rng) }
    }
    let program = Program(tracing: { [primitive.function($0)] }, x.map(\.type))
    let arguments = x + x.indices.flatMap { i in curve.map { $0[i] } }
    let own = program.taylor(x.count, given: 2, order: order)
    let nested = program.taylor(x.count, given: 2, order: order, nesting: true)
    #expect(own.check().isEmpty && nested.check().isEmpty)
    let (a, b) = (own(arguments), nested(arguments))
    for k in 0...order { #expect(distance(a[k], b[k]) < 1e-12, "order \(k)") }
    // And the whole function at once, in derivatives instead of coefficients.
    let derivatives = Program.timeDerivatives(order, x.map(\.type)) { b, values in
      b.call(program, values)
    }
    let zeros = x.map { $0 * 0 }
    let curves = [x, curve[0], curve[1].map { $0 * 2 }, zeros, zeros].flatMap { $0 }
    var factorial = 1.0
    for (k, derivative) in derivatives(curves).enumerated() {
      factorial *= Double(max(1, k))
      #expect(distance(a[k] * factorial, derivative) < 1e-11 * factorial, "order \(k)")
    }
  }

  /// A network to order six along a line, in both scalar types.
  @Test func aNetworkToOrderSix() {
    var rng = Seed(43).makeStream()
    let w = [[3, 8], [8], [8, 8], [8, 1]].map {
      Tensor.normal($0, type: .double, using: &rng) * 0.6
    }
    func network(_ x: Tensor) -> Tensor {
      let w = w.map { $0.asType(x.scalarType) }
      let hidden = tanh(matmul(x, w[0]) + w[1])
      return matmul(sigmoid(matmul(hidden, w[2])), w[3])
    }
    let x = Tensor.normal([5, 3], type: .double, using: &rng)
    let v = Tensor.normal([5, 3], type: .double, using: &rng)
    var nested: [(Tensor) -> Tensor] = [network]
    for k in 0..<6 {
      let f = nested[k]
      nested.append { jvp({ [f($0[0])] }, [$0], tangents: [v]).tangents[0] }
    }
    let found = taylorCoefficients(of: network, at: x, along: v, order: 6)
    let single = taylorCoefficients(
      of: network, at: x.asType(.float), along: v.asType(.float), order: 6)
    var factorial = 1.0
    for k in 0...6 {
      factorial *= Double(max(1, k))
      #expect(distance(found[k], nested[k](x) * (1 / factorial)) < 1e-12, "order \(k)")
      #expect(distance(single[k], found[k]) < 3e-5, "order \(k) in Float")
    }
  }

  @Test func changingExponentsAndBases() {
    // x^y = exp(y log x), expanded both ways; and zero growth from a base that is not positive.
    let x = Tensor([0.4, 1.3, 2.2])
    let (v, w) = (Tensor([1.0, -0.3, 0.5]), Tensor([0.2, 0.7, -1]))
    let power = taylor({ [pow($0[0], $0[1])] }, [x, x * 2], series: [[v], [w]], order: 5)[0]
    let plain = taylor({ [exp($0[1] * log($0[0]))] }, [x, x * 2], series: [[v], [w]], order: 5)[0]
    for (a, b) in zip(power, plain) { #expect(distance(a, b) < 1e-12) }
    let negative = taylor(
      { [pow($0[0], $0[1])] }, [Tensor([-2.0]), Tensor([2.0])],
      series: [[Tensor([0.0])], [Tensor([1.0])]], order: 2)[0]
    #expect(negative.map { $0.item(Double.self) } == [4, 0, 0])
  }

  @Test func nestsWithTheOtherTransformations() {
    // d/dx of the second coefficient of sin along v is -v² cos(x) / 2.
    let x = Tensor([0.3, 1.1, -0.8])
    let v = Tensor([1.0, 2.0, 0.5])
    let second: @Sendable ([Tensor]) -> [Tensor] = {
      [taylorCoefficients(of: { sin($0) }, at: $0[0], along: v, order: 2)[2]]
    }
    let expected = v * v * cos(x) * -0.5
    #expect(distance(grad { second([$0])[0].sum() }(x), expected) < 1e-14)
    #expect(distance(compile(second)([x])[0], v * v * sin(x) * -0.5) < 1e-14)
    let rows = vmap(second)([stacked([x, x * 2])])[0]
    #expect(distance(rows, v * v * sin(stacked([x, x * 2])) * -0.5) < 1e-14)
    // Taylor of Taylor: mixed coefficients of exp(s + t).
    let mixed = taylor(
      { taylorCoefficients(of: { exp($0) }, at: $0[0], along: v, order: 3) }, [x], series: [[v]],
      order: 2)
    #expect(distance(mixed[3][2], exp(x) * pow(v, 5) * (1.0 / 12)) < 1e-14)
  }

  /// Operations without a Taylor rule take nested forward mode, with the derivative they were given.
  @Test func customDerivatives() {
    let softplus = customDerivative({ [log(1 + exp($0[0])), $0[0] * $0[1]] }) { x, _, g in
      [g[0] * sigmoid(x[0]) + g[1] * x[1], g[1] * x[0]]
    }
    let x = [Tensor([0.3, -1.2]), Tensor([2.0, 0.5])]
    let v = [Tensor([1.0, 0.7]), Tensor([0.4, -1])]
    let found = taylor(
      { [sin(softplus($0)[0]), softplus($0)[1]] }, x, series: v.map { [$0] }, order: 4)
    let plain = taylor(
      { [sin(log(1 + exp($0[0]))), $0[0] * $0[1]] }, x, series: v.map { [$0] }, order: 4)
    for (a, b) in zip(found.joined(), plain.joined()) { #expect(distance(a, b) < 1e-14) }
  }

  @Test func argumentsThatDoNotMoveStayPut() {
    let table = Tensor([1.0, 4.0, 9.0])
    let found = taylor(
      { [$0[0].gathered($0[1], axis: 0), Tensor([5.0])] }, [table, Tensor([2, 0] as [Int32])],
      series: [[table], [Tensor([0, 0] as [Int32])]], order: 2)
    #expect(found[0].map { $0.scalars(Double.self) } == [[9, 1], [9, 1], [0, 0]])
    #expect(found[1].map { $0.scalars(Double.self) } == [[5], [0], [0]])
  }
}
