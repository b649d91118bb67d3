import LandauCore
import LandauMonteCarlo

// Tempering whose replicas are swept on several ranks.
extension SampleJob {
  /// Numbers of configurations that a rank has at least: their sweep takes some tens of microseconds, as long as it takes to ask a rank
  /// and to hear from it.
  private static let leastNumbersPerMember = 8192

  /// How many ranks share out the replicas of every unit; nil where whole units are dealt out, or there is nothing to share.
  ///
  /// Follows from the options and the number of ranks alone. What is sampled does not depend on it.
  func ladderMembers(ranks: Int) -> Int? {
    guard factory.isTempering, unitCount < ranks else { return nil }
    let replicas = plan.chainCount * options.scan.betas.count
    let numbers = replicas * physical.siteCount * max(1, physical.snapshotChannels.count)
    let members = min(ranks, replicas, numbers / Self.leastNumbersPerMember)
    // As many units at a time have as many ranks, without waiting for one another.
    return members > unitCount ? members : nil
  }

  /// The replicas of one member, made as those of a single process are.
  func ladderShare(
    ofUnit unit: Int, member: Int, of memberCount: Int, pool: WorkerPool
  ) throws(InputError) -> ReplicaShare {
    let (factory, seed) = try origin(ofUnit: unit)
    return try factory.share(
      ofMember: member, among: memberCount, betas: options.scan.betas, plan: plan,
      seed: Self.temperingSeed(seed), pool: pool)
  }

  /// The first of several ranks that sweep replicas together: the run is the one of a single process, some of whose replicas are elsewhere.
  func keepLadders(
    _ archive: (any Archive)?, _ team: LadderTeam, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> SampleRecords {
    let records = try record(
      archive, pool: pool, progress: progress, cancellation: cancellation, team: team)
    team.stop()
    try team.check()
    return records
  }
}
