import LandauCore
import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Walks through the configurations of a model with weights exp(-w(bin of the energy)).
///
/// One attempt proposes another state at a site, both at random, and accepts by the difference of w. Energies
/// outside the bins have weight zero. w is infinite and negative for bins not seen yet: these are entered at
/// once, and get the w of where the walker came from.
final class FlatWalker {
  let storage: DiscreteStorage
  let bins: EnergyBins
  /// w of each bin.
  let logDensity: UnsafeMutablePointer<Double>
  /// Attempts that ended in each bin.
  let histogram: UnsafeMutablePointer<Int>
  private(set) var acceptedCount = 0
  /// Round trips are counted between the bins up to the low one and those from the high one on; none at first.
  var ends = FlatWalker.noEnds
  static let noEnds = (low: -1, high: Int.max)
  /// Journeys from the low end to the high one and back, and the end it was at last: 1 low, 2 high, 0 none.
  var roundTrips = 0
  var lastEnd = 0
  /// Total energy.
  private(set) var energy: Double
  private var lastBin = 0
  private let rule: Rule
  private var rng: RandomStream
  private let buffers = OwnedBuffers()

  private enum Rule {
    case uniform(UniformLevels)
    case mixed(MixedLevels)
    case real(RealEnergies)
  }

  /// - Throws: `InputError` when no configuration with an energy in the bins is found.
  init(model: DiscreteModel, bins: EnergyBins, seed: Seed) throws(InputError) {
    guard model.stateCount >= 2 else {
      throw .notAllowed("the number of states", model.stateCount, allowed: "whole numbers from 2")
    }
    rng = seed.makeStream()
    storage = DiscreteStorage(model: model, start: model.states(0))
    self.bins = bins
    logDensity = buffers.make(bins.count, -Double.infinity)
    histogram = buffers.make(bins.count, 0)
    if let whole = storage.whole, bins.isExact {
      rule =
        whole.placeClasses == nil && !storage.hasSiteEnergies
        ? .uniform(UniformLevels(storage, whole, bins: bins))
        : .mixed(MixedLevels(storage, whole, bins: bins))
    } else {
      rule = .real(RealEnergies(storage, bins: bins))
    }
    energy = 0
    for site in 0..<storage.count {
      storage.states[site] = UInt8(rng.index(below: storage.stateCount))
    }
    energy = storage.energy()
    guard enterBins() else {
      throw .notAllowed(
        "the energy range", "\(bins.lowest)...\(bins.energy(of: bins.count - 1))",
        allowed: "energies that configurations are found for (the last one had \(energy))")
    }
    lastBin = bins.bin(of: energy) ?? 0
    logDensity[lastBin] = 0
  }

  /// Makes attempts with fixed weights (`increment` 0), or adds the increment to w of the bin after each
  /// attempt.
  func walk(_ attempts: Int, adding increment: Double) {
    var stream = rng
    walk(attempts, adding: increment, using: &stream)
    rng = stream
  }

  func walk(
    _ attempts: Int, adding increment: Double, using rng: inout some RandomNumberGenerator
  ) {
    switch rule {
    case .uniform(let rule): walk(attempts, adding: increment, rule, using: &rng)
    case .mixed(let rule): walk(attempts, adding: increment, rule, using: &rng)
    case .real(let rule): walk(attempts, adding: increment, rule, using: &rng)
    }
  }

