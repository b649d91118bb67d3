import LandauCore
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct ConstantFitTests {
  private let x = Expression.variable(0)

  /// y = 3 exp(-x/2) + 1 with errors of 0.02.
  private func decay(_ seed: Seed) throws -> SymbolicData {
    var rng = seed.makeStream()
    let values = (0..<150).map { 0.05 * Double($0) }
    let truth = values.map { 3 * naturalExponential(-0.5 * $0) + 1 }
    return try SymbolicData(
      variables: [.init("x", values)], target: truth.map { $0 + 0.02 * rng.normal() },
      errors: [Double](repeating: 0.02, count: 150))
  }

  @Test func `Blocks give what single points give`() throws {
    let data = try decay(.test())
    let samples = data.subset(Array(0..<data.count))
    let evaluator = ColumnEvaluator(samples)
    let f = (2 * x + 1).applying(.squareRoot) / (1 + x.applying(.cube).applying(.hyperbolicTangent))
    evaluator.evaluate(f.nodes)
    for sample in [0, 63, 64, 149] {
      #expect(evaluator.output[sample] == f.evaluate([data.variables[0].values[sample]]))
    }
  }

  @Test func `Constants and errors are those of a general fit`() throws {
    let data = try decay(.test())
    let fit = ConstantFit(data.subset(Array(0..<data.count)))
    var f = 2 * (-1.0 * x).applying(.exponential) + 0.5
    let loss = fit.optimize(&f.nodes, .none, steps: 60, tolerance: 1e-12).loss
    let reference = NonlinearFit(
      data.variables[0].values, values: data.target, errors: data.errors, initial: [2, -1, 0.5]
    ) { $1[0] * naturalExponential($1[1] * $0) + $1[2] }
    #expect(reference.status == .converged)
    expectClose(loss * 150, reference.chiSquare, relative: 1e-8)
    let covariance = try #require(fit.covariance(f.nodes))
    for index in 0..<3 {
      let expected = reference.parameter(index)
      expectClose(f.constants[index], expected.value, absolute: 1e-3 * expected.error)
      expectClose(covariance[index][index].squareRoot(), expected.error, relative: 1e-4)
    }
  }

  @Test func `Factor and offset are solved for`() throws {
    let data = try decay(.test())
    let fit = ConstantFit(data.subset(Array(0..<data.count)))
    var inner = (1.0 * x).applying(.exponential)
    inner.constants = [-1]
    let found = fit.optimize(&inner.nodes, .factorAndOffset, steps: 30, tolerance: 1e-10)
    expectClose(found.factor, 3, absolute: 0.05)
    expectClose(found.offset, 1, absolute: 0.02)
    expectClose(inner.constants[0], -0.5, absolute: 0.02)
    #expect(found.loss < 1.4 && found.loss > 0.6)
    #expect(found.loss <= found.factorLoss && found.factorLoss <= found.rawLoss)
  }

  @Test func `Derivatives by constants agree with differences`() throws {
    let data = try decay(.test())
    let evaluator = ColumnEvaluator(data.subset(Array(0..<data.count)))
    let operations = Expression.Operation.allCases.filter { $0.arity == 1 && $0 != .power }
    let inner = (x + 0.7) * 0.3 / (x - 9.5) + (2.1 - x) / 8
    var formulas = operations.map { inner.applying(.square).applying($0) }
    formulas += operations.map { (inner.applying(.absolute) + 0.2).applying($0) }
    formulas.append((inner.applying(.absolute) + 0.2).raised(to: -1.5))
    for f in formulas {
      let places = f.nodes.indices.filter { f.nodes[$0].operation == .constant }
      for (number, place) in places.enumerated() {
        var (up, down) = (f, f)
        up.constants[number] += 1e-6
        down.constants[number] -= 1e-6
        var slopes: [Double] = []
        evaluator.differentiate(f.nodes) { start, _, adjoint in
          if start == 0 { slopes = (0..<64).map { adjoint(place)[$0] } }
        }
        for sample in stride(from: 1, to: 64, by: 9) {
          let at = [data.variables[0].values[sample]]
          let difference = (up.evaluate(at) - down.evaluate(at)) / 2e-6
          expectClose(slopes[sample], difference, absolute: 1e-6, relative: 1e-5, "\(f)")
        }
      }
    }
  }
}
