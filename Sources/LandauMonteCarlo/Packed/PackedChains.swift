internal import CLandauKernels
public import LandauCore
public import LandauLattice

/// Up to 512 Metropolis chains at one temperature, one in each bit of eight words a site.
///
/// For Ising spins with couplings of one strength and any signs (square, cubic, triangular, honeycomb, diluted, with
/// fields), Potts spins of three and four states, and Blume and Capel's. A sweep attempts every site once, in order,
/// in all chains; acceptance is that of `MetropolisAcceptance`, exact to 2^-64, see `DiscreteChain` for the start.
/// One replica costs as much as 512 do.
///
///     let chains = try PackedChains(model: model, count: 512, beta: 0.4, seed: Seed(1))
///     chains.burnIn(200)
///     chains.sweep(100)
///
/// To measure, configurations are unpacked, which costs some ten times what a sweep does: measure every tenth
/// sweep or less often.
public final class PackedChains: MarkovChain {
  /// Whether chains draw random numbers of their own.
  public enum RandomBits: Sendable, Hashable {
    case independent
    /// One number decides the attempts at a site in all chains, which is several times faster. Chains of one model
    /// then depend on one another, and above the transition end up in one configuration: only for chains whose
    /// couplings differ, and even there averages over chains have no simple error.
    case shared
  }

  /// The most chains.
  public static let maximumCount = 512
  /// The fewest that cost less together than each by itself, site by site.
  public static let fewestWorthwhile = 64

  public let beta: Double
  public let randomBits: RandomBits
  public let chainCount: Int
  public let observables: [Observable]
  let packed: PackedLattice
  private let rules: PackedRules
  private let planes: [UnsafeMutablePointer<UInt64>]
  private let lanes: UnsafeMutablePointer<UInt64>
  private let stream: UnsafeMutablePointer<UInt64>
  private let owned = OwnedBuffers()
  private let kernels: lk_kernels
  /// One for each model; they hold a configuration while it is measured.
  private let storages: [DiscreteStorage]
  private let measurements: [DiscreteMeasurement]
  private var counted = CountedSweeps()

  /// Chains of one model.
  ///
  /// - Throws: `InputError` when beta is negative or not finite, and where chains of the model cannot be packed.
  public convenience init(
    model: DiscreteModel, count: Int, beta: Double, seed: Seed
  ) throws(InputError) {
    try self.init(
      [model], count: count, beta: beta, randomBits: .independent, seed: seed, level: .current)
  }

  /// Chains of models that differ in the signs of Ising couplings, as realisations of the +-J spin glass do.
  ///
  /// - Throws: `InputError` as the other initialiser does, and where models differ in anything else.
  public convenience init(
    models: [DiscreteModel], beta: Double, randomBits: RandomBits = .independent, seed: Seed
  ) throws(InputError) {
    guard !models.isEmpty else { throw InputError("there is no model to make chains of") }
    try self.init(
      models, count: models.count, beta: beta, randomBits: randomBits, seed: seed, level: .current)
  }

  init(
    _ models: [DiscreteModel], count: Int, beta: Double, randomBits: RandomBits, seed: Seed,
    level: KernelLevel
  ) throws(InputError) {
    try InputError.check(beta: beta)
    guard (1...Self.maximumCount).contains(count) else {
      throw .notAllowed("the number of chains", count, allowed: "1 to \(Self.maximumCount)")
    }
    packed = try PackedLattice(models)
    guard randomBits == .independent || packed.spins == .ising else {
      throw InputError("random bits are shared by replicas of Ising spins only")
    }
    self.beta = beta
    self.randomBits = randomBits
    chainCount = count
    rules = PackedRules(packed.classes, beta: beta)
    kernels = level.kernels
    let words = 8 * packed.siteCount
    planes = (0..<packed.spins.planeCount).map { [owned] _ in owned.aligned(words) }
    lanes = owned.make(8, ~0)
    stream = owned.aligned(RandomLanes.wordCount)
    RandomLanes.start(stream, from: seed.child("packed"))
    let starts = models.map { DiscreteStart($0, beta: beta) }
    storages = models.map {
      DiscreteStorage(model: $0, start: [UInt8](repeating: 0, count: $0.siteCount))
    }
    measurements = storages.map(DiscreteMeasurement.init)
    observables = measurements[0].observables
    for chain in 0..<count {
      let start = starts[models.count == 1 ? 0 : chain]
      load(start.configuration(seed: seed.child("start", chain)), chain: chain)
    }
  }

