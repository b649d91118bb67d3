import LandauCore

/// One population: tournaments whose winners are changed, fitted, and put in the place of the oldest.
///
/// Age decides who leaves, not quality, so that nothing lucky stays for ever (Real et al. 2019, arXiv:1802.01548); sizes
/// that are common are at a disadvantage, so that all sizes are searched (Cranmer 2023, arXiv:2305.01582).
/// An island is touched by one thread at a time, and all its random numbers are its own.
final class Island: @unchecked Sendable {
  // Unchecked: the search hands each island to one index of a loop and reads it after the loop.

  struct Individual {
    /// Simplified, without a constant factor or offset around the whole.
    var nodes: [Expression.Node]
    var scaled: ConstantFit.Scaled
    var complexity: Int
    /// ln(loss) and the price of the size.
    var score: Double
  }

  private let rules: SymbolicRules
  private let fit: ConstantFit
  private let effort: SymbolicRegression.Effort
  private var variation: Variation
  private var builder = ExpressionBuilder()
  private var next = 0
  private(set) var population: [Individual] = []
  /// The best formula of every complexity since the last cycle began.
  private(set) var found: FormulaRecord
  /// Structures that were fitted before, with where that ended.
  private var known: [UInt64: (constants: [Double], scaled: ConstantFit.Scaled)] = [:]
  private var frequencies: [Double]
  private let frame: ConstantFit.Frame

  init(
    _ rules: SymbolicRules, _ samples: SymbolicSamples, _ effort: SymbolicRegression.Effort,
    _ seed: Seed
  ) {
    self.rules = rules
    self.effort = effort
    fit = ConstantFit(samples)
    variation = Variation(rules, seed.makeStream())
    found = FormulaRecord(limit: rules.grammar.largestComplexity)
    frequencies = [Double](repeating: 1, count: rules.grammar.largestComplexity + 1)
    frame = rules.allowsOffset ? .factorAndOffset : .factor
  }

  var evaluationCount: Int { fit.evaluationCount }

  /// Fills the population, or goes through so many tournaments.
  func runCycle() {
    found.removeAll()
    var attempts = 0
    while population.count < effort.populationSize && attempts < 100 * effort.populationSize {
      attempts += 1
      let size = 1 + variation.rng.index(below: 4)
      if let new = individual(variation.tree(operations: size)) { population.append(new) }
    }
    guard population.count > 1 else { return }
    countFrequencies()
    for _ in 0..<effort.tournaments {
      let parent = population[tournament()]
      let partner = population[tournament()]
      guard let child = child(of: parent, partner) else { continue }
      frequencies[child.complexity] += 1 / Double(population.count)
      population[next] = child
      next = (next + 1) % population.count
    }
  }

  /// Takes formulas from elsewhere in the place of random members.
  func receive(_ expressions: [Expression]) {
    guard !population.isEmpty else { return }
    for expression in expressions {
      if let new = individual(expression.nodes) {
        population[variation.rng.index(below: population.count)] = new
      }
    }
  }

  private func countFrequencies() {
    for index in frequencies.indices { frequencies[index] = 0.1 }
    for member in population { frequencies[member.complexity] += 1 }
    let sum = frequencies.reduce(0, +)
    for index in frequencies.indices { frequencies[index] /= sum }
  }

  /// The member that wins among a few.
  private func tournament() -> Int {
    var best = -1
    var bestScore = Double.infinity
    for _ in 0..<effort.tournamentSize {
      let candidate = variation.rng.index(below: population.count)
      let member = population[candidate]
      let score = member.score + effort.crowding * frequencies[member.complexity]
      // The better one wins nine times in ten.
      if best < 0 || score < bestScore && variation.rng.uniform() < 0.9 {
        (best, bestScore) = (candidate, score)
      }
    }
    return best
  }

