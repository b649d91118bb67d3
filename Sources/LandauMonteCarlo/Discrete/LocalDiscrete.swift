import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Metropolis and heat bath, site by site, on any model.
///
/// An attempt draws one 64-bit word: its product with the number of other states gives the state
/// that is proposed (high half) and the number that is compared with the acceptance (low half).
/// Acceptance is a min(1, exp(-beta dE)), see `MetropolisAcceptance` for the factor. Energy changes
/// are sums of whole numbers and probabilities table entries where the energies have a unit; else
/// they are computed each time.
final class LocalDiscrete: DiscreteEngine {
  let storage: DiscreteStorage
  let isHeatBath: Bool
  let order: SiteOrder
  private var rng: RandomStream
  private(set) var beta: Double
  private(set) var rule: MetropolisAcceptance
  /// Metropolis: acceptance of energy changes from 0 on. Two-state heat bath: probability of state
  /// 1 by the energy it costs, from -cost to cost. Times 2^64, by units.
  let thresholds: UnsafeMutablePointer<UInt64>
  /// Heat bath: Boltzmann factors by units above the lowest.
  private let factors: UnsafeMutablePointer<Double>
  /// Energies and probabilities of the states of one site.
  private let energies: UnsafeMutablePointer<Double>
  private let counts: UnsafeMutablePointer<Int>
  let cost: Int
  private let owned = OwnedBuffers()
  private(set) var updateCount = 0
  private var changedCount = 0

  init(
    storage: DiscreteStorage, beta: Double, isHeatBath: Bool, order: SiteOrder,
    using stream: RandomStream
  ) {
    self.storage = storage
    self.isHeatBath = isHeatBath
    self.order = order
    self.beta = beta
    rng = stream
    rule = MetropolisAcceptance(beta: beta, largestCost: storage.largestCost)
    cost = storage.whole.map { $0.units.count(storage.largestCost) + 1 } ?? 0
    thresholds = owned.make(2 * cost + 1, 0)
    factors = owned.make(2 * cost + 1, 0)
    energies = owned.make(storage.stateCount, 0)
    counts = owned.make(storage.stateCount, 0)
    setBeta(beta)
  }

  var algorithm: String {
    let sites = order == .sequential ? "site by site" : "sites at random"
    return isHeatBath ? "heat bath, \(sites)" : "metropolis, \(sites), acceptance \(rule)"
  }

  var acceptanceRate: Double? {
    updateCount == 0 ? nil : Double(changedCount) / Double(updateCount)
  }

  func setBeta(_ beta: Double) {
    self.beta = beta
    rule = MetropolisAcceptance(beta: beta, largestCost: storage.largestCost)
    guard let unit = storage.whole?.units.unit else { return }
    if !isHeatBath {
      for change in 0...cost {
        thresholds[change] = rule.threshold(energyChange: Double(change) * unit)
      }
    } else if storage.stateCount == 2 {
      for change in -cost...cost {
        thresholds[change + cost] = heatThreshold(Double(change) * unit)
      }
    } else {
      for above in 0...2 * cost { factors[above] = exp(-beta * Double(above) * unit) }
    }
  }

  /// Probability of state 1 where it has that much more energy than state 0, times 2^64.
  @inline(__always)
  func heatThreshold(_ change: Double) -> UInt64 {
    UInt64(min(0x1p64 / (1 + exp(beta * change)), 0x1p64 - 2048))
  }

  func sweep(_ count: Int) {
    var stream = rng
    for _ in 0..<count { sweep(using: &stream) }
    rng = stream
  }

  /// One sweep.
  func sweep(using rng: inout some RandomNumberGenerator) {
    if order == .sequential {
      attempt(0..<storage.count, using: &rng) { site, _ in site }
    } else {
      let count = storage.count
      attempt(0..<count, using: &rng) { _, rng in rng.index(below: count) }
    }
  }

  /// One attempt at each of some sites, in order.
  func attempt(_ sites: Range<Int>, using rng: inout some RandomNumberGenerator) {
    attempt(sites, using: &rng) { site, _ in site }
  }

  @inline(__always)
  private func attempt<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using rng: inout Generator, site: (Int, inout Generator) -> Int
  ) {
    let changed: Int
    switch (isHeatBath, storage.stateCount == 2) {
    case (_, true): changed = twoStates(steps, using: &rng, site)
    case (false, false): changed = metropolis(steps, using: &rng, site)
    case (true, false): changed = heatBath(steps, using: &rng, site)
    }
    updateCount &+= steps.count
    changedCount &+= changed
  }

  func save(to writer: inout StateWriter) {
    writer.write(rng)
    writer.write(updateCount)
    writer.write(changedCount)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    rng = try reader.stream()
    updateCount = try reader.integer()
    changedCount = try reader.integer()
  }
}

