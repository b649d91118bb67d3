public import LandauCore

/// A search for formulas that describe data: populations of formulas that are changed, fitted and selected.
///
///     let search = SymbolicRegression(grammar: SymbolicGrammar())
///     let front = try search.run(data, seed: Seed(1), pool: WorkerPool(), cancellation: .never)
///     print(front.chosen.text)
///
/// Several islands of formulas exchange members; within an island tournaments decide who is changed and age who
/// leaves; every formula is simplified and its constants fitted by least squares before it is judged; what is known
/// already is not computed again. The result is the Pareto front of complexity and error. Results
/// depend on data, settings and seed, never on the number of threads.
///
/// - Note: Schmidt and Lipson 2009, Science 324, 81; Cranmer 2023, arXiv:2305.01582; Burlacu et al. 2020
///   (Operon), doi:10.1145/3377929.3398099.
public struct SymbolicRegression: Sendable {
  /// How much is searched; see the defaults.
  public struct Effort: Sendable, Hashable {
    public var islands: Int
    public var populationSize: Int
    /// Tournaments of one island between two exchanges.
    public var tournaments: Int
    /// Rounds of tournaments and exchanges, at most.
    public var cycles: Int
    /// Rounds without a change of the formula that would be chosen, after it explains the data within their errors,
    /// after which the search ends.
    public var patience: Int
    /// Share of the samples that only judge.
    public var heldOutShare: Double
    /// For data without errors: a loss (share of the variance) by which a formula may be worse than the best
    /// one and still be chosen.
    public var indifference = 0.0
    var tournamentSize = 6
    var crowding = 20.0
    var parsimony = 0.02
    var fitSteps = 8
    var fitTolerance = 1e-3

    public init(
      islands: Int = 6, populationSize: Int = 60, tournaments: Int = 250, cycles: Int = 40,
      patience: Int = 4, heldOutShare: Double = 1.0 / 3
    ) {
      precondition(
        islands >= 1 && populationSize >= 8 && tournaments >= 1 && cycles >= 1,
        "\(islands) islands of \(populationSize), \(cycles) cycles of \(tournaments) tournaments")
      precondition(
        heldOutShare > 0 && heldOutShare < 1, "a share of \(heldOutShare) is held out")
      self.islands = islands
      self.populationSize = populationSize
      self.tournaments = tournaments
      self.cycles = cycles
      self.patience = patience
      self.heldOutShare = heldOutShare
    }
  }

  public var grammar: SymbolicGrammar
  public var effort: Effort

  public init(grammar: SymbolicGrammar = SymbolicGrammar(), effort: Effort = Effort()) {
    self.grammar = grammar
    self.effort = effort
  }

  /// Searches.
  ///
  /// - Throws: `InputError` where no formula can have the required units or parities within the limits, or a parity is
  ///   asked for in a variable that does not exist; `Interrupted` when stopped.
  public func run(
    _ data: SymbolicData, seed: Seed, pool: WorkerPool, progress: Progress = .silent,
    cancellation: Cancellation = .never
  ) throws -> ParetoFront {
    try checkParities(data)
    let rules = SymbolicRules(grammar, data)
    let split = SymbolicSplit(data, share: effort.heldOutShare, seed: seed.child("split"))
    let islands = (0..<effort.islands).map {
      Island(rules, split.training, effort, seed.child("island", $0))
    }
    var refinement = Refinement(rules, split.training)
    var record = FormulaRecord(limit: grammar.largestComplexity)
    let constant = Expression.constant(1)
    if rules.allowsOffset { refinement.offer(constant, to: &record) }
    var waiting = 0
    var last: UInt64?
    progress.begin("searching formulas", total: effort.cycles)
    for cycle in 0..<effort.cycles {
      try cancellation.check()
      pool.forEach(islands.count) { islands[$0].runCycle() }
      for island in islands { refinement.take(island.found, into: &record) }
      progress.advance()
      let settled = settledStructure(record.front, split, isWeighted: !data.errors.isEmpty)
      waiting = settled != nil && settled == last ? waiting + 1 : 0
      last = settled
      if waiting >= effort.patience { break }
      migrate(islands, record, seed.child("migration", cycle))
    }
    progress.end()
    guard !record.front.isEmpty else {
      throw InputError(
        "no formula of \(data.targetName) with at most \(grammar.largestComplexity) parts has the units and"
          + " parities asked for; allow more parts, or constants with units")
    }
    let evaluations = islands.reduce(0) { $0 + $1.evaluationCount }
    return ParetoFront(
      record.front, data: data, split: split, evaluations: evaluations,
      indifference: data.errors.isEmpty ? effort.indifference : 0)
  }

  private func checkParities(_ data: SymbolicData) throws(InputError) {
    let unknown = grammar.parities.keys.sorted().first { !data.names.contains($0) }
    if let unknown {
      throw .notAllowed(
        "the variable of a parity", unknown, allowed: data.names.joined(separator: ", "))
    }
  }

  /// The simplest formula that explains the data to within their errors; nil where none does yet.
  private func settledStructure(
    _ front: [FormulaRecord.Entry], _ split: SymbolicSplit, isWeighted: Bool
  ) -> UInt64? {
    // Chi-square per sample is 1 +- sqrt(2/n); without errors only an exact formula settles anything.
    let bound = isWeighted ? 1 + (2 / Double(split.training.count)).squareRoot() : 1e-16
    return front.first { $0.loss <= bound }?.expression.structureHash
  }

  /// Every island receives some of the best formulas of all.
  private func migrate(_ islands: [Island], _ record: FormulaRecord, _ seed: Seed) {
    let front = record.front
    let best = islands.map { island in
      island.population.min { $0.score < $1.score }.map { Expression(nodes: $0.nodes) }
    }
    for (index, island) in islands.enumerated() {
      var rng = seed.child("island", index).makeStream()
      var guests = best[(index + 1) % islands.count].map { [$0] } ?? []
      for _ in 0..<3 { guests.append(front[rng.index(below: front.count)].expression) }
      island.receive(guests)
    }
  }
}

/// Samples that are fitted, and samples that only judge.
struct SymbolicSplit: Sendable {
  let training: SymbolicSamples
  let heldOut: SymbolicSamples

  init(_ data: SymbolicData, share: Double, seed: Seed) {
    var order = Array(0..<data.count)
    var rng = seed.makeStream()
    rng.shuffle(&order)
    let count = min(data.count - 4, max(2, Int((Double(data.count) * share).rounded())))
    heldOut = data.subset(order[..<count].sorted())
    training = data.subset(order[count...].sorted())
  }
}
