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
  private let buffer: SpinBuffer
  private var rng: RandomStream
  private let threshold: UInt32
  private let stack: UnsafeMutablePointer<Int32>
  private let steps: Steps
  private(set) var clustersPerSweep: Int?
  private(set) var updateCount = 0

  /// How to find neighbours: by masks where both sides of a square lattice are powers of two, else by
  /// a byte pair per site that says on which faces of the box it lies.
  private enum Steps {
    case masks(columns: Int, count: Int)
    case faces(UnsafeMutablePointer<UInt16>, strides: [Int], spans: [Int])
  }

  let algorithm = "wolff, single clusters"

  init(model: IsingModel, beta: Double, start: StartState, seed: Seed, level: KernelLevel) {
    buffer = SpinBuffer(model: model, start: start, level: level)
    rng = seed.makeStream()
    threshold = Self.bondThreshold(beta: beta, coupling: model.coupling)
    stack = .allocate(capacity: model.siteCount + 2 * model.lattice.dimension)
    steps = Self.makeSteps(model.lattice)
  }

  deinit {
    stack.deallocate()
    if case .faces(let faces, _, _) = steps { faces.deallocate() }
  }

  /// Probability that a satisfied bond joins its ends, times 2^32.
  static func bondThreshold(beta: Double, coupling: Double) -> UInt32 {
    UInt32(min(-expm1(-2 * beta * abs(coupling)) * 0x1p32, 0x1p32 - 1))
  }

  private static func makeSteps(_ lattice: HypercubicLattice) -> Steps {
    let sides = lattice.sides
    if sides.count == 2 && sides.allSatisfy({ $0 > 1 && $0 & ($0 - 1) == 0 }) {
      return .masks(columns: sides[1], count: lattice.siteCount)
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
    return .faces(
      faces, strides: axes.map { lattice.strides[$0] },
      spans: axes.map { lattice.strides[$0] * sides[$0] })
  }

  func bondSum() -> Int { buffer.bondSum() }
  func magnetization() -> Int { buffer.magnetization() }
  func appendSpins(to array: inout [Int8]) { buffer.append(to: &array) }

  /// Runs until `count` times as many spins have flipped as there are; the clusters of the second half
  /// decide how many make a sweep.
  func burnIn(_ count: Int, unless cancellation: Cancellation) {
    let target = max(1, count) * buffer.count
    var flipped = 0
    while 2 * flipped < target && !cancellation.isRequested { flipped += flipCluster() }
    var clusters = 0
    var clusterSpins = 0
    while clusters == 0 || ((flipped < target || clusters < 16) && !cancellation.isRequested) {
      let size = flipCluster()
      flipped += size
      clusterSpins += size
      clusters += 1
    }
    let wanted = Double(buffer.count) * Double(clusters) / Double(clusterSpins)
    clustersPerSweep = max(1, Int((wanted - 0.5).rounded()))
  }

  func sweep(_ count: Int) {
    if clustersPerSweep == nil { burnIn(20, unless: .never) }
    let clusters = clustersPerSweep!
    for _ in 0..<count {
      let more = Int(rng.next() >> 63)
      for _ in 0..<(clusters + more) { updateCount += flipCluster() }
    }
  }

  /// Flips one cluster and returns its size.
  private func flipCluster() -> Int {
    switch steps {
    case .masks(let columns, let count): flipCluster(columns: columns, count: count)
    case .faces(let faces, let strides, let spans):
      flipCluster(faces: faces, strides: strides, spans: spans)
    }
  }

  private func flipCluster(columns: Int, count: Int) -> Int {
    var rng = rng
    let (spins, stack, threshold) = (buffer.spins, stack, threshold)
    let root = rng.index(below: count)
    let old = spins[root]
    spins[root] = -old
    stack[0] = Int32(truncatingIfNeeded: root)
    var top = 1
    var size = 0
    // A neighbour is written whether it joins or not: the branch would be mispredicted half the time.
    @inline(__always)
    func join(_ site: Int, _ random: UInt32) {
      let spin = spins[site]
      let differs = UInt32(truncatingIfNeeded: Int32(spin ^ old))
      let joins = random < (differs == 0 ? threshold : 0)
      stack[top] = Int32(truncatingIfNeeded: site)
      top &+= joins ? 1 : 0
      spins[site] = joins ? -old : spin
    }
    while top > 0 {
      top &-= 1
      size &+= 1
      let site = Int(stack[top])
      let first = rng.next()
      let second = rng.next()
      let row = site & ~(columns - 1)
      join(row | ((site &+ 1) & (columns - 1)), UInt32(truncatingIfNeeded: first))
      join(row | ((site &- 1) & (columns - 1)), UInt32(truncatingIfNeeded: first >> 32))
      join((site &+ columns) & (count - 1), UInt32(truncatingIfNeeded: second))
      join((site &- columns) & (count - 1), UInt32(truncatingIfNeeded: second >> 32))
    }
    self.rng = rng
    return size
  }

  private func flipCluster(
    faces: UnsafeMutablePointer<UInt16>, strides: [Int], spans: [Int]
  ) -> Int {
    var rng = rng
    let (spins, stack, threshold) = (buffer.spins, stack, threshold)
    let root = rng.index(below: buffer.count)
    let old = spins[root]
    spins[root] = -old
    stack[0] = Int32(truncatingIfNeeded: root)
    var top = 1
    var size = 0
    @inline(__always)
    func join(_ site: Int, _ random: UInt32) {
      let spin = spins[site]
      let joins = random < (spin == old ? threshold : 0)
      stack[top] = Int32(truncatingIfNeeded: site)
      top &+= joins ? 1 : 0
      spins[site] = joins ? -old : spin
    }
    strides.withUnsafeBufferPointer { strides in
      spans.withUnsafeBufferPointer { spans in
        while top > 0 {
          top &-= 1
          size &+= 1
          let site = Int(stack[top])
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
    self.rng = rng
    return size
  }
}
