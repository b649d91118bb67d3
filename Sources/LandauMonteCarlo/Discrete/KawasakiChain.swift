public import LandauCore
public import LandauLattice

/// Kawasaki's exchange dynamics (1966): the states at the two ends of a bond change places, so that
/// the number of sites in each state never changes.
///
/// An attempt takes a bond at random and accepts with probability a min(1, exp(-beta dE)) (the
/// factor a < 1 of Metropolis keeps it aperiodic). A sweep is as many attempts as there are sites.
/// Every arrangement with the given composition is reached on a connected lattice.
public final class KawasakiChain: TemperedChain, SnapshotChain {
  public let model: DiscreteModel
  /// How many sites are in each state.
  public let composition: [Int]
  public let observables: [Observable]
  let storage: DiscreteStorage
  private let measurement: DiscreteMeasurement
  private let ends: UnsafeMutablePointer<Int32>
  private let bondCount: Int
  private let thresholds: UnsafeMutablePointer<UInt64>
  private let cost: Int
  private var rule: MetropolisAcceptance
  private var rng: RandomStream
  private let owned = OwnedBuffers()
  /// Attempts so far, and those that changed something.
  public private(set) var updateCount = 0
  private var changedCount = 0

  /// Inverse temperature; finite, from 0 on.
  public var beta: Double {
    didSet {
      precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
      if beta != oldValue { setBeta() }
    }
  }

  /// Begins with the sites in random order.
  ///
  /// - Parameter composition: sites in each state; nil for numbers as equal as can be.
  /// - Throws: `InputError` when beta is negative or not finite, the composition does not add up to
  ///   the number of sites, or there is no bond between different sites.
  public init(
    model: DiscreteModel, beta: Double, composition: [Int]? = nil, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    let sites = model.siteCount
    let equal = (0..<model.stateCount).map { state in
      sites / model.stateCount + (state < sites % model.stateCount ? 1 : 0)
    }
    let numbers = composition ?? equal
    guard numbers.count == model.stateCount, numbers.allSatisfy({ $0 >= 0 && $0 <= sites }),
      numbers.reduce(0, +) == sites
    else {
      throw .notAllowed(
        "composition", numbers.map { "\($0)" }.joined(separator: ","),
        allowed: "\(model.stateCount) numbers from 0 that add up to \(sites), the number of sites")
    }
    let bonds = model.lattice.bonds.filter { !$0.isSelfBond }
    guard !bonds.isEmpty else {
      throw InputError("exchanges need a bond between two sites, and \(model.lattice) has none")
    }
    self.model = model
    self.beta = beta
    self.composition = numbers
    var configuration = numbers.enumerated().flatMap {
      [UInt8](repeating: UInt8($0.offset), count: $0.element)
    }
    var shuffling = seed.child("start").makeStream()
    shuffling.shuffle(&configuration)
    let storage = DiscreteStorage(model: model, start: configuration)
    self.storage = storage
    measurement = DiscreteMeasurement(storage)
    observables = measurement.observables
    bondCount = bonds.count
    ends = owned.make(of: bonds.flatMap { [$0.source, $0.target] })
    cost = storage.whole.map { 2 * $0.units.count(storage.largestCost) + 1 } ?? 0
    thresholds = owned.make(cost + 1, 0)
    rule = MetropolisAcceptance(beta: beta, largestCost: 2 * storage.largestCost)
    rng = seed.child("kawasaki").makeStream()
    setBeta()
  }

  public var algorithm: String { "kawasaki exchange, bonds at random, acceptance \(rule)" }
  public var energy: Double { storage.energy() }
  public var energyPerSite: Double { energy / Double(model.siteCount) }
  public var configuration: [UInt8] { storage.configuration }

