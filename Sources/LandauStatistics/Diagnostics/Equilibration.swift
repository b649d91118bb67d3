public import LandauCore

/// Whether a run has forgotten its start, by bins that double in length, and where it did.
///
/// Bin k holds the measurements from N / 2^(k+1) to N / 2^k of every chain, the last half being bin 0. A
/// run that is long enough has last bins that agree: the last half, the quarter before it and the eighth
/// before that are compared by their chi-square. Disagreement is proof that the run is too short; agreement
/// is no proof that it is long enough.
public struct Equilibration: Sendable, Hashable {
  /// Means over the bins, from the last half backwards, with errors.
  public let bins: [Estimate]
  /// The chance of a scatter of the last three bins at least as large; nil with fewer or without errors.
  public let probability: Double?
  /// Whether that chance is above 0.01.
  public var isReached: Bool { (probability ?? 0) > 0.01 }

  /// Bins of a run, errors from autocorrelation within the bins.
  public init(of series: Series) {
    self.init(
      bins: Self.ranges(series).map { range in
        Series(series.chains.map { Self.part($0, range) }, spacing: series.spacing).estimate()
      })
  }

  /// Bins of disorder averages: one series per realisation, errors from the realisations alone.
  ///
  /// - Throws: `InputError` for fewer than two realisations.
  public init(realizations: [Series]) throws(InputError) {
    try DisorderAverage.requireSeveral(realizations.count)
    let shortest = realizations.min { $0.shortestChain < $1.shortestChain }!
    self.init(
      bins: Self.ranges(shortest).map { range in
        let means = realizations.map { series in
          Series(series.chains.map { Self.part($0, range) }).mean
        }
        return Series(means.map { [$0] }).estimate()
      })
  }

  private init(bins: [Estimate]) {
    self.bins = bins
    let last = bins.prefix(3)
    guard last.count == 3, last.allSatisfy({ $0.error > 0 }) else {
      probability = nil
      return
    }
    let weights = last.map { 1 / ($0.error * $0.error) }
    let mean =
      zip(last, weights).reduce(0) { $0 + $1.0.value * $1.1 } / weights.reduce(0, +)
    let chiSquare = last.reduce(0) { $0 + $1.pull(to: mean) * $1.pull(to: mean) }
    probability = chiSquareSurvival(chiSquare, degreesOfFreedom: 2)
  }

  /// Fractions of a chain, from the last half backwards, while eight measurements are left in a bin.
  private static func ranges(_ series: Series) -> [(Double, Double)] {
    var ranges: [(Double, Double)] = []
    var end = 1.0
    while Double(series.shortestChain) * end / 2 >= 8 {
      ranges.append((end / 2, end))
      end /= 2
    }
    return ranges
  }

  private static func part(_ chain: [Double], _ range: (Double, Double)) -> [Double] {
    let count = Double(chain.count)
    return Array(chain[Int((range.0 * count).rounded())..<Int((range.1 * count).rounded())])
  }
}

extension Series {
  fileprivate var shortestChain: Int { chains.map(\.count).min() ?? 0 }

  /// How many measurements at the start of each chain spoil the mean more than they help it.
  ///
  /// White's marginal standard error rule: of all starts in the first half (in steps of five
  /// measurements) the one is taken with the smallest squared deviations of what remains over the squared
  /// number of it. Several chains are averaged measurement by measurement first, for they begin alike.
  /// Nil where the best start is at the end of the first half: the run is too short to tell.
  public var thermalizationCount: Int? {
    guard shortestChain >= 20 else { return nil }
    let batch = 5
    let count = shortestChain / batch
    let means = (0..<count).map { index in
      chains.reduce(0.0) { sum, chain in
        sum + chain[(index * batch)..<((index + 1) * batch)].reduce(0, +)
      } / Double(batch * chains.count)
    }
    // From the end: mean and squared deviations of what remains (Welford).
    var (mean, squares, number) = (0.0, 0.0, 0.0)
    var best = (start: 0, value: Double.infinity)
    for start in stride(from: count - 1, through: 0, by: -1) {
      number += 1
      let deviation = means[start] - mean
      mean += deviation / number
      squares += deviation * (means[start] - mean)
      if start <= count / 2, squares / (number * number) <= best.value {
        best = (start, squares / (number * number))
      }
    }
    return best.start == count / 2 ? nil : best.start * batch
  }

  /// Without the first measurements of every chain.
  public func dropping(first count: Int) -> Series {
    precondition(count >= 0, "dropping \(count) measurements")
    return Series(chains.map { Array($0.dropFirst(count)) }, spacing: spacing)
  }
}
