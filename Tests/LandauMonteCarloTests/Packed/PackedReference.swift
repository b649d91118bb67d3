import LandauCore
import LandauLattice

@testable import LandauMonteCarlo

/// Packed replicas in plain Swift: one replica after the other, energies from the model, one random bit at a time.
///
/// Follows the kernel's documentation: sites in order; what is proposed from one word of each of eight lanes (two for
/// four Potts states); then words until all 512 attempts are decided, at least ten.
struct PackedReference {
  /// One for each replica; taken again from the first on.
  let models: [DiscreteModel]
  let rule: MetropolisAcceptance
  let isShared: Bool
  /// Whether the kernel for any sites is taken rather than one of those for four or six bonds.
  private let isGeneral: Bool
  /// `[replica][site]`
  var states: [[UInt8]]
  var lanes: [RandomStream]

  init(_ models: [DiscreteModel], beta: Double, isShared: Bool, seed: Seed, states: [[UInt8]])
    throws
  {
    self.models = models
    self.isShared = isShared
    let packed = try PackedLattice(models)
    isGeneral = packed.dimension == 0
    let largest = packed.classes.joined().map(\.cost).max() ?? 0
    rule = MetropolisAcceptance(beta: beta, largestCost: largest)
    self.states = states
    let size = models[0].siteCount
    while self.states.count < 512 { self.states.append([UInt8](repeating: 0, count: size)) }
    var rng = seed.child("packed").makeStream()
    let words = (0..<32).map { _ in rng.next() }
    lanes = (0..<8).map { lane in RandomStream(state: (0..<4).map { words[8 * $0 + lane] }) }
  }

  mutating func sweep() {
    for site in 0..<models[0].siteCount { attempt(site) }
  }

  private mutating func words() -> [UInt64] { (0..<8).map { lanes[$0].next() } }

  private func bit(_ replica: Int, of words: [UInt64]) -> Int {
    Int(words[replica / 64] >> UInt64(replica % 64) & 1)
  }

  private mutating func attempt(_ site: Int) {
    let count = models[0].stateCount
    let first = count > 2 ? words() : []
    let second = count == 4 ? words() : []
    let proposals = states.indices.map { replica -> UInt8 in
      let old = Int(states[replica][site])
      switch count {
      case 2: return UInt8(1 - old)
      case 3: return UInt8((old + (bit(replica, of: first) == 1 ? 2 : 1)) % 3)
      default: return UInt8(old ^ bit(replica, of: first) ^ bit(replica, of: second) << 1)
      }
    }
    let thresholds = states.indices.map { replica in
      let model = models[replica % models.count]
      let configuration = states[replica]
      let cost = model.energyChange(at: site, to: proposals[replica], in: configuration.span)
      return rule.threshold(energyChange: cost)
    }
    let accepted: [Bool]
    if isShared {
      let random = lanes[0].next()
      accepted = thresholds.map { random < $0 }
    } else {
      accepted = compare(thresholds)
    }
    for replica in states.indices where accepted[replica] {
      states[replica][site] = proposals[replica]
    }
  }

  private mutating func compare(_ thresholds: [UInt64]) -> [Bool] {
    var accepted = [Bool](repeating: false, count: 512)
    var undecided = Array(0..<512)
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
