internal import CLandauKernels
import LandauCore
import LandauLattice

/// A configuration of a `DiscreteModel` with its bonds and energies in plain buffers.
///
/// Bonds without coupling are left out. What a site adds by itself, bonds with itself included, is
/// a row of energies by state; equal rows are kept once.
final class DiscreteStorage {
  let model: DiscreteModel
  let count: Int
  let stateCount: Int
  let states: UnsafeMutablePointer<UInt8>

  /// Neighbours of site i at `start[i]..<start[i + 1]`.
  let start: UnsafeMutablePointer<Int32>
  let neighbours: UnsafeMutablePointer<Int32>
  let placeCount: Int
  /// The same in short, on crystals.
  let rows: NeighbourRows?

  /// The same bonds once each, ends `high` > `low`, ordered by `high`.
  let bondCount: Int
  let high: UnsafeMutablePointer<Int32>
  let low: UnsafeMutablePointer<Int32>

  /// The coupling of all bonds; nil where they differ, and then it is by place and by bond.
  let uniformCoupling: Double?
  let placeCouplings: UnsafeMutablePointer<Double>
  let bondCouplings: UnsafeMutablePointer<Double>

  /// Pair energies of coupling 1, `[state, state]`.
  let pairs: UnsafeMutablePointer<Double>
  /// Energies of a site alone, `[row, state]`, and the row of each site (nil: 0 for all).
  let siteRows: UnsafeMutablePointer<Double>
  let siteRowCount: Int
  let rowOfSite: UnsafeMutablePointer<Int32>?
  /// Whether a site alone has the same energy in all states.
  let hasSiteEnergies: Bool
  /// Energy that no configuration changes.
  let constant: Double
  /// The largest energy change that a change of one site can have.
  let largestCost: Double

  /// Energies in whole numbers, where they have a unit and couplings are few.
  let whole: WholeEnergies?
  /// What all sites feel, where an update keeps it (`keepFields`).
  private(set) var dense: DenseFields?

  private let kernels = KernelLevel.current.kernels
  private let owned: OwnedBuffers

  init(model: DiscreteModel, start configuration: [UInt8]) {
    self.model = model
    let buffers = OwnedBuffers()
    owned = buffers
    count = model.siteCount
    stateCount = model.stateCount
    states = buffers.make(count, 0)
    let links = Links(model)
    bondCount = links.high.count
    high = buffers.make(of: links.high)
    low = buffers.make(of: links.low)
    bondCouplings = buffers.make(of: links.bondCouplings)
    let first = links.couplings.first ?? 0
    uniformCoupling = links.couplings.allSatisfy { $0 == first } ? first : nil
    start = buffers.make(of: links.start)
    neighbours = buffers.make(of: links.sites)
    placeCouplings = buffers.make(of: links.couplings)
    placeCount = links.sites.count
    rows = NeighbourRows(links, buffers: buffers)
    pairs = buffers.make(of: Array(model.spins.pairEnergies.joined()))
    let sites = SiteEnergies(model)
    siteRows = buffers.make(of: Array(sites.rows.joined()))
    siteRowCount = sites.rows.count
    rowOfSite = sites.rows.count == 1 ? nil : buffers.make(of: sites.rowOfSite)
    hasSiteEnergies = sites.rows.contains { row in row.contains { $0 != row[0] } }
    constant = sites.constant
    largestCost = Self.largestCost(model, links, sites)
    whole = WholeEnergies(
      model: model, links: links, sites: sites,
      largestCost: largestCost, buffers: buffers)
    load(configuration)
  }

  func load(_ configuration: [UInt8]) {
    precondition(
      configuration.count == count,
      "the configuration has \(configuration.count) entries, the lattice \(count) sites")
    for site in 0..<count { states[site] = configuration[site] }
    dense?.invalidate()
  }

  /// Keeps the fields of all sites from now on, where that pays.
  ///
  /// The one who calls it keeps them up to date.
  func keepFields() {
    if dense == nil && DenseFields.suit(self) { dense = DenseFields(self) }
  }

  var configuration: [UInt8] { Array(UnsafeBufferPointer(start: states, count: count)) }

  /// Energies of a site alone by state.
  @inline(__always)
  func siteRow(_ site: Int) -> UnsafeMutablePointer<Double> {
    siteRows + (rowOfSite.map { Int($0[site]) } ?? 0) &* stateCount
  }

