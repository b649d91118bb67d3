public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Single sites in continuous time without rejections (Bortz, Kalos and Lebowitz 1975).
///
/// Every site changes to each of the other q - 1 states at rate min(1, exp(-beta dE)) / (q - 1):
/// Metropolis in the limit of short steps, one attempt per site in a unit of time. The chain goes
/// from change to change: the time until the next is exponential with the sum of all rates, and
/// which one it is has the probability of its rate. Where almost all attempts would be rejected
/// (low temperatures, metastable states) this costs as much as there is to happen, and no more.
///
/// One sweep is one unit of time, so that measurements after sweeps are at equal times and weigh
/// the same. `advance` goes change by change instead, for averages weighted with waiting times.
///
/// Rates are kept by site in a tree of sums, which holds for any couplings; a change costs
/// O(neighbours * log sites).
public final class RejectionFreeChain: TemperedChain, SnapshotChain {
  public let model: DiscreteModel
  public let observables: [Observable]
  let storage: DiscreteStorage
  private let measurement: DiscreteMeasurement
  /// Node k is the sum of nodes 2k and 2k + 1; sites are the nodes from `leafCount` on.
  private let tree: UnsafeMutablePointer<Double>
  private let leafCount: Int
  private let factors: UnsafeMutablePointer<Double>
  private let cost: Int
  private var rng: RandomStream
  private let owned = OwnedBuffers()
  /// Changes so far.
  public private(set) var updateCount = 0
  /// Time that has gone by, in units in which a site is attempted once.
  public private(set) var time = 0.0

  /// Inverse temperature; finite, from 0 on. Setting it costs O(bonds).
  public var beta: Double {
    didSet {
      precondition(beta >= 0 && beta.isFinite, "beta is \(beta)")
      if beta != oldValue { setBeta() }
    }
  }

  /// - Parameter start: a state for every site; random ones when nil.
  /// - Throws: `InputError` when beta is negative or not finite, `start` does not fit, or there is
  ///   only one state.
  public init(
    model: DiscreteModel, beta: Double, start: [UInt8]? = nil, seed: Seed
  ) throws(InputError) {
    try InputError.check(beta: beta)
    guard model.stateCount > 1 else {
      throw .notAllowed("the number of states", 1, allowed: "2 or more, where states change")
    }
    var random = seed.child("start").makeStream()
    let configuration =
      start ?? (0..<model.siteCount).map { _ in UInt8(random.index(below: model.stateCount)) }
    guard configuration.count == model.siteCount,
      configuration.allSatisfy({ $0 < model.stateCount })
    else {
      throw InputError(
        "start: allowed is one state from 0 to \(model.stateCount - 1) for each of the "
          + "\(model.siteCount) sites")
    }
    self.model = model
    self.beta = beta
    let storage = DiscreteStorage(model: model, start: configuration)
    self.storage = storage
    measurement = DiscreteMeasurement(storage)
    observables = measurement.observables
    var leaves = 1
    while leaves < model.siteCount { leaves *= 2 }
    leafCount = leaves
    tree = owned.make(2 * leaves, 0)
    cost = storage.whole.map { $0.units.count(storage.largestCost) + 1 } ?? 0
    factors = owned.make(cost + 1, 0)
    rng = seed.child("rejection-free").makeStream()
    setBeta()
  }

  public var algorithm: String { "rejection-free changes of single sites, metropolis rates" }
  public var energy: Double { storage.energy() }
  public var energyPerSite: Double { energy / Double(model.siteCount) }
  public var configuration: [UInt8] { storage.configuration }

  public func sweep(_ count: Int = 1) {
    precondition(count >= 0, "\(count) sweeps")
    var stream = rng
    for _ in 0..<count {
      var left = 1.0
      while true {
        let wait = waitingTime(using: &stream)
        // Waiting has no memory: what is left of a waiting time may be drawn anew in the next unit.
        if !(wait < left) { break }
        left -= wait
        change(using: &stream)
      }
      time += 1
    }
    rng = stream
  }