  /// Why chains of a model cannot be packed, or nil.
  public static func refusal(of model: DiscreteModel) -> String? {
    PackedLattice.refusal(of: model)
  }

  /// The same on one lattice: no fewer than a single chain has blocks, which `DiscreteChain` sweeps side by side.
  ///
  /// - Complexity: O(sites + bonds).
  public static func fewestWorthwhile(of model: DiscreteModel) -> Int {
    max(fewestWorthwhile, PackedBlocks(model, beta: 0, seed: Seed(0))?.grid.laneCount ?? 0)
  }

  private func load(_ states: [UInt8], chain: Int) {
    for (plane, words) in planes.enumerated() {
      for (site, state) in states.enumerated() where state >> UInt8(plane) & 1 == 1 {
        words[8 * site + chain / 64] |= 1 << UInt64(chain % 64)
      }
    }
  }

  private func replicas() -> lk_packed {
    packed.replicas(rules, lanes: lanes, planes: planes)
  }

  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    var replicas = replicas()
    for _ in 0..<count {
      counted.sweep {
        packed.spins.sweep(
          &replicas, stream, kernels, shares: randomBits == .shared, isCounted: $0)
      }
    }
  }

  /// Calls `body` with each chain and its states, site by site.
  private func forEachChain(_ body: (Int, UnsafePointer<UInt8>) -> Void) {
    var replicas = replicas()
    let sites = packed.siteCount
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * sites) { states in
      for word in 0..<(chainCount + 63) / 64 {
        kernels.packed_states(&replicas, Int32(word), states.baseAddress!)
        for chain in 64 * word..<min(chainCount, 64 * word + 64) {
          body(chain, UnsafePointer(states.baseAddress!) + (chain - 64 * word) * sites)
        }
      }
    }
  }

  /// The states of every chain, one chain after the other, `[chain, site]`.
  public var configurations: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(chainCount * packed.siteCount)
    forEachChain { _, states in
      all.append(contentsOf: UnsafeBufferPointer(start: states, count: packed.siteCount))
    }
    return all
  }

  public func measure(into row: inout [Double]) {
    forEachChain { chain, states in
      let index = storages.count == 1 ? 0 : chain
      let storage = storages[index]
      storage.states.update(from: states, count: packed.siteCount)
      measurements[index].append(energy: storage.energy(), to: &row)
    }
  }

  public func save(to writer: inout StateWriter) {
    writer.write("packed/1")
    for plane in planes {
      writer.write(words: UnsafeBufferPointer(start: plane, count: 8 * packed.siteCount))
    }
    writer.write(
      words: UnsafeBufferPointer(start: stream, count: RandomLanes.wordCount))
    counted.save(to: &writer)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.text() == "packed/1" else {
      throw InputError("the checkpoint does not belong to packed chains")
    }
    for plane in planes {
      let words = try reader.words(count: 8 * packed.siteCount)
      for (index, word) in words.enumerated() { plane[index] = word }
    }
    for (index, word) in try reader.words(count: RandomLanes.wordCount).enumerated() {
      stream[index] = word
    }
    try counted.restore(from: &reader)
  }
}

extension PackedChains: ReportingChain {
  public var algorithm: String {
    "metropolis, \(Self.maximumCount) chains in the bits of words, "
      + "\(randomBits == .shared ? "shared" : "independent") random numbers, acceptance \(rules.acceptance)"
  }

  public var updateCount: Int { counted.sweeps * packed.siteCount * chainCount }

  /// Over all 512 replicas, of which those beyond `chainCount` begin in state 0.
  public var acceptanceRate: Double? {
    counted.acceptanceRate(attempts: packed.siteCount * Self.maximumCount)
  }
}

extension PackedChains: SnapshotChain {
  public var snapshotWidth: Int { packed.siteCount }

  /// Appends the configurations of all chains, one after the other.
  public func appendSnapshot(to array: inout [Int8]) {
    let values = storages[0].model.spins.values
    forEachChain { _, states in
      for site in 0..<packed.siteCount { array.append(values[Int(states[site])]) }
    }
  }
}
