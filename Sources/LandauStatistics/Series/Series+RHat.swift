extension Series {
  /// The rank-normalised split R-hat: near 1 when all chains, and both halves of each, see the same
  /// distribution.
  ///
  /// The larger of the one for location and the one for spread (folded about the median), after
  /// Vehtari et al., Bayesian Anal. 16, 667 (2021). Chains of different lengths are cut to the
  /// shortest. Nil for chains shorter than four and for constant series; infinite when chains are
  /// constant and different. A value above 1.01 also comes from fewer than about 400 independent
  /// measurements.
  public var splitRHat: Double? {
    guard let shortest = chains.map(\.count).min(), shortest >= 4, !isConstant else { return nil }
    let half = shortest / 2
    let halves = chains.flatMap { chain in
      [Array(chain[..<half]), Array(chain[(shortest - half)..<shortest])]
    }
    let sorted = halves.joined().sorted()
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    let location = Self.reduction(Self.rankNormalized(halves))
    let spread = Self.reduction(Self.rankNormalized(halves.map { $0.map { abs($0 - median) } }))
    guard let location else { return spread }
    return max(location, spread ?? location)
  }

  /// Each value replaced by the normal quantile of its rank; equal values share their mean rank.
  static func rankNormalized(_ chains: [[Double]]) -> [[Double]] {
    let values = Array(chains.joined())
    let order = values.indices.sorted { values[$0] < values[$1] }
    var scores = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2  // ranks from 1, averaged over the tie
      let score = normalQuantile((rank - 0.375) / (Double(values.count) + 0.25))
      for place in start..<end { scores[order[place]] = score }
      start = end
    }
    var offset = 0
    return chains.map { chain in
      defer { offset += chain.count }
      return Array(scores[offset..<(offset + chain.count)])
    }
  }

  /// Gelman and Rubin's ratio of pooled to within-chain standard deviation; nil without any spread.
  static func reduction(_ chains: [[Double]]) -> Double? {
    let length = Double(chains[0].count)
    let means = chains.map { $0.reduce(0, +) / length }
    let centre = means.reduce(0, +) / Double(means.count)
    let between = means.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(means.count - 1)
    let within =
      zip(chains, means).reduce(0.0) { sum, pair in
        sum + pair.0.reduce(0) { $0 + ($1 - pair.1) * ($1 - pair.1) }
      } / (Double(chains.count) * (length - 1))
    if within <= 0 { return between > 0 ? .infinity : nil }
    return ((length - 1) / length + between / within).squareRoot()
  }
}
