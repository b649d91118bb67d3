import LandauCore
import LandauDiscovery

extension DiscoverJob {
  /// Which symmetries the snapshots of the largest lattice have.
  ///
  /// - Throws: `Interrupted`.
  func symmetries(
    of snapshots: Snapshots, pool: WorkerPool, cancellation: Cancellation
  ) throws -> SymmetryFindings {
    var search = SymmetrySearch(seed: Seed(options.seed).child("symmetries"))
    search.hasLinks =
      options.modelKnown == "ising-gauge" && snapshots.channels.count == snapshots.siteShape.count
    // A scan of many values may cost some seconds, no more.
    search.readsPerTest = 400_000_000 / max(10, snapshots.parameters.count)
    return try search.run(snapshots, pool: pool, cancellation: cancellation)
  }
}
