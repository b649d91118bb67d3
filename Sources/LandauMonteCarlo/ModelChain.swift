public import LandauCore
public import LandauLattice

/// Metropolis' chain of any few-valued model, a user's own included: correct before it is fast.
///
///     struct BaxterWu: LatticeModel { ... }
///     let chain = try ModelChain(model: BaxterWu(side: 12), beta: 0.44, seed: Seed(1)) { spins in
///       [("absMagnetizationPerSite", abs(spins.reduce(0) { $0 + Double($1) }) / Double(spins.count))]
///     }
///
/// One sweep proposes another state, every one of the others with equal probability, for each variable in order.
/// The acceptance is that of `MetropolisAcceptance`, whose factor below one keeps every order of sites
/// irreducible. Cost: `energyChange` once per attempt. Models with a `DiscreteModel` have faster chains.
public final class ModelChain<Model: LatticeModel>: TemperedChain, ReportingChain {
  public let model: Model
  public let observables: [Observable]
  public var beta: Double {
    didSet {
      precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
      acceptance = MetropolisAcceptance(beta: beta, largestCost: .infinity)
    }
  }

  /// The present configuration.
  public private(set) var configuration: [Model.Spin]
  private let states: [Model.Spin]
  private let quantities: @Sendable ([Model.Spin]) -> [(name: String, value: Double)]
  private var acceptance: MetropolisAcceptance
  private var rng: RandomStream
  private var attempts = 0
  private var accepted = 0

  /// Starts from random states.
  ///
  /// - Parameters:
  ///   - quantities: what else to measure, by name, on a configuration; always the same names in the same
  ///     order.
  /// - Throws: `InputError` when beta is negative or not finite, or the model has no variable or no state.
  public init(
    model: Model, beta: Double, seed: Seed,
    quantities: @escaping @Sendable ([Model.Spin]) -> [(name: String, value: Double)] = { _ in [] }
  ) throws(InputError) {
    try InputError.check(beta: beta)
    guard model.variableCount > 0, !model.states.isEmpty else {
      throw InputError(
        "the model has \(model.variableCount) variables of \(model.states.count) states")
    }
    self.model = model
    self.beta = beta
    self.quantities = quantities
    let states = model.states
    self.states = states
    var start = seed.child("start").makeStream()
    configuration = (0..<model.variableCount).map { _ in states[start.index(below: states.count)] }
    rng = seed.child("update").makeStream()
    acceptance = MetropolisAcceptance(beta: beta, largestCost: .infinity)
    observables = [.energyPerSite] + quantities(configuration).map { Observable($0.name) }
  }

  public let algorithm = "metropolis on any model, acceptance 15/16 min(1, exp(-beta dE))"

  public var energy: Double {
    let spins = configuration
    return model.energy(of: spins.span)
  }

  public func sweep(_ count: Int) {
    for _ in 0..<count {
      var stream = rng
      sweep(using: &stream)
      rng = stream
    }
  }

  /// One sweep.
  func sweep(using rng: inout some RandomNumberGenerator) {
    guard states.count > 1 else { return }
    var spins = configuration
    configuration = []
    defer { configuration = spins }
    for site in spins.indices {
      let old = spins[site]
      var choice = rng.index(below: states.count - 1)
      // The others in order, the present one left out.
      if let present = states.firstIndex(of: old), choice >= present { choice += 1 }
      let new = states[choice]
      let cost = model.energyChange(at: site, to: new, in: spins.span)
      attempts += 1
      if rng.next() < acceptance.threshold(energyChange: cost) {
        spins[site] = new
        accepted += 1
      }
    }
  }

  /// Goes on from another configuration.
  func load(_ values: [Model.Spin]) {
    precondition(values.count == configuration.count, "\(values.count) variables")
    configuration = values
  }

  public func measure(into row: inout [Double]) {
    row.append(energy / Double(configuration.count))
    row += quantities(configuration).map(\.value)
  }

  public var updateCount: Int { attempts }
  public var acceptanceRate: Double? {
    attempts == 0 ? nil : Double(accepted) / Double(attempts)
  }

  public func save(to writer: inout StateWriter) {
    writer.write(words: configuration.map { UInt64(states.firstIndex(of: $0) ?? 0) })
    writer.write(rng)
    writer.write(beta)
    writer.write(attempts)
    writer.write(accepted)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let indices = try reader.words(count: configuration.count)
    guard indices.allSatisfy({ $0 < states.count }) else {
      throw InputError("the checkpoint holds states that the model does not have")
    }
    configuration = indices.map { states[Int($0)] }
    rng = try reader.stream()
    beta = try reader.number()
    attempts = try reader.integer()
    accepted = try reader.integer()
  }
}
