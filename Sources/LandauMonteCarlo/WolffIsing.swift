import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Wolff's single-cluster update (1989) on a ferromagnet, or on a bipartite antiferromagnet stored as
/// one.
///
/// From a random site the cluster grows over satisfied bonds with probability 1 - exp(-2 beta |J|),
/// exact to 2^-32, and flips. A sweep is a fixed number of clusters, set in burn-in and then frozen,
/// and with probability one half one more: without that coin the number of flipped spins would have
/// the same parity in every sweep at beta = 0 and on a single site.
final class WolffIsing: IsingEngine {
  let buffer: SpinBuffer
  private var rng: RandomStream
  private let threshold: UInt32
  /// Sites of the cluster in the order in which they joined. Working through them first in, first out
  /// lets the processor overlap several: the next site never waits for the last to be decided.
  private let queue: UnsafeMutablePointer<Int32>
  private let steps: WolffSteps
  private(set) var clustersPerSweep: Int?
  private(set) var updateCount = 0

  let algorithm = "wolff, single clusters"

  init(
    model: IsingModel, beta: Double, start: [Int8], level: KernelLevel, using stream: RandomStream
  ) {
    buffer = SpinBuffer(model: model, spins: start, level: level)
    rng = stream
    threshold = bondThreshold(beta: beta, coupling: model.coupling)
    // One more entry: a neighbour is written behind the last member before it is known to join.
    queue = .allocate(capacity: model.siteCount + 1)
    steps = WolffSteps(model.lattice)
  }

  deinit {
    queue.deallocate()
    if case .faces(let faces, _, _) = steps { faces.deallocate() }
  }

  func bondSum() -> Int { buffer.bondSum() }
  func magnetization() -> Int { buffer.magnetization() }
  func staggeredMagnetization() -> Int { buffer.staggeredMagnetization() }
  func appendSpins(to array: inout [Int8]) { buffer.append(to: &array) }
  func sliceSums(along axis: Int) -> [Int] { buffer.sliceSums(along: axis) }

