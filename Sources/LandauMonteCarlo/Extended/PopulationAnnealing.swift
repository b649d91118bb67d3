public import LandauCore

/// Population annealing: many replicas cooled together step by step, those of too high energy replaced by copies
/// of others, in proportion to their weight at the next temperature.
///
/// Gives the free energy at every temperature, and means over the population with errors from independent runs.
/// The runs go in step and share the temperatures, which are chosen so that a given part of the population is
/// replaced. The results depend on the arguments and on nothing else: not on the number of threads.
///
///     let annealing = try PopulationAnnealing(
///       plan: plan, seed: Seed(1), pool: pool, logPartitionAtStart: model.logConfigurationCount
///     ) { beta, seed throws(InputError) in try DiscreteChain(model: model, beta: beta, seed: seed) }
///     annealing.run()
///     let last = annealing.steps.last!
///     print(last.logPartition, last.mean(of: .energyPerSite)!, last.warnings)
///
/// - Note: Hukushima and Iba 2003; Machta, Phys. Rev. E 82, 026704 (2010); Wang, Machta and Katzgraber, Phys. Rev. E 92,
///   063307 (2015).
public final class PopulationAnnealing<Chain: PopulationChain>: Checkpointable {
  public let plan: PopulationAnnealingPlan
  /// What was measured at each temperature so far, the first included.
  public private(set) var steps: [PopulationStep] = []
  private let members: [Member<Chain>]
  private var runs: [PopulationRun]
  private let observables: [Observable]
  private let pool: WorkerPool

  /// - Parameters:
  ///   - pool: shares out replicas; the chains themselves must not use a pool.
  ///   - logPartitionAtStart: ln Z at the plan's first beta: at 0 the logarithm of the number of configurations.
  ///   - makeChain: one replica at the first temperature; all must be of one model and measure the same.
  /// - Throws: `InputError` for a plan that cannot be, and what `makeChain` throws.
  public init(
    plan: PopulationAnnealingPlan, seed: Seed, pool: WorkerPool = WorkerPool(threadCount: 1),
    logPartitionAtStart: Double = 0,
    makeChain: (_ beta: Double, _ seed: Seed) throws(InputError) -> Chain
  ) throws(InputError) {
    try plan.check()
    self.plan = plan
    self.pool = pool
    var members: [Member<Chain>] = []
    members.reserveCapacity(plan.runCount * plan.population)
    for run in 0..<plan.runCount {
      for replica in 0..<plan.population {
        let seed = seed.child("run", run).child("replica", replica)
        members.append(Member(try makeChain(plan.startBeta, seed)))
      }
    }
    self.members = members
    observables = members[0].observables
    runs = (0..<plan.runCount).map { run in
      PopulationRun(
        population: plan.population, logPartition: logPartitionAtStart,
        stream: seed.child("run", run).child("resampling").makeStream())
    }
  }

  /// Whether the last temperature has been reached.
  public var isFinished: Bool { steps.last.map { $0.beta >= plan.endBeta } ?? false }

  /// Cools on until the last temperature is reached.
  ///
  /// - Parameters:
  ///   - cancellation: is looked at after every temperature; `isFinished` tells, and `run` may be called again.
  ///   - progress: advances by one per temperature; the caller begins the phase.
  public func run(unless cancellation: Cancellation = .never, progress: Progress = .silent) {
    while !isFinished && !cancellation.isRequested {
      runOneStep()
      progress.advance()
    }
  }

  /// Cools on for a slice of time, at least one temperature; where it ends does not change the numbers.
  public func advance(for seconds: Double, unless cancellation: Cancellation = .never) {
    let start = Progress.now()
    while !isFinished && !cancellation.isRequested {
      runOneStep()
      if Progress.now() - start >= seconds { break }
    }
  }

  /// The first temperature, or the next.
  func runOneStep() {
    if steps.isEmpty {
      sweep(plan.startSweeps)
    } else {
      cool(to: nextBeta)
      sweep(plan.sweepsPerStep)
    }
    steps.append(measured)
  }

  private var beta: Double { members[0].chain.beta }

  private func sweep(_ count: Int) {
    let members = members
    pool.forEach(members.count) { members[$0].sweep(count) }
  }

  private func energies(ofRun run: Int) -> [Double] {
    members[(run * plan.population)..<((run + 1) * plan.population)].map(\.energy)
  }

