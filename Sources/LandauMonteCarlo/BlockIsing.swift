import LandauCore
import LandauLattice

/// Metropolis in blocks (`PackedBlocks`): sides that do not fit 64 strips, any dimension, with or without a field.
final class BlockIsing: IsingEngine {
  private let model: IsingModel
  let blocks: PackedBlocks

  /// Nil where the lattice cannot be cut into blocks.
  init?(
    model: IsingModel, beta: Double, start: IsingStart, level: KernelLevel, seed: Seed
  ) {
    guard let blocks = PackedBlocks(model, beta: beta, seed: seed, level: level) else { return nil }
    self.model = model
    self.blocks = blocks
    load(start.spins())
  }

  private func load(_ spins: [Int8]) { blocks.load(spins.map { $0 > 0 ? 1 : 0 }) }

  private func spins() -> [Int8] {
    [UInt8](unsafeUninitializedCapacity: model.siteCount) { states, count in
      blocks.unpack(to: states.baseAddress!)
      count = model.siteCount
    }.map { 2 * Int8($0) - 1 }
  }

  var algorithm: String { blocks.algorithm }

  func sweep(_ count: Int) { blocks.sweep(count) }

  var updateCount: Int { blocks.updateCount }
  var acceptanceRate: Double? { blocks.acceptanceRate }

  func bondSum() -> Int {
    let satisfied = blocks.bondCount - 2 * blocks.bonds().0
    return (model.coupling < 0 ? -satisfied : satisfied) + model.lattice.selfBondCount
  }

  func magnetization() -> Int { 2 * blocks.ones(inPlane: 0) - model.siteCount }
  func staggeredMagnetization() -> Int {
    let (one, other) = blocks.sublatticeOnes()
    return 2 * (one - other)
  }

  func sliceSums(along axis: Int) -> [Int] {
    let sites = model.siteCount / model.lattice.sides[axis]
    return blocks.sliceOnes(along: axis).map { 2 * $0 - sites }
  }

  func appendSpins(to array: inout [Int8]) { array += spins() }

  func save(to writer: inout StateWriter) {
    spins().withUnsafeBufferPointer { writer.write(signed: $0) }
    blocks.save(to: &writer)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    let spins = try reader.signed(count: model.siteCount)
    guard spins.allSatisfy({ $0 == 1 || $0 == -1 }) else {
      throw InputError("the checkpoint does not hold Ising spins")
    }
    load(spins)
    try blocks.restore(from: &reader)
  }
}
