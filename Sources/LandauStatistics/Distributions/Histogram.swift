public import LandauCore

/// A probability density in equal bins, with errors that know of autocorrelation, and their covariance.
public struct Histogram: Sendable, Hashable {
  /// Ascending, one more than bins.
  public let edges: [Double]
  /// Probability per unit length in each bin. Values outside the range count in the normalisation.
  public let densities: Replicates
  /// Share of the measurements outside the range.
  public let outside: Double

  /// The middles of the bins.
  public var centres: [Double] { zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 } }
  public var binWidth: Double { edges[1] - edges[0] }

  /// Of the measurements of one run; errors by the jackknife over blocks.
  ///
  /// - Parameter range: The upper end belongs to the last bin.
  public init(
    of series: Series, range: ClosedRange<Double>, binCount: Int, blockLimit: Int = 256
  ) {
    let bins = Bins(range: range, count: binCount)
    let blocks: Blocks? =
      series.count > 1 && !series.isConstant && series.mean.isFinite
      ? Blocks(of: [series]).limited(to: blockLimit) : nil
    let counts = bins.counts(series.chains.joined())
    let total = Double(series.count)
    var replicates: [[Double]] = []
    var shares: [Double] = []
    for block in blocks?.ranges ?? [] {
      let own = bins.counts(series.chains[block.chain][block.range])
      let rest = total - Double(block.range.count)
      replicates.append(zip(counts, own).map { ($0 - $1) / rest / bins.width })
      shares.append(total / Double(block.range.count))
    }
    if replicates.isEmpty {
      replicates = [counts.map { _ in .nan }]
      shares = [2]
    }
    edges = bins.edges
    outside = 1 - counts.reduce(0, +) / total
    densities = Replicates(
      values: counts.map { $0 / total / bins.width }, replicates: replicates,
      scheme: .jackknife([.init(range: 0..<replicates.count, shares: shares)]),
      warning: blocks == nil
        ? series.estimate().warning : Replicates.warning(of: [series], blocks: blocks!))
  }

  /// Averaged with equal weights over realisations of disorder; errors from the realisations.
  ///
  /// - Throws: `InputError` for fewer than two realisations or one without measurements.
  public init(
    realizations: [Series], range: ClosedRange<Double>, binCount: Int
  ) throws(InputError) {
    let bins = Bins(range: range, count: binCount)
    let shares = realizations.map { series in
      Series(bins.counts(series.chains.joined()).map { $0 / Double(series.count) / bins.width })
    }
    // Each bin's density is an observable with one number per realisation.
    let average = try DisorderAverage(shares.map { $0.chains[0].map { Series([$0]) } })
    edges = bins.edges
    densities = average.averages
    outside = 1 - average.averages.values.reduce(0, +) * bins.width
  }

  /// How well the histogram agrees with probabilities known exactly.
  ///
  /// Pearson's chi-square of the bins in units of the effective number of measurements; bins of fewer than
  /// five expected ones are joined with their neighbours. With measurements that remember, the effective
  /// number N / (2 tau) should be that of the slowest function of the quantity.
  ///
  /// - Parameters:
  ///   - probabilities: One per bin; what is missing to one is the probability of the outside.
  ///   - effectiveCount: Number of independent measurements.
  /// - Returns: p-value, chi-square and degrees of freedom; nil where fewer than two joined bins remain.
  public func comparison(
    with probabilities: [Double], effectiveCount: Double
  ) -> (probability: Double, chiSquare: Double, degreesOfFreedom: Int)? {
    precondition(
      probabilities.count == densities.count, "\(probabilities.count) probabilities of bins")
    var pairs = zip(probabilities, densities.values).map { ($0, $1 * binWidth) }
    pairs.append((max(0, 1 - probabilities.reduce(0, +)), outside))
    return PearsonTest.joined(pairs, effectiveCount: effectiveCount)
  }

  /// How well two independent histograms in the same bins agree, with their effective numbers of
  /// measurements; see `comparison(with:effectiveCount:)`.
  public func comparison(
    with other: Histogram, effectiveCounts: (Double, Double)
  ) -> (probability: Double, chiSquare: Double, degreesOfFreedom: Int)? {
    precondition(edges == other.edges, "histograms in different bins")
    let (n, m) = effectiveCounts
    let shares = zip(densities.values, other.densities.values).map {
      ($0 * binWidth, $1 * binWidth)
    }
    // Against the common shares, each histogram's deviation is m / (n + m) of the difference, so the sum
    // of both chi-squares is that of one with n m / (n + m) measurements.
    let pairs = (shares + [(outside, other.outside)]).map { first, second in
      let common = (n * first + m * second) / (n + m)
      return (common, common + first - second)
    }
    return PearsonTest.joined(pairs, effectiveCount: n * m / (n + m))
  }
}

/// Equal bins of a range.
private struct Bins {
  let lower: Double
  let width: Double
  let count: Int
  let upper: Double

  init(range: ClosedRange<Double>, count: Int) {
    precondition(count >= 1 && range.lowerBound < range.upperBound, "\(count) bins of \(range)")
    lower = range.lowerBound
    upper = range.upperBound
    width = (range.upperBound - range.lowerBound) / Double(count)
    self.count = count
  }

  var edges: [Double] { (0...count).map { $0 == count ? upper : lower + Double($0) * width } }

  func counts(_ values: some Sequence<Double>) -> [Double] {
    var counts = [Double](repeating: 0, count: count)
    for value in values where value >= lower && value <= upper {
      counts[min(count - 1, Int((value - lower) / width))] += 1
    }
    return counts
  }
}

enum PearsonTest {
  /// Chi-square of (expected, observed) shares, neighbours joined until five measurements are expected.
  static func joined(
    _ pairs: [(Double, Double)], effectiveCount: Double
  ) -> (probability: Double, chiSquare: Double, degreesOfFreedom: Int)? {
    var groups: [(Double, Double)] = []
    var open = (0.0, 0.0)
    for pair in pairs {
      open = (open.0 + pair.0, open.1 + pair.1)
      if open.0 * effectiveCount >= 5 {
        groups.append(open)
        open = (0, 0)
      }
    }
    if groups.isEmpty { return nil }
    groups[groups.count - 1].0 += open.0
    groups[groups.count - 1].1 += open.1
    guard groups.count >= 2 else { return nil }
    let chiSquare = groups.reduce(0.0) {
      $0 + ($1.1 - $1.0) * ($1.1 - $1.0) / $1.0 * effectiveCount
    }
    let freedom = groups.count - 1
    return (
      chiSquareSurvival(chiSquare, degreesOfFreedom: Double(freedom)), chiSquare, freedom
    )
  }
}
