import LandauCore
import LandauLattice

@testable import LandauMonteCarlo

/// The random decisions of a packed kernel in plain Swift, one bit at a time.
///
/// Follows the kernel's documentation: what is proposed from one word of each of eight lanes (two for four Potts
/// states); then words until all attempts are decided, at least ten.
struct PackedDecisions {
  var rule: MetropolisAcceptance
  /// Whether the kernel for any sites is taken rather than one of those for four or six bonds.
  let isGeneral: Bool
  var lanes: [RandomStream]

  init(_ packed: PackedLattice, beta: Double, seed: Seed) {
    isGeneral = packed.dimension == 0
    rule = Self.rule(packed, beta: beta)
    var rng = seed.makeStream()
    let words = (0..<32).map { _ in rng.next() }
    lanes = (0..<8).map { lane in RandomStream(state: (0..<4).map { words[8 * $0 + lane] }) }
  }

  static func rule(_ packed: PackedLattice, beta: Double) -> MetropolisAcceptance {
    MetropolisAcceptance(
      beta: beta, largestCost: packed.classes.joined().map(\.cost).max() ?? 0)
  }

  private mutating func words() -> [UInt64] { (0..<8).map { lanes[$0].next() } }

  private func bit(_ replica: Int, of words: [UInt64]) -> Int {
    Int(words[replica / 64] >> UInt64(replica % 64) & 1)
  }

  mutating func proposals(for states: [UInt8], of count: Int) -> [UInt8] {
    let first = count > 2 ? words() : []
    let second = count == 4 ? words() : []
    return states.enumerated().map { replica, old in
      switch count {
      case 2: return 1 - old
      case 3: return (old + (bit(replica, of: first) == 1 ? 2 : 1)) % 3
      default: return old ^ UInt8(bit(replica, of: first) ^ bit(replica, of: second) << 1)
      }
    }
  }

  /// Of up to 512 attempts, which are accepted.
  mutating func compare(_ thresholds: [UInt64]) -> [Bool] {
    var accepted = [Bool](repeating: false, count: thresholds.count)
    var undecided = Array(thresholds.indices)
    for place in 0..<64 where place < 10 || !undecided.isEmpty {
      let words = words()
      undecided.removeAll { replica in
        let wanted = Int(thresholds[replica] >> UInt64(63 - place) & 1)
        if bit(replica, of: words) == wanted {
          // Ising kernels know that zeros alone are left of a threshold without cost.
          return !isGeneral && place + 1 == rule.lazyBits
            && thresholds[replica] == rule.threshold(energyChange: 0)
        }
        accepted[replica] = wanted == 1
        return true
      }
    }
    return accepted
  }
}

/// Packed replicas in plain Swift: one replica after the other, energies from the model.
struct PackedReference {
  /// One for each replica; taken again from the first on.
  let models: [DiscreteModel]
  let isShared: Bool
  /// `[replica][site]`
  var states: [[UInt8]]
  private var decisions: PackedDecisions

  init(_ models: [DiscreteModel], beta: Double, isShared: Bool, seed: Seed, states: [[UInt8]])
    throws
  {
    self.models = models
    self.isShared = isShared
    decisions = try PackedDecisions(
      PackedLattice(models), beta: beta, seed: seed.child("packed"))
    self.states = states
    let size = models[0].siteCount
    while self.states.count < 512 { self.states.append([UInt8](repeating: 0, count: size)) }
  }

  mutating func sweep() {
    for site in 0..<models[0].siteCount { attempt(site) }
  }

  private mutating func attempt(_ site: Int) {
    let proposals = decisions.proposals(for: states.map { $0[site] }, of: models[0].stateCount)
    let thresholds = states.indices.map { replica in
      let model = models[replica % models.count]
      let configuration = states[replica]
      let cost = model.energyChange(at: site, to: proposals[replica], in: configuration.span)
      return decisions.rule.threshold(energyChange: cost)
    }
    let accepted: [Bool]
    if isShared {
      let random = decisions.lanes[0].next()
      accepted = thresholds.map { random < $0 }
    } else {
      accepted = decisions.compare(thresholds)
    }
    for replica in states.indices where accepted[replica] {
      states[replica][site] = proposals[replica]
    }
  }
}

/// One lattice in blocks in plain Swift: place by place, energies from the model, decisions of all blocks at a time.
struct BlockReference {
  let model: DiscreteModel
  let grid: LaneGrid
  private let packed: PackedLattice
  private(set) var states: [UInt8]
  private var decisions: PackedDecisions
  /// Attempts that changed a site.
  private(set) var changes = 0

  init(_ model: DiscreteModel, _ blocks: PackedBlocks, beta: Double, seed: Seed, states: [UInt8]) {
    self.model = model
    grid = blocks.grid
    packed = blocks.packed
    self.states = states
    decisions = PackedDecisions(packed, beta: beta, seed: seed)
  }

  mutating func setBeta(_ beta: Double) {
    decisions.rule = PackedDecisions.rule(packed, beta: beta)
  }

  mutating func sweep() {
    let (lanes, places) = grid.offsets
    for place in places {
      let sites = lanes.map { $0 + place }
      let proposals = decisions.proposals(for: sites.map { states[$0] }, of: model.stateCount)
      let before = states
      let accepted = decisions.compare(
        zip(sites, proposals).map { site, new in
          let cost = model.energyChange(at: site, to: new, in: before.span)
          return decisions.rule.threshold(energyChange: cost)
        })
      for (lane, site) in sites.enumerated() where accepted[lane] {
        changes += states[site] == proposals[lane] ? 0 : 1
        states[site] = proposals[lane]
      }
    }
  }
}