  /// The fraction of attempts that changed the configuration; nil before the first sweep.
  public var acceptanceRate: Double? {
    updateCount == 0 ? nil : Double(changedCount) / Double(updateCount)
  }

  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    var stream = rng
    attempts(count * storage.count, using: &stream)
    rng = stream
  }

  public func measure(into row: inout [Double]) { measurement.append(energy: energy, to: &row) }

  public var snapshotWidth: Int { model.siteCount }
  public func appendSnapshot(to array: inout [Int8]) { storage.appendSnapshot(to: &array) }

  public func save(to writer: inout StateWriter) {
    writer.write("kawasaki/1")
    writer.write(beta)
    writer.write(bytes: UnsafeBufferPointer(start: storage.states, count: storage.count))
    writer.write(rng)
    writer.write(updateCount)
    writer.write(changedCount)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let name = try reader.text()
    let beta = try reader.number()
    let states = try reader.bytes(count: storage.count)
    var counts = [Int](repeating: 0, count: 256)
    for state in states { counts[Int(state)] += 1 }
    guard name == "kawasaki/1", beta >= 0, beta.isFinite,
      Array(counts.prefix(composition.count)) == composition
    else {
      throw InputError("the checkpoint does not belong to this exchange chain of \(model.name)")
    }
    self.beta = beta
    storage.load(states)
    rng = try reader.stream()
    updateCount = try reader.integer()
    changedCount = try reader.integer()
  }

  private func setBeta() {
    rule = MetropolisAcceptance(beta: beta, largestCost: 2 * storage.largestCost)
    guard let unit = storage.whole?.units.unit else { return }
    for change in 0...cost {
      thresholds[change] = rule.threshold(energyChange: Double(change) * unit)
    }
  }

  /// Attempts at random bonds; a word gives the bond (high half of the product with their number)
  /// and the number that is compared with the acceptance (low half).
  func attempts(_ count: Int, using generator: inout some RandomNumberGenerator) {
    var rng = generator
    let (states, ends) = (storage.states, ends)
    var changed = 0
    for _ in 0..<count {
      let product = rng.next().multipliedFullWidth(by: UInt64(bondCount))
      let bond = Int(product.high)
      let (one, other) = (Int(ends[2 &* bond]), Int(ends[2 &* bond &+ 1]))
      let (first, second) = (states[one], states[other])
      if first == second { continue }
      if product.low < threshold(one, Int(first), other, Int(second)) {
        states[one] = second
        states[other] = first
        changed &+= 1
      }
    }
    updateCount &+= count
    changedCount &+= changed
    generator = rng
  }

  @inline(__always)
  private func threshold(_ one: Int, _ first: Int, _ other: Int, _ second: Int) -> UInt64 {
    if let whole = storage.whole {
      let change =
        storage.wholeChange(whole, at: one, from: first, to: second, without: other)
        &+ storage.wholeChange(whole, at: other, from: second, to: first, without: one)
      return thresholds[max(0, change)]
    }
    return rule.threshold(
      energyChange: storage.change(at: one, from: first, to: second, without: other)
        + storage.change(at: other, from: second, to: first, without: one))
  }
}

extension DiscreteStorage {
  /// Energy change in units when one site changes, bonds with another site left out (-1: none).
  @inline(__always)
  func wholeChange(
    _ whole: WholeEnergies, at site: Int, from old: Int, to new: Int, without other: Int = -1
  ) -> Int {
    let row = whole.sites + (rowOfSite.map { Int($0[site]) } ?? 0) &* stateCount
    var change = Int(row[new] &- row[old])
    for place in Int(start[site])..<Int(start[site &+ 1]) {
      let neighbour = Int(neighbours[place])
      if neighbour == other { continue }
      let table =
        whole.pairs + (whole.placeClasses.map { Int($0[place]) } ?? 0) + Int(states[neighbour])
      change &+= Int(table[new &* stateCount] &- table[old &* stateCount])
    }
    return change
  }

  /// The same for any energies.
  @inline(__always)
  func change(at site: Int, from old: Int, to new: Int, without other: Int = -1) -> Double {
    let row = siteRow(site)
    var change = row[new] - row[old]
    for place in Int(start[site])..<Int(start[site &+ 1]) {
      let neighbour = Int(neighbours[place])
      if neighbour == other { continue }
      let table = pairs + Int(states[neighbour])
      change += placeCouplings[place] * (table[new &* stateCount] - table[old &* stateCount])
    }
    return change
  }
}
