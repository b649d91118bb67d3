import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of a model along a scan, counted as they come.
struct DiscoverySampler: Sendable {
  let model: ResolvedModel
  /// Snapshots per value and size, over all chains.
  let shots: Int
  /// Values of the scanned parameter.
  let grid: [Double]
  var windows: [Window]
  /// Whose rotations and reflections the counts are averaged over; nil for none.
  var group: WindowGroup?
  let seed: Seed

  /// What one size gave.
  struct Sampled: Sendable {
    var ensemble: Ensemble
    var algorithms: [String]
    /// Energy per site of every snapshot at each parameter; empty where a closed form makes it needless.
    var energies: [[Double]]
    /// Values of the parameter at which chains remember whether they began hot or cold.
    var metastable: [Double]
    /// Some of the snapshots, evenly spaced over the chains, where some are kept: of few-valued variables, and of angles.
    var kept: Snapshots?
    var keptAngles: AngleSnapshots?
  }

  /// Samples one size. The values of the scan are shared out over the pool; each has its own seed, so
  /// the snapshots depend on neither the number of threads nor the other values.
  ///
  /// - Parameter keptPerValue: snapshots of each value that are kept as they are.
  /// - Throws: `InputError` for what a model refuses; `Interrupted` when cancelled.
  func sample(
    _ shape: [Int], keptPerValue: Int = 0, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> Sampled {
    let physical = try model.sized(shape).physical()
    let orbits = group.map { WindowOrbits(windows, group: $0, alphabet: model.alphabet) }
    if case .discrete(let discrete) = physical, ExchangedSampling.isNeeded(discrete) {
      return try exchanged(
        discrete, shape, orbits: orbits, keptPerValue: keptPerValue, pool: pool,
        progress: progress, cancellation: cancellation)
    }
    let points = try pool.map(grid.count) { index in
      try cancellation.check()
      defer { progress.advance() }
      let value = grid[index]
      let child = seed.child("size", indices: shape).child(
        "value", Int(bitPattern: UInt(value.bitPattern)))
      var point =
        switch physical {
        case .ising(let model):
          try ising(
            model, temperature: value, orbits: orbits, seed: child, pool: pool,
            cancellation: cancellation)
        case .gauge(let model):
          try gauge(model, shape, beta: value, orbits: orbits, seed: child, pool: pool)
        default:
          try chains(
            physical, shape, temperature: value, orbits: orbits, seed: child, pool: pool,
            cancellation: cancellation)
        }
      point.keep(keptPerValue)
      return point
    }
    let kept = points.compactMap(\.snapshots)
    let keptAngles = points.compactMap(\.angles)
    try cancellation.check()
    return Sampled(
      ensemble: Ensemble(
        joining: points.map(\.part), foldCount: DiscoverSettings.chainCount),
      algorithms: Array(Set(points.map(\.algorithm))).sorted(), energies: points.map(\.energies),
      metastable: zip(grid, points).filter(\.1.isMetastable).map(\.0),
      kept: kept.count == points.count ? Snapshots(joining: kept) : nil,
      keptAngles: keptAngles.count == points.count ? AngleSnapshots(joining: keptAngles) : nil)
  }

  /// The same snapshots, other windows counted in them.
  func recount(
    _ windows: [Window], _ shape: [Int], pool: WorkerPool, cancellation: Cancellation
  ) throws -> Ensemble {
    var other = self
    other.windows = windows
    return try other.sample(shape, pool: pool, progress: .silent, cancellation: cancellation)
      .ensemble
  }

  private struct Point: Sendable {
    var part: Ensemble.Part
    var algorithm: String
    var energies: [Double]
    var isMetastable = false
    /// nil for variables that have no few values.
    var snapshots: Snapshots?
    /// nil for others.
    var angles: AngleSnapshots?

    /// Keeps some of the snapshots, evenly spaced over the chains, or none.
    mutating func keep(_ count: Int) {
      snapshots =
        count == 0 ? nil : snapshots.map { $0.selecting($0.samples(perParameter: count)) }
      angles = count == 0 ? nil : angles.map { $0.thinned(perParameter: count) }
    }
  }

  var perChain: Int { shots / DiscoverSettings.chainCount }

  private var chainNumbers: [Int32] { Self.chainNumbers(perChain) }

  static func chainNumbers(_ perChain: Int) -> [Int32] {
    (0..<DiscoverSettings.chainCount).flatMap { [Int32](repeating: Int32($0), count: perChain) }
  }

  /// Ising spins on hypercubic tori, which have kernels of their own.
  private func ising(
    _ ising: IsingModel, temperature: Double, orbits: WindowOrbits?, seed: Seed, pool: WorkerPool,
    cancellation: Cancellation
  ) throws -> Point {
    let beta = 1 / temperature
    let update = IsingUpdate.automatic(for: ising, beta: beta)
    let spacing = Self.spacing(isCluster: update != .metropolis)
    let plan = SamplingPlan(
      sweeps: perChain * spacing, measureEvery: spacing, chainCount: DiscoverSettings.chainCount,
      snapshotCount: perChain)
    let run = try IsingSample.run(
      model: ising, beta: beta, update: update, plan: plan, seed: seed, pool: pool,
      cancellation: cancellation)
    try cancellation.check()
    let snapshots = Snapshots(
      siteShape: ising.lattice.sides, channels: ["spin"], values: run.chains.flatMap(\.snapshots),
      parameterName: "temperature", parameters: [temperature],
      parameterIndex: [Int32](repeating: 0, count: perChain * run.chains.count),
      chain: chainNumbers, isSequential: true, boundary: .periodic)
    let energies = run.chains.flatMap(\.energyPerSite)
    return Point(
      part: Ensemble.Part(
        snapshots, windows: windows, orbits: orbits, pool: pool,
        observables: ["energyPerSite": energies]),
      algorithm: run.algorithm, energies: energies, snapshots: snapshots)
  }

  /// Sweeps between snapshots. Cluster sweeps renew the configuration within a few; local ones are only
  /// chosen where they do too, or where there are no others. The folds are whole chains, so what correlation is
  /// left is in the errors.
  static func spacing(isCluster: Bool) -> Int { isCluster ? 2 : 4 }

  /// The same on chains of few snapshots: far enough apart for at least 480 sweeps in all, some tens of the times in which
  /// clusters forget at transitions where they are slowest, four-state Potts and Baxter-Wu, on the lattices of a first look.
  private var spacing: Int {
    max(Self.spacing(isCluster: true), (480 + perChain - 1) / perChain)
  }

  private func gauge(
    _ gauge: IsingGaugeModel, _ shape: [Int], beta: Double, orbits: WindowOrbits?, seed: Seed,
    pool: WorkerPool
  ) throws -> Point {
    let links = try IsingGaugeSampler.sample(
      model: gauge, beta: beta, count: shots, seed: seed, pool: nil)
    let snapshots = Snapshots(
      siteShape: shape, channels: ["down", "right"], values: links, parameterName: "beta",
      parameters: [beta], parameterIndex: [Int32](repeating: 0, count: shots),
      chain: (0..<shots).map(Int32.init), isSequential: false, boundary: .periodic)
    return Point(
      part: Ensemble.Part(snapshots, windows: windows, orbits: orbits, pool: pool),
      algorithm: "direct sampling",
      energies: [], snapshots: snapshots)
  }
}

// Models whose chains are those of `sample`.
extension DiscoverySampler {
  /// Half of the chains begin hot, half cold: where both still differ after the burn-in, neither is in
  /// equilibrium.
  private func chains(
    _ physical: PhysicalModel, _ shape: [Int], temperature: Double, orbits: WindowOrbits?,
    seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> Point {
    let beta = 1 / temperature
    let factory = try ChainFactory(model: physical, update: "auto")
    let chains = try (0..<DiscoverSettings.chainCount).map { number in
      let chain = try factory.chain(beta: beta, seed: seed.child("chain", number), pool: nil)
      (chain as? any TemperedChain)?.start(hot: number % 2 == 0, unless: cancellation)
      return chain
    }
    let isCluster = ["wolff", "swendsen-wang"].contains(factory.name(beta: beta))
    let spacing = isCluster ? spacing : Self.spacing(isCluster: false)
    let runner = ChainRunner(
      chains: chains,
      lengths: .init(
        sweeps: perChain * spacing, burnIn: factory.defaultBurnIn(beta: beta),
        measureEvery: spacing, snapshotEvery: spacing))
    runner.advance(pool: pool, cancellation: cancellation)
    try cancellation.check()
    let recording = runner.recording
    let observables = Dictionary(
      uniqueKeysWithValues: zip(recording.observables, recording.values).map {
        ($0.name, $1.flatMap { $0 })
      })
    let energies = recording.values[recording.observables.firstIndex(of: .energyPerSite) ?? 0]
    let found = part(
      physical, shape, runner.takeSnapshots(), perChain: perChain, temperature: temperature,
      orbits: orbits, observables: observables, pool: pool)
    return Point(
      part: found.part, algorithm: chains[0].algorithm, energies: energies.flatMap { $0 },
      isMetastable: Self.remembersStart(energies), snapshots: found.snapshots, angles: found.angles)
  }

  /// Whether the means of even chains and of odd ones differ beyond doubt: t above 8 with six degrees of
  /// freedom (2e-4), and no mean of one kind between those of the other.
  static func remembersStart(_ chains: [[Double]]) -> Bool {
    let means = chains.map { $0.reduce(0, +) / Double(max(1, $0.count)) }
    let kinds = [0, 1].map { parity in
      means.indices.filter { $0 % 2 == parity }.map { means[$0] }
    }
    guard kinds.allSatisfy({ $0.count >= 2 }) else { return false }
    let centres = kinds.map { $0.reduce(0, +) / Double($0.count) }
    let variance = zip(kinds, centres).reduce(0.0) { total, kind in
      let n = Double(kind.0.count)
      return total + kind.0.reduce(0) { $0 + ($1 - kind.1) * ($1 - kind.1) } / (n * (n - 1))
    }
    let (low, high) = centres[0] < centres[1] ? (kinds[0], kinds[1]) : (kinds[1], kinds[0])
    return abs(centres[0] - centres[1]) > 8 * variance.squareRoot() && low.max()! < high.min()!
  }

  /// - Parameter kept: of each chain the same number of configurations, one after the other.
  func part(
    _ physical: PhysicalModel, _ shape: [Int], _ kept: [[Int8]], perChain: Int,
    temperature: Double, orbits: WindowOrbits?, observables: [String: [Double]], pool: WorkerPool
  ) -> (part: Ensemble.Part, snapshots: Snapshots?, angles: AngleSnapshots?) {
    let channels = model.discoveryChannels
    let chainNumbers = Self.chainNumbers(perChain)
    let parameterIndex = [Int32](repeating: 0, count: perChain * kept.count)
    if physical.isReal {
      let angles = AngleSnapshots(
        siteShape: shape, channels: channels,
        angles: Self.angles(kept, siteCount: physical.siteCount, channels.count),
        parameterName: "temperature", parameters: [temperature], parameterIndex: parameterIndex,
        chain: chainNumbers, isSequential: true, boundary: .periodic)
      return (
        Ensemble.Part(
          angles, windows: windows, orbits: orbits, pool: pool, observables: observables), nil,
        angles
      )
    }
    let values = kept.flatMap { $0 }
    let snapshots = Snapshots(
      siteShape: shape, channels: channels,
      values: Self.channelFirst(values, siteCount: physical.siteCount, channels.count),
      levels: model.alphabet.levels, parameterName: "temperature", parameters: [temperature],
      parameterIndex: parameterIndex, chain: chainNumbers, isSequential: true,
      boundary: .periodic)
    return (
      Ensemble.Part(
        snapshots, windows: windows, alphabet: model.alphabet, orbits: orbits, pool: pool,
        observables: observables), snapshots, nil
    )
  }

  /// From the sites of a cell next to each other to one grid of cells after the other.
  static func channelFirst<Value>(_ values: [Value], siteCount: Int, _ channels: Int) -> [Value] {
    guard channels > 1 else { return values }
    let cells = siteCount / channels
    return (0..<values.count / siteCount).flatMap { sample in
      (0..<channels).flatMap { channel in
        (0..<cells).map { values[sample * siteCount + $0 * channels + channel] }
      }
    }
  }

  /// Angles of unit vectors kept component by component, as the bytes of single-precision numbers.
  private static func angles(_ kept: [[Int8]], siteCount: Int, _ channels: Int) -> [Float] {
    kept.flatMap { bytes -> [Float] in
      let numbers = bytes.withUnsafeBytes { raw in
        (0..<raw.count / 4).map {
          Float(
            bitPattern: UInt32(
              littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
      }
      let angles = (0..<numbers.count / (2 * siteCount)).flatMap { sample in
        (0..<siteCount).map { site in
          let start = 2 * sample * siteCount + site
          return atan2f(numbers[start + siteCount], numbers[start])
        }
      }
      return channelFirst(angles, siteCount: siteCount, channels)
    }
  }
}

extension TemperedChain {
  /// A few sweeps at twice the temperature, or at half of it, before those at its own.
  func start(hot: Bool, unless cancellation: Cancellation) {
    let own = beta
    beta = hot ? 0.5 * own : 2 * own
    burnIn(30, unless: cancellation)
    beta = own
  }
}
