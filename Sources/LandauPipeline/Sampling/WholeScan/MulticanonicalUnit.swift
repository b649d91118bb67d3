import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Chains under weights that make all energies alike: one unit for all temperatures.
///
/// First Wang-Landau walks find the weights, then these are frozen and chains with them are measured. What was
/// measured, with the weights, is kept under the first point of the scan.
final class MulticanonicalUnit: SampleUnit {
  static let weight: Observable = "multicanonicalLogWeight"

  /// The name under which a measurement of the weighted ensemble is kept: it is of no temperature.
  static func name(_ observable: Observable) -> String {
    "multicanonical" + observable.name.prefix(1).uppercased() + observable.name.dropFirst()
  }

  private let model: DiscreteModel
  private let plan: SamplePlan
  private let pointCount: Int
  private let seed: Seed
  private let walk: WangLandau
  private let weightSweeps: Int
  private var runner: ChainRunner?
  private var chains: [MulticanonicalChain] = []
  private var hasTakenWeights = false
  private var seconds = 0.0
  /// Sweeps made before this process took up the run.
  private var sweepsBefore = 0

  init(
    model: DiscreteModel, plan: SamplePlan, pointCount: Int, seed: Seed, pool: WorkerPool
  ) throws(InputError) {
    self.model = model
    self.plan = plan
    self.pointCount = pointCount
    self.seed = seed
    weightSweeps = plan.burnIn ?? ScanMethod.multicanonical.defaultBurnIn
    walk = try WangLandauUnit.walk(
      model, ScanEnergies(of: model), sweeps: weightSweeps, runCount: plan.chainCount,
      seed: seed.child("weights"), pool: pool)
  }

  private func begin(_ weights: FlatWeights) throws(InputError) {
    chains = []
    for chain in 0..<plan.chainCount {
      chains.append(
        try MulticanonicalChain(model: model, weights: weights, seed: seed.child("chain", chain)))
    }
    runner = ChainRunner(
      chains: chains,
      lengths: .init(
        sweeps: plan.sweeps, burnIn: weightSweeps / 10, measureEvery: plan.measureEvery))
  }

  var observables: [Observable] {
    let order = (0..<model.orderComponents).map { Observable.order($0) }
    return ([.energyPerSite] + order + [.absOrder, .orderSquared]).map { Observable(Self.name($0)) }
      + [Self.weight]
  }

  var isComplete: Bool { runner?.isComplete ?? false }
  var sweepsMade: Int { runner?.sweepsMade ?? 0 }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    let start = Progress.now()
    defer { self.seconds += Progress.now() - start }
    if !walk.isFinished {
      walk.advance(for: seconds, unless: cancellation)
      guard walk.isFinished else { return }
    }
    if runner == nil {
      // The walks have been within the bins, so chains find them, too.
      do throws(InputError) { try begin(weights) } catch { preconditionFailure(error.message) }
    }
    runner?.advance(
      for: max(1e-3, seconds - (Progress.now() - start)), pool: pool, cancellation: cancellation,
      progress: progress)
  }

  private var weights: FlatWeights {
    FlatWeights(
      MeasuredDensityOfStates(
        bins: walk.bins, siteCount: model.siteCount, logCounts: walk.logDensities, logTotal: nil,
        flatness: 0))
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    var series: [ArchiveKey: [Double]] = [:]
    guard let runner else { return (series, [:]) }
    if !hasTakenWeights {
      hasTakenWeights = true
      series[ArchiveKey(point: 0, chain: 0, name: Self.weight.name)] =
        weights.logDensities.map { -$0 }
    }
    for (chain, rows) in runner.takeRows().enumerated() where !rows.isEmpty {
      for (index, observable) in runner.observables.enumerated() {
        series[ArchiveKey(point: 0, chain: chain, name: Self.name(observable))] =
          stride(from: index, to: rows.count, by: runner.observables.count).map { rows[$0] }
      }
    }
    return (series, [:])
  }

  var works: [Int: SamplePoint.Work] {
    let attempts = Double(sweepsMade - sweepsBefore) * Double(model.siteCount)
    let work = SamplePoint.Work(
      update: ScanMethod.multicanonical.rawValue,
      algorithm: "multicanonical, weights by wang-landau on \(walk.bins.count) "
        + (walk.bins.isExact ? "levels" : "intervals"), sweeps: plan.sweeps,
      sweepsMade: sweepsMade, burnIn: weightSweeps, measureEvery: plan.measureEvery,
      chains: plan.chainCount,
      acceptances: chains.compactMap(\.acceptanceRate),
      rate: seconds > 0 ? attempts / seconds : nil, seconds: seconds / Double(pointCount))
    return Dictionary(uniqueKeysWithValues: (0..<pointCount).map { ($0, work) })
  }

  func save(to writer: inout StateWriter) {
    walk.save(to: &writer)
    writer.writeFormerTime()
    writer.write(hasTakenWeights)
    writer.write(runner != nil)
    runner?.save(to: &writer)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try walk.restore(from: &reader)
    try reader.skipFormerTime()
    hasTakenWeights = try reader.flag()
    guard try reader.flag() else { return }
    try begin(weights)
    try runner?.restore(from: &reader)
    sweepsBefore = sweepsMade
  }
}
