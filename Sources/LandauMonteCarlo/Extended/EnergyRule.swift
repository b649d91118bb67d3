/// How the energy of a configuration changes, as the inner loop of a flat histogram sees it.
///
/// Energies are whole numbers of levels where the model has them, and numbers elsewhere.
protocol EnergyRule {
  associatedtype Energy: BitwiseCopyable & AdditiveArithmetic

  /// Change of the energy when `site` goes from one state to the other.
  func change(at site: Int, from old: Int, to new: Int) -> Energy
  /// The bin of an energy; outside the bins a number below 0 or above the last.
  func bin(of energy: Energy) -> Int
  /// The energy that a total energy stands for.
  func energy(of total: Double) -> Energy
  /// The total energy after a walk: free of what rounding has piled up.
  func total(_ energy: Energy) -> Double
}

/// Energies in units; one pair table for all bonds, nothing for sites: lookups of neighbours alone.
struct UniformLevels: EnergyRule {
  private let unit: Double
  private let firstLevel: Int
  private let constant: Double
  // Copies, so that the loop reads no object.
  private let states: UnsafeMutablePointer<UInt8>
  private let start: UnsafeMutablePointer<Int32>
  private let neighbours: UnsafeMutablePointer<Int32>
  private let pairs: UnsafeMutablePointer<Int32>
  private let stateCount: Int

  init(_ storage: DiscreteStorage, _ whole: WholeEnergies, bins: EnergyBins) {
    unit = whole.units.unit
    constant = SiteEnergies(storage.model).constant
    firstLevel = Int(((bins.lowest - constant) / unit).rounded())
    states = storage.states
    start = storage.start
    neighbours = storage.neighbours
    pairs = whole.pairs
    stateCount = storage.stateCount
  }

  @inline(__always)
  func change(at site: Int, from old: Int, to new: Int) -> Int {
    let before = pairs + old &* stateCount
    let after = pairs + new &* stateCount
    var sum: Int32 = 0
    var place = Int(start[site])
    let end = Int(start[site &+ 1])
    while place < end {
      let other = Int(states[Int(neighbours[place])])
      sum &+= after[other] &- before[other]
      place &+= 1
    }
    return Int(sum)
  }

  @inline(__always)
  func bin(of energy: Int) -> Int { energy &- firstLevel }

  func energy(of total: Double) -> Int { Int(((total - constant) / unit).rounded()) }
  func total(_ energy: Int) -> Double { Double(energy) * unit + constant }
}

/// Energies in units; several couplings, fields.
struct MixedLevels: EnergyRule {
  let base: UniformLevels
  private let storage: DiscreteStorage
  private let whole: WholeEnergies

  init(_ storage: DiscreteStorage, _ whole: WholeEnergies, bins: EnergyBins) {
    base = UniformLevels(storage, whole, bins: bins)
    self.storage = storage
    self.whole = whole
  }

  @inline(__always)
  func change(at site: Int, from old: Int, to new: Int) -> Int {
    let q = storage.stateCount
    let (states, neighbours, pairs) = (storage.states, storage.neighbours, whole.pairs)
    let row = whole.sites + (storage.rowOfSite.map { Int($0[site]) } ?? 0) &* q
    var sum = row[new] &- row[old]
    for place in Int(storage.start[site])..<Int(storage.start[site &+ 1]) {
      let table = pairs + (whole.placeClasses.map { Int($0[place]) } ?? 0)
      let other = Int(states[Int(neighbours[place])])
      sum &+= table[new &* q &+ other] &- table[old &* q &+ other]
    }
    return Int(sum)
  }

  @inline(__always)
  func bin(of energy: Int) -> Int { base.bin(of: energy) }
  func energy(of total: Double) -> Int { base.energy(of: total) }
  func total(_ energy: Int) -> Double { base.total(energy) }
}

/// Any couplings; energies are numbers that are summed afresh from time to time.
struct RealEnergies: EnergyRule {
  private let storage: DiscreteStorage
  private let lowest: Double
  private let inverseWidth: Double
  private let count: Int

  init(_ storage: DiscreteStorage, bins: EnergyBins) {
    self.storage = storage
    lowest = bins.lowest
    inverseWidth = 1 / bins.width
    count = bins.count
  }

  @inline(__always)
  func change(at site: Int, from old: Int, to new: Int) -> Double {
    storage.energyChange(at: site, from: old, to: new)
  }

  @inline(__always)
  func bin(of energy: Double) -> Int {
    let place = (energy - lowest) * inverseWidth
    // Far outside nothing can overflow.
    if place < 0 { return -1 }
    if place >= Double(count) { return count }
    return Int(place)
  }

  func energy(of total: Double) -> Double { total }
  func total(_ energy: Double) -> Double { storage.energy() }
}

extension DiscreteStorage {
  /// Change of the energy when a site goes from one state to the other.
  @inline(__always)
  func energyChange(at site: Int, from old: Int, to new: Int) -> Double {
    let (states, neighbours, pairs, q) = (states, neighbours, pairs, stateCount)
    let row = siteRow(site)
    var sum = row[new] - row[old]
    for place in Int(start[site])..<Int(start[site &+ 1]) {
      let coupling = uniformCoupling ?? placeCouplings[place]
      let other = Int(states[Int(neighbours[place])])
      sum += coupling * (pairs[new &* q &+ other] - pairs[old &* q &+ other])
    }
    return sum
  }

  /// Lowers the energy site by site until no change of one site lowers it further.
  func descend() {
    // Changes below this are rounding.
    let least = 1e-12 * max(largestCost, .leastNormalMagnitude)
    var quiet = 0
    var site = 0
    while quiet < count {
      let old = Int(states[site])
      var (best, gain) = (old, -least)
      for new in 0..<stateCount where new != old {
        let change = energyChange(at: site, from: old, to: new)
        if change < gain { (best, gain) = (new, change) }
      }
      if best == old {
        quiet += 1
      } else {
        states[site] = UInt8(best)
        quiet = 0
      }
      site = site + 1 == count ? 0 : site + 1
    }
  }
}
