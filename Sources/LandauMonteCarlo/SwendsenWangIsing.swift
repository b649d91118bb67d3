import LandauCore
import LandauLattice

/// Swendsen and Wang's update (1987) on a ferromagnet, or on a bipartite antiferromagnet stored as
/// one.
///
/// Every satisfied bond joins its ends with probability 1 - exp(-2 beta |J|), exact to 2^-32, and
/// every cluster flips with probability one half. Clusters are found by union and find with the
/// lowest site as root, so that one pass in ascending order can hand the decision of the root to
/// all members.
final class SwendsenWangIsing: IsingEngine {
  let buffer: SpinBuffer
  private var rng: RandomStream
  private let threshold: UInt32
  private let labels: UnsafeMutablePointer<Int32>
  /// Positions in a row whose bond to the next row is there.
  private let joined: UnsafeMutablePointer<Int32>
  private(set) var updateCount = 0
  /// Whether labels are the clusters of the last sweep, and what was made of them.
  private var labelsAreFresh = false
  private var improved: ImprovedMoments?

  let algorithm = "swendsen-wang, union and find"

  init(
    model: IsingModel, beta: Double, start: [Int8], level: KernelLevel, using stream: RandomStream
  ) {
    buffer = SpinBuffer(model: model, spins: start, level: level)
    rng = stream
    threshold = bondThreshold(beta: beta, coupling: model.coupling)
    labels = .allocate(capacity: model.siteCount)
    joined = .allocate(capacity: (model.lattice.sides.last ?? 1) + 2)
  }

  deinit {
    labels.deallocate()
    joined.deallocate()
  }

  func bondSum() -> Int { buffer.bondSum() }
  func magnetization() -> Int { buffer.magnetization() }
  func staggeredMagnetization() -> Int { buffer.staggeredMagnetization() }
  func appendSpins(to array: inout [Int8]) { buffer.append(to: &array) }
  func sliceSums(along axis: Int) -> [Int] { buffer.sliceSums(along: axis) }

  func sweep(_ count: Int) {
    for _ in 0..<count {
      var stream = rng
      sweep(using: &stream)
      rng = stream
      updateCount += buffer.count
    }
  }

  func improvedMoments() -> ImprovedMoments? {
    if labelsAreFresh {
      var sums = [Int32](repeating: 0, count: buffer.count)
      var spins: [Int8] = []
      spins.reserveCapacity(buffer.count)
      buffer.append(to: &spins)
      for site in 0..<buffer.count { sums[Int(labels[site] & Int32.max)] &+= Int32(spins[site]) }
      improved = ImprovedMoments(clusterSums: sums.lazy.map { Double($0) }, siteCount: buffer.count)
      labelsAreFresh = false
    }
    return improved
  }

  func save(to writer: inout StateWriter) {
    let moments = improvedMoments()
    buffer.save(to: &writer)
    writer.write(rng)
    writer.write(updateCount)
    writer.write(numbers: moments.map { [$0.second, $0.fourth] } ?? [])
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try buffer.restore(from: &reader)
    rng = try reader.stream()
    updateCount = try reader.integer()
    let moments = try reader.numbers()
    improved = moments.count == 2 ? ImprovedMoments(second: moments[0], fourth: moments[1]) : nil
    labelsAreFresh = false
  }

  /// One pass.
  func sweep(using rng: inout some RandomNumberGenerator) {
    let lattice = buffer.model.lattice
    joinAlongRows(using: &rng)
    for axis in 0..<(lattice.dimension - 1) where lattice.sides[axis] > 1 {
      joinRows(along: axis, using: &rng)
    }
    flip(using: &rng)
    labelsAreFresh = true
  }

