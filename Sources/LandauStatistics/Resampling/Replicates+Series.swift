public import LandauCore

extension Replicates {
  /// Functions of the means of several series measured together, with delete-one-block replicates.
  ///
  /// - Parameters:
  ///   - series: Of equal shape: measurement i of one was taken together with i of the others.
  ///   - blockLimit: More blocks than this are merged. Errors are known to a part in
  ///     sqrt(2 `blockLimit`).
  ///   - function: Of the means, in the order of `series`; by default the means themselves.
  /// - Complexity: reads the series a few times; `function` is called once per block.
  public static func jackknife(
    _ series: [Series], blockLimit: Int = 256,
    _ function: (_ means: [Double]) -> [Double] = { $0 }
  ) -> Replicates {
    precondition(blockLimit >= 2, "a jackknife with \(blockLimit) blocks")
    let means = checkedMeans(series)
    guard let blocks = usableBlocks(series, means: means) else {
      return unusable(
        function(means), series: series, count: 1,
        scheme: .jackknife([Stratum(range: 0..<1, shares: [2])]))
    }
    return jackknife(
      series, means: means, blocks: blocks.limited(to: blockLimit),
      warning: warning(of: series, blocks: blocks), function)
  }

  /// Functions of the means of several series measured together, with replicates drawn from their blocks.
  ///
  /// Blocks, within chains and longer than the correlations of the slowest series, are drawn with
  /// replacement, one fewer than there are: the variance of a mean is then unbiased.
  ///
  /// - Parameters:
  ///   - series: Of equal shape: measurement i of one was taken together with i of the others.
  ///   - count: Number of replicates.
  ///   - seed: Of the draws; independent data sets must not share it.
  public static func bootstrap(
    _ series: [Series], count: Int = 1000, seed: Seed,
    _ function: (_ means: [Double]) -> [Double] = { $0 }
  ) -> Replicates {
    precondition(count >= 2, "a bootstrap with \(count) replicates")
    let means = checkedMeans(series)
    guard let blocks = usableBlocks(series, means: means) else {
      return unusable(
        function(means), series: series, count: count, scheme: .bootstrap(degreesOfFreedom: 1))
    }
    let deviations = blockDeviations(series, means: means, blocks: blocks)
    let lengths = blocks.ranges.map { Double($0.range.count) }
    var rng = seed.child("bootstrap").makeStream()
    let replicates = (0..<count).map { _ -> [Double] in
      var sums = [Double](repeating: 0, count: series.count)
      var total = 0.0
      for _ in 1..<blocks.count {
        let drawn = rng.index(below: blocks.count)
        total += lengths[drawn]
        for index in sums.indices { sums[index] += deviations[drawn][index] }
      }
      return function(zip(means, sums).map { $0 + $1 / total })
    }
    return Replicates(
      values: function(means), replicates: replicates,
      scheme: .bootstrap(degreesOfFreedom: Double(blocks.count - 1)),
      warning: warning(of: series, blocks: blocks))
  }

  static func jackknife(
    _ series: [Series], means: [Double], blocks: Blocks, warning: String?,
    _ function: (_ means: [Double]) -> [Double]
  ) -> Replicates {
    let total = Double(series[0].count)
    let deviations = blockDeviations(series, means: means, blocks: blocks)
    let replicates = zip(blocks.ranges, deviations).map { block, deviations -> [Double] in
      let rest = total - Double(block.range.count)
      return function(zip(means, deviations).map { $0 - $1 / rest })
    }
    let shares = blocks.ranges.map { total / Double($0.range.count) }
    return Replicates(
      values: function(means), replicates: replicates,
      scheme: .jackknife([Stratum(range: 0..<replicates.count, shares: shares)]),
      warning: warning)
  }

  /// For each block the sums of the deviations from the means.
  private static func blockDeviations(
    _ series: [Series], means: [Double], blocks: Blocks
  ) -> [[Double]] {
    blocks.ranges.map { block in
      zip(series, means).map { series, mean in
        series.chains[block.chain][block.range].reduce(0) { $0 + ($1 - mean) }
      }
    }
  }

  private static func checkedMeans(_ series: [Series]) -> [Double] {
    precondition(!series.isEmpty, "replicates of no series")
    let shape = series[0].chains.map(\.count)
    precondition(
      series.allSatisfy { $0.chains.map(\.count) == shape },
      "series measured together must have equal numbers of measurements")
    return series.map(\.mean)
  }

  /// Nil where no error can be found: no changing series, a single measurement, values not finite.
  private static func usableBlocks(_ series: [Series], means: [Double]) -> Blocks? {
    let changing = series.filter { !$0.isConstant }
    guard let first = changing.first, first.count > 1, means.allSatisfy(\.isFinite) else {
      return nil
    }
    return Blocks(of: changing)
  }

  /// Replicates of NaN, so that nothing computed from them pretends to have an error.
  private static func unusable(
    _ values: [Double], series: [Series], count: Int, scheme: Scheme
  ) -> Replicates {
    let failures = series.map { $0.estimate() }.filter { !$0.error.isFinite }.map(\.warning)
    let nothing = [Double](repeating: .nan, count: values.count)
    return Replicates(
      values: values, replicates: [[Double]](repeating: nothing, count: count), scheme: scheme,
      warning: failures.first ?? nil)
  }

  /// The warnings of the series themselves; the error of a function of them may be better or worse.
  static func warning(of series: [Series], blocks: Blocks) -> String? {
    let warnings = series.filter { !$0.isConstant }.map { series in
      let time = Autocorrelation(of: series).integratedTime.value / Double(series.spacing)
      return series.warning(integratedTime: time, isResolved: blocks.isResolved)
    }
    // One of each kind is enough: hundreds of series are usual.
    var kinds: Set<Substring> = []
    return merged(
      warnings.filter { warning in
        warning.map { kinds.insert($0.prefix { $0 != ":" }).inserted } ?? false
      })
  }
}

extension Replicates {
  /// Independent normal replicates of numbers of which only the errors are known, from a paper, say.
  ///
  /// - Parameter count: As many as the other replicates have that they shall be combined with.
  public init(normal estimates: [Estimate], count: Int = 1000, seed: Seed) {
    var rng = seed.child("normal").makeStream()
    let replicates = (0..<count).map { _ in estimates.map { $0.value + $0.error * rng.normal() } }
    let freedom = estimates.compactMap(\.degreesOfFreedom).min() ?? .infinity
    self.init(
      values: estimates.map(\.value), replicates: replicates,
      scheme: .bootstrap(degreesOfFreedom: freedom),
      warning: Self.merged(estimates.map(\.warning)))
  }
}
