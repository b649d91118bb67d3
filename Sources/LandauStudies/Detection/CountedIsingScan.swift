import LandauCore
import LandauDiscovery
import LandauMonteCarlo

/// Snapshots of the square Ising model over a grid of beta, counted as they come: the full study would keep 400 MB of them.
struct CountedIsingScan: Sendable {
  let betas: [Double]
  /// At each beta, over eight chains.
  let shots: Int

  /// Nearest neighbours along both axes: together the energy.
  static let windows = [Window(rows: 1, columns: 2), Window(rows: 2, columns: 1)]

  /// - Throws: `Interrupted` when cancelled.
  func ensemble(
    side: Int, seed: Seed, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Ensemble {
    let parts = try pool.map(betas.count) { index in
      try cancellation.check()
      defer { progress.advance() }
      let snapshots = try Snapshots.ising(
        side: side, beta: betas[index], parameter: ("beta", betas[index]), update: .swendsenWang,
        perChain: shots / Snapshots.isingChainCount, seed: seed.child("value", index), pool: pool,
        cancellation: cancellation)
      return Ensemble.Part(snapshots, windows: Self.windows, pool: pool)
    }
    return Ensemble(joining: parts, foldCount: Snapshots.isingChainCount)
  }
}
