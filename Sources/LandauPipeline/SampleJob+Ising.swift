import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

extension ResolvedModel {
  var siteCount: Int { sides?.reduce(1, *) ?? 0 }

  /// The Ising model of these options; the size must be known.
  func ising() throws(InputError) -> IsingModel {
    try IsingModel(sides: sides ?? [], coupling: coupling, field: field)
  }
}

extension SampleJob {
  func sampleIsing(
    beta: Double, _ run: Run
  ) throws -> (recording: SamplePoint.Recording, work: SamplePoint.Work) {
    let sample = try IsingSample.run(
      model: model.ising(), beta: beta, update: update, plan: plan, seed: run.seed,
      pool: run.pool, cancellation: run.cancellation, progress: run.progress)
    let isCluster = sample.update != .metropolis
    let work = SamplePoint.Work(
      update: sample.update.rawValue, algorithm: sample.algorithm, sweeps: plan.sweeps,
      sweepsMade: sample.chains.reduce(0) { $0 + $1.sweeps }, burnIn: sample.burnIn,
      measureEvery: plan.measureEvery, chains: plan.chainCount,
      acceptanceRate: sample.acceptanceRate, rate: isCluster ? nil : sample.rate,
      nanosecondsPerSpin: isCluster && sample.rate > 0 ? 1e9 / sample.rate : nil,
      seconds: sample.seconds)
    let recording = SamplePoint.Recording(
      energyPerSite: sample.chains.map(\.energyPerSite),
      magnetizationPerSite: sample.chains.map(\.magnetizationPerSite),
      snapshots: sample.chains.map(\.snapshots), spacing: plan.measureEvery)
    return (recording, work)
  }

  /// The quantities of a model with their errors, in the order of the reports.
  func quantities(
    _ recording: SamplePoint.Recording, beta: Double
  ) -> [(name: String, estimate: Estimate)] {
    let energy = Series(recording.energyPerSite, spacing: recording.spacing)
    let sites = Double(model.siteCount)
    switch model.name {
    case .ising:
      let magnetization = Series(recording.magnetizationPerSite, spacing: recording.spacing)
      return Self.thermal(energy, beta: beta, sites: sites)
        + Self.magnetic(magnetization, beta: beta, sites: sites)
    case .isingGauge:
      let plaquette = energy.map { -$0 }.estimate()
      return [("plaquette", plaquette), ("actionPerPlaquette", plaquette.scaled(by: -beta))]
        + Self.thermal(energy, beta: beta, sites: sites)
    }
  }

  private static func thermal(
    _ energy: Series, beta: Double, sites: Double
  ) -> [(name: String, estimate: Estimate)] {
    let heat =
      beta == 0
      ? Estimate(0, error: 0)
      : Estimate.jackknife(energy) { beta * beta * sites * $0.variance }
    return [("energyPerSite", energy.estimate()), ("specificHeatPerSite", heat)]
  }

  private static func magnetic(
    _ magnetization: Series, beta: Double, sites: Double
  ) -> [(name: String, estimate: Estimate)] {
    let modulus = magnetization.map { abs($0) }
    let square = magnetization.map { $0 * $0 }
    let fourth = magnetization.map { $0 * $0 * $0 * $0 }
    let squareEstimate = square.estimate()
    let zero = Estimate(0, error: 0)
    let susceptibility = Estimate.jackknife([square, modulus]) {
      beta * sites * ($0[0] - $0[1] * $0[1])
    }
    return [
      ("magnetizationPerSite", magnetization.estimate()),
      ("absMagnetizationPerSite", modulus.estimate()),
      ("magnetizationSquaredPerSite", squareEstimate),
      ("susceptibilityPerSite", beta == 0 ? zero : susceptibility),
      (
        "susceptibilityDisorderedPerSite",
        beta == 0 ? zero : squareEstimate.scaled(by: beta * sites)
      ),
      (
        "binderCumulant",
        Estimate.jackknife([square, fourth]) { 1 - $0[1] / (3 * $0[0] * $0[0]) }
      ),
    ]
  }
}

extension Estimate {
  /// The estimate of a constant multiple.
  func scaled(by factor: Double) -> Estimate {
    var result = self
    result.value *= factor
    result.error *= abs(factor)
    return result
  }
}
