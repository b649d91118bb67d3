public import LandauCore

/// Parallel tempering: replicas at a ladder of temperatures, neighbours exchanging what they are at.
///
/// Temperatures travel, configurations stay where they are. Several independent ladders with the same
/// temperatures give independent chains for every temperature. The results depend on the arguments and on
/// nothing else: not on the number of threads.
///
///     let tempering = try ReplicaExchange(
///       ladder: .geometric(from: 0.2, to: 2, count: 12), seed: Seed(1), pool: pool
///     ) { beta, seed throws(InputError) in
///       try DiscreteChain(model: model, beta: beta, seed: seed)
///     }
///     tempering.run(to: 20_000)
///     let energy = tempering.recordings[3][.energyPerSite]!.estimate()
///
/// Even and odd pairs of neighbours take turns (the non-reversible scheme of Syed et al., J. R. Stat. Soc. B 84,
/// 321 (2022), arXiv:1905.02939); each such step leaves the product of the Boltzmann weights invariant.
public final class ReplicaExchange: Checkpointable {
  public let plan: ReplicaExchangePlan
  /// Present temperatures; frozen once the burn-in is over.
  public private(set) var ladder: TemperatureLadder
  /// Exchanges made, the burn-in included.
  public private(set) var exchangeCount = 0
  /// What was measured since the beginning or since `takeRecordings`, per temperature: a `Recording` whose
  /// chains are the independent ladders.
  ///
  /// After the observables of the chain comes `.replica`, the number of the replica that was measured.
  public private(set) var recordings: [Recording]
  private var replicas: [Replica]
  private(set) var flows: [ReplicaFlow]
  private var streams: [RandomStream]
  private let energies: UnsafeMutablePointer<Double>
  private let pool: WorkerPool
  private var hasBegun = false

  /// - Parameters:
  ///   - ladder: where tuning begins, and the temperatures themselves when there is none; the ends are kept.
  ///   - pool: shares out replicas; the chains themselves must not use a pool.
  ///   - makeChain: one replica at a temperature of the ladder. All must be of one model, and measure the same.
  /// - Throws: `InputError` for a plan that cannot be, and what `makeChain` throws.
  public init(
    ladder: TemperatureLadder, plan: ReplicaExchangePlan = ReplicaExchangePlan(), seed: Seed,
    pool: WorkerPool = WorkerPool(threadCount: 1),
    makeChain: (_ beta: Double, _ seed: Seed) throws(InputError) -> any TemperedChain
  ) throws(InputError) {
    try plan.check()
    self.plan = plan
    self.ladder = ladder
    self.pool = pool
    replicas = []
    for copy in 0..<plan.ladderCount {
      for (place, beta) in ladder.betas.enumerated() {
        replicas.append(
          Replica(try makeChain(beta, seed.child("ladder", copy).child("replica", place))))
      }
    }
    streams = (0..<plan.ladderCount).map {
      seed.child("ladder", $0).child("exchange").makeStream()
    }
    flows = streams.map { _ in ReplicaFlow(count: ladder.count) }
    recordings = []
    energies = .allocate(capacity: replicas.count)
    energies.initialize(repeating: 0, count: replicas.count)
    recordings = emptyRecordings
  }

  deinit { energies.deallocate() }

  /// Exchanges made since the burn-in.
  public var productionCount: Int { max(0, exchangeCount - plan.burnIn) }
  public var isBurnedIn: Bool { exchangeCount >= plan.burnIn }

  /// Goes on until `target` exchanges have been made since the burn-in; the burn-in is made first where it is
  /// still to be done. Can be called again with a larger target.
  ///
  /// - Parameters:
  ///   - cancellation: is looked at after every exchange; `productionCount` tells how far it came.
  ///   - progress: advances by one per exchange, the burn-in included; the caller begins the phase.
  public func run(
    to target: Int, unless cancellation: Cancellation = .never, progress: Progress = .silent
  ) {
    begin()
    while exchangeCount < plan.burnIn + target && !cancellation.isRequested {
      step()
      progress.advance()
    }
  }

  /// Everything measured so far, which is then forgotten here: for runs that write as they go. Checkpoints hold
  /// only what was not taken.
  public func takeRecordings() -> [Recording] {
    defer { recordings = emptyRecordings }
    return recordings
  }

  /// The replica that is at a temperature now.
  public func chain(at place: Int, ladder copy: Int = 0) -> any TemperedChain {
    replicas[copy * ladder.count + flows[copy].replicas[place]].chain
  }

  private var emptyRecordings: [Recording] {
    let observables = replicas[0].chain.observables + [.replica]
    let spacing = plan.sweepsPerExchange * plan.exchangesPerMeasurement
    return ladder.betas.map { _ in
      Recording(observables: observables, chainCount: plan.ladderCount, spacing: spacing)
    }
  }

