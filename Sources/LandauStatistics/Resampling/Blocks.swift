import LandauCore

/// Cuts of all chains into blocks of nearly equal length, long enough to be nearly independent.
///
/// The length doubles until B^3 > 2 N (2 tau)^2, or 2 N / (2 tau)^2 where that is more, which balances the remaining correlation of
/// neighbouring blocks against the noise of few blocks (Lee et al., Phys. Rev. E 83, 066706, 2011);
/// 2 tau is measured by the blocks themselves. Of several series the slowest decides.
struct Blocks {
  /// Ranges of measurements, by chain.
  let ranges: [(chain: Int, range: Range<Int>)]
  /// False when no length with at least 16 blocks was long enough.
  let isResolved: Bool

  /// - Parameter series: at least one; all of the same shape, together at least two measurements.
  init(of series: [Series]) {
    let lengths = series[0].chains.map(\.count)
    let total = Double(lengths.reduce(0, +))
    var ranges = Self.cut(lengths, blockLength: 1)
    var isResolved = false
    let naive = series.map { Self.squaredError(of: $0, ranges) }
    var length = 1
    while true {
      let ratios = zip(series, naive).map { Self.squaredError(of: $0, ranges) / $1 }
      // Blocks that cancel an alternation to the last digit say nothing of the error.
      if ratios.contains(0) {
        ranges = Self.cut(lengths, blockLength: length / 2)
        break
      }
      let ratio = ratios.map { max($0, 1 / $0) }.max()!
      isResolved = Double(length * length * length) > 2 * total * ratio * ratio
      // Chains of one measurement are independent by construction.
      if lengths.max()! == 1 { isResolved = true }
      let next = Self.cut(lengths, blockLength: 2 * length)
      if isResolved || next.count < 16 || next.count == ranges.count { break }
      length *= 2
      ranges = next
    }
    self.ranges = ranges
    self.isResolved = isResolved
  }

  private init(ranges: [(chain: Int, range: Range<Int>)], isResolved: Bool) {
    self.ranges = ranges
    self.isResolved = isResolved
  }

  var count: Int { ranges.count }

  /// The same, or fewer and longer blocks where there are more than `limit` (chains are never joined).
  func limited(to limit: Int) -> Blocks {
    guard count > limit else { return self }
    var lengths: [Int] = []
    for block in ranges {
      if block.chain == lengths.count { lengths.append(0) }
      lengths[block.chain] += block.range.count
    }
    let total = lengths.reduce(0, +)
    return Blocks(
      ranges: Self.cut(lengths, blockLength: (total + limit - 1) / limit), isResolved: isResolved)
  }

  /// Each chain in as many blocks of nearly equal length as fit, at least one.
  private static func cut(_ lengths: [Int], blockLength: Int) -> [(chain: Int, range: Range<Int>)] {
    lengths.enumerated().flatMap { chain, length in
      let parts = max(1, length / blockLength)
      return (0..<parts).map { (chain, $0 * length / parts..<($0 + 1) * length / parts) }
    }
  }

  /// Squared standard error of the mean as if the blocks were independent.
  private static func squaredError(
    of series: Series, _ ranges: [(chain: Int, range: Range<Int>)]
  ) -> Double {
    guard ranges.count > 1 else { return 0 }
    let mean = series.mean
    let total = Double(series.count)
    let blocks = Double(ranges.count)
    let sum = ranges.reduce(0.0) { result, block in
      let deviation = series.chains[block.chain][block.range].reduce(0) { $0 + ($1 - mean) }
      return result + deviation * deviation
    }
    return sum / (total * total) * blocks / (blocks - 1)
  }

  /// The mean of one series with its error from these blocks.
  func estimate(of series: Series) -> Estimate {
    let squared = Self.squaredError(of: series, ranges)
    let naive = Self.squaredError(
      of: series, Self.cut(series.chains.map(\.count), blockLength: 1))
    let tau = max(0.5 * squared / naive, 1e-300)
    return Estimate(
      series.mean, error: squared.squareRoot(), integratedTime: tau * Double(series.spacing),
      effectiveCount: Double(series.count) / (2 * tau), degreesOfFreedom: Double(count - 1),
      warning: series.warning(integratedTime: tau, isResolved: isResolved))
  }
}