  /// Total energy H, summed afresh: exact where energies have a unit, else in the same order
  /// always.
  func energy() -> Double {
    if let dense, dense.isCurrent { return dense.energy(states) }
    if let whole { return Double(wholeEnergy(whole)) * whole.units.unit + constant }
    var sum = 0.0
    for bond in 0..<bondCount {
      let place = Int(states[Int(high[bond])]) * stateCount + Int(states[Int(low[bond])])
      sum += bondCouplings[bond] * pairs[place]
    }
    if hasSiteEnergies {
      for site in 0..<count { sum += siteRow(site)[Int(states[site])] }
    }
    return sum + constant
  }

  private func wholeEnergy(_ whole: WholeEnergies) -> Int {
    let (states, high, low, pairs, stateCount) = (states, high, low, whole.pairs, stateCount)
    var sum = 0
    if let classes = whole.bondClasses {
      for bond in 0..<bondCount {
        let row = Int(classes[bond]) &+ Int(states[Int(high[bond])]) &* stateCount
        sum &+= Int(pairs[row &+ Int(states[Int(low[bond])])])
      }
    } else if let equal = equalBonds() {
      sum = equal &* Int(pairs[0]) &+ (bondCount &- equal) &* Int(pairs[1])
    } else {
      for bond in 0..<bondCount {
        let row = Int(states[Int(high[bond])]) &* stateCount
        sum &+= Int(pairs[row &+ Int(states[Int(low[bond])])])
      }
    }
    if hasSiteEnergies {
      for site in 0..<count {
        let row = rowOfSite.map { Int($0[site]) } ?? 0
        sum &+= Int(whole.sites[row &* stateCount &+ Int(states[site])])
      }
    }
    return sum
  }

  /// Where bonds have two energies, for equal states and for all others.
  private func equalBonds() -> Int? {
    model.spins.isPottsLike && stateCount > 1 ? rows?.equalBonds(states) : nil
  }

  /// How many sites are in each state.
  func stateCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: stateCount)
    kernels.state_counts(states, count, stateCount, &counts)
    return counts
  }

  private static func largestCost(
    _ model: DiscreteModel, _ links: Links, _ sites: SiteEnergies
  ) -> Double {
    let pairs = model.spins.pairEnergies.joined()
    let gap = pairs.max()! - pairs.min()!
    let rowGaps = sites.rows.map { $0.max()! - $0.min()! }
    var largest = 0.0
    for site in 0..<model.siteCount {
      var cost = rowGaps[Int(sites.rowOfSite[site])]
      for place in Int(links.start[site])..<Int(links.start[site + 1]) {
        cost += gap * abs(links.couplings[place])
      }
      largest = max(largest, cost)
    }
    return largest
  }
}

/// The bonds that have a coupling and join different sites, by site and once each.
struct Links {
  private(set) var start: [Int32] = [0]
  private(set) var sites: [Int32] = []
  private(set) var couplings: [Double] = []
  private(set) var high: [Int32] = []
  private(set) var low: [Int32] = []
  private(set) var bondCouplings: [Double] = []

  init(_ model: DiscreteModel) {
    let lattice = model.lattice
    start.reserveCapacity(model.siteCount + 1)
    sites.reserveCapacity(lattice.neighbours.count)
    couplings.reserveCapacity(lattice.neighbours.count)
    high.reserveCapacity(lattice.bondCount)
    low.reserveCapacity(lattice.bondCount)
    bondCouplings.reserveCapacity(lattice.bondCount)
    for site in 0..<model.siteCount {
      for place in lattice.neighbourRange(of: site) {
        let coupling = model.couplings[Int(lattice.neighbourBonds[place])]
        if coupling == 0 { continue }
        let other = lattice.neighbours[place]
        sites.append(other)
        couplings.append(coupling)
        if Int(other) < site {
          high.append(Int32(site))
          low.append(other)
          bondCouplings.append(coupling)
        }
      }
      start.append(Int32(sites.count))
    }
  }
}

/// What sites add by themselves.
struct SiteEnergies {
  private(set) var rows: [[Double]] = []
  private(set) var rowOfSite: [Int32] = []
  /// Bonds of sites with themselves where that is the same in every state.
  private(set) var constant = 0.0

