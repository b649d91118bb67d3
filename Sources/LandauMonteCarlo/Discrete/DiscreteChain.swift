public import LandauCore
public import LandauLattice

/// One Markov chain of a `DiscreteModel`: Ising with any couplings, Potts, clock, Blume-Capel or
/// one of your own, on any lattice.
///
/// The configurations depend on the arguments and on the calls, and on nothing else. A chain
/// belongs to one thread at a time.
///
/// It begins with all bonds and fields satisfied (in one of the ways there are, at random) where
/// such a configuration exists and mean-field theory sees order, else with random states. `burnIn`
/// comes next.
///
/// One sweep is an attempt per site (Metropolis, heat bath), one pass (Swendsen-Wang), or a number
/// of clusters that is fixed in `burnIn` (Wolff; on a chain that was not burned in, by 20 sweeps
/// before the first). Where clusters cannot reach all states (the zeros of Blume and Capel's model)
/// a sweep begins with a Metropolis attempt per site.
///
/// Metropolis in order goes through blocks of a crystal side by side (`PackedBlocks`) where the model is one of
/// `PackedChains` and the lattice can be cut, else site by site.
///
/// - Note: Estimators "improved" belong to the sweep before: measure right after `sweep`, before an
///   exchange of replicas looks at `energy`, or the choice of what is measured where would bias
///   them. Until the first sweep, and after `beta` has changed, they are the plain ones.
public final class DiscreteChain: TemperedChain, SnapshotChain {
  public let model: DiscreteModel
  public let update: DiscreteUpdate
  public let order: SiteOrder
  public let observables: [Observable]
  private let held: DiscreteStorage
  private let engine: any DiscreteEngine
  private let measurement: DiscreteMeasurement
  private let improves: Bool
  /// Whether the last update was at the present temperature.
  var isFresh = false
  var knownEnergy: Double?

  /// Inverse temperature; finite, from 0 on.
  ///
  /// Setting it costs one table (or one exponential per bond where couplings differ and clusters
  /// are flipped).
  public var beta: Double {
    didSet {
      precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
      if beta == oldValue { return }
      engine.setBeta(beta)
      isFresh = false
    }
  }

  /// - Parameters:
  ///   - update: the way to update; `DiscreteUpdate.automatic` chooses where it is nil.
  ///   - order: in which single sites are visited; without meaning for clusters.
  /// - Throws: `InputError` when beta is negative or not finite, or when a cluster update is asked
  ///   for that does not apply: see `DiscreteModel.clusterRefusal`.
  public init(
    model: DiscreteModel, beta: Double, update: DiscreteUpdate? = nil,
    order: SiteOrder = .sequential, seed: Seed
  ) throws(InputError) {
    let update = update ?? .automatic(for: model, beta: beta)
    try Self.check(model: model, beta: beta, update: update)
    self.model = model
    self.beta = beta
    self.update = update
    self.order = order
    let storage = DiscreteStorage(
      model: model,
      start: DiscreteStart(model, beta: beta).configuration(seed: seed.child("start")))
    held = storage
    let updates = seed.child(update.rawValue)
    let stream = updates.makeStream()
    switch update {
    case .metropolis, .heatBath:
      if update == .metropolis, order == .sequential,
        let blocks = BlockDiscrete(storage: storage, beta: beta, seed: updates)
      {
        engine = blocks
      } else {
        storage.keepFields()
        engine = LocalDiscrete(
          storage: storage, beta: beta, isHeatBath: update == .heatBath, order: order, using: stream
        )
      }
    case .wolff: engine = WolffDiscrete(storage: storage, beta: beta, using: stream)
    case .swendsenWang:
      engine = SwendsenWangDiscrete(storage: storage, beta: beta, using: stream)
    }
    measurement = DiscreteMeasurement(storage)
    improves = (engine as? SwendsenWangDiscrete)?.isImproved ?? false
    observables =
      measurement.observables + (improves ? [.improvedOrderSquared, .improvedOrderFourth] : [])
  }

  /// With the present configuration.
  var storage: DiscreteStorage {
    engine.writeStates()
    return held
  }

