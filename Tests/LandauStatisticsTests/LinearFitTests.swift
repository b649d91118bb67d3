import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

@Suite struct LinearFitTests {
  /// Straight line through four points with unequal errors, by the textbook's sums.
  @Test func straightLineByHand() throws {
    let x = [0.0, 1, 2, 4]
    let y = [1.1, 2.9, 5.2, 8.8]
    let errors = [0.1, 0.2, 0.2, 0.4]
    let fit = try #require(LinearFit.polynomial(degree: 1, x: x, values: y, errors: errors))
    let weights = errors.map { 1 / ($0 * $0) }
    func sum(_ f: (Int) -> Double) -> Double { (0..<4).reduce(0) { $0 + weights[$1] * f($1) } }
    let (s, sx, sxx) = (sum { _ in 1 }, sum { x[$0] }, sum { x[$0] * x[$0] })
    let (sy, sxy) = (sum { y[$0] }, sum { x[$0] * y[$0] })
    let determinant = s * sxx - sx * sx
    let (a, b) = ((sxx * sy - sx * sxy) / determinant, (s * sxy - sx * sy) / determinant)
    expectClose(fit.coefficients[0], a, ulps: 16)
    expectClose(fit.coefficients[1], b, ulps: 16)
    expectClose(fit.covariance[0][0], sxx / determinant, ulps: 16)
    expectClose(fit.covariance[0][1], -sx / determinant, ulps: 16)
    expectClose(fit.covariance[1][0], -sx / determinant, ulps: 16)
    expectClose(fit.covariance[1][1], s / determinant, ulps: 16)
    let chiSquare = sum { (y[$0] - a - b * x[$0]) * (y[$0] - a - b * x[$0]) }
    expectClose(fit.chiSquare, chiSquare, relative: 1e-12)
    #expect(fit.degreesOfFreedom == 2)
    expectClose(fit.probability, exp(-chiSquare / 2), relative: 1e-12)
    let there = fit.value(at: [1, 3])
    expectClose(there.value, a + 3 * b, ulps: 16)
    expectClose(
      there.error, ((sxx - 6 * sx + 9 * s) / determinant).squareRoot(), relative: 1e-13)
    expectClose(fit.coefficient(1).error, (s / determinant).squareRoot(), ulps: 16)
  }

  private func exp(_ x: Double) -> Double {
    // The survival of a chi-square with two degrees of freedom is exp(-x / 2): series, |x| below 40.
    var (term, sum) = (1.0, 1.0)
    for n in 1..<200 {
      term *= -x / Double(n)
      sum += term
    }
    return 1 / sum
  }

  /// A polynomial through its own points is found again, columns of very different size included.
  @Test func recoversAPolynomial() throws {
    let x = (0..<12).map { 2000 + 3 * Double($0) }
    let y = x.map { 1 + 2e-3 * ($0 - 2010) - 5e-7 * ($0 - 2010) * ($0 - 2010) }
    let errors = [Double](repeating: 1e-3, count: 12)
    let fit = try #require(
      LinearFit.polynomial(degree: 2, x: x, values: y, errors: errors, centre: 2010))
    expectClose(fit.coefficients[0], 1, absolute: 1e-14)
    expectClose(fit.coefficients[1], 2e-3, relative: 1e-12)
    expectClose(fit.coefficients[2], -5e-7, relative: 1e-9)
    #expect(fit.chiSquare < 1e-18)
  }

  @Test func undeterminedCoefficients() {
    let design = [[1.0, 2, 3], [1, 2, 3], [2, 4, 6], [1, 0, 1]]
    #expect(LinearFit(design: design, values: [1, 2, 3, 4], errors: [1, 1, 1, 1]) == nil)
    #expect(LinearFit(design: [[1, 2]], values: [1], errors: [1]) == nil)
    #expect(LinearFit(design: [[1, 0], [1, 0]], values: [1, 1], errors: [1, 1]) == nil)
  }

  @Test func exactlyDetermined() throws {
    let fit = try #require(
      LinearFit(design: [[1, 1], [1, -1]], values: [3, 1], errors: [1, 1]))
    expectClose(fit.coefficients[0], 2, ulps: 4)
    expectClose(fit.coefficients[1], 1, ulps: 8)
    #expect(fit.degreesOfFreedom == 0 && fit.probability == 1)
  }

  /// The chi-square of fits to noisy lines has its mean, and the slope's pull has variance one.
  @Test func chiSquareOfNoise() throws {
    try expectAgreement(with: 6, seed: .test(), minimalBias: 0.6) { seed, effort in
      let repeats = 600 * effort
      var sum = 0.0
      for index in 0..<repeats {
        var rng = seed.child("fit", index).makeStream()
        let x = (0..<8).map(Double.init)
        let y = x.map { 0.5 * $0 - 1 + 0.3 * rng.normal() }
        let fit = try #require(
          LinearFit.polynomial(
            degree: 1, x: x, values: y, errors: [Double](repeating: 0.3, count: 8)))
        sum += fit.chiSquare
      }
      return Estimate(sum / Double(repeats), error: (12 / Double(repeats)).squareRoot())
    }
  }
}
