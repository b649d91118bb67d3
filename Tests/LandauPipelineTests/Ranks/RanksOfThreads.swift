import LandauCore
import Testing

@testable import LandauPipeline

extension SampleOptions {
  /// Runs the job on ranks that are threads of this process.
  ///
  /// - Parameter change: what stands between a rank and the others.
  /// - Returns: the first one's report.
  func run(
    ranks count: Int, cancellation: Cancellation = .never,
    change: (Int, LocalRanks) -> any Ranks = { $1 }
  ) throws -> Report {
    let job = try SampleJob(self)
    let ends = LocalRanks.make(count)
    let others = try (1..<count).map { rank in
      nonisolated(unsafe) let end = change(rank, ends[rank])
      return try BackgroundThread {
        _ = try? job.run(
          ranks: end, pool: WorkerPool(threadCount: 1), progress: .silent,
          cancellation: cancellation)
      }
    }
    defer { for thread in others { thread.join() } }
    do {
      return try job.run(
        ranks: ends[0], pool: WorkerPool(threadCount: 1), progress: .silent,
        cancellation: cancellation)
    } catch {
      // What a launcher does when the first rank fails.
      let stop =
        job.ladderMembers(ranks: count) == nil ? RankMessage.stop.bytes : LadderMessage.stop.bytes
      for rank in 1..<count { try ends[0].send(stop, to: rank) }
      throw error
    }
  }
}

extension Report {
  /// The points without what depends on time.
  var timelessPoints: [JSONValue] {
    get throws {
      let all = try #require(json.first { $0.key == "points" }?.value)
      guard case .array(let points) = all else { return [] }
      return points.map { point in
        guard case .object(let members) = point else { return point }
        return .object(
          members.filter { !["rate", "seconds", "nanosecondsPerSpin"].contains($0.key) })
      }
    }
  }
}

/// A rank that loses the first message it gets.
final class BrokenRank: Ranks {
  private let base: LocalRanks
  init(_ base: LocalRanks) { self.base = base }
  var rank: Int { base.rank }
  var count: Int { base.count }
  func send(_ bytes: [UInt8], to rank: Int) throws(RunError) { try base.send(bytes, to: rank) }
  func received() throws(RunError) -> (from: Int, bytes: [UInt8])? {
    guard try base.received() != nil else { return nil }
    throw RunError("the network is down")
  }
  func finish() {}
}
