import LandauCore
import LandauDiscovery
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct StandardFormulaTests {
  @Test func `Thirty formulas are consistent in their units and finite in their ranges`() {
    #expect(StandardFormula.all.count == 30)
    #expect(Set(StandardFormula.all.map(\.name)).count == 30)
    for formula in StandardFormula.all {
      let check = formula.truth.simplified.dimension(
        of: formula.variables.map(\.dimension), constantsCarryUnits: true)
      #expect(check == .any || check == .consistent(formula.target), "\(formula.name)")
      var rng = Seed.test(formula.name).makeStream()
      for reach in [0, 0.5] {
        #expect(
          formula.points(50, reach: reach, using: &rng).allSatisfy {
            formula.truth.evaluate($0).isFinite
          })
      }
      for (name, parity) in formula.parities {
        let index = formula.names.firstIndex(of: name)
        #expect(index.map { formula.truth.parity(in: $0) } == parity)
      }
    }
  }

  @Test(.long) func `Two thirds of the formulas are recovered`() throws {
    let recoveries = try StandardFormula.all.map {
      try FormulaRecovery(
        $0, effort: .init(patience: 10), seed: .test($0.name), pool: WorkerPool(),
        cancellation: .never)
    }
    let missed = recoveries.filter { !$0.isRecovered }.map(\.name)
    #expect(missed.count <= 10, "\(missed)")
  }

  @Test func `The truth passes for itself and a wrong formula does not`() throws {
    let law = try #require(StandardFormula.all.first { $0.name == "Curie law" })
    let effort = SymbolicRegression.Effort(
      islands: 2, populationSize: 20, tournaments: 60, cycles: 4, patience: 1)
    let found = try FormulaRecovery(
      law, effort: effort, seed: .test(), pool: WorkerPool(), cancellation: .never)
    #expect(found.isRecovered, "\(found.front.chosen.text)")
    #expect(found.isExact)
    // One part too many for what the margin allows, or a wrong exponent, would not pass.
    let grammar = FormulaRecovery.grammar(law)
    let wrong = try SymbolicRegression(
      grammar: SymbolicGrammar(binary: [.add, .subtract], unary: [.exponential]), effort: effort
    ).run(try law.data((1...40).map { [Double($0) / 4 + 0.1] }), seed: .test(), pool: WorkerPool())
    #expect(grammar.complexity(wrong.chosen.expression) > 3)
    let exact = try law.data((1...40).map { [Double($0) / 4 + 0.1] })
    #expect(wrong.chosen.expression.fitted(to: exact).loss > 1e-9)
    #expect(law.truth.fitted(to: exact).loss < 1e-20)
  }

  @Test(.long) func `Messages of a graph network are the force`() throws {
    let report = try quickStudy("symbolic-from-gnn")
    #expect(report.exitStatus == 0, "\(report.text)")
  }

  @Test func `Accelerations are the sums of the pulls of pairs`() {
    for sample in ParticleDynamics(law: .spring).samples(8, .test()) {
      let sum = sample.edges.map(ParticleDynamics(law: .spring).pull)
      expectClose(sum.reduce(0) { $0 + $1.0 }, sample.acceleration[0], absolute: 1e-12)
      expectClose(sum.reduce(0) { $0 + $1.1 }, sample.acceleration[1], absolute: 1e-12)
    }
    // The pull of gravity at distance two of mass one is a quarter, along the line.
    let pull = ParticleDynamics(law: .inverseSquare).pull([2, 0, 2, 1])
    expectClose(pull.0, 0.25, relative: 2e-4)
    #expect(pull.1 == 0)
  }
}
