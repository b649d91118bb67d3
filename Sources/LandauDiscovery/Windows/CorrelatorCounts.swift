public import LandauCore

/// For each snapshot and window, the average over positions of every product of spins in the window.
///
/// For two-valued spins the mean over positions of *any* function f of a window's spins is
/// sum over patterns p of frequency(p) f(p) = sum over subsets S of coefficient(S) x_S, where x_S is the
/// mean product of the spins in S (Walsh and Hadamard). So the 2^n numbers x_S of a snapshot are all that
/// a branch of the network ever needs: they are counted once, exactly, and no convolution is left.
///
/// The count is bit-packed. Each spin is a bit (set for -1), each site of the window gives a plane of
/// bits shifted by its offset, a product of spins is the exclusive or of planes, and its mean is
/// 1 - 2 popcount / positions. Subsets are visited in Gray-code order: one exclusive or each.
public struct CorrelatorCounts: Sendable {
  public let windows: [Window]
  public let channelCount: Int
  public let sampleCount: Int
  /// Columns of window k in `values`; subset `mask` (1 ..< 2^n) is column `ranges[k].lowerBound + mask - 1`.
  public let ranges: [Range<Int>]
  public var featureCount: Int { ranges.last?.upperBound ?? 0 }
  /// Positions each window was placed at.
  public let positionCounts: [Int]
  /// `[sample, feature]`, each in -1...1.
  public let values: [Float]

  /// - Complexity: O(samples x sum over windows of 2^n x rows x ceil(columns / 64)), shared over `pool`.
  public init(_ snapshots: Snapshots, windows: [Window], pool: WorkerPool) {
    let plans = windows.map { WindowPlan(snapshots, window: $0) }
    self.windows = windows
    channelCount = snapshots.channels.count
    sampleCount = snapshots.sampleCount
    positionCounts = plans.map(\.positionCount)
    var start = 0
    ranges = plans.map {
      let range = start..<start + $0.subsetCount - 1
      start = range.upperBound
      return range
    }
    values = Self.count(snapshots, plans: plans, ranges: ranges, pool: pool)
  }

  /// The rows of samples are independent, so blocks of them are shared out.
  private static func count(
    _ snapshots: Snapshots, plans: [WindowPlan], ranges: [Range<Int>], pool: WorkerPool
  ) -> [Float] {
    let samples = snapshots.sampleCount
    let features = ranges.last?.upperBound ?? 0
    let width = snapshots.siteCount * snapshots.channels.count
    let reach = plans.map(\.reach.column).max() ?? 0
    let blockSize = 64
    return [Float](unsafeUninitializedCapacity: samples * features) { out, count in
      let target = SendablePointer(out.baseAddress!)
      pool.forEach((samples + blockSize - 1) / blockSize) { block in
        var packed = PackedRows(
          siteShape: snapshots.siteShape, channelCount: snapshots.channels.count, overhang: reach)
        var scratch = WindowPlan.Scratch(plans)
        snapshots.values.withUnsafeBufferPointer { values in
          for sample in block * blockSize..<min(samples, (block + 1) * blockSize) {
            packed.pack(
              UnsafeBufferPointer(rebasing: values[sample * width..<(sample + 1) * width]))
            for (plan, range) in zip(plans, ranges) {
              plan.count(
                packed, scratch: &scratch,
                into: target.pointer + sample * features + range.lowerBound)
            }
          }
        }
      }
      count = samples * features
    }
  }

  /// The counts of several sets of snapshots of one lattice, one after the other.
  public init(joining parts: [CorrelatorCounts]) {
    precondition(!parts.isEmpty, "nothing to join")
    let first = parts[0]
    precondition(
      parts.allSatisfy { $0.windows == first.windows && $0.positionCounts == first.positionCounts },
      "parts were counted with different windows or on different lattices")
    windows = first.windows
    channelCount = first.channelCount
    ranges = first.ranges
    positionCounts = first.positionCounts
    sampleCount = parts.reduce(0) { $0 + $1.sampleCount }
    var joined: [Float] = []
    joined.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
    for part in parts { joined += part.values }
    values = joined
  }

  /// How often each pattern of window `index` occurs in a snapshot: `2^n` frequencies that sum to one.
  ///
  /// Bit `site * channelCount + channel` of a pattern is set where that spin is -1.
  public func patternFrequencies(window index: Int, sample: Int) -> [Float] {
    let row = sample * featureCount
    let range = ranges[index]
    let correlators = [1] + values[row + range.lowerBound..<row + range.upperBound]
    let scale = 1 / Float(correlators.count)
    return WalshHadamard.table(ofCoefficients: Array(correlators)).map { $0 * scale }
  }
}

/// A pointer into storage that the tasks of one loop write at disjoint places.
struct SendablePointer<Element>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Element>
  init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}
