public import LandauCore
public import LandauLattice
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The worm algorithm (Prokof'ev and Svistunov 2001) for the Ising ferromagnet on any graph.
///
/// What moves is not spins but the graphs of the high-temperature expansion: bonds n_b = 0, 1 of
/// weight tanh(beta J_b)^n_b, an even number of them at every site except the two ends of the worm.
/// With the ends at i and j the weights add up to Z <s_i s_j>, with both at one site to Z. So with
/// c the fraction of closed worms
///
///     <M^2> = N / c,    <E> = -sum J_b (t_b + <n_b> (1 - t_b^2) / t_b),  t_b = tanh(beta J_b),
///
/// with <n_b> over closed worms. There is little slowing down at the transition, and no
/// configuration of spins.
///
/// A step moves one end over a bond, drawn from those at its site; ends that met are first put on a
/// site drawn at random. A sweep is as many steps as there are sites. Recorded are sums over the
/// steps of the sweeps since the last measurement, per step; `energyPerSite(of:)` and
/// `orderSquared(of:)` take their ratios.
public final class WormChain: MarkovChain {
  public let model: DiscreteModel
  public let beta: Double
  public let observables: [Observable] = [.wormClosed, .wormClosedEnergy]
  private let start: UnsafeMutablePointer<Int32>
  private let neighbours: UnsafeMutablePointer<Int32>
  private let bonds: UnsafeMutablePointer<Int32>
  /// Acceptance of putting down and of taking up the bond of a place, times 2^64, less one.
  private let putDown: UnsafeMutablePointer<UInt64>
  private let takeUp: UnsafeMutablePointer<UInt64>
  /// n_b
  let occupied: UnsafeMutablePointer<UInt8>
  /// What an occupied bond adds to the energy.
  private let bondEnergies: UnsafeMutablePointer<Double>
  private let baseEnergy: Double
  private let owned = OwnedBuffers()
  private(set) var ends = (head: 0, tail: 0)
  /// Energy of the occupied bonds, kept up within a sweep and summed afresh before each.
  private var energy = 0.0
  private var rng: RandomStream
  /// Since the last measurement.
  private var steps = 0
  private var closedSteps = 0
  private var closedEnergy = 0.0
  public private(set) var updateCount = 0
  private var acceptedCount = 0

  /// - Throws: `InputError` for a beta that is negative or not finite, for spins other than
  ///   Ising's, for a field, and for negative couplings (their weights would have signs).
  public init(model: DiscreteModel, beta: Double, seed: Seed) throws(InputError) {
    try InputError.check(beta: beta)
    guard model.spins == .ising else {
      throw InputError("the worm algorithm is for Ising spins, not for \(model.name)")
    }
    guard model.fields.allSatisfy({ $0 == 0 }) else {
      throw InputError("the worm algorithm is without field; use wolff or swendsen-wang")
    }
    if let coupling = model.couplings.first(where: { $0 < 0 }) {
      throw .notAllowed(
        "coupling", coupling, allowed: "numbers from 0 for the worm algorithm",
        hint: "turn every second spin over where the lattice has two sublattices")
    }
    self.model = model
    self.beta = beta
    let lattice = model.lattice
    start = owned.make(of: lattice.neighbourStart)
    neighbours = owned.make(of: lattice.neighbours)
    bonds = owned.make(of: lattice.neighbourBonds)
    putDown = owned.make(lattice.neighbours.count, 0)
    takeUp = owned.make(lattice.neighbours.count, 0)
    occupied = owned.make(lattice.bondCount, 0)
    bondEnergies = owned.make(lattice.bondCount, 0)
    rng = seed.child("worm").makeStream()
    var base = 0.0
    for (bond, coupling) in zip(lattice.bonds, model.couplings) {
      base -= coupling * (bond.isSelfBond ? 1 : tanh(beta * coupling))
    }
    baseEnergy = base
    setWeights()
  }

  private func setWeights() {
    let lattice = model.lattice
    for (bond, coupling) in model.couplings.enumerated() {
      let weight = tanh(beta * coupling)
      bondEnergies[bond] = weight == 0 ? 0 : -coupling * (1 - weight * weight) / weight
    }
    for site in 0..<model.siteCount {
      let range = lattice.neighbourRange(of: site)
      for place in range {
        // A bond is drawn with one over the number of bonds at the site it leads away from.
        let other = lattice.neighbourRange(of: Int(neighbours[place])).count
        let ratio = Double(range.count) / Double(other)
        let weight = tanh(beta * model.couplings[Int(bonds[place])])
        putDown[place] = Self.threshold(ratio * weight)
        takeUp[place] = Self.threshold(ratio / weight)
      }
    }
  }

  /// A 64-bit word accepts that is at most this.
  private static func threshold(_ chance: Double) -> UInt64 {
    chance >= 1 ? .max : UInt64(chance * 0x1p64)
  }

  public var algorithm: String { "worm, ends moved one bond at a time" }

  /// The fraction of steps that moved an end; nil before the first sweep.
  public var acceptanceRate: Double? {
    updateCount == 0 ? nil : Double(acceptedCount) / Double(updateCount)
  }

  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    var stream = rng
    for _ in 0..<count {
      energy = 0
      for bond in 0..<model.lattice.bondCount where occupied[bond] == 1 {
        energy += bondEnergies[bond]
      }
      for _ in 0..<model.siteCount { step(using: &stream) }
    }
    rng = stream
  }

  public func burnIn(_ stage: inout BurnIn, unless isOver: () -> Bool) {
    stage.makeSweeps(unless: isOver) { sweep(1) }
    if stage.isComplete { forget() }
  }

  /// One step, and what it adds to the sums.
  func step(using rng: inout some RandomNumberGenerator) {
    if ends.head == ends.tail {
      let site = rng.index(below: model.siteCount)
      ends = (site, site)
    }
    let first = Int(start[ends.head])
    let degree = Int(start[ends.head &+ 1]) &- first
    if degree > 0 {
      let product = rng.next().multipliedFullWidth(by: UInt64(degree))
      let place = first &+ Int(product.high)
      let bond = Int(bonds[place])
      let isOccupied = occupied[bond] == 1
      if product.low <= (isOccupied ? takeUp[place] : putDown[place]) && putDown[place] > 0 {
        occupied[bond] ^= 1
        energy += isOccupied ? -bondEnergies[bond] : bondEnergies[bond]
        ends.head = Int(neighbours[place])
        acceptedCount &+= 1
      }
    }
    updateCount &+= 1
    steps &+= 1
    if ends.head == ends.tail {
      closedSteps &+= 1
      closedEnergy += baseEnergy + energy
    }
  }

  /// The sums since the last measurement (or burn-in), per step; then they begin anew.
  ///
  /// - Note: Without a sweep in between there is nothing to measure: not-a-number.
  public func measure(into row: inout [Double]) {
    row.append(Double(closedSteps) / Double(steps))
    row.append(closedEnergy / (Double(steps) * Double(model.siteCount)))
    forget()
  }

  private func forget() {
    steps = 0
    closedSteps = 0
    closedEnergy = 0
  }

  func load(_ bonds: [UInt8], head: Int, tail: Int) {
    for bond in bonds.indices { occupied[bond] = bonds[bond] }
    ends = (head, tail)
  }

  public func save(to writer: inout StateWriter) {
    writer.write("worm/1")
    writer.write(beta)
    writer.write(
      bytes: UnsafeBufferPointer(start: occupied, count: model.lattice.bondCount))
    writer.write(ends.head)
    writer.write(ends.tail)
    writer.write(rng)
    for count in [steps, closedSteps, updateCount, acceptedCount] { writer.write(count) }
    writer.write(closedEnergy)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let error = InputError("the checkpoint does not belong to this worm on \(model.lattice)")
    guard try reader.text() == "worm/1", try reader.number() == beta else { throw error }
    let stored = try reader.bytes(count: model.lattice.bondCount)
    let (head, tail) = (try reader.integer(), try reader.integer())
    let sites = 0..<model.siteCount
    guard stored.allSatisfy({ $0 < 2 }), sites.contains(head), sites.contains(tail) else {
      throw error
    }
    load(stored, head: head, tail: tail)
    rng = try reader.stream()
    steps = try reader.integer()
    closedSteps = try reader.integer()
    updateCount = try reader.integer()
    acceptedCount = try reader.integer()
    closedEnergy = try reader.number()
  }
}

extension WormChain {
  /// H/N from what worms recorded; nil where they did not.
  public static func energyPerSite(of recording: Recording) -> Estimate? {
    guard let closed = recording[.wormClosed], let energy = recording[.wormClosedEnergy] else {
      return nil
    }
    return Estimate.jackknife([closed, energy]) { $0[1] / $0[0] }
  }

  /// <m^2> with m the magnetisation per site; nil where no worm was recorded.
  public static func orderSquared(of recording: Recording, siteCount: Int) -> Estimate? {
    guard let closed = recording[.wormClosed] else { return nil }
    return Estimate.jackknife([closed]) { 1 / ($0[0] * Double(siteCount)) }
  }
}

extension Observable {
  /// Fraction of the steps of a worm after which it was closed.
  public static let wormClosed: Observable = "wormClosedFraction"
  /// Sum over those of the energy estimator per site, per step.
  public static let wormClosedEnergy: Observable = "wormClosedEnergyPerSite"
}
