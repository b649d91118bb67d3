import LandauCore

@testable import LandauStore

/// A run whose commits are known in advance, so that what a folder holds can be told from its state.
struct ScriptedRun {
  static let folder = "x.h5.run"
  static let form = ArchiveJob.Snapshots(siteShape: [3, 3])

  static let job = ArchiveJob(
    command: "sample", arguments: .pairs(["model": .string("ising")]), seed: 3,
    kernelLevel: "v4", parameterName: "temperature", parameters: [2, 2.5], snapshots: form)

  /// Commit number `step`, counted from 1.
  static func commit(_ step: Int, target: Int = 100) -> ArchiveCommit {
    var commit = ArchiveCommit(
      checkpoint: (0..<(20 + step)).map { UInt8(truncatingIfNeeded: step &* 31 &+ $0) },
      status: ArchiveStatus(done: step, target: target, seconds: Double(step) / 4))
    // Some commits bring nothing new, some one chain only.
    if step % 7 == 3 { return commit }
    for chain in 0..<(step % 5 == 0 ? 1 : 2) {
      let key = ArchiveKey(point: step % 2, chain: chain, name: "energyPerSite")
      commit.series[key] = (0..<(1 + step % 3)).map { Double(step) + Double($0) / 8 }
      if step % 4 == 0 || step % 5 == 1 {
        commit.snapshots[ArchiveChain(point: step % 2, chain: chain)] = (0..<18).map {
          ($0 * step + chain) % 3 == 0 ? 1 : -1
        }
      }
    }
    return commit
  }

  /// All that the first `steps` commits bring.
  struct Total: Hashable {
    var checkpoint: [UInt8] = []
    var done = 0
    var series: [ArchiveKey: [Double]] = [:]
    var snapshots: [ArchiveChain: [Int8]] = [:]
  }

  static func total(_ steps: Int) -> Total {
    var total = Total()
    for step in 0..<steps {
      let commit = commit(step + 1)
      total.checkpoint = commit.checkpoint
      total.done = commit.status.done
      total.series.merge(commit.series) { $0 + $1 }
      total.snapshots.merge(commit.snapshots) { $0 + $1 }
    }
    return total
  }

  static func total(of folder: RunFolder<some Disk>) throws -> Total {
    let contents = try folder.contents()
    var total = Total(
      checkpoint: contents?.checkpoint ?? [], done: contents?.status.done ?? 0,
      series: contents?.series ?? [:])
    for chain in (contents?.snapshotCounts ?? [:]).keys {
      try folder.forEachSnapshots(of: chain) { (spins) throws(RunError) in
        total.snapshots[chain, default: []] += spins
      }
    }
    return total
  }
}
