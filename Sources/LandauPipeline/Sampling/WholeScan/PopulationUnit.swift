import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Populations cooled together through all temperatures of a scan: one unit for all of them.
///
/// Each run leaves one number per quantity and temperature.
final class PopulationUnit: SampleUnit {
  static let logPartition: Observable = "populationLogPartition"
  static let familySize: Observable = "populationFamilySize"
  static let familyEntropy: Observable = "populationFamilyEntropy"
  static let familyCount: Observable = "populationFamilyCount"

  private let annealing: PopulationAnnealing<DiscreteChain>
  private let betas: [Double]
  private let plan: SamplePlan
  private let population: Int
  private let measured: [Observable]
  private var stepsTaken = 0
  private var seconds = 0.0
  private var algorithm: String

  /// From infinite temperature, where ln Z is known, through every temperature of the scan.
  init(
    model: DiscreteModel, betas: [Double], plan: SamplePlan, population: Int, seed: Seed,
    pool: WorkerPool
  ) throws(InputError) {
    self.betas = betas
    self.plan = plan
    self.population = population
    var steps = PopulationAnnealingPlan()
    steps.population = population
    steps.runCount = plan.chainCount
    steps.sweepsPerStep = plan.sweeps
    steps.startSweeps = 0
    steps.stops = betas.sorted()
    steps.endBeta = betas.max() ?? 1
    let update = DiscreteUpdate.metropolis
    annealing = try PopulationAnnealing(
      plan: steps, seed: seed, pool: pool, logPartitionAtStart: model.logConfigurationCount
    ) { (beta, seed) throws(InputError) in
      try DiscreteChain(model: model, beta: beta, update: update, seed: seed)
    }
    // What the coldest replicas do, in words.
    let sample = try DiscreteChain(
      model: model, beta: steps.endBeta, update: update, seed: seed)
    measured = sample.observables + [.energySquared, .orderFourth]
    algorithm =
      "population annealing, \(population) replicas, \(plan.sweeps) sweeps a step, \(sample.algorithm)"
  }

  var observables: [Observable] {
    measured + [Self.logPartition, Self.familySize, Self.familyEntropy, Self.familyCount]
  }

  var isComplete: Bool { annealing.isFinished }
  var sweepsMade: Int {
    let wanted = plan.sweeps * plan.chainCount
    if isComplete { return wanted }
    let beta = annealing.steps.last?.beta ?? 0
    return min(wanted - 1, Int(Double(wanted) * beta / (betas.max() ?? 1)))
  }

  func advance(
    for seconds: Double, pool: WorkerPool, cancellation: Cancellation, progress: Progress
  ) {
    let start = Progress.now()
    let before = sweepsMade
    annealing.advance(for: seconds, unless: cancellation)
    progress.advance(sweepsMade - before)
    self.seconds += Progress.now() - start
  }

  func takeRecords() -> (series: [ArchiveKey: [Double]], snapshots: [ArchiveChain: [Int8]]) {
    var series: [ArchiveKey: [Double]] = [:]
    for step in annealing.steps[stepsTaken...] {
      guard let point = betas.firstIndex(of: step.beta) else { continue }
      for run in 0..<plan.chainCount {
        func put(_ observable: Observable, _ value: Double) {
          series[ArchiveKey(point: point, chain: run, name: observable.name)] = [value]
        }
        for (index, observable) in step.observables.enumerated() {
          put(observable, step.means[index][run])
        }
        put(Self.logPartition, step.logPartitions[run])
        put(Self.familySize, step.familySizes[run])
        put(Self.familyEntropy, step.familyEntropies[run])
        put(Self.familyCount, Double(step.familyCounts[run]))
      }
    }
    stepsTaken = annealing.steps.count
    return (series, [:])
  }

  var works: [Int: SamplePoint.Work] {
    let reached = annealing.steps.last?.beta ?? -1
    var works: [Int: SamplePoint.Work] = [:]
    for (point, beta) in betas.enumerated() where beta <= reached {
      works[point] = SamplePoint.Work(
        update: ScanMethod.populationAnnealing.rawValue, algorithm: algorithm, sweeps: plan.sweeps,
        sweepsMade: plan.sweeps * plan.chainCount, burnIn: 0, measureEvery: 1,
        chains: plan.chainCount, seconds: seconds / Double(betas.count))
    }
    return works
  }

  func save(to writer: inout StateWriter) {
    annealing.save(to: &writer)
    writer.write(stepsTaken)
    writer.writeFormerTime()
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try annealing.restore(from: &reader)
    stepsTaken = try reader.integer()
    try reader.skipFormerTime()
  }
}