// Loops. Copies of the generator that no call can see may stay in registers.
extension LocalDiscrete {
  /// Both updates: the energy of state 1 above that of state 0 is linear in the neighbours.
  @inline(__always)
  private func twoStates<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using generator: inout Generator, _ site: (Int, inout Generator) -> Int
  ) -> Int {
    if let dense = storage.dense { return twoStates(dense, steps, using: &generator, site) }
    guard let whole = storage.whole else { return twoStatesByField(steps, using: &generator, site) }
    var rng = generator
    let (states, start, neighbours) = (storage.states, storage.start, storage.neighbours)
    let (rows, cost, isHeatBath) = (storage.rowOfSite, cost, isHeatBath)
    // Energy of state 1 above state 0 beside a neighbour in state 0, and how that grows with its
    // state.
    let base = Int(whole.pairs[2] - whole.pairs[0])
    let step = Int(whole.pairs[3] - whole.pairs[1]) - base
    let thresholds = isHeatBath ? thresholds + cost : thresholds
    var changed = 0
    for index in steps {
      let site = site(index, &rng)
      let row = rows.map { Int($0[site]) } ?? 0
      var above = Int(whole.sites[2 &* row &+ 1] &- whole.sites[2 &* row])
      let places = Int(start[site])..<Int(start[site &+ 1])
      if let classes = whole.placeClasses {
        for place in places {
          let table = whole.pairs + Int(classes[place]) + Int(states[Int(neighbours[place])])
          above &+= Int(table[2] &- table[0])
        }
      } else {
        var ones = 0
        for place in places { ones &+= Int(states[Int(neighbours[place])]) }
        above &+= base &* places.count &+ step &* ones
      }
      let old = states[site]
      let word = rng.next()
      let new: UInt8
      if isHeatBath {
        new = word < thresholds[above] ? 1 : 0
      } else {
        let change = old == 0 ? above : 0 &- above
        new = old ^ (word < thresholds[max(0, change)] ? 1 : 0)
      }
      states[site] = new
      changed &+= Int(new ^ old)
    }
    generator = rng
    return changed
  }

  /// The same where every bond has a coupling of its own.
  @inline(__always)
  private func twoStatesByField<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using generator: inout Generator, _ site: (Int, inout Generator) -> Int
  ) -> Int {
    var rng = generator
    let (states, start, neighbours) = (storage.states, storage.start, storage.neighbours)
    let (couplings, pairs) = (storage.placeCouplings, storage.pairs)
    let base = pairs[2] - pairs[0]
    let step = pairs[3] - pairs[1] - base
    let (beta, laziness, isHeatBath) = (beta, -log(rule.factor), isHeatBath)
    let gate = ExponentialGate.shared
    var changed = 0
    for index in steps {
      let site = site(index, &rng)
      let row = storage.siteRow(site)
      var above = row[1] - row[0]
      for place in Int(start[site])..<Int(start[site &+ 1]) {
        above += couplings[place] * (base + step * Double(states[Int(neighbours[place])]))
      }
      let old = states[site]
      let word = rng.next()
      let new: UInt8
      if isHeatBath {
        new = word < heatThreshold(above) ? 1 : 0
      } else {
        let cost = laziness + beta * max(0, old == 0 ? above : -above)
        new = old ^ (gate.accepts(Self.complement(word), cost: cost) ? 1 : 0)
      }
      states[site] = new
      changed &+= Int(new ^ old)
    }
    generator = rng
    return changed
  }

  @inline(__always)
  private func metropolis<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using generator: inout Generator, _ site: (Int, inout Generator) -> Int
  ) -> Int {
    let (states, thresholds) = (storage.states, thresholds)
    let (start, neighbours, stateCount) = (storage.start, storage.neighbours, storage.stateCount)
    guard let whole = storage.whole else {
      let (couplings, pairs) = (storage.placeCouplings, storage.pairs)
      let (beta, laziness) = (beta, -log(rule.factor))
      let gate = ExponentialGate.shared
      return propose(steps, using: &generator, site) { site, old, new, word in
        let row = storage.siteRow(site)
        var change = row[new] - row[old]
        let (one, other) = (pairs + new &* stateCount, pairs + old &* stateCount)
        for place in Int(start[site])..<Int(start[site &+ 1]) {
          let state = Int(states[Int(neighbours[place])])
          change += couplings[place] * (one[state] - other[state])
        }
        return gate.accepts(Self.complement(word), cost: laziness + beta * max(0, change))
      }
    }
    let (pairs, sites, rows) = (whole.pairs, whole.sites, storage.rowOfSite)
    if let classes = whole.placeClasses {
      return propose(steps, using: &generator, site) { site, old, new, word in
        let row = sites + (rows.map { Int($0[site]) } ?? 0) &* stateCount
        var change = row[new] &- row[old]
        for place in Int(start[site])..<Int(start[site &+ 1]) {
          let table = pairs + Int(classes[place]) + Int(states[Int(neighbours[place])])
          change &+= table[new &* stateCount] &- table[old &* stateCount]
        }
        return word < thresholds[Int(max(0, change))]
      }
    }
    return propose(steps, using: &generator, site) { site, old, new, word in
      let row = sites + (rows.map { Int($0[site]) } ?? 0) &* stateCount
      var change = row[new] &- row[old]
      let (one, other) = (pairs + new &* stateCount, pairs + old &* stateCount)
      for place in Int(start[site])..<Int(start[site &+ 1]) {
        let state = Int(states[Int(neighbours[place])])
        change &+= one[state] &- other[state]
      }
      return word < thresholds[Int(max(0, change))]
    }
  }

  /// A number uniform on [0, 1), small where the word is large.
  @inline(__always)
  static func complement(_ word: UInt64) -> Double { Double(~word >> 11) * 0x1p-53 }

  /// Proposes each of the other states with the same probability.
  @inline(__always)
  private func propose<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using generator: inout Generator, _ site: (Int, inout Generator) -> Int,
    accepts: (_ site: Int, _ old: Int, _ new: Int, _ word: UInt64) -> Bool
  ) -> Int {
    var rng = generator
    let (states, stateCount) = (storage.states, storage.stateCount)
    if stateCount == 1 { return 0 }
    var changed = 0
    for index in steps {
      let site = site(index, &rng)
      let old = Int(states[site])
      let product = rng.next().multipliedFullWidth(by: UInt64(stateCount &- 1))
      var new = old &+ 1 &+ Int(truncatingIfNeeded: product.high)
      new = new >= stateCount ? new &- stateCount : new
      let isAccepted = accepts(site, old, new, product.low)
      states[site] = UInt8(truncatingIfNeeded: isAccepted ? new : old)
      changed &+= isAccepted ? 1 : 0
    }
    generator = rng
    return changed
  }

  @inline(__always)
  private func heatBath<Generator: RandomNumberGenerator>(
    _ steps: Range<Int>, using generator: inout Generator, _ site: (Int, inout Generator) -> Int
  ) -> Int {
    var rng = generator
    let (states, stateCount) = (storage.states, storage.stateCount)
    let weights = energies
    var changed = 0
    for index in steps {
      let site = site(index, &rng)
      let total = storage.whole.map { wholeWeights($0, site) } ?? weightsByEnergy(site)
      var rest = rng.uniform() * total
      var new = 0
      while new < stateCount &- 1 && rest >= weights[new] {
        rest -= weights[new]
        new &+= 1
      }
      changed &+= new == Int(states[site]) ? 0 : 1
      states[site] = UInt8(truncatingIfNeeded: new)
    }
    generator = rng
    return changed
  }

  /// Boltzmann factors of the states of a site, into `energies`; returns their sum.
  @inline(__always)
  private func wholeWeights(_ whole: WholeEnergies, _ site: Int) -> Double {
    let stateCount = storage.stateCount
    let row = whole.sites + (storage.rowOfSite.map { Int($0[site]) } ?? 0) &* stateCount
    for state in 0..<stateCount { counts[state] = Int(row[state]) }
    for place in Int(storage.start[site])..<Int(storage.start[site &+ 1]) {
      let other = Int(storage.states[Int(storage.neighbours[place])])
      let table =
        whole.pairs + (whole.placeClasses.map { Int($0[place]) } ?? 0)
        + other &* stateCount
      for state in 0..<stateCount { counts[state] &+= Int(table[state]) }
    }
    var lowest = counts[0]
    for state in 1..<stateCount { lowest = min(lowest, counts[state]) }
    var total = 0.0
    for state in 0..<stateCount {
      let factor = factors[counts[state] &- lowest]
      energies[state] = factor
      total += factor
    }
    return total
  }

  @inline(__always)
  private func weightsByEnergy(_ site: Int) -> Double {
    let stateCount = storage.stateCount
    let row = storage.siteRow(site)
    for state in 0..<stateCount { energies[state] = row[state] }
    for place in Int(storage.start[site])..<Int(storage.start[site &+ 1]) {
      let table = storage.pairs + Int(storage.states[Int(storage.neighbours[place])]) &* stateCount
      let coupling = storage.placeCouplings[place]
      for state in 0..<stateCount { energies[state] += coupling * table[state] }
    }
    var lowest = energies[0]
    for state in 1..<stateCount { lowest = min(lowest, energies[state]) }
    var total = 0.0
    for state in 0..<stateCount {
      energies[state] = exp(-beta * (energies[state] - lowest))
      total += energies[state]
    }
    return total
  }
}
