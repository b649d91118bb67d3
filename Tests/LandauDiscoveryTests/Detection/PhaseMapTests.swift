import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PhaseMapTests {
  private let x = (0..<6).map { Double($0) / 5 }
  private let y = (0..<5).map { 2 * Double($0) }

  @Test func `Without a signal predictions rest in the middle`() {
    let map = PhaseMap(
      x: x, y: y, distributions: [[Double]](repeating: [0.5, 0.5], count: x.count * y.count))
    #expect(map.predictedX.allSatisfy { abs($0 - 0.5) < 1e-12 })
    #expect(map.predictedY.allSatisfy { abs($0 - 4) < 1e-12 })
    #expect(map.divergence.allSatisfy { abs($0) < 1e-12 })
    #expect(map.ridge.allSatisfy { $0 == nil })
  }

  @Test func `Two phases without a doubt diverge at their boundary`() {
    // The boundary runs at x = 0.3, 0.5, ... from row to row: between columns row + 1 and row + 2.
    let rows = y.indices.flatMap { row in
      x.indices.map { column -> [Double] in column <= row + 1 ? [1, 0] : [0, 1] }
    }
    let map = PhaseMap(x: x, y: y, distributions: rows)
    // Means over the cells of each phase, by hand: 20 cells of the lower one.
    let low = y.indices.flatMap { row in x.indices.filter { $0 <= row + 1 }.map { x[$0] } }
    #expect(abs(map.predictedX[0] - low.reduce(0, +) / Double(low.count)) < 1e-12)
    let divergence = map.divergence
    for row in 0..<3 {
      let line = divergence[row * x.count..<(row + 1) * x.count]
      let top = line.indices.max { line[$0] < line[$1] }! - row * x.count
      #expect([row + 1, row + 2].contains(top))
    }
  }

  @Test func `Networks and exact posteriors agree`() throws {
    let pool = WorkerPool()
    // Both parameters raise the probability.
    let cells = IndependentCells(
      up: y.flatMap { y in x.map { 0.2 + 0.3 * $0 + 0.05 * y } }, seed: .test("spins"), pool: pool)
    let (up, ensemble) = (cells.up, cells.ensemble)
    let optimum = PhaseMap(x: x, y: y, of: ensemble, posterior: cells.posterior)
    let exact = PhaseMap(x: x, y: y, distributions: cells.distributions)
    for cell in up.indices {
      // Jackknife over eight folds: 13 errors are five in a million of Student's t with seven degrees.
      let distance = abs(optimum.predictedX[cell] - exact.predictedX[cell])
      #expect(distance < 13 * optimum.errorsX[cell], "cell \(cell)")
    }
    let learned = try PhaseMap(
      learnedFrom: ensemble, x: x, y: y, windows: [0], steps: 120, seed: .test("networks"),
      pool: pool, cancellation: .never)
    // On the same snapshots: a hundredth of the range, an eighth of what the predictions move by.
    let moved = exact.predictedX.max()! - exact.predictedX.min()!
    #expect(moved > 0.25)
    for cell in up.indices {
      #expect(abs(learned.predictedX[cell] - optimum.predictedX[cell]) < 0.04)
      #expect(abs(learned.predictedY[cell] - optimum.predictedY[cell]) < 0.04 * 8)
    }
  }
}
