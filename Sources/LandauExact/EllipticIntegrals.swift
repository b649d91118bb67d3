/// Complete elliptic integrals by the arithmetic-geometric mean, in forms without cancellation.
///
/// All are functions of the complementary modulus k' between 0 and 1, with k^2 + k'^2 = 1.
struct EllipticIntegrals {
  /// The arithmetic-geometric mean of 1 and k'; zero at k' = 0.
  let mean: Double
  /// `mean` - k', from a sum of positive terms.
  let meanLessModulus: Double
  /// Sum of 2^(n-1) c_n^2 over n >= 1, where c_0 = k and c_(n+1) = (a_n - b_n) / 2.
  let tailSum: Double
  /// k^2.
  let squaredModulus: Double

  /// - Parameters:
  ///   - complementary: k'.
  ///   - difference: 1 - k', given apart because subtracting may lose its digits.
  init(complementary: Double, difference: Double) {
    var (a, b) = (1.0, complementary)
    var gap = difference
    var (sum, weight, rise) = (0.0, 1.0, 0.0)
    squaredModulus = difference * (1 + complementary)
    if complementary == 0 {
      // The mean vanishes, and E = 1 makes the sum 1/2.
      (mean, meanLessModulus, tailSum) = (0, 0, 0.5)
      return
    }
    for _ in 0..<64 where gap > 0 {
      let roots = a.squareRoot() + b.squareRoot()
      sum += weight * (gap / 2) * (gap / 2)
      rise += b.squareRoot() * gap / roots  // the next b less this one
      weight *= 2
      (a, b) = ((a + b) / 2, (a * b).squareRoot())
      gap = gap * gap / (2 * roots * roots)
      if gap < 1e-17 * a { break }
    }
    mean = a
    meanLessModulus = rise
    tailSum = sum
  }

  /// K(k); infinite at k' = 0.
  var first: Double { Double.pi / (2 * mean) }
  /// K(k) - E(k), divided by K(k).
  var relativeDeficit: Double { squaredModulus / 2 + tailSum }
  /// E(k), 1 at k' = 0.
  var second: Double { mean == 0 ? 1 : first * (1 - relativeDeficit) }
}
