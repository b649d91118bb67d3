import LandauCore
import LandauQuantum

/// What a variational run has found so far; everything in reports comes from here, so that a resumed run prints what an
/// uninterrupted one does.
struct VariationalRecord {
  private let pointCount: Int
  /// By stream.
  private(set) var series: [ArchiveKey: [Double]]
  /// What has not been committed.
  var pending: [ArchiveKey: [Double]] = [:]
  /// Of the run at the next point; empty before it has begun.
  var state: [UInt8] = []
  /// Kept states of finished points.
  private(set) var kept: [[UInt64]] = []

  /// Names of streams.
  static let energy = "energyPerSite"
  static let local = "localEnergy"
  static let localImaginary = "localEnergyImaginary"
  static let acceptance = "acceptanceRate"
  static let parameters = "parameterCount"

  init(_ stored: ArchiveContents?, pointCount: Int) throws(InputError) {
    self.pointCount = pointCount
    series = stored?.series ?? [:]
    guard let stored, !stored.checkpoint.isEmpty else { return }
    var reader = StateReader(stored.checkpoint)
    for _ in 0..<(try reader.integer()) { kept.append(try reader.words()) }
    state = try reader.bytes()
  }

  var checkpoint: [UInt8] {
    var writer = StateWriter()
    writer.write(kept.count)
    for states in kept { writer.write(words: states) }
    writer.write(bytes: state)
    return writer.bytes
  }

  var nextPoint: Int? { kept.count < pointCount ? kept.count : nil }
  var isComplete: Bool { nextPoint == nil }
  var finishedCount: Int { kept.count }

  /// Iterations behind the run, of all points.
  func iterationsDone(_ iterations: Int) -> Int {
    (0..<pointCount).reduce(0) {
      $0 + min(iterations, energies(point: $1).count)
    }
  }

  /// Energies per site, iteration by iteration.
  func energies(point: Int) -> [Double] {
    series[ArchiveKey(point: point, chain: 0, name: Self.energy)] ?? []
  }

  private mutating func append(_ values: [Double], _ name: String, point: Int, chain: Int = 0) {
    let key = ArchiveKey(point: point, chain: chain, name: name)
    series[key, default: []] += values
    pending[key, default: []] += values
  }

  mutating func add(_ step: StateEnergy, point: Int, siteCount: Int) {
    append([step.energy.value / Double(siteCount)], Self.energy, point: point)
  }

  /// Measures the learned state and keeps some of its basis states.
  mutating func finish(
    _ point: Int, _ run: any VariationalRun, _ options: VariationalOptions, pool: WorkerPool
  ) {
    let (sample, energies) = run.finalValues(count: options.measured, pool: pool)
    let chains = sample.chainCount == sample.states.count ? 1 : sample.chainCount
    let length = energies.count / chains
    let isComplex = !options.ansatz.isPositive
    for chain in 0..<chains {
      let own = energies[chain * length..<(chain + 1) * length]
      append(own.map(\.real), Self.local, point: point, chain: chain)
      if isComplex {
        append(own.map(\.imaginary), Self.localImaginary, point: point, chain: chain)
      }
    }
    if let rate = sample.acceptanceRate { append([rate], Self.acceptance, point: point) }
    append([Double(run.parameterCount)], Self.parameters, point: point)
    // As far apart as possible, all chains alike.
    let count = options.snapshots
    kept.append((0..<count).map { sample.states[$0 * sample.states.count / max(1, count)] })
    state = []
  }

  /// The sample of local energies of a finished point.
  func measured(point: Int) -> (chains: [[Double]], imaginary: [[Double]]) {
    func chains(_ name: String) -> [[Double]] {
      var result: [[Double]] = []
      while let values = series[ArchiveKey(point: point, chain: result.count, name: name)] {
        result.append(values)
      }
      return result
    }
    return (chains(Self.local), chains(Self.localImaginary))
  }

  func number(_ name: String, point: Int) -> Double? {
    series[ArchiveKey(point: point, chain: 0, name: name)]?.first
  }
}
