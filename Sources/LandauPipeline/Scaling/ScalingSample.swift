import LandauCore
import LandauMonteCarlo
import LandauStatistics

/// How one size is simulated: where, and for how long.
struct ScalingPlan: Sendable, Hashable {
  var side: Int
  var beta: Double
  /// Measured sweeps of each chain.
  var sweeps: Int
  var measureEvery = 1
  var chains = 4

  /// Clusters forget the ordered start within a few tens of sweeps.
  var burnIn: Int { 100 + sweeps / 20 }
}

/// What was measured at one size and one beta, chain by chain.
struct ScalingSample: Sendable {
  struct Chain: Sendable {
    /// H/N, |order|^2/N^2 and the structure factor at the smallest wave vectors over N^2.
    var energy: [Double] = []
    var square: [Double] = []
    var structure: [Double] = []
    /// The two parts of the helicity modulus per site; empty where there is none.
    var helicityCosine: [Double] = []
    var helicitySineSquared: [Double] = []
  }

  var plan: ScalingPlan
  var siteCount: Int
  var minimalWaveNumber: Double
  var chains: [Chain]

  var measurementCount: Int { chains.reduce(0) { $0 + $1.energy.count } }

  /// Mean and standard deviation of the energy of all sites.
  var energyMoments: (mean: Double, deviation: Double) {
    var (sum, count) = (0.0, 0.0)
    for chain in chains {
      for value in chain.energy { sum += value }
      count += Double(chain.energy.count)
    }
    let mean = sum / count
    var squares = 0.0
    for chain in chains {
      for value in chain.energy { squares += (value - mean) * (value - mean) }
    }
    return (mean * Double(siteCount), (squares / count).squareRoot() * Double(siteCount))
  }
}

/// What a study is run with.
struct ScalingRun: Sendable {
  var seed: Seed
  var pool: WorkerPool
  var progress: Progress
  var cancellation: Cancellation

  /// The result of some work, nil where a stop ended it.
  func unlessStopped<T>(_ work: () throws -> T) throws -> T? {
    do { return try work() } catch is Interrupted { return nil }
  }
}

extension ScalingSystem {
  /// Runs all plans side by side, long chains first.
  ///
  /// - Parameter name: tells the random numbers of one stage from those of another.
  /// - Throws: `Interrupted` after a stop.
  func measure(
    _ plans: [ScalingPlan], stage name: String, _ run: ScalingRun
  ) throws -> [ScalingSample] {
    var tasks = plans.indices.flatMap { plan in
      (0..<plans[plan].chains).map { (plan: plan, chain: $0) }
    }
    tasks.sort { cost(plans[$0.plan]) > cost(plans[$1.plan]) }
    let order = tasks
    let results = try run.pool.map(order.count) { index in
      let (plan, chain) = (plans[order[index].plan], order[index].chain)
      let seed = run.seed.child(name, plan.side, Int(bitPattern: UInt(plan.beta.bitPattern)), chain)
      let result = try record(plan, seed: seed, run.cancellation)
      run.progress.advance()
      return result
    }
    try run.cancellation.check()
    var samples = plans.map { plan in
      ScalingSample(
        plan: plan, siteCount: siteCount(side: plan.side),
        minimalWaveNumber: minimalWaveNumber(side: plan.side),
        chains: [ScalingSample.Chain](repeating: .init(), count: plan.chains))
    }
    for (task, result) in zip(order, results) { samples[task.plan].chains[task.chain] = result }
    return samples
  }

  /// Single-spin updates of one chain.
  private func cost(_ plan: ScalingPlan) -> Int {
    (plan.sweeps + plan.burnIn) * siteCount(side: plan.side)
  }

  private func record(
    _ plan: ScalingPlan, seed: Seed, _ cancellation: Cancellation
  ) throws(InputError) -> ScalingSample.Chain {
    let chain = try makeChain(side: plan.side, beta: plan.beta, seed: seed)
    let observables = chain.observables
    func column(_ observable: Observable) -> Int { observables.firstIndex(of: observable) ?? 0 }
    let (energy, square) = (column(.energyPerSite), column(.orderSquared))
    let structure = column(.structureMinimal)
    let hasHelicity = observables.contains(.helicityCosine)
    let (cosine, sine) = (column(.helicityCosine), column(.helicitySineSquared))
    var record = ScalingSample.Chain()
    let count = plan.sweeps / plan.measureEvery
    record.energy.reserveCapacity(count)
    record.square.reserveCapacity(count)
    record.structure.reserveCapacity(count)
    chain.burnIn(plan.burnIn, unless: cancellation)
    var row: [Double] = []
    for _ in 0..<count where !cancellation.isRequested {
      chain.sweep(plan.measureEvery)
      row.removeAll(keepingCapacity: true)
      chain.measure(into: &row)
      record.energy.append(row[energy])
      record.square.append(row[square])
      record.structure.append(row[structure])
      if hasHelicity {
        record.helicityCosine.append(row[cosine])
        record.helicitySineSquared.append(row[sine])
      }
    }
    return record
  }
}