  /// Waits for the next change and makes it.
  ///
  /// - Returns: how long the configuration before it lasted, its weight in averages over time;
  ///   infinity where nothing can happen.
  public func advance() -> Double {
    var stream = rng
    let wait = waitingTime(using: &stream)
    if wait.isFinite {
      time += wait
      change(using: &stream)
    }
    rng = stream
    return wait
  }

  public func measure(into row: inout [Double]) { measurement.append(energy: energy, to: &row) }

  public var snapshotWidth: Int { model.siteCount }
  public func appendSnapshot(to array: inout [Int8]) { storage.appendSnapshot(to: &array) }

  public func save(to writer: inout StateWriter) {
    writer.write("rejection-free/1")
    writer.write(beta)
    writer.write(bytes: UnsafeBufferPointer(start: storage.states, count: storage.count))
    writer.write(rng)
    writer.write(updateCount)
    writer.write(time)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let name = try reader.text()
    let beta = try reader.number()
    let states = try reader.bytes(count: storage.count)
    guard name == "rejection-free/1", beta >= 0, beta.isFinite,
      states.allSatisfy({ $0 < model.stateCount })
    else {
      throw InputError("the checkpoint does not belong to a rejection-free chain of \(model.name)")
    }
    storage.load(states)
    self.beta = beta
    setBeta()
    rng = try reader.stream()
    updateCount = try reader.integer()
    time = try reader.number()
  }

  /// Sum of all rates.
  var totalRate: Double { tree[1] }

  /// Rate at which a site changes to a state.
  @inline(__always)
  func rate(at site: Int, to new: Int) -> Double {
    let old = Int(storage.states[site])
    let share = 1 / Double(storage.stateCount - 1)
    if let whole = storage.whole {
      let change = storage.wholeChange(whole, at: site, from: old, to: new)
      return share * factors[max(0, change)]
    }
    return share * exp(-beta * max(0, storage.change(at: site, from: old, to: new)))
  }

  private func siteRate(_ site: Int) -> Double {
    let old = Int(storage.states[site])
    var sum = 0.0
    for state in 0..<storage.stateCount where state != old { sum += rate(at: site, to: state) }
    return sum
  }

  private func setBeta() {
    if let unit = storage.whole?.units.unit {
      for change in 0...cost { factors[change] = exp(-beta * Double(change) * unit) }
    }
    for site in 0..<storage.count { tree[leafCount + site] = siteRate(site) }
    for node in (1..<leafCount).reversed() { tree[node] = tree[2 * node] + tree[2 * node + 1] }
  }

  private func refresh(_ site: Int) {
    var node = leafCount &+ site
    tree[node] = siteRate(site)
    while node > 1 {
      node >>= 1
      tree[node] = tree[2 &* node] + tree[2 &* node &+ 1]
    }
  }

  private func waitingTime(using rng: inout some RandomNumberGenerator) -> Double {
    // -log of a number from (0, 1]; infinite where no rate is left.
    -log(1 - rng.uniform()) / totalRate
  }

  /// Makes one of all possible changes with the probability of its rate.
  func change(using rng: inout some RandomNumberGenerator) {
    var rest = rng.uniform() * totalRate
    var node = 1
    while node < leafCount {
      node &*= 2
      // Rounding must not lead to a branch without rates.
      if rest >= tree[node] && tree[node &+ 1] > 0 {
        rest -= tree[node]
        node &+= 1
      }
    }
    let site = node &- leafCount
    let old = Int(storage.states[site])
    var chosen = -1
    for state in 0..<storage.stateCount where state != old {
      let rate = rate(at: site, to: state)
      if rate == 0 { continue }
      chosen = state
      if rest < rate { break }
      rest -= rate
    }
    if chosen < 0 { return }
    storage.states[site] = UInt8(truncatingIfNeeded: chosen)
    updateCount &+= 1
    refresh(site)
    for place in Int(storage.start[site])..<Int(storage.start[site &+ 1]) {
      refresh(Int(storage.neighbours[place]))
    }
  }
}
