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
  let copies: LaneCopies
  private let rules: PackedRules
  /// Eight words before the first place and behind the last copy belong to nobody.
  let planes: [UnsafeMutablePointer<UInt64>]
  private let lanes: UnsafeMutablePointer<UInt64>
  private let stream: UnsafeMutablePointer<UInt64>
  let kernels: lk_kernels
  private let owned = OwnedBuffers()
  let laneOffsets: [Int]
  let placeOffsets: [Int]
  /// Sites from the first of a block to the end of the lattice's row.
  let sitesAhead: [Int]
  private var counted = CountedSweeps()
  /// Lanes by their place along each axis, and by the sublattice of their first site.
  private(set) lazy var sliceMasks = grid.blocks.indices.map { axis in
    grid.masks(grid.blocks[axis]) { grid.step($0)[axis] }
  }
  private(set) lazy var sublatticeMasks = grid.masks(2) { [grid] lane in
    zip(grid.step(lane), zip(grid.sides, grid.blocks)).reduce(0) {
      $0 + $1.0 * ($1.1.0 / $1.1.1)
    } % 2
  }

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
    let along = grid.blocks[grid.blocks.count - 1]
    sitesAhead = (0..<grid.laneCount).map { [grid] in (along - $0 % along) * grid.rowLength }
    rules = PackedRules(packed.classes, beta: beta)
  }

  func setBeta(_ beta: Double) { rules.setBeta(beta) }

  var algorithm: String {
    "metropolis, \(grid) blocks in the bits of words, "
      + "acceptance \(rules.acceptance)"
  }

  var updateCount: Int { counted.sweeps * grid.siteCount }
  var acceptanceRate: Double? { counted.acceptanceRate(attempts: grid.siteCount) }

  func replicas() -> lk_packed {
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
