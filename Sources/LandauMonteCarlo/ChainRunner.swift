public import LandauCore

/// Runs independent chains side by side, measures them, and keeps configurations.
///
/// The work is done in slices of time, so that it can be stopped, shown and committed to disk in between; the
/// numbers depend on the chains and the lengths alone, not on slices, threads or stops.
///
///     let runner = ChainRunner(chains: chains, lengths: .init(sweeps: 10_000, burnIn: 500))
///     runner.advance(pool: pool)
///     let energy = runner.recording[.energyPerSite]!.estimate()
public final class ChainRunner: Checkpointable {
  /// How long, counted in sweeps of each chain.
  public struct Lengths: Sendable, Hashable {
    /// Measured sweeps: a target that may be raised later.
    public var sweeps: Int
    /// Sweeps before the first measurement.
    public var burnIn: Int
    /// Sweeps between measurements.
    public var measureEvery: Int
    /// Sweeps between kept configurations; 0 keeps none.
    public var snapshotEvery: Int

    public init(sweeps: Int, burnIn: Int, measureEvery: Int = 1, snapshotEvery: Int = 0) {
      precondition(
        sweeps >= 1 && burnIn >= 0 && measureEvery >= 1 && snapshotEvery >= 0,
        "lengths \(sweeps), \(burnIn), \(measureEvery), \(snapshotEvery)")
      self.sweeps = sweeps
      self.burnIn = burnIn
      self.measureEvery = measureEvery
      self.snapshotEvery = snapshotEvery
    }
  }

  /// One chain, or several that are swept together, with their records. Used by one thread at a time.
  private final class Lane: @unchecked Sendable {
    // Unchecked: the pool gives a lane to one thread at a time, and the runner waits for all of them.
    let chain: any MarkovChain
    var sweeps = 0
    /// How far the burn-in is; nil before it begins.
    var burnIn: BurnIn?
    /// Measurements one after the other, a number for each observable.
    var rows: [Double] = []
    /// Configurations not yet handed out.
    var snapshots: [Int8] = []
    var seconds = 0.0

    init(_ chain: any MarkovChain) { self.chain = chain }
  }

  private let lanes: [Lane]
  /// For each chain its lane, and which it is there.
  private let places: [(lane: Int, index: Int)]
  public private(set) var lengths: Lengths
  public let observables: [Observable]

  /// - Parameter chains: at least one, all of one kind, which nobody else uses from now on.
  public init(chains: [any MarkovChain], lengths: Lengths) {
    precondition(!chains.isEmpty, "a run needs a chain")
    observables = chains[0].observables
    precondition(
      chains.allSatisfy { $0.observables == chains[0].observables },
      "chains of one run measure the same")
    precondition(
      lengths.snapshotEvery == 0 || chains.allSatisfy { $0 is any SnapshotChain },
      "these chains have no configurations to keep")
    self.lengths = lengths
    lanes = chains.map(Lane.init)
    places = chains.enumerated().flatMap { lane, chain in
      (0..<chain.chainCount).map { (lane, $0) }
    }
  }

  /// Whether every chain has made all its sweeps.
  public var isComplete: Bool { lanes.allSatisfy { $0.sweeps >= lengths.sweeps } }

  /// Measured sweeps that all chains together have made, and will have made in the end.
  public var sweepsMade: Int { lanes.reduce(0) { $0 + $1.sweeps * $1.chain.chainCount } }
  public var sweepsWanted: Int { chainCount * lengths.sweeps }

  public var chainCount: Int { places.count }

  /// Seconds spent in measured sweeps, measurement excluded, summed over chains, since this process began or took up
  /// the run: equal runs have equal states, so these hold no times.
  public var updateSeconds: Double { lanes.reduce(0) { $0 + $1.seconds } }

  /// The chains, to be looked at between slices.
  public var chains: [any MarkovChain] { lanes.map(\.chain) }

  /// Everything measured so far and not taken.
  public var recording: Recording {
    let width = observables.count
    let rows = places.indices.map(rows(ofChain:))
    let values = observables.indices.map { index in
      rows.map { rows in Swift.stride(from: index, to: rows.count, by: width).map { rows[$0] } }
    }
    return Recording(observables: observables, values: values, spacing: lengths.measureEvery)
  }

  /// The numbers measured by one chain and not taken, one per observable and measurement.
  private func rows(ofChain chain: Int) -> [Double] {
    let (lane, index) = places[chain]
    return Self.part(
      index, of: lanes[lane].chain.chainCount, in: lanes[lane].rows, observables.count)
  }

  /// What belongs to one of several chains that write pieces of one width in turn.
  private static func part<T>(_ index: Int, of count: Int, in all: [T], _ width: Int) -> [T] {
    guard count > 1 else { return all }
    return Swift.stride(from: index * width, to: all.count, by: count * width).flatMap {
      all[$0..<$0 + width]
    }
  }

  /// The numbers measured since the last call, chain by chain, one per observable and measurement.
  public func takeRows() -> [[Double]] {
    defer { for lane in lanes { lane.rows = [] } }
    return places.indices.map(rows(ofChain:))
  }

  /// The configurations kept since the last call, chain by chain.
  public func takeSnapshots() -> [[Int8]] {
    defer { for lane in lanes { lane.snapshots = [] } }
    return places.map { lane, index in
      let width = (lanes[lane].chain as? any SnapshotChain)?.snapshotWidth ?? 0
      return Self.part(index, of: lanes[lane].chain.chainCount, in: lanes[lane].snapshots, width)
    }
  }

