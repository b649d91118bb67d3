#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Kolmogorov and Smirnov's comparison of distributions, for measurements that remember.
public enum KolmogorovSmirnov {
  /// The p-value of measurements against a continuous distribution.
  ///
  /// - Parameters:
  ///   - effectiveCount: Number of independent measurements; by default that of the slowest of the three
  ///     shares below the quartiles of `series`.
  ///   - distribution: The chance of a value up to x.
  public static func probability(
    of series: Series, effectiveCount: Double? = nil, _ distribution: (_ x: Double) -> Double
  ) -> Double {
    let sorted = series.chains.joined().sorted()
    precondition(!sorted.isEmpty, "a test of no measurements")
    let count = Double(sorted.count)
    var distance = 0.0
    for (index, value) in sorted.enumerated() {
      let expected = distribution(value)
      distance = max(
        distance, expected - Double(index) / count, Double(index + 1) / count - expected)
    }
    return survival(distance, effectiveCount: effectiveCount ?? effective(series, sorted: sorted))
  }

  /// The p-value of two runs having the same distribution. Equal values count as one step.
  public static func probability(of first: Series, and second: Series) -> Double {
    let a = first.chains.joined().sorted()
    let b = second.chains.joined().sorted()
    precondition(!a.isEmpty && !b.isEmpty, "a comparison with no measurements")
    var (i, j, distance) = (0, 0, 0.0)
    while i < a.count && j < b.count {
      let value = min(a[i], b[j])
      while i < a.count && a[i] == value { i += 1 }
      while j < b.count && b[j] == value { j += 1 }
      distance = max(distance, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    let (n, m) = (effective(first, sorted: a), effective(second, sorted: b))
    return survival(distance, effectiveCount: n * m / (n + m))
  }

  /// What the test compares are shares of values below a bound; the mean of the values themselves may
  /// remember longer.
  private static func effective(_ series: Series, sorted: [Double]) -> Double {
    let counts = [1, 2, 3].compactMap { quarter -> Double? in
      let bound = sorted[quarter * (sorted.count - 1) / 4]
      let below = series.map { $0 <= bound ? 1 : 0 }
      return below.isConstant ? nil : Autocorrelation(of: below).effectiveCount
    }
    return min(Double(sorted.count), counts.min() ?? 1)
  }

  /// Kolmogorov's limiting distribution with Stephens's correction for finite counts.
  static func survival(_ distance: Double, effectiveCount: Double) -> Double {
    let root = effectiveCount.squareRoot()
    let scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.3 { return 1 }
    if scaled < 1.18 {
      // The theta function's other form converges where the alternating series does not.
      let factor = -Double.pi * Double.pi / (8 * scaled * scaled)
      let sum = (1...6).reduce(0.0) { sum, k in
        let odd = Double(2 * k - 1)
        return sum + exp(factor * odd * odd)
      }
      return min(1, max(0, 1 - (2 * Double.pi).squareRoot() / scaled * sum))
    }
    let sum = (1...20).reduce(0.0) { sum, k in
      let term = exp(-2 * Double(k * k) * scaled * scaled)
      return k % 2 == 1 ? sum + term : sum - term
    }
    return min(1, max(0, 2 * sum))
  }
}
