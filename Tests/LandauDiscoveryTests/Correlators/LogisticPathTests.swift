import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LogisticPathTests {
  private let samples = 200
  private let width = 6

  /// Correlated features of different scales, one of them constant, and labels that follow two of them.
  private func data(_ seed: Seed) -> (features: [Double], labels: [Bool]) {
    var rng = seed.makeStream()
    var (features, labels): ([Double], [Bool]) = ([], [])
    for _ in 0..<samples {
      let common = rng.normal()
      let z = (0..<width).map { _ in common + rng.normal() }
      features += [z[0], 100 * z[1], 3, z[3] - 5, z[4] * z[4], z[5]]
      labels.append(2 * z[0] - z[3] + rng.normal() > 0.5)
    }
    return (features, labels)
  }

  @Test func `Every point satisfies the conditions of its optimum`() {
    let (features, labels) = data(.test())
    let factors = [1, 1, 1, 2, 1, 1.0]
    let path = LogisticPath(features: features, labels: labels, factors: factors)
    #expect(path.points.allSatisfy { $0.isConverged })
    #expect(path.scale[2] == 0)
    for (index, point) in path.points.enumerated() {
      let residuals = labels.indices.map { sample in
        let row = features[sample * width..<(sample + 1) * width]
        return (labels[sample] ? 1 : 0) - 1 / (1 + exp(-path.logit(row, at: index)))
      }
      expectClose(residuals.reduce(0, +) / Double(samples), 0, absolute: 1e-6)
      for j in 0..<width where path.scale[j] > 0 {
        let slope =
          residuals.indices.reduce(0.0) {
            $0 + residuals[$1] * (features[$1 * width + j] - path.center[j]) / path.scale[j]
          } / Double(samples)
        let bound = point.penalty * factors[j]
        if point.coefficients[j] == 0 {
          #expect(abs(slope) <= bound + 1e-6)
        } else {
          expectClose(slope, point.coefficients[j] > 0 ? bound : -bound, absolute: 1e-6)
        }
      }
    }
  }

  @Test func `The first to leave zero is the feature that follows the labels best`() {
    let (features, labels) = data(.test())
    let path = LogisticPath(features: features, labels: labels)
    #expect(path.points[0].coefficients.allSatisfy { abs($0) < 1e-9 })
    #expect(path.entries.first?.feature == 0)
    #expect(!path.entries.contains { $0.feature == 2 })
    // The path depends on no scale of a feature.
    let scaled = LogisticPath(
      features: features.indices.map { $0 % width == 0 ? features[$0] * 1e3 : features[$0] },
      labels: labels)
    #expect(scaled.entries.map(\.feature) == path.entries.map(\.feature))
  }

  @Test func `One feature of two values has the closed form of its table`() {
    // 60 of 100 and 20 of 100 positive: without penalty the slope is the difference of the logits.
    let labels = (0..<200).map { $0 < 100 ? $0 < 60 : $0 < 120 }
    let features = (0..<200).map { $0 < 100 ? 1.0 : 0 }
    let path = LogisticPath(features: features, labels: labels, count: 10, smallest: 1e-6)
    let last = path.points.count - 1
    expectClose(path.logit([1], at: last), log(0.6 / 0.4), absolute: 1e-4)
    expectClose(path.logit([0], at: last), log(0.2 / 0.8), absolute: 1e-4)
  }
}