  /// Finds out before any work whether a chain can be made.
  ///
  /// - Throws: `InputError` as `init` does.
  public static func check(
    model: DiscreteModel, beta: Double, update: DiscreteUpdate
  ) throws(InputError) {
    try InputError.check(beta: beta)
    if update.isCluster, let reason = model.clusterRefusal {
      throw InputError("update \(update.rawValue): \(reason)")
    }
  }

  /// What is being done, in words for a report; the same on every machine.
  public var algorithm: String { engine.algorithm }

  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    if count == 0 { return }
    engine.sweep(count)
    isFresh = true
    knownEnergy = nil
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    engine.burnIn(&stage, unless: isOver)
    isFresh = update == .swendsenWang && stage.count > 0
    knownEnergy = nil
  }

  /// Total energy H, summed over the present configuration: exact where all energies are multiples
  /// of a unit, else to rounding, which never adds up.
  ///
  /// - Complexity: O(bonds) after a sweep, then constant.
  public var energy: Double {
    if let knownEnergy { return knownEnergy }
    let energy = engine.energy() ?? storage.energy()
    knownEnergy = energy
    return energy
  }

  public var energyPerSite: Double { energy / Double(model.siteCount) }

  /// The state of every site.
  public var configuration: [UInt8] { storage.configuration }

  /// Goes on from another configuration.
  ///
  /// - Precondition: a state of the model for every site.
  public func load(_ configuration: [UInt8]) {
    precondition(
      configuration.allSatisfy { $0 < model.stateCount }, "states are 0 to \(model.stateCount - 1)")
    held.load(configuration)
    engine.readStates()
    isFresh = false
    knownEnergy = nil
  }

  /// Goes on from the configuration of another storage of the same shape.
  func load(from other: DiscreteStorage) {
    held.states.update(from: other.states, count: held.count)
    engine.readStates()
    isFresh = false
    knownEnergy = nil
  }

  /// Single-site attempts or visits of clusters in `sweep` so far.
  public var updateCount: Int { engine.updateCount }

  /// The fraction of single-site attempts that changed a state, the burn-in included (in blocks that of one sweep in
  /// sixteen); nil for clusters and before the first sweep.
  public var acceptanceRate: Double? { engine.acceptanceRate }

  public func measure(into row: inout [Double]) {
    let energy = energy
    engine.writeStates()
    let square = measurement.append(energy: energy, to: &row)
    if improves {
      let moments = isFresh ? engine.improvedMoments() : nil
      row.append(moments?.second ?? square)
      row.append(moments?.fourth ?? square * square)
    }
  }

  public var snapshotWidth: Int { model.siteCount }

  /// Appends the configuration, site by site, in the `values` of its states.
  public func appendSnapshot(to array: inout [Int8]) { storage.appendSnapshot(to: &array) }

  public func save(to writer: inout StateWriter) {
    writer.write(engine.checkpoint)
    writer.write(update.rawValue)
    writer.write(beta)
    writer.write(isFresh)
    let storage = storage
    writer.write(bytes: UnsafeBufferPointer(start: storage.states, count: storage.count))
    engine.save(to: &writer)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let kind = try reader.text()
    if kind == "discrete/1" && kind != engine.checkpoint {
      throw InputError(
        "the checkpoint is of Metropolis site by site, which on \(model.lattice) is made in blocks now; "
          + "begin the run anew")
    }
    guard kind == engine.checkpoint, try reader.text() == update.rawValue else {
      throw InputError("the checkpoint does not belong to \(update.rawValue) on \(model.name)")
    }
    let beta = try reader.number()
    let isFresh = try reader.flag()
    let states = try reader.bytes(count: held.count)
    guard beta >= 0, beta.isFinite, states.allSatisfy({ $0 < model.stateCount }) else {
      throw InputError("the checkpoint does not belong to \(model.name) on \(model.lattice)")
    }
    self.beta = beta
    held.load(states)
    engine.readStates()
    try engine.restore(from: &reader)
    self.isFresh = isFresh
    knownEnergy = nil
  }
}
