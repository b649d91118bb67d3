public import LandauCore
public import LandauLattice

/// One Markov chain of an Ising model at one temperature.
///
/// The configurations depend on the arguments and on the calls, and on nothing else: not on threads,
/// processor or time. A chain belongs to one thread at a time; it may use a pool inside a sweep.
///
/// It begins with all bonds satisfied (and a random sign, or the sign of the field), or with random
/// spins where 2 d beta |J| <= 1 or no configuration satisfies all bonds. `burnIn` comes next.
public final class IsingChain {
  public let model: IsingModel
  public let beta: Double
  public let update: IsingUpdate
  let engine: any IsingEngine
  /// Cosine and sine of the smallest wave along the longest sides, slice by slice.
  let wave: [SIMD2<Double>]

  /// - Parameters:
  ///   - update: the way to update; `IsingUpdate.automatic` chooses where it is nil.
  ///   - pool: shares the work of one sweep on lattices that fit the strip layout (in two dimensions a side
  ///     that is a multiple of 128, the other of 16; in three all of 16); elsewhere chains, not sweeps, run in parallel.
  /// - Throws: `InputError` when beta is negative or not finite, or when a cluster update is asked for
  ///   in a field or under frustration.
  public convenience init(
    model: IsingModel, beta: Double, update: IsingUpdate? = nil, seed: Seed,
    pool: WorkerPool? = nil
  ) throws(InputError) {
    try self.init(
      model: model, beta: beta, update: update, seed: seed, pool: pool, level: .current)
  }

  init(
    model: IsingModel, beta: Double, update: IsingUpdate?, seed: Seed, pool: WorkerPool?,
    level: KernelLevel
  ) throws(InputError) {
    let update = update ?? .automatic(for: model, beta: beta)
    try Self.check(model: model, beta: beta, update: update)
    self.model = model
    self.beta = beta
    self.update = update
    wave = Self.smallestWave(model.lattice)
    let start = IsingStart(model, beta: beta, seed: seed.child("start"))
    let updates = seed.child(update.rawValue)
    switch update {
    case .metropolis:
      if model.field == 0, let layout = MultispinLayout(model.lattice) {
        engine = MultispinIsing(
          model: model, layout: layout, beta: beta, start: start, level: level, seed: updates,
          pool: pool)
      } else if let blocks = BlockIsing(
        model: model, beta: beta, start: start, level: level, seed: updates)
      {
        engine = blocks
      } else {
        engine = TableIsing(
          model: model, beta: beta, start: start.spins(), level: level, using: updates.makeStream())
      }
    case .wolff:
      engine = WolffIsing(
        model: model, beta: beta, start: start.spins(), level: level, using: updates.makeStream())
    case .swendsenWang:
      engine = SwendsenWangIsing(
        model: model, beta: beta, start: start.spins(), level: level, seed: updates, pool: pool)
    }
  }

  /// Finds out before any work whether a chain can be made.
  ///
  /// - Throws: `InputError` as `init` does.
  public static func check(
    model: IsingModel, beta: Double, update: IsingUpdate
  ) throws(InputError) {
    try InputError.check(beta: beta)
    if model.siteCount > HypercubicLattice.maximumSiteCount {
      guard update.packsBits(of: model) else {
        throw InputError(
          "size \(model.lattice) has more than \(HypercubicLattice.maximumSiteCount) sites; allowed: metropolis "
            + "without a field, with sides that are multiples of 128 in two dimensions and of 16 in three"
        )
      }
    }
    if update != .metropolis, let reason = model.clusterRefusal {
      throw InputError("update \(update.rawValue): \(reason)")
    }
  }

  /// What is being done, in words for a report; the same on every machine.
  public var algorithm: String { engine.algorithm }

  /// Makes `count` sweeps (see `IsingUpdate`).
  ///
  /// A Wolff chain that has not been through `burnIn` makes a short one of 20 sweeps first, to learn
  /// how many clusters a sweep is.
  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    engine.sweep(count)
  }

  /// Brings the chain towards equilibrium; nothing should be measured before or within.
  ///
  /// Sweeps as in `sweep`, except that Wolff flips clusters until `count` times as many spins have
  /// flipped as there are, and fixes the number of clusters of a later sweep.
  ///
  /// - Parameter isOver: is looked at before every sweep or cluster, and interrupts.
  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    engine.burnIn(&stage, unless: isOver)
  }

  /// Total energy H.
  ///
  /// - Complexity: O(sites), a small part of a sweep.
  public var energy: Double {
    let bonds = -model.coupling * Double(engine.bondSum())
    return model.field == 0 ? bonds : bonds - model.field * Double(engine.magnetization())
  }

  /// Sum of all spins.
  ///
  /// - Complexity: O(sites), a small part of a sweep.
  public var magnetization: Int { engine.magnetization() }

  public var energyPerSite: Double { energy / Double(model.siteCount) }
  public var magnetizationPerSite: Double { Double(magnetization) / Double(model.siteCount) }

  /// Appends the spins, -1 or +1, row-major.
  public func appendSpins(to array: inout [Int8]) { engine.appendSpins(to: &array) }

  /// The spins, -1 or +1, row-major.
  public var spins: [Int8] {
    var array: [Int8] = []
    array.reserveCapacity(model.siteCount)
    appendSpins(to: &array)
    return array
  }

  /// Single-spin updates made in `sweep` so far: attempts of Metropolis, visits of Swendsen-Wang, flips
  /// of Wolff.
  public var updateCount: Int { engine.updateCount }

  /// The fraction of Metropolis attempts that flipped a spin, the burn-in included; nil for clusters
  /// and before the first sweep. In the bits of words one sweep in sixteen is counted.
  public var acceptanceRate: Double? { engine.acceptanceRate }
}
