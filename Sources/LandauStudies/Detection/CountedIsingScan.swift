import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo

/// Snapshots of the square Ising model over a grid of beta, counted as they come: the full study would keep 400 MB of them.
struct CountedIsingScan: Sendable {
  let betas: [Double]
  /// At each beta, over eight chains.
  let shots: Int

  /// Nearest neighbours along both axes: together the energy.
  static let windows = [Window(rows: 1, columns: 2), Window(rows: 2, columns: 1)]
  static let chainCount = 8

  /// - Throws: `Interrupted` when cancelled.
  func ensemble(
    side: Int, seed: Seed, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Ensemble {
    let model = try IsingModel(sides: [side, side])
    let perChain = shots / Self.chainCount
    let spacing = 4
    let parts = try pool.map(betas.count) { index in
      try cancellation.check()
      defer { progress.advance() }
      let run = try IsingSample.run(
        model: model, beta: betas[index], update: .swendsenWang,
        plan: SamplingPlan(
          sweeps: spacing * perChain, measureEvery: spacing, chainCount: Self.chainCount,
          snapshotCount: perChain),
        seed: seed.child("value", index), pool: pool, cancellation: cancellation)
      try cancellation.check()
      let snapshots = Snapshots(
        siteShape: [side, side], channels: ["spin"], values: run.chains.flatMap(\.snapshots),
        parameterName: "beta", parameters: [betas[index]],
        parameterIndex: [Int32](repeating: 0, count: perChain * Self.chainCount),
        chain: (0..<Self.chainCount).flatMap {
          [Int32](repeating: Int32($0), count: perChain)
        },
        isSequential: true, boundary: .periodic)
      return Ensemble.Part(snapshots, windows: Self.windows, pool: pool)
    }
    return Ensemble(joining: parts, foldCount: Self.chainCount)
  }
}
