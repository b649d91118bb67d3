public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A power law x^-exponent fitted to the tail of positive data by maximum likelihood.
///
/// The density is (a - 1) / m (x/m)^-a from the lower end m on, or, with an upper end M, the same law cut there
/// and normalised between both: (a - 1) x^-a / (m^(1-a) - M^(1-a)). The lower end is the one for which the largest
/// distance D between the distributions of data and fit (Kolmogorov-Smirnov) is smallest.
/// - Note: Clauset, Shalizi and Newman 2009, SIAM Review 51, 661 (arXiv:0706.1062).
public struct PowerLaw: Sendable, Hashable {
  /// The exponent with its standard error for the given range, (a - 1) / sqrt(n) without an upper end.
  public let exponent: Estimate
  /// The fit range.
  public let lower: Double
  public let upper: Double?
  /// Data within the range, and all positive data.
  public let tailCount: Int
  public let count: Int
  /// The largest distance between the distributions of data and fit.
  public let distance: Double
  /// Why the exponent should not be taken at face value; also the estimate's.
  public var warning: String? { exponent.warning }

  /// Fits with the best lower end, or with the one given.
  ///
  /// - Parameters:
  ///   - data: numbers that are not positive and finite are left out.
  ///   - lower: the lower end of the fit range; by default the best of at most `candidates` order statistics.
  ///   - upper: where the law is cut; data above are left out.
  ///   - minimalCount: data that the tail has at least.
  /// - Returns: nil where fewer than `minimalCount` different numbers are in the range.
  /// - Complexity: candidates · n operations.
  public init?(
    _ data: [Double], lower: Double? = nil, upper: Double? = nil, minimalCount: Int = 10,
    candidates: Int = 100
  ) {
    let positive = data.filter { $0 > 0 && $0.isFinite }.sorted()
    let sorted = positive.filter { $0 <= upper ?? .infinity }
    let starts: [Int]
    if let lower {
      starts = [sorted.firstIndex { $0 >= lower } ?? sorted.count]
    } else {
      let last = sorted.count - minimalCount
      guard last >= 0 else { return nil }
      let number = min(candidates, last + 1)
      starts = (0..<number).map { number == 1 ? 0 : $0 * last / (number - 1) }
    }
    var best: (start: Int, lower: Double, exponent: Double, distance: Double)?
    for start in starts where sorted.count - start >= minimalCount {
      let end = lower ?? sorted[start]
      let tail = sorted[start...]
      guard let exponent = Self.exponent(tail, end, upper) else { continue }
      let distance = Self.distance(tail, end, upper, exponent)
      if distance < best?.distance ?? .infinity { best = (start, end, exponent, distance) }
    }
    guard let best else { return nil }
    let tail = sorted[best.start...]
    let error = Self.error(tail.count, best.lower, upper, best.exponent)
    self.lower = best.lower
    self.upper = upper
    distance = best.distance
    tailCount = tail.count
    count = positive.count
    exponent = Estimate(
      best.exponent, error: error, effectiveCount: Double(tail.count),
      warning: Self.fingerWarning(tail, best.lower, upper, best.exponent))
  }

  /// The probability that data drawn from the fit lie as far from their own fit: small ones reject the law.
  ///
  /// Semi-parametric bootstrap: each sample draws below the range from the data and in it from the law, and is fitted
  /// in the same way, lower end included. Clauset, Shalizi and Newman reject below 0.1.
  ///
  /// - Parameter data: what was fitted, with the same `minimalCount` and `candidates`.
  /// - Returns: the probability with its binomial error.
  public func goodnessOfFit(
    _ data: [Double], samples: Int = 200, lowerIsFixed: Bool = false, minimalCount: Int = 10,
    candidates: Int = 100, using rng: inout some RandomNumberGenerator
  ) -> Estimate {
    let body = data.filter { $0 > 0 && $0 < lower }
    let total = body.count + tailCount
    var exceeding = 0
    for _ in 0..<samples {
      let sample = (0..<total).map { _ -> Double in
        if !body.isEmpty && rng.index(below: total) < body.count {
          return body[rng.index(below: body.count)]
        }
        return draw(&rng)
      }
      let fit = PowerLaw(
        sample, lower: lowerIsFixed ? lower : nil, upper: upper, minimalCount: minimalCount,
        candidates: candidates)
      if let fit, fit.distance < distance { continue }
      exceeding += 1
    }
    let p = Double(exceeding) / Double(samples)
    // Between none and all the binomial error would vanish; one sample more or less is always possible.
    let error = max((p * (1 - p) / Double(samples)).squareRoot(), 1 / Double(samples))
    return Estimate(p, error: error)
  }

