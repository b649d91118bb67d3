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
  /// Of sites with 0, 1, ... unsatisfied bonds.
  let thresholds: [UInt64]
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
    let bonds = 2 * model.lattice.dimension
    let rule = MetropolisAcceptance(
      beta: beta, largestCost: 2 * Double(bonds) * abs(model.coupling))
    thresholds = (0...bonds).map {
      rule.threshold(energyChange: 2 * Double(bonds - 2 * $0) * abs(model.coupling))
    }
    lazyBits = rule.lazyBits
    spins = IsingStart(model, beta: beta, seed: seed.child("start")).spins()
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
    let bonds = 2 * model.lattice.dimension
    for lane in 0..<8 {
      for bit in 0..<64 {
        let site = site(colour: colour, wordRow: wordRow, word: group + lane, bit: bit)
        let local = Int(spins[site]) * model.neighbourSum(at: site, in: spins.span)
        let unsatisfied = (bonds - (model.coupling > 0 ? local : -local)) / 2
        sites[64 * lane + bit] = site
        hasNoCost[64 * lane + bit] = 2 * unsatisfied >= bonds
        thresholds[64 * lane + bit] = self.thresholds[unsatisfied]
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

  /// Where a bit lies, by the words of the kernel's documentation.
  private func site(colour: Int, wordRow: Int, word: Int, bit: Int) -> Int {
    let sides = model.lattice.sides
    if sides.count == 2 {
      let row = bit * layout.wordRows + wordRow
      let column = 2 * word + (wordRow + colour) % 2
      return model.lattice.site(at: layout.columnAxis == 0 ? [column, row] : [row, column])
    }
    let (outer, inner) = (wordRow / (sides[1] / 8), wordRow % (sides[1] / 8))
    return model.lattice.site(at: [
      bit / 8 * (sides[0] / 8) + outer, bit % 8 * (sides[1] / 8) + inner,
      2 * word + (outer + inner + colour) % 2,
    ])
  }
}
