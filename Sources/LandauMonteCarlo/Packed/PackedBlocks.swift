internal import CLandauKernels
import LandauCore
import LandauLattice

/// Metropolis of one lattice in blocks, a block in each bit of eight words a place.
///
/// For the models of `PackedChains` on crystals whose sides can be cut (`LaneGrid`). A sweep attempts every site once:
/// place by place, in all blocks at a time. Sites at one place of different blocks are no neighbours, so that each step
/// is a product of attempts that know nothing of each other; acceptance is that of `MetropolisAcceptance`, exact to
/// 2^-64. After each step the copies of the place that other blocks are beside are written, their lanes moved.
///
/// - Complexity: as `PackedChains` for every place, whatever the number of lanes; a site takes one bit or two, and
///   the copies.
final class PackedBlocks {
  let grid: LaneGrid
  let packed: PackedLattice
  private let copies: LaneCopies
  private let rules: PackedRules
  /// Eight words before the first place and behind the last copy belong to nobody.
  private let planes: [UnsafeMutablePointer<UInt64>]
  private let lanes: UnsafeMutablePointer<UInt64>
  private let stream: UnsafeMutablePointer<UInt64>
  private let kernels: lk_kernels
  private let owned = OwnedBuffers()
  private let laneOffsets: [Int]
  private let placeOffsets: [Int]
  private var counted = CountedSweeps()

  /// All spins are in state 0 until `load`.
  init(
    _ links: LaneLinks, spins: PackedSpins, coupling: Double, crystalField: Double = 0,
    fields: [Double], beta: Double, seed: Seed, level: KernelLevel
  ) {
    grid = links.grid
    copies = LaneCopies(links)
    packed = PackedLattice(
      spins, coupling: coupling, crystalField: crystalField,
      costs: (0..<grid.placeCount).map {
        PackedCosts(degree: Int(links.start[$0 + 1] - links.start[$0]), field: fields[$0])
      },
      start: links.start, neighbours: copies.numbers(of: links),
      signs: spins == .ising ? links.negative : [])
    kernels = level.kernels
    let words = 8 * (grid.placeCount + copies.copies.count)
    planes = (0..<spins.planeCount).map { [owned] _ in owned.aligned(words + 16) + 8 }
    lanes = owned.aligned(8)
    for lane in 0..<grid.laneCount { lanes[lane / 64] |= 1 << UInt64(lane % 64) }
    stream = owned.aligned(RandomLanes.wordCount)
    RandomLanes.start(stream, from: seed)
    (laneOffsets, placeOffsets) = grid.offsets
    rules = PackedRules(packed.classes, beta: beta)
  }

  func setBeta(_ beta: Double) { rules.setBeta(beta) }

  var algorithm: String {
    "metropolis, \(grid) blocks in the bits of words, "
      + "acceptance \(rules.acceptance)"
  }

  var updateCount: Int { counted.sweeps * grid.siteCount }
  var acceptanceRate: Double? { counted.acceptanceRate(attempts: grid.siteCount) }

  private func replicas() -> lk_packed {
    packed.replicas(rules, lanes: lanes, planes: planes) {
      $0.copy_start = UnsafePointer(copies.start)
      $0.turn_of_copy = UnsafePointer(copies.turnOfCopy)
      $0.move_start = UnsafePointer(copies.moveStart)
      $0.moves = UnsafePointer(copies.moves)
    }
  }

  func sweep(_ count: Int) {
    var replicas = replicas()
    for _ in 0..<count {
      counted.sweep { packed.spins.sweep(&replicas, stream, kernels, isCounted: $0) }
    }
  }

  /// Takes over a configuration, site by site.
  func load(_ states: UnsafePointer<UInt8>) {
    for place in placeOffsets.indices {
      write(place, laneOffsets.map { states[$0 + placeOffsets[place]] })
    }
    for (number, copy) in copies.copies.enumerated() {
      let states = laneOffsets.indices.map {
        states[laneOffsets[grid.lane($0, after: copy.step)] + placeOffsets[copy.place]]
      }
      write(grid.placeCount + number, states)
    }
  }

  private func write(_ place: Int, _ states: [UInt8]) {
    for (plane, words) in planes.enumerated() {
      for word in 0..<8 {
        var bits: UInt64 = 0
        for lane in 64 * word..<max(64 * word, min(states.count, 64 * word + 64)) {
          bits |= UInt64(states[lane] >> UInt8(plane) & 1) << UInt64(lane % 64)
        }
        words[8 * place + word] = bits
      }
    }
  }

  /// Writes the configuration, site by site.
  func unpack(to states: UnsafeMutablePointer<UInt8>) {
    var replicas = replicas()
    let places = grid.placeCount
    // Sites next to each other in a block and in the lattice.
    let axis = grid.sides.count - 1
    let row = grid.basisCount * grid.sides[axis] / grid.blocks[axis]
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64 * places + 8) { block in
      for word in 0..<(grid.laneCount + 63) / 64 {
        kernels.packed_states(&replicas, Int32(word), block.baseAddress!)
        for first in stride(from: 0, to: places, by: row) {
          let from = block.baseAddress! + first
          let to = states + placeOffsets[first]
          for lane in 64 * word..<min(grid.laneCount, 64 * word + 64) {
            let (source, target) = (from + (lane &- 64 &* word) &* places, to + laneOffsets[lane])
            // Eight at once, of which the last are overwritten by the lanes that follow in the row.
            if row <= 8, lane % grid.blocks[axis] &* row &+ 8 <= grid.blocks[axis] &* row {
              UnsafeMutableRawPointer(target).storeBytes(
                of: UnsafeRawPointer(source).loadUnaligned(as: UInt64.self), as: UInt64.self)
            } else {
              target.update(from: source, count: row)
            }
          }
        }
      }
    }
  }

  /// What `lk_kernels.packed_bonds` counts, each bond once.
  func bonds() -> (Int, Int) {
    var replicas = replicas()
    var counts: [UInt64] = [0, 0]
    kernels.packed_bonds(&replicas, Int32(packed.spins.kernel), &counts)
    return (Int(counts[0] / 2), Int(counts[1] / 2))
  }

  /// Bonds of the lattice.
  var bondCount: Int { Int(packed.start[grid.placeCount]) * grid.laneCount / 2 }

  /// How many sites are in a state with the bit of a plane.
  func ones(inPlane plane: Int) -> Int {
    Int(kernels.popcount(planes[plane], 8 * grid.placeCount))
  }

  /// What changes during a run, the configuration apart.
  func save(to writer: inout StateWriter) {
    writer.write("\(grid)")
    writer.write(words: UnsafeBufferPointer(start: stream, count: RandomLanes.wordCount))
    counted.save(to: &writer)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    let former = try reader.text()
    guard former == "\(grid)" else {
      throw InputError("the checkpoint is of \(former) blocks, not of \(grid); begin the run anew")
    }
    for (index, word) in try reader.words(count: RandomLanes.wordCount).enumerated() {
      stream[index] = word
    }
    try counted.restore(from: &reader)
  }
}
