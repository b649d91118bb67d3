import LandauCore
import LandauPipeline
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct InverseRenormalizationTests {
  /// Rows of alternating sign: neighbours are alike along rows and opposite along columns.
  @Test func `Moments of stripes and of the uniform state`() {
    let stripes = TorusMoments((0..<64).map { $0 / 8 % 2 == 0 ? Int8(1) : -1 }, side: 8)
    #expect(stripes.neighbours == 0 && stripes.second == 1 && stripes.farthest == 1)
    #expect(stripes.squaredOrder == 0 && stripes.square == 1)
    let uniform = TorusMoments([Double](repeating: 0.5, count: 64), side: 8)
    for value in [
      uniform.square, uniform.neighbours, uniform.second, uniform.farthest, uniform.squaredOrder,
    ] {
      #expect(value == 0.25)
    }
  }

  @Test func `Correlations go around the torus along both axes`() {
    var spins = [Int8](repeating: 1, count: 64)
    spins[0] = -1
    // Two of 128 products change for each distance along each axis; half the side meets the same site from both ends.
    let moments = TorusMoments(spins, side: 8)
    #expect(moments.neighbours == 1 - 8.0 / 128)
    #expect(moments.second == 1 - 8.0 / 128)
    #expect(moments.farthest == 1 - 8.0 / 128)
    #expect(moments.squaredOrder == 62.0 * 62 / (64 * 64))
  }

  /// Doubling that copies leaves m^2 alone; as many go on as have the sites asked for.
  @Test func `Ensembles double from side to side`() throws {
    let run = StudyRun(
      isQuick: true, dataFolder: "", seed: .test(), pool: WorkerPool(threadCount: 1),
      progress: .silent, cancellation: .never)
    var seen: [Int: Int] = [:]
    let ensemble = try DoubledEnsemble(
      [[Int8]](repeating: [1, 1, 1, -1], count: 64), .init(start: 2, largest: 8, siteCount: 512),
      seed: .test(), run, moments: { TorusMoments($0, side: $1) },
      fine: { coarse, side, _ in
        seen[side, default: 0] += 1
        return (0..<4 * side * side).map { site in
          coarse[site / (4 * side) * side + site % (2 * side) / 2]
        }
      })
    #expect(ensemble.levels.map(\.side) == [4, 8])
    #expect(seen == [2: 32, 4: 8])
    #expect(ensemble.squaredOrder(at: 1, start: 0.25) == 0.25)
    #expect(ensemble.farthest(at: 0, start: 0.25) == ensemble.levels[0].moments.farthest)
  }

  @Test(.long) func `The quick study agrees with exact values and chains`() throws {
    let report = try quickStudy("inverse-renormalisation-group")
    #expect(report.exitStatus == 0, "\(report.text)")
  }
}
