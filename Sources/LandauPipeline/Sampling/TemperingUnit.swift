import LandauCore
import LandauMonteCarlo
import LandauStatistics

/// All points of a scan at once: replicas that exchange their temperatures.
final class TemperingUnit: SampleUnit {
  private let tempering: ReplicaExchange
  /// The point of the scan of each temperature of the ladder.
  private let points: [Int]
  private let plan: SamplePlan
  private let siteCount: Int
  private let algorithm: String
  private var seconds = 0.0

  /// - Parameter points: of each temperature of the ladder, hot to cold.
  init(
    _ tempering: ReplicaExchange, points: [Int], plan: SamplePlan, siteCount: Int,
    algorithm: String
  ) {
    self.tempering = tempering
    self.points = points
    self.plan = plan
    self.siteCount = siteCount
    self.algorithm = algorithm
  }

  var observables: [Observable] { tempering.recordings[0].observables }
  var isComplete: Bool { tempering.productionCount >= plan.sweeps }
  var sweepsMade: Int { tempering.productionCount * points.count * plan.chainCount }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    let start = Progress.now()
    while !isComplete, !cancellation.isRequested, !tempering.isBroken,
      Progress.now() - start < seconds
    {
      let before = sweepsMade
      // One exchange at a time until the burn-in is over, then to the next configuration to keep.
      let target = nextStop
      tempering.run(to: target, unless: cancellation)
      if plan.snapshotEvery > 0, tempering.isBurnedIn, tempering.productionCount == target,
        target > 0, target % plan.snapshotEvery == 0
      {
        keepConfigurations()
      }
      progress.advance(sweepsMade - before)
    }
    self.seconds += Progress.now() - start
  }

  private var nextStop: Int {
    let done = tempering.productionCount
    let near = min(plan.sweeps, done + max(1, 20_000 / max(1, siteCount)))
    guard plan.snapshotEvery > 0 else { return near }
    return min(near, (done / plan.snapshotEvery + 1) * plan.snapshotEvery)
  }

  private var kept: [ArchiveChain: [Int8]] = [:]

  private func keepConfigurations() {
    for (place, point) in points.enumerated() {
      for copy in 0..<plan.chainCount {
        let snapshot = tempering.snapshot(at: place, ladder: copy)
        guard !snapshot.isEmpty else { continue }
        kept[ArchiveChain(point: point, chain: copy), default: []] += snapshot
      }
    }
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    var series: [ArchiveKey: [Double]] = [:]
    for (place, recording) in tempering.takeRecordings().enumerated() {
      for observable in recording.observables {
        for (chain, values) in (recording[observable]?.chains ?? []).enumerated() {
          series[ArchiveKey(point: points[place], chain: chain, name: observable.name)] = values
        }
      }
    }
    defer { kept = [:] }
    return (series, kept)
  }

  var works: [Int: SamplePoint.Work] {
    let report = tempering.report
    var works: [Int: SamplePoint.Work] = [:]
    for (place, point) in points.enumerated() {
      // With the neighbour on the colder side; the coldest has it on the other.
      let pair = min(place, report.acceptanceRates.count - 1)
      works[point] = SamplePoint.Work(
        update: "tempering", algorithm: algorithm, sweeps: plan.sweeps,
        sweepsMade: tempering.productionCount * plan.chainCount,
        burnIn: tempering.plan.burnIn, measureEvery: plan.measureEvery, chains: plan.chainCount,
        exchangeRate: pair < 0 ? nil : report.acceptanceRates[pair],
        roundTrips: report.roundTrips.joined().reduce(0, +), warnings: report.warnings,
        seconds: seconds / Double(points.count))
    }
    return works
  }

  func save(to writer: inout StateWriter) {
    tempering.save(to: &writer)
    writer.writeFormerTime()
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try tempering.restore(from: &reader)
    try reader.skipFormerTime()
  }
}