  /// The next of the plan's temperatures, or the one at which the wanted part of the replicas is replaced.
  private var nextBeta: Double {
    if let betas = plan.betas { return betas.first { $0 > beta } ?? plan.endBeta }
    let all = (0..<plan.runCount).map { energies(ofRun: $0) }
    func culled(_ step: Double) -> Double {
      all.reduce(0) { $0 + ResamplingWeights(energies: $1, step: step).culledFraction }
        / Double(all.count)
    }
    let stop = plan.stops.first { $0 > beta } ?? plan.endBeta
    let widest = stop - beta
    if culled(widest) <= plan.cullingFraction { return stop }
    var (low, high) = (0.0, widest)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if culled(middle) > plan.cullingFraction { high = middle } else { low = middle }
    }
    // At least a step that numbers can tell: a population of two energies far apart may allow none.
    return min(stop, max(beta + high, beta + 1e-9 * max(abs(beta), widest)))
  }

  /// Replaces replicas and sets the new temperature.
  private func cool(to next: Double) {
    for run in runs.indices {
      let weights = ResamplingWeights(energies: energies(ofRun: run), step: next - beta)
      let copies = runs[run].resample(weights)
      let first = run * plan.population
      for (replica, source) in copies.enumerated() where source != replica {
        members[first + replica].chain.copyConfiguration(from: members[first + source].chain)
      }
    }
    for member in members { member.chain.beta = next }
  }

  private var measured: PopulationStep {
    let population = plan.population
    var values = [[Double]](
      repeating: [Double](repeating: 0, count: runs.count), count: observables.count)
    for run in runs.indices {
      for member in members[(run * population)..<((run + 1) * population)] {
        for (index, value) in member.row.enumerated() {
          values[index][run] += value / Double(population)
        }
      }
    }
    return PopulationStep(
      beta: beta, population: population, observables: observables, means: values,
      logPartitions: runs.map(\.logPartition), familySizes: runs.map(\.meanSquareFamilySize),
      familyEntropies: runs.map(\.familyEntropy), familyCounts: runs.map(\.familyCount))
  }

  public func save(to writer: inout StateWriter) {
    writer.write(steps.count)
    for step in steps { step.save(to: &writer) }
    for run in runs { run.save(to: &writer) }
    for member in members { member.save(to: &writer) }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    let count = try reader.integer()
    guard count >= 0 else { throw .damagedCheckpoint }
    steps = []
    for _ in 0..<count {
      steps.append(
        try PopulationStep(
          from: &reader, population: plan.population, observables: observables,
          runCount: plan.runCount))
    }
    for run in runs.indices { try runs[run].restore(from: &reader) }
    for member in members { try member.restore(from: &reader) }
  }
}

/// How a population annealing goes.
public struct PopulationAnnealingPlan: Sendable, Hashable {
  public var startBeta = 0.0
  public var endBeta = 1.0
  /// Temperatures to go through, ascending, the first and last included; chosen on the way when nil.
  public var betas: [Double]? {
    didSet {
      guard let betas, let first = betas.first, let last = betas.last else { return }
      (startBeta, endBeta) = (first, last)
    }
  }
  /// Temperatures that are not stepped over where the others are chosen on the way; ascending.
  public var stops: [Double] = []
  /// The part of the population that is replaced per step, where temperatures are chosen on the way.
  public var cullingFraction = 0.1
  /// Replicas of each run.
  public var population = 1000
  /// Independent runs, for errors.
  public var runCount = 4
  /// Sweeps of every replica at each temperature.
  public var sweepsPerStep = 10
  /// Sweeps of every replica at the first temperature.
  public var startSweeps = 10

  public init() {}

  func check() throws(InputError) {
    let counts = [
      ("population", population, 2), ("runCount", runCount, 1),
      ("sweepsPerStep", sweepsPerStep, 1), ("startSweeps", startSweeps, 0),
    ]
    for (name, value, least) in counts where value < least {
      throw .notAllowed(name, value, allowed: "whole numbers from \(least)")
    }
    guard cullingFraction > 0, cullingFraction < 1 else {
      throw .notAllowed("cullingFraction", cullingFraction, allowed: "numbers between 0 and 1")
    }
    guard startBeta.isFinite, endBeta.isFinite, startBeta < endBeta else {
      throw .notAllowed("endBeta", endBeta, allowed: "numbers above startBeta, \(startBeta)")
    }
    if let betas { _ = try TemperatureLadder(betas: betas) }
  }
}

/// One replica, with what was last measured on it.
///
/// Unchecked: each is touched by one thread at a time, between the start and the end of a loop of the pool.
private final class Member<Chain: PopulationChain>: @unchecked Sendable {
  let chain: Chain
  private(set) var energy = 0.0
  private(set) var row: [Double] = []
  /// What the chain measures, and squares whose means over the population make fluctuations.
  let observables: [Observable]
  private let energyPlace: Int?
  private let orderPlace: Int?

  init(_ chain: Chain) {
    self.chain = chain
    energyPlace = chain.observables.firstIndex(of: .energyPerSite)
    orderPlace = chain.observables.firstIndex(of: .orderSquared)
    observables =
      chain.observables + (energyPlace == nil ? [] : [.energySquared])
      + (orderPlace == nil ? [] : [.orderFourth])
  }

  func sweep(_ count: Int) {
    chain.sweep(count)
    energy = chain.energy
    row.removeAll(keepingCapacity: true)
    chain.measure(into: &row)
    if let energyPlace { row.append(row[energyPlace] * row[energyPlace]) }
    if let orderPlace { row.append(row[orderPlace] * row[orderPlace]) }
  }

  func save(to writer: inout StateWriter) {
    chain.save(to: &writer)
    writer.write(energy)
    writer.write(numbers: row)
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try chain.restore(from: &reader)
    energy = try reader.number()
    row = try reader.numbers()
  }
}

extension Observable {
  /// (H/N)^2.
  public static let energySquared: Observable = "energySquaredPerSite"
  /// |order parameter per site|^4.
  public static let orderFourth: Observable = "orderFourthPerSite"
}
