import LandauCore
import LandauMonteCarlo

/// A piece of a sampling run that is done at a stretch: the chains of one point, or of all points that
/// exchange configurations.
protocol SampleUnit: Checkpointable {
  var observables: [Observable] { get }
  var isComplete: Bool { get }
  /// Measured sweeps that all its chains made together.
  var sweepsMade: Int { get }

  /// Goes on for a slice of time.
  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress)

  /// What was measured and kept since the last call, under its place in the run.
  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]])

  /// What was done, by point, for the report.
  var works: [Int: SamplePoint.Work] { get }

  /// The states of pieces with some of its lanes each. A unit whose chains depend on one another has none.
  func states(of lanes: [Range<Int>]) -> [[UInt8]]
}

extension SampleUnit {
  func states(of lanes: [Range<Int>]) -> [[UInt8]] {
    preconditionFailure("a unit that cannot be divided, in \(lanes.count) pieces")
  }

  func saved() -> [UInt8] {
    var writer = StateWriter()
    save(to: &writer)
    return writer.bytes
  }

  func restore(_ bytes: [UInt8]) throws(InputError) {
    var reader = StateReader(bytes)
    try restore(from: &reader)
    guard reader.isAtEnd else { throw InputError("the checkpoint has more than this job knows of") }
  }
}

/// Independent chains of one point, or some of them.
final class ChainUnit: SampleUnit {
  private let runner: ChainRunner
  private let chains: [any ReportingChain]
  private let point: Int
  /// Number of the first of these chains among all of the point.
  private let firstChain: Int
  private let update: String
  private let threadCount: Int
  /// Updates made before this process took up the run: rates are of what it did itself.
  private var updatesBefore = 0

  init(
    _ chains: [any ReportingChain], lengths: ChainRunner.Lengths, point: Int,
    firstChain: Int = 0, update: String, threadCount: Int
  ) {
    self.chains = chains
    runner = ChainRunner(chains: chains, lengths: lengths)
    self.point = point
    self.firstChain = firstChain
    self.update = update
    self.threadCount = threadCount
  }

  var observables: [Observable] { runner.observables }
  var isComplete: Bool { runner.isComplete }
  var sweepsMade: Int { runner.sweepsMade }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    runner.advance(for: seconds, pool: pool, cancellation: cancellation, progress: progress)
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    var series: [ArchiveKey: [Double]] = [:]
    var snapshots: [ArchiveChain: [Int8]] = [:]
    let width = observables.count
    for (index, (kept, rows)) in zip(runner.takeSnapshots(), runner.takeRows()).enumerated() {
      let chain = firstChain + index
      for (index, observable) in observables.enumerated() where !rows.isEmpty {
        series[ArchiveKey(point: point, chain: chain, name: observable.name)] =
          stride(from: index, to: rows.count, by: width).map { rows[$0] }
      }
      if !kept.isEmpty { snapshots[ArchiveChain(point: point, chain: chain)] = kept }
    }
    return (series, snapshots)
  }

  var works: [Int: SamplePoint.Work] {
    let lengths = runner.lengths
    let isCluster = ["wolff", "swendsen-wang"].contains(update)
    let updates = Double(updateCount - updatesBefore)
    let busy = runner.updateSeconds / Double(min(threadCount, chains.count))
    let rate = busy > 0 ? updates / busy : 0
    let work = SamplePoint.Work(
      update: update, algorithm: chains[0].algorithm, sweeps: lengths.sweeps,
      sweepsMade: runner.sweepsMade, burnIn: lengths.burnIn, measureEvery: lengths.measureEvery,
      chains: runner.chainCount, acceptances: chains.compactMap(\.acceptanceRate),
      rate: isCluster ? nil : rate,
      nanosecondsPerSpin: isCluster && rate > 0 ? 1e9 / rate : nil, seconds: busy)
    return [point: work]
  }

  func save(to writer: inout StateWriter) { runner.save(to: &writer) }

  func restore(from reader: inout StateReader) throws(InputError) {
    try runner.restore(from: &reader)
    updatesBefore = updateCount
  }

  func states(of lanes: [Range<Int>]) -> [[UInt8]] { lanes.map(runner.state) }

  private var updateCount: Int { chains.reduce(0) { $0 + $1.updateCount } }
}
