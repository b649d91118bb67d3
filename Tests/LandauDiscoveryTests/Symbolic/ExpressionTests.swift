import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Three variables, every operation there is.
private let everything = SymbolicGrammar(
  unary: [
    .negate, .inverse, .square, .cube, .squareRoot, .exponential, .logarithm, .sine, .cosine,
    .hyperbolicTangent, .absolute,
  ], exponents: [-2, -1.5, -0.5, 1.0 / 3, 1.5, 4, 6])

private func randomExpressions(_ count: Int, _ seed: Seed) throws -> [Expression] {
  let column = [Double](repeating: 1, count: 8)
  let data = try SymbolicData(
    variables: ["x", "y", "z"].map { .init($0, column) }, target: column)
  var variation = Variation(SymbolicRules(everything, data), seed.makeStream())
  return (0..<count).map { index in Expression(nodes: variation.tree(operations: 1 + index % 9)) }
}

private func points(_ count: Int, _ seed: Seed, positive: Bool = false) -> [[Double]] {
  var rng = seed.makeStream()
  return (0..<count).map { _ in
    (0..<3).map { _ in positive ? 0.3 + 2 * rng.uniform() : 4 * rng.uniform() - 2 }
  }
}

@Suite struct ExpressionTests {
  private let x = Expression.variable(0)
  private let y = Expression.variable(1)
  private let z = Expression.variable(2)

  @Test func `Values, text and LaTeX of one formula`() {
    let f = 2 * x / (1 + y.applying(.exponential)) - (x - z).raised(to: -1.5)
    expectClose(f.evaluate([5, 0, 1]), 5 - 0.125, ulps: 2)
    #expect(f.text(["a", "b", "c"]) == "2 * a / (1 + exp(b)) - (a - c)^(-3/2)")
    #expect(
      f.latex(["a", "b", "c"])
        == "\\frac{2 \\, a}{1 + \\exp\\left(b\\right)} - \\left(a - c\\right)^{-3/2}")
    #expect(f.constants == [2, 1])
    #expect(f.variables == [0, 1, 2])
    #expect((x / (y * z)).description == "x0 / (x1 * x2)")
    #expect((x - (y - z)).description == "x0 - (x1 - x2)")
  }

  @Test func `Simplification preserves values`() throws {
    let places = points(12, .test("points")) + points(12, .test("positive"), positive: true)
    var compared = 0
    for expression in try randomExpressions(1500, .test("expressions")) {
      let simplified = expression.simplified
      #expect(simplified.nodes.count <= expression.nodes.count + 4, "\(expression)")
      for place in places {
        let value = expression.evaluate(place)
        // Where parts overflow or cancel to nothing the two ways of rounding have nothing in common.
        guard value.isFinite, abs(value) < 1e6, abs(value) > 1e-6 else { continue }
        guard isStable(expression, place) else { continue }
        compared += 1
        expectClose(
          simplified.evaluate(place), value, absolute: 1e-7, relative: 1e-7,
          "\(expression) became \(simplified)")
      }
    }
    #expect(compared > 10_000)
  }

  /// Whether rounding of the variables hardly changes the value, or makes it undefined.
  private func isStable(_ expression: Expression, _ place: [Double]) -> Bool {
    let value = expression.evaluate(place)
    return [1 + 1e-11, 1 - 1e-11].allSatisfy { factor in
      abs(expression.evaluate(place.map { $0 * factor }) - value) < 1e-8 * abs(value)
    }
  }

  @Test func `Simplifying twice changes nothing more`() throws {
    for expression in try randomExpressions(1000, .test()) {
      let once = expression.simplified
      let twice = once.simplified
      #expect(twice.nodes.count <= once.nodes.count, "\(once) became \(twice)")
    }
  }

  @Test func `Rules of algebra`() {
    let cases: [(Expression, Expression)] = [
      (x - x, 0), (x / x, 1), (x + x, 2 * x), (3 * x - 2 * x, x), (x * x, x.applying(.square)),
      (0 * x + 1 * y, y), (-(-x), x), (x - (-y), x + y), (2 * (3 * x), 6 * x),
      (x.applying(.logarithm).applying(.exponential), x),
      (x.applying(.square).applying(.squareRoot), x.applying(.absolute)),
      (x.applying(.exponential) * y.applying(.exponential), (x + y).applying(.exponential)),
      ((-x).applying(.sine), -x.applying(.sine)), ((-x).applying(.cosine), x.applying(.cosine)),
      ((x / y) / (z / y), x / z), (1 / (1 / x), x), ((2 * x).applying(.square) / 4, x * x),
      ((1 + x) + (2 - x), 3), (x * y / x, y), ((2 + x) * 1 - 2, x),
    ]
    for (long, short) in cases {
      #expect(long.simplified == short.simplified, "\(long) became \(long.simplified)")
      #expect(long.simplified.nodes.count <= short.nodes.count)
    }
    #expect((y * x).simplified == (x * y).simplified)
    #expect((x - 1).simplified == (-1 + x).simplified)
  }

  @Test func `Derivatives agree with differences`() throws {
    let places = points(6, .test("points"), positive: true)
    var compared = 0
    for expression in try randomExpressions(600, .test("expressions")) {
      for variable in 0..<3 {
        let derivative = expression.derivative(withRespectTo: variable)
        for place in places {
          guard let (slope, error) = slope(expression, variable, place) else { continue }
          compared += 1
          expectClose(
            derivative.evaluate(place), slope, absolute: error, relative: 1e-4,
            "d/dx\(variable) of \(expression): \(derivative)")
        }
      }
    }
    #expect(compared > 3000)
    #expect((x * x).derivative(withRespectTo: 0) == (2 * x).simplified)
    #expect(x.derivative(withRespectTo: 1) == 0)
  }

  /// A central difference and the change when its width is halved; nil where it says nothing.
  /// Whether every part of an expression is finite: 1/x^(1/2) of an infinite x is zero, its derivative undefined.
  private func hasFiniteParts(_ f: Expression, _ place: [Double]) -> Bool {
    f.nodes.indices.allSatisfy { end in
      Expression(nodes: Array(f.nodes[f.subtreeStart(end)...end])).evaluate(place).isFinite
    }
  }

  private func slope(_ f: Expression, _ variable: Int, _ place: [Double]) -> (Double, Double)? {
    func difference(_ width: Double) -> Double {
      var (up, down) = (place, place)
      up[variable] += width
      down[variable] -= width
      return (f.evaluate(up) - f.evaluate(down)) / (2 * width)
    }
    guard hasFiniteParts(f, place) else { return nil }
    let value = f.evaluate(place)
    let (wide, narrow) = (difference(2e-5), difference(1e-5))
    guard value.isFinite, narrow.isFinite, wide.isFinite, abs(value) < 1e4, abs(narrow) < 1e4,
      abs(wide - narrow) < 1e-4 * max(1e-3, abs(narrow))
    else { return nil }
    return (narrow, 10 * abs(wide - narrow) + 1e-9 * abs(value) / 1e-5 + 1e-9)
  }
}
