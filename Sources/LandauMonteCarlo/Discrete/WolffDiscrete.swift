import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Wolff's single-cluster update (1989): from a random site the cluster grows over bonds that
/// mirroring would cost energy, and is mirrored as a whole.
///
/// The reflection is drawn among those that change the first site; for Potts models this gives the
/// cluster a new state with equal probability. Where sites have energies of their own (a field),
/// the cluster is mirrored with probability min(1, exp(-beta dE)) of those, else it stays: this is
/// what a ghost spin does, and accepts at least as often.
///
/// A sweep is a fixed number of clusters, set in burn-in and then frozen, and with probability one
/// half one more (see `WolffIsing`). Where reflections do not lead from every state to every other
/// (the zeros of Blume and Capel's model) a Metropolis sweep of single sites comes before the
/// clusters.
final class WolffDiscrete: DiscreteEngine {
  let storage: DiscreteStorage
  let bonds: ClusterBonds
  /// Visits every site where reflections alone do not reach all states.
  let local: LocalDiscrete?
  private var rng: RandomStream
  private let queue: UnsafeMutablePointer<Int32>
  /// 1 for members of the cluster; only where energies could let one in twice.
  private let marks: UnsafeMutablePointer<UInt8>
  private let owned = OwnedBuffers()
  private(set) var clustersPerSweep: Int?
  private(set) var updateCount = 0
  let acceptanceRate: Double? = nil

  init(storage: DiscreteStorage, beta: Double, using stream: RandomStream) {
    self.storage = storage
    bonds = ClusterBonds(storage: storage)
    local =
      storage.model.spins.reflectionsAreTransitive
      ? nil
      : LocalDiscrete(
        storage: storage, beta: beta, isHeatBath: false, order: .sequential, using: stream)
    rng = stream
    // One more entry: a neighbour is written behind the last member before it is known to join.
    queue = owned.make(storage.count + 1, 0)
    marks = owned.make(storage.count, 0)
    bonds.setBeta(beta)
  }

  var algorithm: String {
    (local == nil ? "" : "metropolis, site by site, then ") + "wolff, single clusters"
  }

  func setBeta(_ beta: Double) {
    bonds.setBeta(beta)
    local?.setBeta(beta)
  }

