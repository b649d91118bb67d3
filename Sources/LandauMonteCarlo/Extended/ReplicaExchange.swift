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
/// Replicas may be shared out among processes (`ReplicaTeam`): this one then decides on exchanges, and numbers and states are the same.
///
/// Even and odd pairs of neighbours take turns (the non-reversible scheme of Syed et al., J. R. Stat. Soc. B 84,
/// 321 (2022), arXiv:1905.02939); each such step leaves the product of the Boltzmann weights invariant.
public final class ReplicaExchange: Checkpointable {
  public let plan: ReplicaExchangePlan
  /// Present temperatures; frozen once the burn-in is over.
  public internal(set) var ladder: TemperatureLadder
  /// Exchanges made, the burn-in included.
  public private(set) var exchangeCount = 0
  /// What was measured since the beginning or since `takeRecordings`, per temperature: a `Recording` whose
  /// chains are the independent ladders.
  ///
  /// After the observables of the chain comes `.replica`, the number of the replica that was measured.
  public private(set) var recordings: [Recording]
  private let own: ReplicaShare
  /// nil where all replicas are swept here.
  private let others: DistantReplicas?
  private let replicaCount: Int
  var flows: [ReplicaFlow]
  private var streams: [RandomStream]
  private let energies: UnsafeMutablePointer<Double>
  private var hasBegun = false

  /// - Parameters:
  ///   - ladder: where tuning begins, and the temperatures themselves when there is none; the ends are kept.
  ///   - pool: shares out replicas; the chains themselves must not use a pool.
  ///   - makeChain: one replica at a temperature of the ladder. All must be of one model, and measure the same.
  /// - Throws: `InputError` for a plan that cannot be, and what `makeChain` throws.
  public convenience init(
    ladder: TemperatureLadder, plan: ReplicaExchangePlan = ReplicaExchangePlan(), seed: Seed,
    pool: WorkerPool = WorkerPool(threadCount: 1),
    makeChain: (_ beta: Double, _ seed: Seed) throws(InputError) -> any TemperedChain
  ) throws(InputError) {
    try self.init(
      ladder: ladder, plan: plan, seed: seed, pool: pool, team: nil, makeChain: makeChain)
  }

  /// - Parameter team: whose other members have made their `ReplicaShare` from the same arguments; nil sweeps all replicas here. Once it
  ///   is broken nothing of this run means anything, and `run` returns at once.
  package init(
    ladder: TemperatureLadder, plan: ReplicaExchangePlan, seed: Seed, pool: WorkerPool,
    team: (any ReplicaTeam)?,
    makeChain: (_ beta: Double, _ seed: Seed) throws(InputError) -> any TemperedChain
  ) throws(InputError) {
    try plan.check()
    self.plan = plan
    self.ladder = ladder
    own = try ReplicaShare(
      member: 0, of: team?.count ?? 1, ladder: ladder, ladderCount: plan.ladderCount, seed: seed,
      pool: pool, makeChain: makeChain)
    let replicaCount = ladder.count * plan.ladderCount
    self.replicaCount = replicaCount
    let width = own.replicas[0].chain.observables.count
    others = team.map { DistantReplicas($0, replicaCount: replicaCount, width: width) }
    streams = (0..<plan.ladderCount).map {
      seed.child("ladder", $0).child("exchange").makeStream()
    }
    flows = streams.map { _ in ReplicaFlow(count: ladder.count) }
    recordings = []
    energies = .allocate(capacity: replicaCount)
    energies.initialize(repeating: 0, count: replicaCount)
    recordings = emptyRecordings
  }

  deinit { energies.deallocate() }

  /// Exchanges made since the burn-in.
  public var productionCount: Int { max(0, exchangeCount - plan.burnIn) }
  public var isBurnedIn: Bool { exchangeCount >= plan.burnIn }
  package var isBroken: Bool { others?.isBroken == true }

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
    while exchangeCount < plan.burnIn + target && !cancellation.isRequested && !isBroken {
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
    guard let replica = own[number(at: place, ladder: copy)] else {
      preconditionFailure("the replica at place \(place) is swept by another process")
    }
    return replica.chain
  }

