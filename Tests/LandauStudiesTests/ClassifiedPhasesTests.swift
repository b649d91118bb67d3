import LandauCore
import LandauDiscovery
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauStudies

@Suite struct ClassifiedPhasesTests {
  private func run(threads: Int) -> StudyRun {
    StudyRun(
      isQuick: true, dataFolder: "", seed: .test("glass"), pool: WorkerPool(threadCount: threads),
      progress: .silent, cancellation: .never)
  }

  private func ensemble(_ geometry: GlassEnsemble.Geometry, threads: Int) throws -> GlassEnsemble {
    try GlassEnsemble(
      geometry, siteCount: 16,
      plan: .init(realisations: 4, burnIn: 16, measurements: 64, spacing: 1), run(threads: threads))
  }

  @Test func `Points are taught by their distance from the lines`() {
    func phase(_ bias: Double, _ temperature: Double, _ shift: Double = 0) -> Int? {
      let place = GlassEnsemble.biases.firstIndex(of: bias)!
      return ClassifiedPhases.phase(bias: place, temperature: temperature, shift: shift)
    }
    #expect(phase(0, 0.55) == ClassifiedPhases.glass)
    #expect(phase(0.5, 0.7) == nil)
    #expect(phase(0.5, 0.7, 0.3) == ClassifiedPhases.glass)
    #expect(phase(0, 1.45) == ClassifiedPhases.paramagnet)
    #expect(phase(1, 0.4) == nil)
    #expect(phase(1.5, 1) == ClassifiedPhases.ferromagnet)
    #expect(phase(2, 1.75) == nil)
    #expect(phase(2, 2.5) == ClassifiedPhases.paramagnet)
  }

  /// At T = 2.8, N [<q^2>] is 1/(1 - beta^2) = 1.15 for large N; at T = 0.4 overlaps are of order one. Threads change nothing.
  @Test func `Overlaps grow towards low temperatures`() throws {
    let one = try ensemble(.complete, threads: 1)
    let two = try ensemble(.complete, threads: 2)
    let overlaps = try one.overlapSquared()
    #expect(overlaps.values == (try two.overlapSquared()).values)
    #expect(16 * overlaps.values[16] > 0.7 && 16 * overlaps.values[16] < 1.6)
    #expect(16 * overlaps.values[0] > 4)
    #expect(one.points[0][0][0].overlaps.allSatisfy { abs($0) <= 1 })
    #expect(try one.equilibrated().count == 9 * 17)
  }

  /// A strong bias shows in the mean of the fields: 2 m with m near 1 where it is cold.
  @Test func `The mean field shows the bias`() throws {
    let planar = try ensemble(.square, threads: 2)
    let cold = planar.points[8].flatMap { $0[0].fields.joined().map { abs($0.mean) } }
    #expect(cold.reduce(0, +) / Double(cold.count) > 1.4)
  }
}
