import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Walks that count configurations by energy: one unit for all temperatures.
///
/// Its record is ln g of each walk, by energy level, kept under the first point of the scan when the walks
/// have ended.
final class WangLandauUnit: SampleUnit {
  static let density: Observable = "logDensityOfStates"
  static let level: Observable = "energyLevel"
  static let flatness: Observable = "histogramFlatness"
  static let roundTrips: Observable = "energyRoundTrips"

  private let walk: WangLandau
  private let plan: SamplePlan
  private let pointCount: Int
  private var seconds = 0.0
  /// Attempts made before this process took up the run.
  private var attemptsBefore = 0
  private var hasGiven = false

  /// Walks end in their 1/t stage, after as many sweeps as are asked for since all levels were known; or, flat or
  /// not, after fifty times as many.
  init(
    model: DiscreteModel, plan: SamplePlan, pointCount: Int, seed: Seed, pool: WorkerPool
  ) throws(InputError) {
    self.plan = plan
    self.pointCount = pointCount
    walk = try Self.walk(
      model, ScanEnergies(of: model), sweeps: plan.sweeps,
      runCount: plan.chainCount, seed: seed, pool: pool)
  }

  static func walk(
    _ model: DiscreteModel, _ energies: ScanEnergies, sweeps: Int, runCount: Int, seed: Seed,
    pool: WorkerPool
  ) throws(InputError) -> WangLandau {
    var walks = WangLandauPlan()
    walks.runCount = runCount
    walks.energyRange = energies.range
    walks.binWidth = energies.width
    let bins = try energies.bins(of: model)
    let attempts = Double(model.siteCount) * Double(sweeps)
    walks.scheduleAttempts = Int(min(1e15, attempts))
    walks.attemptLimit = Int(min(1e15, 50 * max(attempts, 10 * Double(bins.count))))
    return try WangLandau(model: model, plan: walks, seed: seed, pool: pool)
  }

  var observables: [Observable] { [Self.density, Self.level, Self.flatness, Self.roundTrips] }
  var isComplete: Bool { walk.isFinished && hasGiven }
  /// What is left after the walks have ended is to be handed out.
  var sweepsMade: Int {
    let wanted = plan.sweeps * plan.chainCount
    return isComplete
      ? wanted : min(wanted - 1, walk.attemptCount / max(1, walk.model.siteCount))
  }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    let start = Progress.now()
    let before = sweepsMade
    walk.advance(for: seconds, unless: cancellation)
    if walk.isFinished { hasGiven = true }
    progress.advance(sweepsMade - before)
    self.seconds += Progress.now() - start
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    guard walk.isFinished, !hasTaken else { return ([:], [:]) }
    hasTaken = true
    var series: [ArchiveKey: [Double]] = [:]
    for (chain, values) in walk.logDensities.enumerated() {
      series[ArchiveKey(point: 0, chain: chain, name: Self.density.name)] = values
      series[ArchiveKey(point: 0, chain: chain, name: Self.level.name)] =
        (0..<walk.bins.count).map { walk.bins.energy(of: $0) }
      series[ArchiveKey(point: 0, chain: chain, name: Self.flatness.name)] = [
        walk.flatnesses[chain]
      ]
      series[ArchiveKey(point: 0, chain: chain, name: Self.roundTrips.name)] = [
        Double(walk.roundTrips[chain])
      ]
    }
    return (series, [:])
  }

  private var hasTaken = false

  var works: [Int: SamplePoint.Work] {
    let rate = seconds > 0 ? Double(walk.attemptCount - attemptsBefore) / seconds : 0
    var warnings: [String] = []
    let late = plan.chainCount - walk.convergedCount
    if walk.isFinished && late > 0 {
      warnings.append("not flat: \(late) of \(plan.chainCount) walks never had a flat histogram")
    }
    let work = SamplePoint.Work(
      update: ScanMethod.wangLandau.rawValue,
      algorithm: "wang-landau with 1/t on \(walk.bins.count) levels", sweeps: plan.sweeps,
      sweepsMade: sweepsMade, burnIn: 0, measureEvery: 1, chains: plan.chainCount,
      roundTrips: walk.roundTrips.reduce(0, +), warnings: warnings, rate: rate,
      seconds: seconds / Double(pointCount))
    return Dictionary(uniqueKeysWithValues: (0..<pointCount).map { ($0, work) })
  }

  func save(to writer: inout StateWriter) {
    walk.save(to: &writer)
    writer.writeFormerTime()
    writer.write(hasTaken)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try walk.restore(from: &reader)
    attemptsBefore = walk.attemptCount
    try reader.skipFormerTime()
    hasTaken = try reader.flag()
    hasGiven = hasTaken
  }
}
