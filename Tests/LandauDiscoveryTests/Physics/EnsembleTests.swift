import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Snapshots of a scan that were counted in batches are those counted at once.
@Test func batchesOfOneValueAreJoined() {
  var rng = Seed.test("batches").makeStream()
  let pool = WorkerPool(threadCount: 1)
  // At each of two values four chains of six snapshots on 2 x 2 sites.
  let values = (0..<2 * 4 * 6 * 4).map { _ in rng.index(below: 2) == 0 ? Int8(-1) : 1 }
  func part(at value: Int, _ times: Range<Int>) -> Ensemble.Part {
    let samples = (0..<4).flatMap { chain in times.map { (chain, (value * 4 + chain) * 6 + $0) } }
    return Ensemble.Part(
      Snapshots(
        siteShape: [2, 2], channels: ["spin"],
        values: samples.flatMap { values[4 * $0.1..<4 * $0.1 + 4] }, parameterName: "p",
        parameters: [Double(value)], parameterIndex: samples.map { _ in 0 },
        chain: samples.map { Int32($0.0) }, isSequential: true, boundary: .periodic),
      windows: [Window(rows: 1, columns: 2)], pool: pool)
  }
  let whole = Ensemble(joining: [part(at: 0, 0..<6), part(at: 1, 0..<6)], foldCount: 4)
  let batches = Ensemble(
    joining: [part(at: 0, 0..<2), part(at: 0, 2..<6), part(at: 1, 0..<5), part(at: 1, 5..<6)],
    foldCount: 4)
  #expect(batches.parameters == [0, 1] && batches.sampleCount == 48)
  #expect(batches.folds.unit == .chain)
  func means(_ ensemble: Ensemble) -> [[[Double]]] {
    ensemble.foldSums(1) { $1[0] = Double(ensemble.moments.values[0][$0]) }.sums.map {
      $0.map { $0.map { ($0 * 1e6).rounded() } }
    }
  }
  #expect(means(whole) == means(batches))
}

/// Of Blume and Capel's spins the even average is the density of those that are not zero, up to a constant and a factor;
/// of two-valued ones there is none.
@Test func theEvenAverageIsTheDensity() throws {
  var rng = Seed.test("density").makeStream()
  func ensemble(_ levels: [Int8], _ values: [Int8]) -> Ensemble {
    let snapshots = Snapshots(
      siteShape: [2, 2], channels: ["spin"], values: values, levels: levels, parameterName: "p",
      parameters: [1, 2], parameterIndex: (0..<values.count / 4).map { Int32($0 % 2) },
      chain: (0..<values.count / 4).map(Int32.init), isSequential: false, boundary: .periodic)
    return Ensemble(
      snapshots, windows: [Window(rows: 1, columns: 1)], pool: WorkerPool(threadCount: 1))
  }
  let values = (0..<160).map { _ in Int8(rng.index(below: 3)) - 1 }
  let average = try #require(ensemble([-1, 0, 1], values).evenAverage)
  let densities = (0..<40).map { sample in
    Double(values[4 * sample..<4 * sample + 4].count { $0 != 0 }) / 4
  }
  let pair = try (
    #require(densities.firstIndex(of: 0.5)), #require(densities.firstIndex(of: 1))
  )
  let slope = (average[pair.1] - average[pair.0]) / 0.5
  #expect(abs(slope) > 0.5)
  for (value, density) in zip(average, densities) {
    #expect(abs(value - average[pair.1] - slope * (density - 1)) < 1e-5)
  }
  #expect(ensemble([-1, 1], values.map { $0 < 0 ? -1 : 1 }).evenAverage == nil)
}
