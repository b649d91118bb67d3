import LandauCore

extension SampleJob {
  /// The first rank: keeps the run, and works on it beside.
  func keep(
    _ archive: (any Archive)?, ranks: any Ranks, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> SampleRecords {
    if let count = ladderMembers(ranks: ranks.count) {
      return try keepLadders(
        archive, LadderTeam(ranks, count: count), pool: pool, progress: progress,
        cancellation: cancellation)
    }
    let ends = LocalRanks.make(2)
    let keeper = try SampleKeeper(
      self, ranks: ranks, own: ends[0], archive: archive, pool: pool, progress: progress,
      cancellation: cancellation)
    nonisolated(unsafe) let worker = SampleWorker(
      job: self, ranks: ends[1], keeper: 0, pool: pool, cancellation: cancellation)
    // Mailboxes take every message.
    let thread = try BackgroundThread { try? worker.run() }
    do {
      let records = try keeper.run()
      thread.join()
      return records
    } catch {
      // The worker of this process ends with its slice; those of others with the processes.
      try ends[0].send(RankMessage.stop.bytes, to: 1)
      thread.join()
      throw error
    }
  }

  /// Any other rank.
  func work(for ranks: any Ranks, pool: WorkerPool, cancellation: Cancellation) throws {
    if let count = ladderMembers(ranks: ranks.count) {
      return try LadderMember(job: self, ranks: ranks, memberCount: count, pool: pool).run()
    }
    try SampleWorker(
      job: self, ranks: ranks, keeper: 0, pool: pool, cancellation: cancellation
    ).run()
  }
}
