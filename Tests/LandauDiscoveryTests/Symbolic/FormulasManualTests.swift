import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct FormulasManualTests {
  @Test func `The page's code finds the magnetisation of a spin in a field`() throws {
    var rng = Seed.test().makeStream()
    let temperatures = (0..<200).map { _ in 0.5 + 2 * rng.uniform() }
    let fields = (0..<200).map { _ in 2 * rng.uniform() - 1 }
    let exact = zip(fields, temperatures).map { naturalHyperbolicTangent($0 / $1) }
    let errors = [Double](repeating: 0.01, count: 200)
    let measured = exact.map { $0 + 0.01 * rng.normal() }
    let data = try SymbolicData(
      variables: [
        .init("T", temperatures, dimension: .temperature), .init("h", fields, dimension: .energy),
      ], target: measured, name: "m", errors: errors, dimension: PhysicalDimension.none)
    let search = SymbolicRegression(grammar: SymbolicGrammar(parities: ["h": .odd]))
    let front = try search.run(data, seed: Seed(1), pool: WorkerPool())
    print(front.chosen.text)
    #expect(front.chosen.expression.parity(in: 1) == .odd)
    expectClose(
      front.chosen.expression.evaluate([1, 0.5]), naturalHyperbolicTangent(0.5), absolute: 0.01)
    let slope = front.chosen.expression.derivative(withRespectTo: 1)
    print(slope.latex(data.names), slope.evaluate([2.0, 0.0]))
    expectClose(slope.evaluate([2.0, 0.0]), 0.5, absolute: 0.02)
    let energies = (0..<300).map { _ in -2 * rng.uniform() }
    let predictions = energies.map { 2 + 0.5 * $0 }
    let read = try Discovery.formula(
      for: predictions, named: "temperature", correlators: [("nearest", energies)],
      seed: Seed(1), pool: WorkerPool())
    print(read.chosen.text)
    #expect(read.chosen.complexity <= 5, "\(read.chosen.text)")
    try expectPageShowsCode("formulas.md", minimum: 11)
  }
}