  init(_ model: DiscreteModel) {
    struct Key: Hashable {
      var field: Double
      var selfCoupling: Double
    }
    let diagonal = model.spins.pairEnergies.indices.map { model.spins.pairEnergies[$0][$0] }
    let selfCouplings = model.selfCouplings
    if selfCouplings.isEmpty {
      for (bond, coupling) in zip(model.lattice.bonds, model.couplings) where bond.isSelfBond {
        constant += coupling * diagonal[0]
      }
    }
    var known: [Key: Int32] = [:]
    rowOfSite.reserveCapacity(model.siteCount)
    for site in 0..<model.siteCount {
      let key = Key(
        field: model.fields.isEmpty ? 0 : model.fields[site],
        selfCoupling: selfCouplings.isEmpty ? 0 : selfCouplings[site])
      if let row = known[key] {
        rowOfSite.append(row)
        continue
      }
      known[key] = Int32(rows.count)
      rowOfSite.append(Int32(rows.count))
      rows.append(
        model.states.map {
          model.siteEnergy(of: $0, at: site) + key.selfCoupling * diagonal[Int($0)]
        })
    }
  }
}

/// The energies of bonds and sites in whole numbers of one unit.
struct WholeEnergies {
  let units: EnergyUnits
  /// `[class, state, state]`; one class where all couplings are equal.
  let pairs: UnsafeMutablePointer<Int32>
  /// Where the table of each place and of each bond begins in `pairs`; nil for one class.
  let placeClasses: UnsafeMutablePointer<Int32>?
  let bondClasses: UnsafeMutablePointer<Int32>?
  /// `[row, state]`
  let sites: UnsafeMutablePointer<Int32>

  /// More different couplings than this are not put in tables.
  private static let maximumClassCount = 16

  init?(
    model: DiscreteModel, links: Links, sites: SiteEnergies, largestCost: Double,
    buffers: OwnedBuffers
  ) {
    var classes: [Double: Int] = [:]
    for coupling in links.couplings where classes[coupling] == nil {
      classes[coupling] = classes.count
      if classes.count > Self.maximumClassCount { return nil }
    }
    guard sites.rows.count <= 4096 else { return nil }
    let different = Set(model.spins.pairEnergies.joined())
    let bondEnergies = classes.keys.flatMap { coupling in different.map { coupling * $0 } }
    guard
      let units = EnergyUnits(
        energies: bondEnergies + Array(sites.rows.joined()), largestCost: largestCost)
    else { return nil }
    self.units = units
    let all = Array(model.spins.pairEnergies.joined())
    let ordered = classes.sorted { $0.value < $1.value }.map(\.key)
    pairs = buffers.make(
      of: (ordered.isEmpty ? [0] : ordered).flatMap { coupling in
        all.map { Int32(units.count(coupling * $0)) }
      })
    self.sites = buffers.make(of: sites.rows.joined().map { Int32(units.count($0)) })
    if classes.count > 1 {
      placeClasses = buffers.make(of: links.couplings.map { Int32(classes[$0]! * all.count) })
      bondClasses = buffers.make(of: links.bondCouplings.map { Int32(classes[$0]! * all.count) })
    } else {
      placeClasses = nil
      bondClasses = nil
    }
  }
}

/// Buffers that live as long as their owner.
final class OwnedBuffers {
  private var release: [() -> Void] = []

  /// At least one entry, so that there is an address.
  func make<T: BitwiseCopyable>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
    let buffer = UnsafeMutablePointer<T>.allocate(capacity: max(1, count))
    buffer.initialize(repeating: value, count: max(1, count))
    release.append { buffer.deallocate() }
    return buffer
  }

  func make<T: BitwiseCopyable>(of values: [T]) -> UnsafeMutablePointer<T> {
    let buffer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
    for (index, value) in values.enumerated() { (buffer + index).initialize(to: value) }
    release.append { buffer.deallocate() }
    return buffer
  }

  /// Zeros on a 64-byte boundary.
  func aligned(_ count: Int) -> UnsafeMutablePointer<UInt64> {
    let buffer = UnsafeMutablePointer<UInt64>.onCacheLine(count, repeating: 0)
    release.append { buffer.deallocate() }
    return buffer
  }

  deinit { for action in release { action() } }
}
