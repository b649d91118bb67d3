import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Swendsen and Wang's update (1987): all sites fall into clusters, which get new states.
///
/// For Potts models equal neighbours are joined with probability 1 - exp(-beta J) and every cluster
/// draws one of the q states (Fortuin and Kasteleyn). For all other models one reflection is drawn
/// per sweep, bonds that mirroring one end would cost are joined as in Wolff's update, and every
/// cluster is mirrored with probability one half. Where sites have energies of their own (a field),
/// a cluster draws its state with the Boltzmann weight of the sum of those: this is what a ghost
/// spin does, its bonds summed over.
///
/// Clusters are found by union and find with the lowest site as root, so that one pass in ascending
/// order can hand the decision of the root to all members. Where reflections do not lead from every
/// state to every other a Metropolis sweep of single sites comes before the clusters.
final class SwendsenWangDiscrete: DiscreteEngine {
  let storage: DiscreteStorage
  let bonds: ClusterBonds
  let local: LocalDiscrete?
  private var rng: RandomStream
  let labels: UnsafeMutablePointer<Int32>
  /// Bonds of a block of sites that join.
  private let joined: UnsafeMutablePointer<Int32>
  /// What the clusters of a field add up to, `[root, state]` or by root.
  private let sums: UnsafeMutablePointer<Double>
  private let weights: UnsafeMutablePointer<Double>
  private let owned = OwnedBuffers()
  private let drawsStates: Bool
  /// Whether the energies of sites alone decide with which probability clusters get their states.
  let isWeighted: Bool
  private let improvement: ImprovedEstimator?
  private var improved: ImprovedMoments?
  /// Whether there are improved estimators.
  var isImproved: Bool { improvement != nil }
  private var labelsAreFresh = false
  private(set) var updateCount = 0
  let acceptanceRate: Double? = nil

  private static let block = 1024

  init(storage: DiscreteStorage, beta: Double, using stream: RandomStream) {
    self.storage = storage
    bonds = ClusterBonds(storage: storage)
    let spins = storage.model.spins
    drawsStates = spins.isPottsLike && spins.stateCount > 2
    local =
      spins.reflectionsAreTransitive
      ? nil
      : LocalDiscrete(
        storage: storage, beta: beta, isHeatBath: false, order: .sequential, using: stream)
    rng = stream
    labels = owned.make(storage.count, 0)
    joined = owned.make(Self.block + 1, 0)
    let width = drawsStates ? storage.stateCount : 1
    // New states are drawn whatever the reflections lead to; mirrored clusters only weigh what
    // reflections change.
    isWeighted = drawsStates ? storage.hasSiteEnergies : bonds.changesSites
    sums = owned.make(isWeighted ? storage.count * width : 0, 0)
    weights = owned.make(storage.stateCount, 0)
    improvement =
      isWeighted ? nil : ImprovedEstimator(storage: storage, isCount: drawsStates)
    bonds.setBeta(beta)
  }

  var algorithm: String {
    (local == nil ? "" : "metropolis, site by site, then ") + "swendsen-wang, union and find"
  }

  func setBeta(_ beta: Double) {
    bonds.setBeta(beta)
    local?.setBeta(beta)
  }

  func sweep(_ count: Int) {
    var stream = rng
    for _ in 0..<count {
      local?.sweep(using: &stream)
      pass(using: &stream)
    }
    rng = stream
    updateCount += count * storage.count
  }

  func improvedMoments() -> ImprovedMoments? {
    if labelsAreFresh {
      improved = improvement?.moments(labels: labels)
      labelsAreFresh = false
    }
    return improved
  }

  func save(to writer: inout StateWriter) {
    let moments = improvedMoments()
    writer.write(rng)
    writer.write(updateCount)
    writer.write(numbers: moments.map { [$0.second, $0.fourth] } ?? [])
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    rng = try reader.stream()
    updateCount = try reader.integer()
    let moments = try reader.numbers()
    improved =
      moments.count == 2 ? ImprovedMoments(second: moments[0], fourth: moments[1]) : nil
    labelsAreFresh = false
  }

  /// One pass over all clusters.
  func pass(using rng: inout some RandomNumberGenerator) {
    for site in 0..<storage.count { labels[site] = Int32(truncatingIfNeeded: site) }
    if drawsStates {
      join(using: &rng, mirror: bonds.reflections)
      isWeighted ? drawWeighted(using: &rng) : draw(using: &rng)
    } else {
      let reflection = bonds.reflectionCount == 1 ? 0 : rng.index(below: bonds.reflectionCount)
      let mirror = bonds.reflections + reflection * storage.stateCount
      join(using: &rng, mirror: mirror)
      isWeighted ? mirrorWeighted(mirror, using: &rng) : mirrorHalf(mirror, using: &rng)
    }
    labelsAreFresh = improvement != nil
  }
}

// Bonds.
extension SwendsenWangDiscrete {
  private func join(
    using rng: inout some RandomNumberGenerator, mirror: UnsafeMutablePointer<UInt8>
  ) {
    let (states, high, low) = (storage.states, storage.high, storage.low)
    let bonds = bonds
    switch bonds.kind {
    case .equal(let threshold):
      join(using: &rng) { bond in
        states[Int(high[bond])] == states[Int(low[bond])] ? threshold : 0
      }
    case .signed:
      let (against, thresholds) = (bonds.bondAgainst, bonds.bondThresholds)
      join(using: &rng) { bond in
        let isSatisfied = states[Int(high[bond])] ^ states[Int(low[bond])] == against[bond]
        return isSatisfied ? thresholds[bond] : 0
      }
    case .levels: joinAny(using: &rng, mirror: mirror, isLevels: true)
    case .computed: joinAny(using: &rng, mirror: mirror, isLevels: false)
    }
  }

