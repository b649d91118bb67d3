public import LandauCore

/// Which part of the data each sample belongs to, so that no network is judged on what it has seen.
///
/// Samples of one Markov chain resemble one another, so whole chains are kept together where there are
/// at least four; within fewer chains contiguous blocks are; independent shots are dealt out one by one.
public struct SampleFolds: Sendable {
  public enum Unit: String, Sendable { case chain, block, shot }

  public let unit: Unit
  public let count: Int
  /// For each sample its fold, `0 ..< count`.
  public let fold: [Int]

  public init(_ snapshots: Snapshots, foldCount requested: Int = 8) {
    let chainCount = Set(snapshots.chain).count
    if !snapshots.isSequential {
      unit = .shot
    } else {
      unit = chainCount >= 4 ? .chain : .block
    }
    let order = Self.positions(snapshots, unit: unit)
    let smallest = order.counts.min() ?? 0
    count = max(2, min(requested, unit == .chain ? chainCount : smallest))
    let folds = count
    switch unit {
    case .chain:
      let ranks = Dictionary(
        uniqueKeysWithValues: Set(snapshots.chain).sorted().enumerated().map { ($1, $0) })
      fold = snapshots.chain.map { ranks[$0]! % folds }
    case .shot:
      fold = order.position.map { $0 % folds }
    case .block:
      fold = zip(order.position, order.length).map { $0 * folds / max(1, $1) }
    }
  }

  /// The position of each sample within its parameter (or parameter and chain), and how many share it.
  private static func positions(
    _ snapshots: Snapshots, unit: Unit
  ) -> (position: [Int], length: [Int], counts: [Int]) {
    struct Group: Hashable {
      var parameter: Int32
      var chain: Int32
    }
    var seen: [Group: Int] = [:]
    var position: [Int] = []
    let groups = zip(snapshots.parameterIndex, snapshots.chain).map {
      Group(parameter: $0, chain: unit == .block ? $1 : 0)
    }
    for group in groups {
      position.append(seen[group, default: 0])
      seen[group, default: 0] += 1
    }
    return (position, groups.map { seen[$0]! }, Array(seen.values))
  }
}