  /// Its configuration, wherever it is swept; empty where chains keep none.
  package func snapshot(at place: Int, ladder copy: Int) -> [Int8] {
    let number = number(at: place, ladder: copy)
    return own[number]?.snapshot ?? others?.snapshot(of: number) ?? []
  }

  private func number(at place: Int, ladder copy: Int) -> Int {
    copy * ladder.count + flows[copy].replicas[place]
  }

  private var emptyRecordings: [Recording] {
    let observables = own.replicas[0].chain.observables + [.replica]
    let spacing = plan.sweepsPerExchange * plan.exchangesPerMeasurement
    return ladder.betas.map { _ in
      Recording(observables: observables, chainCount: plan.ladderCount, spacing: spacing)
    }
  }

  /// What the chains tune for themselves, once.
  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    others?.burnIn(plan.chainBurnIn)
    own.burnIn(plan.chainBurnIn)
  }

  /// Sweeps, a measurement where one is due, and one round of exchanges.
  private func step() {
    let isMeasured =
      isBurnedIn && (productionCount + 1).isMultiple(of: plan.exchangesPerMeasurement)
    sweep(isMeasured: isMeasured)
    if isBroken { return }
    if isMeasured { record() }
    exchange()
    exchangeCount += 1
    if exchangeCount <= plan.burnIn { tune() }
  }

  /// All replicas, here while the others do theirs.
  private func sweep(isMeasured: Bool) {
    let sweeps = plan.sweepsPerExchange
    others?.beginSweeps(sweeps, isMeasured: isMeasured, betas: betasOfReplicas)
    own.sweep(sweeps, isMeasured: isMeasured)
    for number in 0..<replicaCount {
      if let replica = own[number] { energies[number] = replica.energy }
    }
    others?.endSweeps(isMeasured: isMeasured, energies: energies)
  }

  private var betasOfReplicas: [Double] {
    flows.flatMap { $0.places.map { ladder.betas[$0] } }
  }

  private func record() {
    for (copy, flow) in flows.enumerated() {
      for (place, replica) in flow.replicas.enumerated() {
        let number = copy * ladder.count + replica
        let row = own[number]?.row ?? others?.rows[number] ?? []
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

  /// Of the replicas here; others hear of it with the next sweep.
  func setTemperatures(ladder copy: Int) {
    for (replica, place) in flows[copy].places.enumerated() {
      own[copy * ladder.count + replica]?.beta = ladder.betas[place]
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
    others?.setTemperatures(betasOfReplicas)
    for number in 0..<replicaCount {
      if let replica = own[number] {
        replica.chain.save(to: &writer)
      } else if let others {
        writer.append(written: others.state(of: number))
      }
    }
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
    try restoreReplicas(from: &reader)
    for place in recordings.indices { try recordings[place].restore(from: &reader) }
  }

  private func restoreReplicas(from reader: inout StateReader) throws(InputError) {
    guard let others else {
      for replica in own.replicas { try replica.chain.restore(from: &reader) }
      return
    }
    // Where a state ends only a chain can tell: one of those here reads all of them before it takes up its own.
    let scratch = own.replicas[0].chain
    var first: [UInt8] = []
    for number in 0..<replicaCount {
      let state = try reader.written { (reader) throws(InputError) in
        try scratch.restore(from: &reader)
      }
      if number == 0 { first = state }
      guard let replica = own[number] else {
        others.restore(number, from: state)
        continue
      }
      try replica.restore(state)
    }
    try own.replicas[0].restore(first)
  }
}

extension Observable {
  /// Number of the replica at a temperature, in tempering.
  public static let replica: Observable = "replica"
}