  @inline(__always)
  private func joinAny(
    using rng: inout some RandomNumberGenerator, mirror: UnsafeMutablePointer<UInt8>,
    isLevels: Bool
  ) {
    let (states, high, low) = (storage.states, storage.high, storage.low)
    let (bonds, couplings) = (bonds, storage.bondCouplings)
    join(using: &rng) { bond in
      let one = Int(states[Int(high[bond])])
      return bonds.threshold(
        one, Int(states[Int(low[bond])]), mirrored: Int(mirror[one]), coupling: couplings[bond],
        isLevels: isLevels)
    }
  }

  /// Joins the ends of every bond with its probability, two bonds a word, block after block.
  @inline(__always)
  private func join(
    using generator: inout some RandomNumberGenerator, threshold: (Int) -> UInt32
  ) {
    var rng = generator
    let (joined, high, low) = (joined, storage.high, storage.low)
    for first in stride(from: 0, to: storage.bondCount, by: Self.block) {
      let end = min(first &+ Self.block, storage.bondCount)
      var count = 0
      @inline(__always)
      func note(_ bond: Int, _ random: UInt32) {
        joined[count] = Int32(truncatingIfNeeded: bond)
        count &+= random < threshold(bond) ? 1 : 0
      }
      var bond = first
      while bond &+ 1 < end {
        let word = rng.next()
        note(bond, UInt32(truncatingIfNeeded: word))
        note(bond &+ 1, UInt32(truncatingIfNeeded: word >> 32))
        bond &+= 2
      }
      if bond < end { note(bond, UInt32(truncatingIfNeeded: rng.next())) }
      for index in 0..<count {
        let bond = Int(joined[index])
        unite(Int(high[bond]), Int(low[bond]))
      }
    }
    generator = rng
  }

  @inline(__always)
  func unite(_ a: Int, _ b: Int) {
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
}

// New states. A label becomes the root of its cluster, if the lower labels are roots already.
extension SwendsenWangDiscrete {
  /// Every cluster one of the states with equal probability.
  func draw(using generator: inout some RandomNumberGenerator) {
    var rng = generator
    let (states, labels, stateCount) = (storage.states, labels, storage.stateCount)
    for site in 0..<storage.count {
      let root = labels[Int(labels[site])]
      labels[site] = root
      if Int(root) == site {
        states[site] = UInt8(truncatingIfNeeded: rng.index(below: stateCount))
      } else {
        states[site] = states[Int(root)]
      }
    }
    generator = rng
  }

  /// Every cluster is mirrored with probability one half.
  private func mirrorHalf(
    _ mirror: UnsafeMutablePointer<UInt8>, using generator: inout some RandomNumberGenerator
  ) {
    var rng = generator
    let (states, labels) = (storage.states, labels)
    // Coins of roots are kept in the highest bit of their labels until all members have seen them.
    for start in stride(from: 0, to: storage.count, by: 64) {
      var word = rng.next()
      for site in start..<min(start &+ 64, storage.count) {
        let label = Int(labels[site])
        let coin = Int32(truncatingIfNeeded: site) | Int32(truncatingIfNeeded: word & 1) << 31
        word >>= 1
        let mark = label == site ? coin : labels[label]
        labels[site] = mark
        let state = states[site]
        states[site] = mark < 0 ? mirror[Int(state)] : state
      }
    }
    for site in 0..<storage.count { labels[site] &= Int32.max }
    generator = rng
  }

  private func drawWeighted(using generator: inout some RandomNumberGenerator) {
    var rng = generator
    let (states, stateCount, sums) = (storage.states, storage.stateCount, sums)
    for index in 0..<(storage.count * stateCount) { sums[index] = 0 }
    for site in 0..<storage.count {
      let root = labels[Int(labels[site])]
      labels[site] = root
      let row = storage.siteRow(site)
      for state in 0..<stateCount { sums[Int(root) * stateCount + state] += row[state] }
    }
    for site in 0..<storage.count {
      let root = Int(labels[site])
      if root != site {
        states[site] = states[root]
        continue
      }
      let energies = sums + root * stateCount
      let lowest = (1..<stateCount).reduce(energies[0]) { min($0, energies[$1]) }
      var total = 0.0
      for state in 0..<stateCount {
        weights[state] = exp(-bonds.beta * (energies[state] - lowest))
        total += weights[state]
      }
      var rest = rng.uniform() * total
      var new = 0
      while new < stateCount - 1 && rest >= weights[new] {
        rest -= weights[new]
        new += 1
      }
      states[site] = UInt8(truncatingIfNeeded: new)
    }
    generator = rng
  }

  private func mirrorWeighted(
    _ mirror: UnsafeMutablePointer<UInt8>, using generator: inout some RandomNumberGenerator
  ) {
    var rng = generator
    let (states, sums, labels) = (storage.states, sums, labels)
    for site in 0..<storage.count { sums[site] = 0 }
    for site in 0..<storage.count {
      let root = labels[Int(labels[site])]
      labels[site] = root
      let row = storage.siteRow(site)
      let state = Int(states[site])
      sums[Int(root)] += row[Int(mirror[state])] - row[state]
    }
    for site in 0..<storage.count {
      let root = Int(labels[site])
      // The sum of a root becomes its decision.
      if root == site {
        sums[site] = rng.uniform() < 1 / (1 + exp(bonds.beta * sums[site])) ? 1 : 0
      }
      if sums[root] == 1 { states[site] = mirror[Int(states[site])] }
    }
    generator = rng
  }
}
