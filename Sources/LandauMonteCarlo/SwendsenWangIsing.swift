internal import CLandauKernels
import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Swendsen and Wang's update (1987) on a ferromagnet, or on a bipartite antiferromagnet stored as
/// one.
///
/// Every satisfied bond joins its ends with probability 1 - exp(-2 beta |J|), exact to 2^-53, and
/// every cluster flips with probability one half. Random bits for all bonds and coins come first, 512 at a
/// time. Clusters are found by union and find, row by row, with the lowest site as root, so that one pass in
/// ascending order can hand the decision of the root to all members.
///
/// Blocks of rows have a random stream each and are labelled and flipped side by side; in between the bonds
/// from block to block are joined one after the other. Blocks depend on the lattice alone, so the result
/// does not depend on the number of threads.
final class SwendsenWangIsing: IsingEngine {
  let buffer: SpinBuffer
  private let pool: WorkerPool?
  private let threshold: UInt64
  private let storage: Storage
  private(set) var updateCount = 0
  /// Whether labels are the clusters of the last sweep, and what was made of them.
  private var labelsAreFresh = false
  private var improved: ImprovedMoments?

  let algorithm = "swendsen-wang, union and find"

  init(
    model: IsingModel, beta: Double, start: [Int8], level: KernelLevel, seed: Seed,
    pool: WorkerPool? = nil
  ) {
    buffer = SpinBuffer(model: model, spins: start, level: level)
    self.pool = pool
    threshold = UInt64(min(-expm1(-2 * beta * abs(model.coupling)) * 0x1p64, 0x1p64 - 2048))
    storage = Storage(model.lattice, spins: buffer.spins, kernels: level.kernels, seed: seed)
  }

  func bondSum() -> Int { buffer.bondSum() }
  func magnetization() -> Int { buffer.magnetization() }
  func staggeredMagnetization() -> Int { buffer.staggeredMagnetization() }
  func appendSpins(to array: inout [Int8]) { buffer.append(to: &array) }
  func sliceSums(along axis: Int) -> [Int] { buffer.sliceSums(along: axis) }

  func sweep(_ count: Int) {
    for _ in 0..<count {
      let (storage, threshold) = (storage, threshold)
      forEachBlock {
        storage.draw($0, threshold: threshold)
        storage.label($0)
      }
      storage.joinSeams()
      forEachBlock { storage.flip($0) }
      updateCount += buffer.count
    }
    if count > 0 { labelsAreFresh = true }
  }

  /// One pass with the given bits in place of random ones: of the bonds of each axis, last axis first, and of
  /// the sites.
  func sweep(bonds: [[Bool]], coins: [Bool]) {
    storage.set(bonds: bonds, coins: coins)
    forEachBlock { [storage] in storage.label($0) }
    storage.joinSeams()
    forEachBlock { [storage] in storage.flip($0) }
    labelsAreFresh = true
  }

  private func forEachBlock(_ body: @escaping @Sendable (Int) -> Void) {
    if let pool, storage.blockCount > 1 {
      pool.forEach(storage.blockCount, body)
    } else {
      for block in 0..<storage.blockCount { body(block) }
    }
  }

  func improvedMoments() -> ImprovedMoments? {
    if labelsAreFresh {
      var sums = [Int32](repeating: 0, count: buffer.count)
      var spins: [Int8] = []
      spins.reserveCapacity(buffer.count)
      buffer.append(to: &spins)
      for site in 0..<buffer.count {
        sums[Int(storage.labels[site] & Int32.max)] &+= Int32(spins[site])
      }
      improved = ImprovedMoments(clusterSums: sums.lazy.map { Double($0) }, siteCount: buffer.count)
      labelsAreFresh = false
    }
    return improved
  }

  func save(to writer: inout StateWriter) {
    let moments = improvedMoments()
    buffer.save(to: &writer)
    writer.write(words: storage.streamWords)
    writer.write(updateCount)
    writer.write(numbers: moments.map { [$0.second, $0.fourth] } ?? [])
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try buffer.restore(from: &reader)
    let words = try reader.words(count: storage.streamWords.count)
    for (index, word) in words.enumerated() { storage.streams[index] = word }
    updateCount = try reader.integer()
    let moments = try reader.numbers()
    improved = moments.count == 2 ? ImprovedMoments(second: moments[0], fourth: moments[1]) : nil
    labelsAreFresh = false
  }
}