  /// A number from the fitted law, by inversion.
  public func draw(_ rng: inout some RandomNumberGenerator) -> Double {
    let power = 1 - exponent.value
    let rest = upper.map { pow($0 / lower, power) } ?? 0
    // The distribution function runs from 1 at the lower end to `rest` at the upper end.
    return lower * pow(1 - rng.uniform() * (1 - rest), 1 / power)
  }
}

// Likelihood and distance.
extension PowerLaw {
  /// The maximum of the likelihood; nil where all data are equal.
  private static func exponent(_ tail: ArraySlice<Double>, _ lower: Double, _ upper: Double?)
    -> Double?
  {
    let mean = tail.reduce(0) { $0 + log($1 / lower) } / Double(tail.count)
    guard mean > 0, tail.last! > tail.first! else { return nil }
    guard let upper else { return 1 + 1 / mean }
    // With k = a - 1 and L = log(M/m) the mean of log(x/m) is 1/k - L / (exp(k L) - 1), falling in k; k may be
    // negative, and at k = 0 the mean is L/2.
    let span = log(upper / lower)
    func expected(_ k: Double) -> Double {
      let z = k * span
      if abs(z) < 1e-4 { return span * (0.5 - z / 12) }
      return 1 / k - span / expm1(z)
    }
    var (low, high) = (-1 / span, 1 / mean)
    while expected(low) < mean && low > -1e6 { low *= 2 }
    while expected(high) > mean && high < 1e6 { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if expected(middle) > mean { low = middle } else { high = middle }
    }
    return 1 + (low + high) / 2
  }

  /// 1/sqrt(n · Fisher information); that of the cut law is 1/k² - L² e^z / (e^z - 1)², z = k L.
  private static func error(_ count: Int, _ lower: Double, _ upper: Double?, _ exponent: Double)
    -> Double
  {
    let k = exponent - 1
    guard let upper else { return abs(k) / Double(count).squareRoot() }
    let span = log(upper / lower)
    let z = k * span
    let half = sinh(z / 2)
    let information =
      abs(z) < 1e-2
      ? span * span / 12 * (1 - z * z / 20) : 1 / (k * k) - span * span / (4 * half * half)
    return 1 / (Double(count) * information).squareRoot()
  }

  private static func distance(
    _ tail: ArraySlice<Double>, _ lower: Double, _ upper: Double?, _ exponent: Double
  ) -> Double {
    let power = 1 - exponent
    let rest = upper.map { pow($0 / lower, power) } ?? 0
    let total = Double(tail.count)
    var largest = 0.0
    for (rank, x) in tail.enumerated() {
      let fit =
        abs(power) < 1e-12
        ? log(x / lower) / log((upper ?? .infinity) / lower)
        : (1 - pow(x / lower, power)) / (1 - rest)
      largest = max(largest, abs(fit - Double(rank) / total), abs(fit - Double(rank + 1) / total))
    }
    return largest
  }

  /// A few numbers far out (a finger of the histogram) may carry the fit: without the largest tenth of the tail, and the
  /// law cut there, the exponent must stay within three errors of the difference.
  private static func fingerWarning(
    _ tail: ArraySlice<Double>, _ lower: Double, _ upper: Double?, _ exponent: Double
  ) -> String? {
    let dropped = max(1, tail.count / 10)
    let cut = tail.dropLast(dropped)
    guard cut.count >= 5, let end = cut.last, end > lower,
      let inner = Self.exponent(cut, lower, end)
    else { return nil }
    // The part's estimate is the less precise one; the whole's error is common to both.
    let (a, b) = (
      Self.error(cut.count, lower, end, inner), Self.error(tail.count, lower, upper, exponent)
    )
    let error = max(a * a - b * b, b * b).squareRoot()
    guard abs(inner - exponent) > 3 * error else { return nil }
    func short(_ x: Double) -> String { "\((x * 100).rounded() / 100)" }
    return
      "the \(dropped) largest of \(tail.count) numbers in the range carry the exponent: without them it is "
      + "\(short(inner)) instead of \(short(exponent))"
  }
}
