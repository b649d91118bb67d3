import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Samples of a formula with errors of one per cent of each value.
private func noisy(
  _ truth: Expression, ranges: [ClosedRange<Double>], names: [String], count: Int = 300,
  dimensions: [PhysicalDimension] = [], target: PhysicalDimension? = nil, _ seed: Seed
) throws -> SymbolicData {
  var rng = seed.makeStream()
  let columns = ranges.map { range in
    (0..<count).map { _ in
      range.lowerBound + (range.upperBound - range.lowerBound) * rng.uniform()
    }
  }
  let exact = (0..<count).map { sample in truth.evaluate(columns.map { $0[sample] }) }
  let errors = exact.map { 0.01 * max(abs($0), 1e-3) }
  return try SymbolicData(
    variables: names.indices.map {
      .init(names[$0], columns[$0], dimension: $0 < dimensions.count ? dimensions[$0] : nil)
    }, target: zip(exact, errors).map { $0 + $1 * rng.normal() }, errors: errors,
    dimension: target)
}

private let quickEffort = SymbolicRegression.Effort(
  islands: 4, populationSize: 40, tournaments: 150, cycles: 15, patience: 2)

@Suite struct SymbolicRegressionTests {
  private let x = Expression.variable(0)
  private let y = Expression.variable(1)

  @Test func `One seed gives one front for any number of threads`() throws {
    let data = try noisy(
      2 * x / (1 + y), ranges: [1...3, 0...2], names: ["x", "y"], .test("data"))
    var effort = quickEffort
    effort.cycles = 4
    effort.patience = 5
    let fronts = try [1, 2].map { threads in
      try SymbolicRegression(effort: effort).run(
        data, seed: .test(), pool: WorkerPool(threadCount: threads))
    }
    #expect(fronts[0].csv == fronts[1].csv)
    #expect(fronts[0].members.map(\.expression) == fronts[1].members.map(\.expression))
    #expect(fronts[0].evaluationCount == fronts[1].evaluationCount)
    #expect(fronts[0].members.count > 2)
  }

  @Test(arguments: 0..<4)
  func `Laws come back from noisy data`(number: Int) throws {
    let laws: [(Expression, [ClosedRange<Double>])] = [
      (1.5 * x / (y - 0.7), [1...3, 1...4]),
      ((-x / y).applying(.exponential), [0.2...3, 0.5...2]),
      (x.applying(.square) / (1 + y), [0.5...3, 0.5...3]),
      (3 * x.applying(.hyperbolicTangent) + 0 * y, [0.3...3, 0...1]),
    ]
    let (truth, ranges) = laws[number]
    let data = try noisy(truth, ranges: ranges, names: ["x", "y"], .test("data", number))
    let front = try SymbolicRegression(effort: quickEffort).run(
      data, seed: .test(number), pool: WorkerPool())
    let chosen = front.chosen
    let grammar = SymbolicGrammar()
    #expect(chosen.complexity <= grammar.complexity(truth.simplified) + 1, "\(chosen.text)")
    // Beyond the range of the data the formula still holds.
    for place in [[2.0, 1.5], [4.5, 5.0], [3.5, 2.5]] {
      expectClose(
        chosen.expression.evaluate(place), truth.evaluate(place), relative: 0.02,
        "\(chosen.text)")
    }
    #expect(chosen.heldOutLoss.value < 1.5)
  }

  @Test func `Errors of constants are those of the noise`() throws {
    let front = try SymbolicRegression(effort: quickEffort).run(
      try noisy(1.5 * x, ranges: [1...3], names: ["x"], .test("data")), seed: .test(),
      pool: WorkerPool())
    let slope = try #require(front.chosen.constants.first)
    // Each of 300 values knows the slope to one per cent.
    expectClose(slope.error, 0.015 / 300.0.squareRoot(), relative: 0.05)
    #expect(abs(slope.pull(to: 1.5)) < 4.6)
  }

