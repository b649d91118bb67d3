import LandauCore
import LandauDiscovery

/// Whether the search finds a standard formula again, and how well what it found holds.
struct FormulaRecovery: Sendable {
  let name: String
  let truth: Expression
  let front: ParetoFront
  let seconds: Double
  /// Root mean square of the deviation from the exact formula, in standard errors of one measurement: at
  /// new points within the ranges, and beyond them.
  let within: Double
  let beyond: Double
  let trueComplexity: Int
  /// Whether the formula is the truth for some values of its constants: fitted to exact values nothing is left.
  let isExact: Bool

  /// How much larger than the truth a formula may be.
  static let margin = 4

  /// Agreement to half of the noise of one point within and to all of it beyond the ranges, and no more than
  /// the complexity of the truth and a margin.
  var isRecovered: Bool {
    within < 0.5 && beyond < 1 && front.chosen.complexity <= trueComplexity + Self.margin
  }

  /// What all formulas are sought with.
  static func grammar(_ formula: StandardFormula) -> SymbolicGrammar {
    SymbolicGrammar(
      unary: [.square, .cube, .squareRoot, .inverse, .exponential, .logarithm, .hyperbolicTangent],
      largestComplexity: 22, constantLimit: 5, parities: formula.parities)
  }

  init(
    _ formula: StandardFormula, effort: SymbolicRegression.Effort, seed: Seed, pool: WorkerPool,
    cancellation: Cancellation
  ) throws {
    let grammar = Self.grammar(formula)
    var places = seed.child("places").makeStream()
    let data = try formula.data(
      formula.points(600, using: &places), noise: seed.child("noise"))
    let start = Progress.now()
    front = try SymbolicRegression(grammar: grammar, effort: effort).run(
      data, seed: seed.child("search"), pool: pool, cancellation: cancellation)
    seconds = Progress.now() - start
    name = formula.name
    truth = formula.truth
    trueComplexity = grammar.complexity(formula.truth.simplified)
    var rng = seed.child("judges").makeStream()
    let inside = formula.points(400, using: &rng)
    let outside = formula.points(400, reach: 0.5, using: &rng)
    let scale = formula.scale(inside)
    let found = front.chosen.expression
    func deviation(_ points: [[Double]]) -> Double {
      let squares = points.map { point -> Double in
        let exact = formula.truth.evaluate(point)
        let difference = found.evaluate(point) - exact
        let unit = StandardFormula.error(of: exact, scale: scale)
        return difference * difference / (unit * unit)
      }
      let mean = squares.reduce(0, +) / Double(squares.count)
      return mean.isFinite ? mean.squareRoot() : .infinity
    }
    isExact = found.fitted(to: try formula.data(inside), steps: 400).loss < 1e-9
    within = deviation(inside)
    beyond = deviation(outside)
  }
}
