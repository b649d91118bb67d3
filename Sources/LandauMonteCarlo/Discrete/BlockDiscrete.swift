import LandauCore
import LandauLattice

/// Metropolis in blocks (`PackedBlocks`) on the configuration of a storage, which is behind until it is asked for.
final class BlockDiscrete: DiscreteEngine {
  private let storage: DiscreteStorage
  let blocks: PackedBlocks
  /// Whether the storage has the present configuration.
  private var isUnpacked = true

  /// Nil where the model has no blocks.
  init?(
    storage: DiscreteStorage, beta: Double, seed: Seed, level: KernelLevel = .current,
    grid: LaneGrid? = nil
  ) {
    guard
      let blocks = PackedBlocks(storage.model, beta: beta, seed: seed, level: level, grid: grid)
    else { return nil }
    self.storage = storage
    self.blocks = blocks
    readStates()
  }

  var algorithm: String { blocks.algorithm }
  var checkpoint: String { "discrete-blocks/1" }
  func setBeta(_ beta: Double) { blocks.setBeta(beta) }

  func sweep(_ count: Int) {
    blocks.sweep(count)
    isUnpacked = false
  }

  var updateCount: Int { blocks.updateCount }
  var acceptanceRate: Double? { blocks.acceptanceRate }

  func readStates() {
    blocks.load(storage.states)
    isUnpacked = true
  }

  func writeStates() {
    if isUnpacked { return }
    blocks.unpack(to: storage.states)
    isUnpacked = true
  }

  /// From the words, where energies have a unit and all sites the same: as `DiscreteStorage.energy`, to the last digit.
  func energy() -> Double? {
    guard !isUnpacked, let whole = storage.whole, storage.siteRowCount == 1 else { return nil }
    let (counts, bonds, units) = (blocks.bonds(), blocks.bondCount, whole.units)
    var sum: Int
    switch blocks.packed.spins {
    case .ising: sum = units.count(blocks.packed.coupling) * (2 * counts.0 - bonds)
    case .potts: sum = Int(whole.pairs[0]) * (bonds - counts.0) + Int(whole.pairs[1]) * counts.0
    case .blumeCapel: sum = Int(whole.pairs[0]) * counts.0 + Int(whole.pairs[2]) * counts.1
    }
    if storage.hasSiteEnergies {
      // Potts spins, whose states share planes, have no energies of their own here.
      let ones = blocks.ones(inPlane: 0)
      let twos = storage.stateCount == 2 ? 0 : blocks.ones(inPlane: 1)
      sum += Int(whole.sites[0]) * (storage.count - ones - twos) + Int(whole.sites[1]) * ones
      if twos > 0 { sum += Int(whole.sites[2]) * twos }
    }
    return Double(sum) * units.unit + storage.constant
  }

  func save(to writer: inout StateWriter) { blocks.save(to: &writer) }
  func restore(from reader: inout StateReader) throws(InputError) {
    try blocks.restore(from: &reader)
  }
}