  @Test func `Units choose among formulas that fit equally well`() throws {
    // x and y are the same numbers, but only x is a length.
    var rng = Seed.test().makeStream()
    let values = (0..<200).map { _ in 1 + rng.uniform() }
    let target = values.map { 2 * $0 * (1 + 0.01 * rng.normal()) }
    let data = try SymbolicData(
      variables: [
        .init("t", values, dimension: .time), .init("x", values, dimension: .length),
      ], target: target, errors: target.map { 0.01 * $0 }, dimension: .length)
    var grammar = SymbolicGrammar()
    grammar.constantsCarryUnits = false
    let front = try SymbolicRegression(grammar: grammar, effort: quickEffort).run(
      data, seed: .test(), pool: WorkerPool())
    for member in front.members {
      #expect(
        member.expression.dimension(of: [.time, .length], constantsCarryUnits: false)
          == .consistent(.length), "\(member.text)")
    }
    #expect(front.chosen.text.hasSuffix("* x"), "\(front.chosen.text)")
  }

  @Test func `Odd functions are sought among odd formulas`() throws {
    let truth = x - x.applying(.cube) / 6
    let data = try noisy(truth, ranges: [-1.5...1.5], names: ["x"], .test("data"))
    var grammar = SymbolicGrammar()
    grammar.parities = ["x": .odd]
    let front = try SymbolicRegression(grammar: grammar, effort: quickEffort).run(
      data, seed: .test(), pool: WorkerPool())
    #expect(front.members.allSatisfy { $0.expression.parity(in: 0) == .odd })
    expectClose(front.chosen.expression.evaluate([1]), truth.evaluate([1]), relative: 0.02)
  }

  @Test func `What cannot be searched is refused`() throws {
    let column = (0..<10).map(Double.init)
    #expect(throws: InputError.self) {
      try SymbolicData(variables: [.init("x", column)], target: Array(column.dropLast()))
    }
    #expect(throws: InputError.self) {
      try SymbolicData(
        variables: [.init("x", column)], target: column,
        errors: [Double](repeating: 0, count: 10))
    }
    #expect(throws: InputError.self) {
      try SymbolicData(variables: [.init("x", column.map { 1 / $0 })], target: column)
    }
    var grammar = SymbolicGrammar()
    grammar.parities = ["z": .odd]
    let data = try SymbolicData(variables: [.init("x", column)], target: column)
    let error = #expect(throws: InputError.self) {
      try SymbolicRegression(grammar: grammar).run(data, seed: .test(), pool: WorkerPool())
    }
    #expect(error?.message == "the variable of a parity is z; allowed: x")
  }

  @Test func `A prediction is read out as a function of correlators`() throws {
    // What a network predicts of the temperature: a smooth function of the energy, blind to the other two.
    var rng = Seed.test("data").makeStream()
    let energies = (0..<2000).map { _ in -1.9 + 1.7 * rng.uniform() }
    let others = (0..<2).map { _ in (0..<2000).map { _ in rng.normal() } }
    let predictions = energies.map { 2.3 + 0.9 * naturalHyperbolicTangent(1.6 * ($0 + 1.4)) }
    let front = try Discovery.formula(
      for: predictions, named: "prediction",
      correlators: [("diagonal", others[0]), ("nearest", energies), ("plaquette", others[1])],
      seed: .test(), pool: WorkerPool())
    #expect(front.chosen.expression.variables == [1], "\(front.chosen.text)")
    #expect(front.chosen.heldOutLoss.value < 0.005)
    #expect(front.chosen.text.contains("nearest"))
  }

  @Test func `The front is written as a table`() throws {
    let front = try SymbolicRegression(effort: quickEffort).run(
      try noisy(1.5 * x, ranges: [1...3], names: ["x"], .test("data")), seed: .test(),
      pool: WorkerPool())
    let lines = front.csv.split(separator: "\n")
    #expect(lines.count == front.members.count + 1)
    #expect(lines[0].hasPrefix("complexity,training loss,held-out loss"))
    #expect(lines[1 + front.chosenIndex].contains(",1,\"y = \(front.chosen.text)\""))
    #expect(front.figure.panels[0].series[0].x.count == front.members.count)
    let sizes = front.members.map(\.complexity)
    #expect(sizes == sizes.sorted())
  }
}