  /// What the chains tune for themselves, once.
  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    let sweeps = plan.chainBurnIn
    forEachReplica { replica, _ in replica.chain.burnIn(sweeps) }
  }

  /// Sweeps, a measurement where one is due, and one round of exchanges.
  private func step() {
    let isMeasured =
      isBurnedIn && (productionCount + 1).isMultiple(of: plan.exchangesPerMeasurement)
    let sweeps = plan.sweepsPerExchange
    forEachReplica { replica, energy in
      replica.chain.sweep(sweeps)
      energy = replica.chain.energy
      if isMeasured { replica.measure() }
    }
    if isMeasured { record() }
    exchange()
    exchangeCount += 1
    if exchangeCount <= plan.burnIn { tune() }
  }

  private func forEachReplica(
    _ body: @Sendable (_ replica: Replica, _ energy: inout Double) -> Void
  ) {
    let work = Work(replicas: replicas, energies: energies)
    pool.forEach(replicas.count) { body(work.replicas[$0], &work.energies[$0]) }
  }

  private func record() {
    for (copy, flow) in flows.enumerated() {
      for (place, replica) in flow.replicas.enumerated() {
        let row = replicas[copy * ladder.count + replica].row
        recordings[place].append(row + [Double(replica)], chain: copy)
      }
    }
  }

  private func exchange() {
    for copy in flows.indices {
      exchange(ladder: copy, using: &streams[copy])
    }
  }

  /// One round of exchanges of one ladder, with the energies last looked at.
  func exchange(ladder copy: Int, using rng: inout some RandomNumberGenerator) {
    let first = copy * ladder.count
    flows[copy].exchange(
      parity: exchangeCount & 1, betas: ladder.betas, energies: energies + first, using: &rng)
    setTemperatures(ladder: copy)
  }

  private func setTemperatures(ladder copy: Int) {
    for (replica, place) in flows[copy].places.enumerated() {
      let chain = replicas[copy * ladder.count + replica].chain
      if chain.beta != ladder.betas[place] { chain.beta = ladder.betas[place] }
    }
  }

  /// During the burn-in: adapts the ladder after 16, 32, 64, ... exchanges, up to half of the burn-in, to what
  /// was counted since the last time; the rest is for equilibrium at the frozen ladder.
  private func tune() {
    if exchangeCount == plan.burnIn {
      for copy in flows.indices { flows[copy].resetCounters() }
      return
    }
    let isDue = exchangeCount >= 16 && exchangeCount.nonzeroBitCount == 1
    guard plan.tuning != .none, isDue, 2 * exchangeCount <= plan.burnIn else { return }
    guard let costs = tuningCosts else { return }
    ladder = ladder.equalized(costs: costs)
    for copy in flows.indices {
      flows[copy].resetCounters()
      setTemperatures(ladder: copy)
    }
  }

  private var tuningCosts: [Double]? {
    let report = report
    switch plan.tuning {
    case .none: return nil
    case .rejection: return report.acceptanceRates.map { 1 - $0 }
    case .flow:
      // Without round trips there is no flow to speak of.
      guard report.roundTrips.joined().contains(where: { $0 > 0 }) else {
        return report.acceptanceRates.map { 1 - $0 }
      }
      // Density of temperatures proportional to the root of |df/d beta| per step (Katzgraber et al. 2006).
      return zip(report.flow, report.flow.dropFirst()).enumerated().map { step, pair in
        let width = ladder.betas[step + 1] - ladder.betas[step]
        return (max(0, pair.0 - pair.1) * width).squareRoot()
      }
    }
  }

  public func save(to writer: inout StateWriter) {
    writer.write(exchangeCount)
    writer.write(hasBegun)
    writer.write(numbers: ladder.betas)
    for (flow, stream) in zip(flows, streams) {
      flow.save(to: &writer)
      writer.write(stream)
    }
    for replica in replicas { replica.chain.save(to: &writer) }
    for recording in recordings { recording.save(to: &writer) }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    exchangeCount = try reader.integer()
    guard exchangeCount >= 0 else { throw .damagedCheckpoint }
    hasBegun = try reader.flag()
    ladder = try TemperatureLadder(betas: try reader.numbers(count: ladder.count))
    for copy in flows.indices {
      try flows[copy].restore(from: &reader)
      streams[copy] = try reader.stream()
      setTemperatures(ladder: copy)
    }
    for replica in replicas { try replica.chain.restore(from: &reader) }
    for place in recordings.indices { try recordings[place].restore(from: &reader) }
  }
}

extension Observable {
  /// Number of the replica at a temperature, in tempering.
  public static let replica: Observable = "replica"
}

/// How a tempering run goes.
public struct ReplicaExchangePlan: Sendable, Hashable {
  /// What the ladder is adapted to in the burn-in.
  public enum Tuning: String, Sendable, Hashable, CaseIterable {
    /// Nothing: the ladder stays as given.
    case none
    /// Equal rejection of all pairs: the most round trips where energies forget themselves between exchanges.
    case rejection
    /// The measured flow of replicas from end to end (Katzgraber et al., J. Stat. Mech. P03018 (2006)), which
    /// puts temperatures where replicas are slow.
    case flow
  }

  public var sweepsPerExchange = 1
  public var exchangesPerMeasurement = 1
  /// Exchanges before the first measurement.
  public var burnIn = 1024
  /// Sweeps each chain makes before the first exchange, in which it tunes itself.
  public var chainBurnIn = 20
  public var tuning = Tuning.rejection
  /// Independent ladders, each with a replica per temperature.
  public var ladderCount = 2

  public init() {}

  func check() throws(InputError) {
    let counts = [
      ("sweepsPerExchange", sweepsPerExchange, 1),
      ("exchangesPerMeasurement", exchangesPerMeasurement, 1), ("burnIn", burnIn, 0),
      ("chainBurnIn", chainBurnIn, 0), ("ladderCount", ladderCount, 1),
    ]
    for (name, value, least) in counts where value < least {
      throw .notAllowed(name, value, allowed: "whole numbers from \(least)")
    }
  }
}

/// One chain of many, with what was last measured on it.
///
/// Unchecked: each is touched by one thread at a time, between the start and the end of a loop of the pool.
final class Replica: @unchecked Sendable {
  let chain: any TemperedChain
  private(set) var row: [Double] = []

  init(_ chain: any TemperedChain) { self.chain = chain }

  func measure() {
    row.removeAll(keepingCapacity: true)
    chain.measure(into: &row)
  }
}

/// What the threads of one loop share out by index.
struct Work: @unchecked Sendable {
  let replicas: [Replica]
  let energies: UnsafeMutablePointer<Double>
}
