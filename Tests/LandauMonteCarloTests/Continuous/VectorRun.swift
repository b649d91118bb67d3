import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// A run of four chains of a vector model.
struct VectorRun {
  let recording: Recording
  let chains: [VectorChain]

  init(
    _ model: VectorModel, beta: Double, update: VectorUpdate, sweeps: Int, seed: Seed,
    burnIn: Int = 200, chainCount: Int = 4, measureEvery: Int = 1
  ) throws {
    chains = try (0..<chainCount).map {
      try VectorChain(model: model, beta: beta, update: update, seed: seed.child("chain", $0))
    }
    let runner = ChainRunner(
      chains: chains, lengths: .init(sweeps: sweeps, burnIn: burnIn, measureEvery: measureEvery))
    runner.advance(pool: WorkerPool(threadCount: 1))
    recording = runner.recording
  }

  func estimate(_ observable: Observable) -> Estimate { recording[observable]!.estimate() }

  /// <cosine> - beta <sine squared>, with the error of the combination.
  func helicity(beta: Double) -> Estimate {
    let (cosine, sine) = (
      recording[.helicityCosine]!.chains, recording[.helicitySineSquared]!.chains
    )
    let series = zip(cosine, sine).map { zip($0, $1).map { $0 - beta * $1 } }
    return Series(series, spacing: recording.spacing).estimate()
  }
}
