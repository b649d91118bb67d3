import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct AveragedScalingFitTests {
  private let sides = [8, 12, 16, 24, 32, 48, 64]

  /// Logarithms of two powers of L with a common exponent 1.5 and corrections with omega = 0.8.
  private func data(error: Double, correction: Double, seed: Seed) -> AveragedScalingFit.Data {
    var rng = seed.makeStream()
    let values = sides.map { side -> [Double] in
      let size = Double(side)
      return [(0.3, 1.0), (-1.2, -0.6)].map { amplitude, sign in
        amplitude + 1.5 * log(size) + sign * correction * pow(size, -0.8) + error * rng.normal()
      }
    }
    let count = 2 * sides.count
    let covariance = (0..<count).map { row in
      (0..<count).map { $0 == row ? error * error : 0 }
    }
    return AveragedScalingFit.Data(
      sides: sides, values: values, slopes: sides.map { [log(Double($0)), log(Double($0))] },
      covariance: covariance)
  }

  @Test func findsTheExponentBehindCorrections() throws {
    let fit = try #require(
      AveragedScalingFit(data(error: 1e-4, correction: 0.4, seed: .test("exact"))))
    #expect(abs(fit.common.value - 1.5) < 3 * fit.totalError, "\(fit.common) \(fit.systematic)")
    #expect(fit.totalError < 0.003)
    let omega = try #require(fit.correctionExponent)
    #expect(abs(omega.value - 0.8) < 0.15, "\(omega)")
    // A line without corrections through all sizes is far off, and has no weight.
    let plain = try #require(
      fit.candidates.first { $0.smallestSide == 8 && $0.correctionExponent == nil })
    #expect(plain.weight < 1e-6 && abs(plain.common.value - 1.5) > 20 * plain.common.error)
  }

  @Test func prefersTheLineWhereThereAreNoCorrections() throws {
    let fit = try #require(
      AveragedScalingFit(data(error: 1e-3, correction: 0, seed: .test("line"))))
    #expect(fit.best.correctionExponent == nil && fit.best.smallestSide == 8)
    #expect(fit.correctionExponent == nil)
  }

  @Test func isTheWeightedSumOfTheData() throws {
    let data = data(error: 1e-3, correction: 0.2, seed: .test("linear"))
    let fit = try #require(AveragedScalingFit(data))
    let sum = zip(fit.weightsOfData, data.values.joined()).reduce(0) { $0 + $1.0 * $1.1 }
    expectClose(sum, fit.common.value, relative: 1e-5)
    expectClose(fit.candidates.reduce(0) { $0 + $1.weight }, 1, relative: 1e-12)
  }

  /// Pulls with the total error over many data sets: an error bar half as long would fail.
  @Test func errorsAreHonest() throws {
    var pulls: [Double] = []
    for trial in 0..<60 {
      let fit = try #require(
        AveragedScalingFit(data(error: 2e-3, correction: 0.3, seed: .test("pull", trial))))
      pulls.append((fit.common.value - 1.5) / fit.totalError)
    }
    let square = pulls.reduce(0) { $0 + $1 * $1 } / 60
    #expect(square < 1.8, "mean squared pull \(square)")
  }

  @Test func needsThreeSizes() {
    let short = AveragedScalingFit.Data(
      sides: [8, 16], values: [[1], [2]], slopes: [[1], [2]], covariance: [[1, 0], [0, 1]])
    #expect(AveragedScalingFit(short) == nil)
  }
}
