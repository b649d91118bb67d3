import LandauCore
import LandauLattice

/// Metropolis in blocks (`PackedBlocks`): sides that do not fit 64 strips, any dimension, with or without a field.
final class BlockIsing: IsingEngine {
  private let model: IsingModel
  let blocks: PackedBlocks
  private let level: KernelLevel
  /// The spins in bytes, while they are measured.
  private var buffer: SpinBuffer?

  /// Nil where the lattice cannot be cut into blocks.
  init?(
    model: IsingModel, beta: Double, start: IsingStart, level: KernelLevel, seed: Seed,
    grid: LaneGrid? = nil
  ) {
    guard let blocks = PackedBlocks(model, beta: beta, seed: seed, level: level, grid: grid) else {
      return nil
    }
    self.model = model
    self.blocks = blocks
    self.level = level
    load(start.spins())
  }

  private func load(_ spins: [Int8]) { blocks.load(spins.map { $0 > 0 ? 1 : 0 }) }

  private func spins() -> [Int8] {
    [UInt8](unsafeUninitializedCapacity: model.siteCount) { states, count in
      blocks.unpack(to: states.baseAddress!)
      count = model.siteCount
    }.map { 2 * Int8($0) - 1 }
  }

  private func unpacked() -> SpinBuffer {
    if let buffer { return buffer }
    let buffer = SpinBuffer(model: model, spins: spins(), level: level)
    self.buffer = buffer
    return buffer
  }

  var algorithm: String { blocks.algorithm }

  func sweep(_ count: Int) {
    blocks.sweep(count)
    if count > 0 { buffer = nil }
  }

  var updateCount: Int { blocks.updateCount }
  var acceptanceRate: Double? { blocks.acceptanceRate }

  func bondSum() -> Int {
    let satisfied = blocks.bondCount - 2 * blocks.bonds().0
    return (model.coupling < 0 ? -satisfied : satisfied) + model.lattice.selfBondCount
  }

  func magnetization() -> Int { 2 * blocks.ones(inPlane: 0) - model.siteCount }
  func staggeredMagnetization() -> Int { unpacked().staggeredMagnetization() }
  func sliceSums(along axis: Int) -> [Int] { unpacked().sliceSums(along: axis) }
  func appendSpins(to array: inout [Int8]) { array += buffer == nil ? spins() : trueSpins() }

  private func trueSpins() -> [Int8] {
    var spins: [Int8] = []
    unpacked().append(to: &spins)
    return spins
  }

  func save(to writer: inout StateWriter) {
    unpacked().save(to: &writer)
    blocks.save(to: &writer)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    let buffer = unpacked()
    try buffer.restore(from: &reader)
    load(trueSpins())
    try blocks.restore(from: &reader)
  }
}
