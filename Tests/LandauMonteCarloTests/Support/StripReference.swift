import LandauCore
import LandauLattice

@testable import LandauMonteCarlo

/// The multispin Metropolis sweep in plain Swift: spins in bytes, one random bit at a time.
///
/// Follows the kernel's documentation: colours one after the other, blocks of word rows with eight lanes
/// of xoshiro256++ each, groups of 512 attempts that compare bits until all are decided.
struct StripReference {
  let model: IsingModel
  let layout: MultispinLayout
  let all: UInt64
  let three: UInt64
  let lazyBits: Int
  var spins: [Int8]
  /// For each block: eight lanes.
  var streams: [[RandomStream]]
  var acceptedCount = 0
  /// How often a group needed 1, 2, ... bits.
  var bitsUsed = [Int](repeating: 0, count: 65)

  init(model: IsingModel, beta: Double, seed: Seed) {
    self.model = model
    layout = MultispinLayout(model.lattice)!
    let cost = 4 * abs(model.coupling)
    let rule = MetropolisAcceptance(beta: beta, largestCost: 2 * cost)
    all = rule.threshold(energyChange: 2 * cost)
    three = rule.threshold(energyChange: cost)
    lazyBits = rule.lazyBits
    spins = model.startSpins(beta: beta, seed: seed.child("start"))
    let updates = seed.child("metropolis")
    streams = (0..<layout.blockCount).map { block in
      var rng = updates.child("block", block).makeStream()
      let words = (0..<32).map { _ in rng.next() }
      return (0..<8).map { lane in
        RandomStream(state: (0..<4).map { words[8 * $0 + lane] })
      }
    }
  }

  mutating func sweep() {
    for colour in 0..<2 {
      for block in 0..<layout.blockCount {
        let first = block * layout.blockRows
        for wordRow in first..<min(layout.wordRows, first + layout.blockRows) {
          for group in stride(from: 0, to: layout.words, by: 8) {
            attempt(colour: colour, block: block, wordRow: wordRow, group: group)
          }
        }
      }
    }
  }

  private mutating func attempt(colour: Int, block: Int, wordRow: Int, group: Int) {
    // The 512 sites: lane and bit.
    var sites = [Int](repeating: 0, count: 512)
    var thresholds = [UInt64](repeating: 0, count: 512)
    var hasNoCost = [Bool](repeating: false, count: 512)
    for lane in 0..<8 {
      for bit in 0..<64 {
        let row = bit * layout.wordRows + wordRow
        let column = 2 * (group + lane) + (wordRow + colour) % 2
        let site = model.lattice.site(at: layout.isTransposed ? [column, row] : [row, column])
        let local = Int(spins[site]) * model.neighbourSum(at: site, in: spins.span)
        let satisfied = (4 + (model.coupling > 0 ? local : -local)) / 2
        sites[64 * lane + bit] = site
        hasNoCost[64 * lane + bit] = satisfied < 3
        thresholds[64 * lane + bit] =
          satisfied == 4 ? all : satisfied == 3 ? three : ~0 << UInt64(64 - lazyBits)
      }
    }
    var accepted = [Bool](repeating: false, count: 512)
    var undecided = Set(0..<512)
    for bit in 0..<64 {
      for lane in 0..<8 {
        let word = streams[block][lane].next()
        for position in 0..<64 where undecided.contains(64 * lane + position) {
          let attempt = 64 * lane + position
          let random = word >> UInt64(position) & 1
          let wanted = thresholds[attempt] >> UInt64(63 - bit) & 1
          if random != wanted {
            accepted[attempt] = wanted == 1
            undecided.remove(attempt)
          } else if bit + 1 == lazyBits && hasNoCost[attempt] {
            // Only zeros are left of a threshold without cost: rejected without more bits.
            undecided.remove(attempt)
          }
        }
      }
      if bit >= 9 && undecided.isEmpty {
        bitsUsed[bit + 1] += 1
        break
      }
    }
    for attempt in 0..<512 where accepted[attempt] {
      spins[sites[attempt]] = -spins[sites[attempt]]
      acceptedCount += 1
    }
  }
}