  /// Runs until `count` times as many sites have been visited as there are; the clusters of the
  /// second half decide how many make a sweep.
  func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    var stream = rng
    let wanted = stage.flipClusters(
      siteCount: storage.count, unless: isOver,
      prepare: { stage in
        // Local sweeps keep pace with the visits.
        while stage.localSweeps * storage.count <= stage.visited {
          local?.sweep(using: &stream)
          stage.localSweeps += 1
        }
      }, flip: { flipCluster(using: &stream) })
    if let wanted { clustersPerSweep = max(1, Int((wanted - 0.5).rounded())) }
    rng = stream
  }

  func sweep(_ count: Int) {
    if clustersPerSweep == nil {
      var stage = BurnIn(20)
      burnIn(&stage) { false }
    }
    let clusters = clustersPerSweep!
    var stream = rng
    for _ in 0..<count {
      local?.sweep(using: &stream)
      let more = Int(stream.next() >> 63)
      for _ in 0..<(clusters + more) { updateCount += flipCluster(using: &stream) }
    }
    rng = stream
  }

  func save(to writer: inout StateWriter) {
    writer.write(rng)
    writer.write(clustersPerSweep ?? 0)
    writer.write(updateCount)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    rng = try reader.stream()
    let clusters = try reader.integer()
    clustersPerSweep = clusters > 0 ? clusters : nil
    updateCount = try reader.integer()
  }

  /// Grows and mirrors one cluster and returns how many sites it visited.
  func flipCluster(using rng: inout some RandomNumberGenerator) -> Int {
    let root = rng.index(below: storage.count)
    let movers = bonds.movers[Int(storage.states[root])]
    if movers.isEmpty { return 1 }
    let reflection = movers[movers.count == 1 ? 0 : rng.index(below: movers.count)]
    let mirror = bonds.reflections + reflection * storage.stateCount
    let size: Int
    switch bonds.kind {
    case .equal(let threshold):
      size = growEqual(root, to: mirror, threshold: threshold, using: &rng)
    case .signed: size = growSigned(root, mirror, using: &rng)
    case .levels: size = growAny(root, mirror, isLevels: true, using: &rng)
    case .computed: size = growAny(root, mirror, isLevels: false, using: &rng)
    }
    if bonds.changesSites { takeBack(size, mirror, using: &rng) }
    return size
  }

  /// Mirrors the cluster back unless its own energies allow the change.
  private func takeBack(
    _ size: Int, _ mirror: UnsafeMutablePointer<UInt8>, using rng: inout some RandomNumberGenerator
  ) {
    var change = 0.0
    for member in 0..<size {
      let site = Int(queue[member])
      let row = storage.siteRow(site)
      let state = Int(storage.states[site])
      change += row[state] - row[Int(mirror[state])]
    }
    // Rounding errors of a sum that should be zero must not cost a draw.
    if change <= 1e-12 * Double(size) { return }
    if rng.next() < UInt64(exp(-bonds.beta * change) * 0x1p64) { return }
    for member in 0..<size {
      let site = Int(queue[member])
      storage.states[site] = mirror[Int(storage.states[site])]
    }
  }

  /// All members have the state of the first.
  private func growEqual(
    _ root: Int, to mirror: UnsafeMutablePointer<UInt8>, threshold: UInt32,
    using generator: inout some RandomNumberGenerator
  ) -> Int {
    if let rows = storage.rows {
      let (row, distances, width) = (rows.rowOfSite, rows.distances, rows.width)
      return growEqual(
        root, to: mirror, threshold: threshold, using: &generator
      ) { site in
        let first = Int(row[site]) &* width
        return first..<(first &+ width)
      } neighbour: { site, place in
        Int32(truncatingIfNeeded: site) &+ distances[place]
      }
    }
    let (start, neighbours) = (storage.start, storage.neighbours)
    return growEqual(
      root, to: mirror, threshold: threshold, using: &generator
    ) { site in
      Int(start[site])..<Int(start[site &+ 1])
    } neighbour: { _, place in
      neighbours[place]
    }
  }

  @inline(__always)
  private func growEqual(
    _ root: Int, to mirror: UnsafeMutablePointer<UInt8>, threshold: UInt32,
    using generator: inout some RandomNumberGenerator, places: (_ site: Int) -> Range<Int>,
    neighbour: (_ site: Int, _ place: Int) -> Int32
  ) -> Int {
    var rng = generator
    let (states, queue) = (storage.states, queue)
    let old = states[root]
    let new = mirror[Int(old)]
    states[root] = new
    queue[0] = Int32(truncatingIfNeeded: root)
    if new == old { return 1 }
    var head = 0
    var tail = 1
    // A neighbour is written whether it joins or not: the branch would be mispredicted half the
    // time.
    @inline(__always)
    func join(_ site: Int32, _ random: UInt32) {
      let state = states[Int(site)]
      let joins = random < (state == old ? threshold : 0)
      queue[tail] = site
      tail &+= joins ? 1 : 0
      states[Int(site)] = joins ? new : state
    }
    while head < tail {
      let site = Int(queue[head])
      head &+= 1
      let range = places(site)
      var place = range.lowerBound
      let end = range.upperBound
      while place &+ 1 < end {
        let word = rng.next()
        join(neighbour(site, place), UInt32(truncatingIfNeeded: word))
        join(neighbour(site, place &+ 1), UInt32(truncatingIfNeeded: word >> 32))
        place &+= 2
      }
      if place < end { join(neighbour(site, place), UInt32(truncatingIfNeeded: rng.next())) }
    }
    generator = rng
    return tail
  }

  /// Two states with couplings of either sign, or more states that all couplings align.
  private func growSigned(
    _ root: Int, _ mirror: UnsafeMutablePointer<UInt8>,
    using generator: inout some RandomNumberGenerator
  ) -> Int {
    var rng = generator
    let (states, queue, start) = (storage.states, queue, storage.start)
    let (neighbours, against) = (storage.neighbours, bonds.placeAgainst)
    let thresholds = bonds.placeThresholds
    let first = states[root]
    if mirror[Int(first)] == first { return 1 }
    states[root] = mirror[Int(first)]
    queue[0] = Int32(truncatingIfNeeded: root)
    var head = 0
    var tail = 1
    while head < tail {
      let member = Int(queue[head])
      head &+= 1
      let old = mirror[Int(states[member])]
      var word: UInt64 = 0
      for place in Int(start[member])..<Int(start[member &+ 1]) {
        word = (place &- Int(start[member])) & 1 == 0 ? rng.next() : word >> 32
        let site = neighbours[place]
        let state = states[Int(site)]
        let isSatisfied = old ^ state == against[place]
        let joins = UInt32(truncatingIfNeeded: word) < (isSatisfied ? thresholds[place] : 0)
        queue[tail] = site
        tail &+= joins ? 1 : 0
        states[Int(site)] = joins ? mirror[Int(state)] : state
      }
    }
    generator = rng
    return tail
  }

  private func growAny(
    _ root: Int, _ mirror: UnsafeMutablePointer<UInt8>, isLevels: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Int {
    var rng = generator
    let (states, queue, start) = (storage.states, queue, storage.start)
    let (neighbours, couplings, bonds, marks) =
      (storage.neighbours, storage.placeCouplings, bonds, marks)
    let first = states[root]
    if mirror[Int(first)] == first { return 1 }
    states[root] = mirror[Int(first)]
    queue[0] = Int32(truncatingIfNeeded: root)
    marks[root] = 1
    var head = 0
    var tail = 1
    while head < tail {
      let member = Int(queue[head])
      head &+= 1
      let mirrored = Int(states[member])
      let old = Int(mirror[mirrored])
      var word: UInt64 = 0
      for place in Int(start[member])..<Int(start[member &+ 1]) {
        word = (place &- Int(start[member])) & 1 == 0 ? rng.next() : word >> 32
        let site = neighbours[place]
        let state = states[Int(site)]
        let threshold = bonds.threshold(
          old, Int(state), mirrored: mirrored, coupling: couplings[place], isLevels: isLevels)
        let joins = UInt32(truncatingIfNeeded: word) < threshold && marks[Int(site)] == 0
        queue[tail] = site
        tail &+= joins ? 1 : 0
        states[Int(site)] = joins ? mirror[Int(state)] : state
        marks[Int(site)] |= joins ? 1 : 0
      }
    }
    for member in 0..<tail { marks[Int(queue[member])] = 0 }
    generator = rng
    return tail
  }
}