/// Bits, labels and random streams. Blocks write rows, words and a stream of their own.
private final class Storage: @unchecked Sendable {
  // Unchecked: what blocks share is only read while they run.
  let labels: UnsafeMutablePointer<Int32>
  let streams: UnsafeMutablePointer<UInt64>
  let blockCount: Int
  private let rowCount: Int
  private let blockRows: Int
  private let width: Int
  private let siteCount: Int
  /// Words of bits of a block, a multiple of eight.
  private let blockWords: Int
  private let bonds: [UnsafeMutablePointer<UInt64>]
  private let coins: UnsafeMutablePointer<UInt64>
  /// Rows and axes of the bonds from block to block.
  private let seams: [(row: Int, axis: Int32)]
  private let merged: UnsafeMutablePointer<Int32>
  private var clusters: lk_clusters
  private let kernels: lk_kernels
  private let owned = OwnedBuffers()

  /// About so many sites are in a block; its bits and labels then stay in the second cache.
  private static let blockSites = 65536

  init(
    _ lattice: HypercubicLattice, spins: UnsafeMutablePointer<Int8>, kernels: lk_kernels, seed: Seed
  ) {
    self.kernels = kernels
    siteCount = lattice.siteCount
    width = lattice.sides[lattice.dimension - 1]
    rowCount = siteCount / width
    // Blocks begin on whole groups of 512 bits.
    let unit = 512 >> min(9, width.trailingZeroBitCount)
    blockRows = unit * max(1, Self.blockSites / (unit * width))
    blockCount = (rowCount + blockRows - 1) / blockRows
    blockWords = (min(blockRows, rowCount) * width + 511) / 512 * 8
    let axes = (0..<lattice.dimension - 1).filter { lattice.sides[$0] > 1 }
    var (after, before): ([Int32], [Int32]) = ([], [])
    var seams: [(Int, Int32)] = []
    for row in 0..<rowCount {
      for (index, axis) in axes.enumerated() {
        let next = lattice.neighbour(of: row * width, axis: axis) / width
        after.append(Int32(next))
        before.append(Int32(lattice.neighbour(of: row * width, axis: axis, step: -1) / width))
        if next / blockRows != row / blockRows { seams.append((row, Int32(index))) }
      }
    }
    self.seams = seams
    labels = owned.make(siteCount, 0)
    streams = owned.aligned(blockCount * RandomLanes.wordCount)
    // A word more, because 64 bits from any bit on may be in two.
    let words = blockCount * blockWords + 8
    bonds = (0...axes.count).map { [owned] _ in owned.aligned(words) }
    coins = owned.aligned(words)
    merged = owned.make(seams.count * width, 0)
    clusters = lk_clusters()
    clusters.spins = spins
    clusters.labels = labels
    clusters.width = width
    clusters.axes = Int32(axes.count)
    clusters.after = UnsafePointer(owned.make(of: after))
    clusters.before = UnsafePointer(owned.make(of: before))
    withUnsafeMutableBytes(of: &clusters.bonds) { [bonds] bytes in
      let pointers = bytes.bindMemory(to: UnsafePointer<UInt64>?.self)
      for (axis, words) in bonds.enumerated() { pointers[axis] = UnsafePointer(words) }
    }
    clusters.coins = UnsafePointer(coins)
    clusters.joined = owned.aligned(rowCount * ((width + 63) / 64))
    for block in 0..<blockCount {
      RandomLanes.start(
        streams + block * RandomLanes.wordCount, from: seed.child("block", block))
    }
  }

  var streamWords: UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: streams, count: blockCount * RandomLanes.wordCount)
  }

  private func rows(_ block: Int) -> (Int, Int) {
    (block * blockRows, min(rowCount, (block + 1) * blockRows))
  }

  func draw(_ block: Int, threshold: UInt64) {
    let stream = streams + block * RandomLanes.wordCount
    for words in bonds {
      kernels.random_bits(stream, threshold, blockWords, words + block * blockWords)
    }
    kernels.random_words(stream, blockWords, coins + block * blockWords)
  }

  func set(bonds bits: [[Bool]], coins flips: [Bool]) {
    func set(_ words: UnsafeMutablePointer<UInt64>, _ bits: [Bool]) {
      for site in 0..<siteCount {
        let bit: UInt64 = 1 << UInt64(site & 63)
        if bits[site] { words[site >> 6] |= bit } else { words[site >> 6] &= ~bit }
      }
    }
    for (words, bits) in zip(bonds, bits) { set(words, bits) }
    set(coins, flips)
  }

  func label(_ block: Int) {
    let (first, last) = rows(block)
    withUnsafePointer(to: clusters) { kernels.cluster_rows($0, first, last) }
  }

  func joinSeams() {
    withUnsafePointer(to: clusters) { clusters in
      var count = 0
      for (row, axis) in seams {
        count += kernels.cluster_seam(clusters, row, axis, merged + count)
      }
      kernels.cluster_roots(clusters, merged, count)
    }
  }

  func flip(_ block: Int) {
    let (first, last) = rows(block)
    withUnsafePointer(to: clusters) { kernels.cluster_flip($0, first, last) }
  }
}