  private func child(of parent: Individual, _ partner: Individual) -> Individual? {
    // Half of the changes see the factor and offset as part of the formula.
    let isWhole = variation.rng.uniform() < 0.5
    let source = isWhole ? parent.nodes : materialized(parent)
    let structure = Expression(nodes: parent.nodes).structureHash
    for _ in 0..<12 {
      let changed = variation.changed(source, partner: partner.nodes)
      if let new = individual(changed, otherThan: structure) { return new }
    }
    return nil
  }

  private func materialized(_ member: Individual) -> [Expression.Node] {
    let withOffset = frame == .factorAndOffset && variation.rng.uniform() < 0.5
    return whole(
      member.nodes, factor: withOffset ? member.scaled.factor : member.scaled.plainFactor,
      offset: withOffset ? member.scaled.offset : 0
    ).nodes
  }

  private func whole(_ nodes: [Expression.Node], factor: Double, offset: Double) -> Expression {
    builder.removeAll()
    let inner = builder.scale(factor, builder.read(nodes))
    let root = builder.shift(offset, inner)
    return builder.expression(root)
  }

  /// The formula simplified, checked and fitted; nil where it is not allowed or has no finite values.
  ///
  /// - Parameter parent: the structure that came from; the same again is only of use with constants elsewhere.
  private func individual(_ nodes: [Expression.Node], otherThan parent: UInt64? = nil)
    -> Individual?
  {
    guard nodes.count <= ColumnEvaluator.nodeLimit else { return nil }
    builder.removeAll()
    var root = builder.read(nodes)
    if frame == .factorAndOffset {
      guard let rest = builder.offset(root).1 else { return nil }
      root = rest
    }
    guard let core = builder.coefficient(root).1 else { return nil }
    var expression = builder.expression(core)
    guard rules.fits(expression), rules.accepts(expression, isScaled: true) else { return nil }
    let hash = expression.structureHash
    let scaled: ConstantFit.Scaled
    let constants = expression.constants
    if hash == parent && (constants.isEmpty || variation.rng.uniform() < 0.5) { return nil }
    if let entry = known[hash],
      constants.isEmpty || variation.rng.uniform() < 0.8
    {
      expression.constants = entry.constants
      scaled = entry.scaled
      guard scaled.loss.isFinite else { return nil }
    } else {
      scaled = fit.optimize(
        &expression.nodes, frame, steps: effort.fitSteps, tolerance: effort.fitTolerance)
      if known.count > 200_000 { known.removeAll(keepingCapacity: true) }
      if !(known[hash].map { $0.scaled.loss <= scaled.loss } ?? false) {
        known[hash] = (expression.constants, scaled)
      }
      guard scaled.loss.isFinite else { return nil }
      record(expression, scaled)
    }
    let complexity = rules.complexity(expression)
    return Individual(
      nodes: expression.nodes, scaled: scaled, complexity: complexity,
      score: naturalLogarithm(max(scaled.loss, 1e-30)) + effort.parsimony * Double(complexity))
  }

  /// Keeps the formula alone, with a factor, and with factor and offset, where one is the best of its size.
  private func record(_ expression: Expression, _ scaled: ConstantFit.Scaled) {
    let size = rules.complexity(expression)
    if rules.accepts(expression, isScaled: false) {
      found.offer(expression, complexity: size, loss: scaled.rawLoss)
    }
    // What is written around costs at least one.
    if found.wants(complexity: size + 1, loss: scaled.factorLoss) {
      offer(whole(expression.nodes, factor: scaled.plainFactor, offset: 0), scaled.factorLoss)
    }
    if frame == .factorAndOffset && found.wants(complexity: size + 2, loss: scaled.loss) {
      offer(
        whole(expression.nodes, factor: scaled.factor, offset: scaled.offset), scaled.loss)
    }
  }

  private func offer(_ expression: Expression, _ loss: Double) {
    guard rules.fits(expression), rules.accepts(expression, isScaled: false) else { return }
    found.offer(expression, complexity: rules.complexity(expression), loss: loss)
  }
}