  /// Labels every site with the first site of its run along the last axis.
  private func joinAlongRows(using rng: inout some RandomNumberGenerator) {
    let sides = buffer.model.lattice.sides
    let side = sides[sides.count - 1]
    let (labels, threshold) = (labels, threshold)
    for first in stride(from: 0, to: buffer.count, by: side) {
      let spins = buffer.spins + first
      let row = labels + first
      var label = Int32(truncatingIfNeeded: first)
      row[0] = label
      var position = 1
      @inline(__always)
      func extend(_ random: UInt32) {
        let joins = random < (spins[position] == spins[position &- 1] ? threshold : 0)
        label = joins ? label : Int32(truncatingIfNeeded: first &+ position)
        row[position] = label
        position &+= 1
      }
      while position &+ 1 < side {
        let word = rng.next()
        extend(UInt32(truncatingIfNeeded: word))
        extend(UInt32(truncatingIfNeeded: word >> 32))
      }
      if side == 1 { continue }
      let word = rng.next()
      if position < side { extend(UInt32(truncatingIfNeeded: word)) }
      if spins[0] == spins[side - 1] && UInt32(truncatingIfNeeded: word >> 32) < threshold {
        unite(first, Int(row[side - 1]))
      }
    }
  }

  /// Joins every row to its forward neighbour along another axis.
  private func joinRows(along axis: Int, using rng: inout some RandomNumberGenerator) {
    let lattice = buffer.model.lattice
    let side = lattice.sides[lattice.dimension - 1]
    let stride = lattice.strides[axis]
    let span = stride * lattice.sides[axis]
    for block in Swift.stride(from: 0, to: buffer.count, by: span) {
      for first in Swift.stride(from: block, to: block + span, by: side) {
        let next = first + stride < block + span ? first + stride : first + stride - span
        joinRow(first, to: next, side: side, using: &rng)
      }
    }
  }

  @inline(__always)
  private func joinRow(
    _ first: Int, to next: Int, side: Int, using rng: inout some RandomNumberGenerator
  ) {
    let (one, two) = (buffer.spins + first, buffer.spins + next)
    let (joined, threshold) = (joined, threshold)
    var count = 0
    @inline(__always)
    func note(_ position: Int, _ random: UInt32) {
      let joins = random < (one[position] == two[position] ? threshold : 0)
      joined[count] = Int32(truncatingIfNeeded: position)
      count &+= joins ? 1 : 0
    }
    var position = 0
    while position &+ 1 < side {
      let word = rng.next()
      note(position, UInt32(truncatingIfNeeded: word))
      note(position &+ 1, UInt32(truncatingIfNeeded: word >> 32))
      position &+= 2
    }
    if position < side { note(position, UInt32(truncatingIfNeeded: rng.next())) }
    for index in 0..<count {
      let position = Int(joined[index])
      unite(first &+ position, next &+ position)
    }
  }

  @inline(__always)
  private func unite(_ a: Int, _ b: Int) {
    var a = Int(labels[a])
    var b = Int(labels[b])
    while a != b {
      // The larger of the two climbs; it is a root once its label is itself.
      if a < b { swap(&a, &b) }
      let above = Int(labels[a])
      if above == a {
        labels[a] = Int32(truncatingIfNeeded: b)
        return
      }
      labels[a] = Int32(truncatingIfNeeded: min(above, b))
      a = above
    }
  }

  /// Flips each cluster or not; a label becomes the root of its cluster, with the highest bit set
  /// if it flips.
  private func flip(using rng: inout some RandomNumberGenerator) {
    let (spins, labels) = (buffer.spins, labels)
    for start in stride(from: 0, to: buffer.count, by: 64) {
      var word = rng.next()
      for site in start..<min(start + 64, buffer.count) {
        let label = Int(labels[site])
        let coin = Int32(truncatingIfNeeded: site) | Int32(truncatingIfNeeded: word & 1) << 31
        let mark = label == site ? coin : labels[label]
        word >>= 1
        labels[site] = mark
        spins[site] ^= Int8(truncatingIfNeeded: mark >> 31 & -2)
      }
    }
  }
}
