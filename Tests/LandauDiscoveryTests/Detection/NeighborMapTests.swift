import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct NeighborMapTests {
  private let x = (0..<5).map { 10 * Double($0) }
  private let y = (0..<4).map { Double($0) }

  @Test func `Neighbours are counted per step, one-sided at edges`() {
    let pairs = NeighborMap.pairs(5, 4, alongX: true)
    #expect(pairs.count == 20 && pairs[0].low == 0 && pairs[0].high == 1 && pairs[0].steps == 1)
    #expect(pairs[7].low == 6 && pairs[7].high == 8 && pairs[7].steps == 2)
    let down = NeighborMap.pairs(5, 4, alongX: false)
    #expect(down[7].low == 2 && down[7].high == 12 && down[19].low == 14 && down[19].high == 19)
  }

  @Test func `The best confusion is half the sum of differences`() {
    // Two outcomes; the chance of the second grows by 0.1 a column and 0.02 a row.
    let rows = y.indices.flatMap { row in
      x.indices.map { column -> [Double] in
        let p = 0.2 + 0.1 * Double(column) + 0.02 * Double(row)
        return [1 - p, p]
      }
    }
    let map = NeighborMap(confusionOf: rows, x: x, y: y)
    #expect(map.alongX.allSatisfy { abs($0.value - 0.1) < 1e-12 })
    #expect(map.alongY.allSatisfy { abs($0.value - 0.02) < 1e-12 })
    #expect(map.indicator.allSatisfy { abs($0.value - 0.0104.squareRoot()) < 1e-12 })
    #expect(map.ridge.allSatisfy { $0 == nil })
  }

  /// Linear maps of the statistic change nothing: the distance has no unit.
  @Test func `The distance of means is Mahalanobis's`() {
    let means = y.indices.flatMap { row in x.indices.map { [3 * Double($0), Double(row)] } }
    let covariance = [4.0, 1, 1, 2]
    let map = NeighborMap(
      means: means, covariances: [[Double]](repeating: covariance, count: 20), x: x, y: y)
    // The inverse of the covariance is (2, -1; -1, 4)/7.
    for value in map.alongX { #expect(abs(value.value - (18.0 / 7).squareRoot()) < 1e-5) }
    for value in map.alongY { #expect(abs(value.value - (4.0 / 7).squareRoot()) < 1e-5) }
    // Of the sum and the difference of both components.
    let turned = NeighborMap(
      means: means.map { [$0[0] + $0[1], $0[0] - $0[1]] },
      covariances: [[Double]](repeating: [8, 2, 2, 4], count: 20), x: x, y: y)
    for (a, b) in zip(map.indicator, turned.indicator) { #expect(abs(a.value - b.value) < 1e-5) }
  }

  @Test func `Samples give the exact maps within their errors`() throws {
    let pool = WorkerPool()
    // Both parameters raise the probability.
    let cells = IndependentCells(
      up: y.flatMap { y in x.map { 0.2 + 0.01 * $0 + 0.08 * y } }, seed: .test("spins"), pool: pool)
    let (up, side, ensemble) = (cells.up, cells.side, cells.ensemble)
    let exact = NeighborMap(confusionOf: cells.distributions, x: x, y: y)
    let sampled = NeighborMap(confusionOf: ensemble, x: x, y: y, posterior: cells.posterior)
    // Jackknife over eight folds: 13 errors are five in a million of Student's t with seven degrees.
    for (a, b) in zip(sampled.indicator, exact.indicator) {
      #expect(abs(a.value - b.value) < 13 * a.error && a.error < 0.1, "\(a) \(b)")
    }
    let means = NeighborMap(
      means: up.map { [$0] }, covariances: up.map { [$0 * (1 - $0) / Double(side)] }, x: x, y: y)
    let measured = NeighborMap(meansOf: ensemble, x: x, y: y, windows: [0])
    for (a, b) in zip(measured.indicator, means.indicator) {
      #expect(abs(a.value - b.value) < 13 * a.error && a.error < 0.3, "\(a) \(b)")
    }
    // Together: the mean square of Student's t with seven degrees is 1.4, of eighty pairs that share samples.
    let pulls = zip(measured.alongX + measured.alongY, means.alongX + means.alongY).map {
      ($0.value - $1.value) / $0.error
    }
    #expect(pulls.reduce(0) { $0 + $1 * $1 } / Double(pulls.count) < 3.5)
    #expect(abs(pulls.reduce(0, +) / Double(pulls.count)) < 1)
    let learned = try CellPosteriors(
      learnedFrom: ensemble, columnCount: x.count, windows: [0], steps: 120,
      seed: .test("networks"),
      pool: pool, cancellation: .never)
    let confusion = NeighborMap(confusionOf: ensemble, x: x, y: y) { learned[$0] }
    let squares = zip(confusion.indicator, sampled.indicator).map { a, b in
      (a.value - b.value) * (a.value - b.value)
    }
    #expect((squares.reduce(0, +) / Double(squares.count)).squareRoot() < 0.03)
  }
}
