import LandauCore
import LandauLattice
import LandauMonteCarlo

extension SampleJob {
  /// Configurations drawn at a time, so that memory does not grow with their number.
  static let directBatch = 256

  func sampleGauge(
    beta: Double, _ run: Run
  ) throws -> (recording: SamplePoint.Recording, work: SamplePoint.Work) {
    let gauge = try IsingGaugeModel(lattice: HypercubicLattice(sides: model.sides ?? []))
    return options.update == "metropolis"
      ? try sampleGaugeChains(gauge, beta: beta, run)
      : try sampleGaugeDirectly(gauge, beta: beta, run)
  }

  private func sampleGaugeDirectly(
    _ gauge: IsingGaugeModel, beta: Double, _ run: Run
  ) throws -> (recording: SamplePoint.Recording, work: SamplePoint.Work) {
    let start = Progress.now()
    let width = gauge.variableCount
    var energies: [Double] = []
    var kept: [Int8] = []
    var batch = 0
    while energies.count < plan.sweeps && !run.cancellation.isRequested {
      let count = min(Self.directBatch, plan.sweeps - energies.count)
      let links = try IsingGaugeSampler.sample(
        model: gauge, beta: beta, count: count, seed: run.seed.child("batch", batch),
        pool: run.pool)
      for sample in 0..<count {
        let one = links.span.extracting(sample * width..<(sample + 1) * width)
        energies.append(gauge.energy(of: one) / Double(gauge.siteCount))
      }
      // Independent configurations: the first ones are as good as any.
      let wanted = min(count * width, plan.snapshotCount * width - kept.count)
      kept += links[..<wanted]
      batch += 1
    }
    run.progress.advance()
    let work = SamplePoint.Work(
      update: "direct", algorithm: "direct, independent plaquettes, winding loops and gauge",
      sweeps: plan.sweeps, sweepsMade: energies.count, burnIn: 0, measureEvery: 1, chains: 1,
      seconds: Progress.now() - start)
    let recording = SamplePoint.Recording(
      energyPerSite: [energies], snapshots: [kept], spacing: 1, isIndependent: true)
    return (recording, work)
  }

  private func sampleGaugeChains(
    _ gauge: IsingGaugeModel, beta: Double, _ run: Run
  ) throws -> (recording: SamplePoint.Recording, work: SamplePoint.Work) {
    let start = Progress.now()
    // A link follows its two plaquettes within a few sweeps except deep in the frozen range.
    let burnIn = plan.burnIn ?? 200 + model.siteCount / 16
    let records = try run.pool.map(plan.chainCount) { index in
      defer { run.progress.advance() }
      let chain = try IsingGaugeChain(
        model: gauge, beta: beta, seed: run.seed.child("chain", index))
      return Self.record(chain, plan: plan, burnIn: burnIn, cancellation: run.cancellation)
    }
    let updates = Double(records.reduce(0) { $0 + $1.sweeps }) * Double(gauge.variableCount)
    let busy = records.reduce(0) { $0 + $1.seconds }
    let together = Double(min(run.pool.threadCount, plan.chainCount))
    let rates = records.compactMap(\.acceptanceRate)
    let work = SamplePoint.Work(
      update: "metropolis", algorithm: records[0].algorithm, sweeps: plan.sweeps,
      sweepsMade: records.reduce(0) { $0 + $1.sweeps }, burnIn: burnIn,
      measureEvery: plan.measureEvery, chains: plan.chainCount,
      acceptanceRate: rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count),
      rate: busy > 0 ? updates / busy * together : nil, seconds: Progress.now() - start)
    let recording = SamplePoint.Recording(
      energyPerSite: records.map(\.energies), snapshots: records.map(\.snapshots),
      spacing: plan.measureEvery)
    return (recording, work)
  }

  private struct Record: Sendable {
    var energies: [Double] = []
    var snapshots: [Int8] = []
    var sweeps = 0
    var seconds = 0.0
    var acceptanceRate: Double?
    var algorithm = ""
  }

  private static func record(
    _ chain: IsingGaugeChain, plan: SamplingPlan, burnIn: Int, cancellation: Cancellation
  ) -> Record {
    var record = Record()
    record.algorithm = chain.algorithm
    for _ in 0..<burnIn where !cancellation.isRequested { chain.sweep() }
    var nextSnapshot = 1
    while record.sweeps < plan.sweeps && !cancellation.isRequested {
      let start = Progress.now()
      chain.sweep()
      record.seconds += Progress.now() - start
      record.sweeps += 1
      if record.sweeps % plan.measureEvery == 0 { record.energies.append(-chain.plaquette) }
      if nextSnapshot <= plan.snapshotCount,
        record.sweeps == nextSnapshot * plan.sweeps / plan.snapshotCount
      {
        record.snapshots += chain.links
        nextSnapshot += 1
      }
    }
    record.acceptanceRate = chain.acceptanceRate
    return record
  }
}
