import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// A run of four chains, the raw material of agreement checks.
struct Simulation {
  let sample: IsingSample

  init(
    _ model: IsingModel, beta: Double, update: IsingUpdate, sweeps: Int, seed: Seed,
    measureEvery: Int = 1, chainCount: Int = 4
  ) throws {
    sample = try IsingSample.run(
      model: model, beta: beta, update: update,
      plan: SamplingPlan(sweeps: sweeps, measureEvery: measureEvery, chainCount: chainCount),
      seed: seed, pool: WorkerPool(threadCount: 1))
  }

  var energyPerSite: Series {
    Series(sample.chains.map(\.energyPerSite), spacing: sample.spacing)
  }

  var magnetizationPerSite: Series {
    Series(sample.chains.map(\.magnetizationPerSite), spacing: sample.spacing)
  }

  var absMagnetizationPerSite: Series { magnetizationPerSite.map { abs($0) } }

  var specificHeatPerSite: Estimate {
    let factor = sample.beta * sample.beta * Double(sample.model.siteCount)
    return Estimate.jackknife(energyPerSite) { factor * $0.variance }
  }
}