  /// Goes on until all sweeps are made, the time is over or a stop is asked for.
  ///
  /// - Parameters:
  ///   - seconds: how long this slice may take, at least a sweep of each chain.
  ///   - cancellation: is looked at after every sweep.
  ///   - progress: advances by the measured sweeps of all chains together.
  /// - Returns: whether the run is complete.
  @discardableResult
  public func advance(
    for seconds: Double = .infinity, pool: WorkerPool, cancellation: Cancellation = .never,
    progress: Progress = .silent
  ) -> Bool {
    let (lanes, lengths) = (lanes, lengths)
    // Each thread serves several chains in turn: they share the time.
    let turns = (lanes.count + pool.threadCount - 1) / pool.threadCount
    let share = seconds / Double(turns)
    pool.forEach(lanes.count) { index in
      Self.advance(lanes[index], lengths, share, cancellation, progress)
    }
    return isComplete
  }

  private static func advance(
    _ lane: Lane, _ lengths: Lengths, _ seconds: Double, _ cancellation: Cancellation,
    _ progress: Progress
  ) {
    let start = Progress.now()
    var stage = lane.burnIn ?? BurnIn(lengths.burnIn)
    if !stage.isComplete {
      var looks = 0
      lane.chain.burnIn(&stage) {
        looks += 1
        return cancellation.isRequested || looks > 1 && Progress.now() - start >= seconds
      }
      lane.burnIn = stage
      guard stage.isComplete else { return }
    }
    var now = Progress.now()
    var unreported = 0
    defer { progress.advance(unreported) }
    // However short the slice, it makes progress: looking at a clock may take longer.
    var isFirst = true
    while lane.sweeps < lengths.sweeps, !cancellation.isRequested,
      isFirst || now - start < seconds
    {
      isFirst = false
      let untilMeasured = lengths.measureEvery - lane.sweeps % lengths.measureEvery
      let untilKept =
        lengths.snapshotEvery == 0
        ? Int.max : lengths.snapshotEvery - lane.sweeps % lengths.snapshotEvery
      let count = min(untilMeasured, untilKept, lengths.sweeps - lane.sweeps)
      var made = 0
      while made < count, !cancellation.isRequested {
        lane.chain.sweep(1)
        made += 1
      }
      let swept = Progress.now()
      lane.seconds += swept - now
      lane.sweeps += made
      unreported += made * lane.chain.chainCount
      if unreported >= 256 {
        progress.advance(unreported)
        unreported = 0
      }
      guard made == count else { break }
      record(lane, lengths)
      now = Progress.now()
    }
  }

  private static func record(_ lane: Lane, _ lengths: Lengths) {
    if lane.sweeps % lengths.measureEvery == 0 { lane.chain.measure(into: &lane.rows) }
    if lengths.snapshotEvery > 0, lane.sweeps % lengths.snapshotEvery == 0,
      let chain = lane.chain as? any SnapshotChain
    {
      chain.appendSnapshot(to: &lane.snapshots)
    }
  }

  /// Raises the target; what was done stays as it is.
  public func extend(to sweeps: Int) {
    precondition(sweeps >= lengths.sweeps, "\(sweeps) sweeps are fewer than \(lengths.sweeps)")
    lengths.sweeps = sweeps
  }
}

// What is written down: the state of each chain and how far it is. What was measured and kept are records of
// those who took them.
extension ChainRunner {
  public func save(to writer: inout StateWriter) { save(lanes[...], to: &writer) }

  private func save(_ lanes: ArraySlice<Lane>, to writer: inout StateWriter) {
    writer.write(lanes.count)
    for lane in lanes {
      // 0 before the burn-in, 1 after it, 2 within, where its stage follows.
      let isDone = lane.burnIn?.isComplete == true
      writer.write(isDone ? 1 : lane.burnIn == nil ? 0 : 2)
      writer.write(lane.sweeps)
      writer.writeFormerTime()
      if let stage = lane.burnIn {
        if !isDone { stage.save(to: &writer) }
        lane.chain.save(to: &writer)
      }
    }
  }

  /// The state of a run over some of the chains that were given, for one that goes on with them elsewhere.
  public func state(of chains: Range<Int>) -> [UInt8] {
    var writer = StateWriter()
    save(lanes[chains], to: &writer)
    return writer.bytes
  }

  /// The state of a run over all chains from those of runs over some of them each, in the order of the chains.
  ///
  /// - Parameter parts: how many chains were given to each run, and its state; empty where it has not begun.
  public static func joined(_ parts: [(chainCount: Int, state: [UInt8])]) -> [UInt8] {
    func header(_ count: Int) -> [UInt8] {
      var writer = StateWriter()
      writer.write(count)
      return writer.bytes
    }
    // As `save` writes a chain whose burn-in has not begun.
    var untouched = StateWriter()
    untouched.write(0)
    untouched.write(0)
    untouched.writeFormerTime()
    var all = header(parts.reduce(0) { $0 + $1.chainCount })
    for (count, state) in parts {
      if state.isEmpty {
        for _ in 0..<count { all += untouched.bytes }
      } else {
        all += state.dropFirst(header(count).count)
      }
    }
    return all
  }

  /// Takes up the state where all records had been taken: rows and configurations begin behind them.
  public func restore(from reader: inout StateReader) throws(InputError) {
    guard try reader.integer() == lanes.count else {
      throw InputError("the checkpoint has another number of chains")
    }
    for lane in lanes {
      let stage = try reader.integer()
      lane.sweeps = try reader.integer()
      lane.seconds = 0
      try reader.skipFormerTime()
      lane.rows = []
      lane.snapshots = []
      lane.burnIn = stage == 0 ? nil : BurnIn(lengths.burnIn)
      guard stage != 0 else { continue }
      if stage == 1 {
        lane.burnIn?.isComplete = true
      } else {
        try lane.burnIn?.restore(from: &reader)
      }
      try lane.chain.restore(from: &reader)
    }
  }
}
