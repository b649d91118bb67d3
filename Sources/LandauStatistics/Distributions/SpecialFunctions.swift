#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The special functions behind the tail probabilities of this room.
enum SpecialFunctions {
  /// Logarithm of the gamma function for positive `x`, to a few ulps (Stirling's series above 15,
  /// the recurrence below).
  static func logGamma(_ x: Double) -> Double {
    precondition(x > 0, "logGamma needs a positive argument, not \(x)")
    var shifted = x
    var product = 1.0
    while shifted < 15 {
      product *= shifted
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    // Bernoulli numbers over 2k (2k - 1); the next term is below 1e-17 at 15.
    var series = 1.0 / 156 * square
    series = (-691.0 / 360360 + series) * square
    series = (1.0 / 1188 + series) * square
    series = (-1.0 / 1680 + series) * square
    series = (1.0 / 1260 + series) * square
    series = (-1.0 / 360 + series) * square
    series = (1.0 / 12 + series) * inverse
    return (shifted - 0.5) * log(shifted) - shifted + 0.5 * log(2 * Double.pi) + series
      - log(product)
  }

  /// The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0.
  static func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
    if x <= 0 { return 1 }
    if x == .infinity { return 0 }
    let prefactor = exp(a * log(x) - x - logGamma(a))
    return x < a + 1 ? 1 - prefactor * lowerSeries(a, x) : prefactor * upperFraction(a, x)
  }

  /// Sum of x^n / (a (a+1) ... (a+n)), which converges quickly for x < a + 1.
  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1 / a
    var sum = term
    var denominator = a
    for _ in 0..<100_000 {
      denominator += 1
      term *= x / denominator
      sum += term
      if term < sum * 1e-17 { break }
    }
    return sum
  }

  /// Legendre's continued fraction by Lentz's method, for x >= a + 1.
  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var result = d
    for n in 1..<100_000 {
      let factor = -Double(n) * (Double(n) - a)
      b += 2
      d = factor * d + b
      if abs(d) < tiny { d = tiny }
      c = b + factor / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let change = d * c
      result *= change
      if abs(change - 1) < 1e-16 { break }
    }
    return result
  }

  /// The regularised incomplete beta function I_x(a, b), for a, b > 0 and 0 <= x <= 1.
  static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let logPrefactor =
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
    let prefactor = exp(logPrefactor)
    return x < (a + 1) / (a + b + 2)
      ? prefactor * betaFraction(a, b, x) / a
      : 1 - prefactor * betaFraction(b, a, 1 - x) / b
  }

  /// The continued fraction of the incomplete beta function by Lentz's method.
  private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1..<100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return result
  }

  /// The number below which a standard normal falls with the given probability, to a few ulps.
  ///
  /// A rational start (Abramowitz and Stegun 26.2.23, error 4.5e-4) mended by Halley's steps.
  static func normalQuantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "normalQuantile(\(probability))")
    let tail = min(probability, 1 - probability)
    let t = (-2 * log(tail)).squareRoot()
    var z =
      t - (2.515517 + t * (0.802853 + t * 0.010328))
      / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in 0..<2 {
      // z is the upper tail's quantile: solve 0.5 erfc(z / sqrt 2) = tail.
      let excess = 0.5 * erfc(z / 2.0.squareRoot()) - tail
      let step = excess * (2 * Double.pi).squareRoot() * exp(0.5 * z * z)
      z += step / (1 - 0.5 * z * step)
    }
    return probability < 0.5 ? -z : z
  }
}