  /// Runs until `count` times as many spins have flipped as there are; the clusters of the second half
  /// decide how many make a sweep.
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    let wanted = stage.flipClusters(
      siteCount: buffer.count, unless: isOver, flip: { flipCluster(using: &rng) })
    if let wanted { clustersPerSweep = max(1, Int((wanted - 0.5).rounded())) }
  }

  func sweep(_ count: Int) {
    if clustersPerSweep == nil {
      var stage = BurnIn(20)
      burnIn(&stage) { false }
    }
    let clusters = clustersPerSweep!
    for _ in 0..<count {
      let more = Int(rng.next() >> 63)
      for _ in 0..<(clusters + more) { updateCount += flipCluster(using: &rng) }
    }
  }

  func save(to writer: inout StateWriter) {
    buffer.save(to: &writer)
    writer.write(rng)
    writer.write(clustersPerSweep ?? 0)
    writer.write(updateCount)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try buffer.restore(from: &reader)
    rng = try reader.stream()
    let clusters = try reader.integer()
    clustersPerSweep = clusters > 0 ? clusters : nil
    updateCount = try reader.integer()
  }

  /// Flips one cluster and returns its size.
  func flipCluster(using rng: inout some RandomNumberGenerator) -> Int {
    switch steps {
    case .masks(let columns, let count): flipCluster(columns: columns, count: count, using: &rng)
    case .faces(let faces, let strides, let spans):
      flipCluster(faces: faces, strides: strides, spans: spans, using: &rng)
    }
  }

  private func flipCluster(
    columns: Int, count: Int, using generator: inout some RandomNumberGenerator
  ) -> Int {
    // A copy that no call can see may stay in registers.
    var rng = generator
    let (spins, queue, threshold) = (buffer.spins, queue, threshold)
    let root = rng.index(below: count)
    let old = spins[root]
    spins[root] = -old
    queue[0] = Int32(truncatingIfNeeded: root)
    var head = 0
    var tail = 1
    // A neighbour is written whether it joins or not: the branch would be mispredicted half the time.
    @inline(__always)
    func join(_ site: Int, _ random: UInt32) {
      let spin = spins[site]
      let joins = random < (spin == old ? threshold : 0)
      queue[tail] = Int32(truncatingIfNeeded: site)
      tail &+= joins ? 1 : 0
      spins[site] = joins ? -old : spin
    }
    while head < tail {
      let site = Int(queue[head])
      head &+= 1
      let first = rng.next()
      let second = rng.next()
      let row = site & ~(columns - 1)
      join(row | ((site &+ 1) & (columns - 1)), UInt32(truncatingIfNeeded: first))
      join(row | ((site &- 1) & (columns - 1)), UInt32(truncatingIfNeeded: first >> 32))
      join((site &+ columns) & (count - 1), UInt32(truncatingIfNeeded: second))
      join((site &- columns) & (count - 1), UInt32(truncatingIfNeeded: second >> 32))
    }
    generator = rng
    return tail
  }

  private func flipCluster(
    faces: UnsafeMutablePointer<UInt16>, strides: [Int], spans: [Int],
    using generator: inout some RandomNumberGenerator
  ) -> Int {
    var rng = generator
    let (spins, queue, threshold) = (buffer.spins, queue, threshold)
    let root = rng.index(below: buffer.count)
    let old = spins[root]
    spins[root] = -old
    queue[0] = Int32(truncatingIfNeeded: root)
    var head = 0
    var tail = 1
    @inline(__always)
    func join(_ site: Int, _ random: UInt32) {
      let spin = spins[site]
      let joins = random < (spin == old ? threshold : 0)
      queue[tail] = Int32(truncatingIfNeeded: site)
      tail &+= joins ? 1 : 0
      spins[site] = joins ? -old : spin
    }
    strides.withUnsafeBufferPointer { strides in
      spans.withUnsafeBufferPointer { spans in
        while head < tail {
          let site = Int(queue[head])
          head &+= 1
          var face = Int(faces[site])
          for axis in 0..<strides.count {
            let word = rng.next()
            let up = site &+ strides[axis] &- (0 &- (face & 1)) & spans[axis]
            let down = site &- strides[axis] &+ (0 &- (face >> 1 & 1)) & spans[axis]
            join(up, UInt32(truncatingIfNeeded: word))
            join(down, UInt32(truncatingIfNeeded: word >> 32))
            face >>= 2
          }
        }
      }
    }
    generator = rng
    return tail
  }
}

/// Probability that a satisfied bond joins its ends, times 2^32.
func bondThreshold(beta: Double, coupling: Double) -> UInt32 {
  UInt32(min(-expm1(-2 * beta * abs(coupling)) * 0x1p32, 0x1p32 - 1))
}

/// How to find neighbours: by masks where both sides of a square lattice are powers of two, else by two
/// bits per axis and site that say on which faces of the box it lies.
private enum WolffSteps {
  case masks(columns: Int, count: Int)
  case faces(UnsafeMutablePointer<UInt16>, strides: [Int], spans: [Int])

  init(_ lattice: HypercubicLattice) {
    let sides = lattice.sides
    if sides.count == 2 && sides.allSatisfy({ $0 > 1 && $0 & ($0 - 1) == 0 }) {
      self = .masks(columns: sides[1], count: lattice.siteCount)
      return
    }
    let axes = sides.indices.filter { sides[$0] > 1 }
    let faces = UnsafeMutablePointer<UInt16>.allocate(capacity: lattice.siteCount)
    for site in 0..<lattice.siteCount {
      var face: UInt16 = 0
      for (bit, axis) in axes.enumerated() {
        let position = (site / lattice.strides[axis]) % sides[axis]
        if position == sides[axis] - 1 { face |= 1 << UInt16(2 * bit) }
        if position == 0 { face |= 2 << UInt16(2 * bit) }
      }
      faces[site] = face
    }
    self = .faces(
      faces, strides: axes.map { lattice.strides[$0] },
      spans: axes.map { lattice.strides[$0] * sides[$0] })
  }
}
