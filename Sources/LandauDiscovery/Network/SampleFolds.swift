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

  /// - Parameters:
  ///   - parameterIndex: of each sample.
  ///   - chain: of each sample; samples of one chain and parameter in order of time.
  ///   - isSequential: whether samples of one chain resemble their neighbours.
  init(parameterIndex: [Int], chain: [Int32], isSequential: Bool, foldCount requested: Int = 8) {
    var chainsAt: [Int: Set<Int32>] = [:]
    for (parameter, number) in zip(parameterIndex, chain) {
      chainsAt[parameter, default: []].insert(number)
    }
    // Chains are numbered within each parameter: numbers may be unique over the whole scan.
    let chainCount = chainsAt.values.map(\.count).min() ?? 0
    if !isSequential {
      unit = .shot
    } else {
      unit = chainCount >= 4 ? .chain : .block
    }
    let order = Self.positions(parameterIndex, chain, unit: unit)
    let smallest = order.counts.min() ?? 0
    count = max(2, min(requested, unit == .chain ? chainCount : smallest))
    let folds = count
    switch unit {
    case .chain:
      let ranks = chainsAt.mapValues { numbers in
        Dictionary(uniqueKeysWithValues: numbers.sorted().enumerated().map { ($1, $0) })
      }
      fold = zip(parameterIndex, chain).map { ranks[$0]![$1]! % folds }
    case .shot:
      fold = order.position.map { $0 % folds }
    case .block:
      fold = zip(order.position, order.length).map { $0 * folds / max(1, $1) }
    }
  }

  /// The position of each sample within its parameter (or parameter and chain), and how many share it.
  private static func positions(
    _ parameterIndex: [Int], _ chain: [Int32], unit: Unit
  ) -> (position: [Int], length: [Int], counts: [Int]) {
    struct Group: Hashable {
      var parameter: Int
      var chain: Int32
    }
    var seen: [Group: Int] = [:]
    var position: [Int] = []
    let groups = zip(parameterIndex, chain).map {
      Group(parameter: $0, chain: unit == .block ? $1 : 0)
    }
    for group in groups {
      position.append(seen[group, default: 0])
      seen[group, default: 0] += 1
    }
    return (position, groups.map { seen[$0]! }, Array(seen.values))
  }
}