  /// The inner loop: one word for site and state, one for acceptance where it is needed.
  private func walk<Rule: EnergyRule>(
    _ attempts: Int, adding increment: Double, _ rule: Rule,
    using rng: inout some RandomNumberGenerator
  ) {
    let (states, logDensity, histogram) = (storage.states, logDensity, histogram)
    let siteCount = UInt64(storage.count)
    let q = storage.stateCount
    let binCount = UInt(bins.count)
    var energy = rule.energy(of: self.energy)
    var bin = enteredBin(rule.bin(of: energy))
    var accepted = 0
    let (low, high) = ends
    var (trips, end) = (roundTrips, lastEnd)
    for _ in 0..<attempts {
      let choice = rng.next().multipliedFullWidth(by: siteCount)
      let site = Int(truncatingIfNeeded: choice.high)
      let old = Int(states[site])
      let step = choice.low.multipliedFullWidth(by: UInt64(truncatingIfNeeded: q &- 1)).high
      var new = old &+ 1 &+ Int(truncatingIfNeeded: step)
      if new >= q { new &-= q }
      let changed = energy + rule.change(at: site, from: old, to: new)
      let target = rule.bin(of: changed)
      if UInt(bitPattern: target) < binCount {
        let gain = logDensity[bin] - logDensity[target]
        if gain >= 0 || rng.uniform() < exp(gain) {
          if gain == .infinity { logDensity[target] = logDensity[bin] }
          states[site] = UInt8(truncatingIfNeeded: new)
          energy = changed
          bin = target
          accepted &+= 1
        }
      }
      logDensity[bin] += increment
      histogram[bin] &+= 1
      if bin <= low {
        if end == 2 { trips &+= 1 }
        end = 1
      } else if bin >= high {
        end = 2
      }
    }
    (roundTrips, lastEnd) = (trips, end)
    acceptedCount += accepted
    self.energy = rule.total(energy)
    lastBin = bin
  }

  /// The bin to begin in. Where rounding has moved an energy across an edge since the last walk it may be one
  /// never seen.
  private func enteredBin(_ bin: Int) -> Int {
    let bin = min(max(bin, 0), bins.count - 1)
    if logDensity[bin] == -.infinity { logDensity[bin] = logDensity[lastBin] }
    return bin
  }

  /// Takes the energy into the bins: changes that bring it closer are accepted, others seldom.
  private func enterBins() -> Bool {
    let (low, high) = (bins.energy(of: 0), bins.energy(of: bins.count - 1))
    let slack = bins.isExact ? 1e-6 * bins.width : bins.width / 2
    func distance(_ energy: Double) -> Double {
      max(0, max(low - slack - energy, energy - high - slack))
    }
    var here = distance(energy)
    // Cooled from the largest change of one site to a hundredth of it.
    let rounds = 2000
    for round in 0..<rounds {
      let scale = storage.largestCost * pow(0.01, Double(round) / Double(rounds))
      for _ in 0..<storage.count {
        if here == 0 { return true }
        let site = rng.index(below: storage.count)
        let old = storage.states[site]
        let other = UInt8(rng.index(below: storage.stateCount - 1))
        let new = other < old ? other : other + 1
        let change = storage.energyChange(at: site, from: Int(old), to: Int(new))
        let there = distance(energy + change)
        if there <= here || rng.uniform() < exp((here - there) / scale) {
          storage.states[site] = new
          energy += change
          here = there
        }
      }
      energy = storage.energy()
      here = distance(energy)
    }
    return here == 0
  }

  func clearHistogram() {
    histogram.update(repeating: 0, count: bins.count)
  }

  /// Looks at the configuration afresh, after it was changed from outside.
  func resetEnergy() {
    energy = storage.energy()
    lastBin = bins.bin(of: energy) ?? lastBin
  }

  func clearCounters() {
    clearHistogram()
    acceptedCount = 0
  }
}

extension FlatWalker {
  func save(to writer: inout StateWriter) {
    writer.write(rng)
    writer.write(bytes: storage.configuration)
    writer.write(lastBin)
    writer.write(numbers: UnsafeBufferPointer(start: logDensity, count: bins.count))
    let counts = UnsafeBufferPointer(start: histogram, count: bins.count)
    writer.write(words: counts.map { UInt64($0) })
    writer.write(acceptedCount)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    rng = try reader.stream()
    let configuration = try reader.bytes(count: storage.count)
    guard configuration.allSatisfy({ $0 < storage.stateCount }) else { throw .damagedCheckpoint }
    storage.load(configuration)
    energy = storage.energy()
    lastBin = try reader.integer()
    guard (0..<bins.count).contains(lastBin) else { throw .damagedCheckpoint }
    for (bin, value) in try reader.numbers(count: bins.count).enumerated() {
      logDensity[bin] = value
    }
    for (bin, count) in try reader.words(count: bins.count).enumerated() {
      histogram[bin] = Int(truncatingIfNeeded: count)
    }
    acceptedCount = try reader.integer()
  }
}
