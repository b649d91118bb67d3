import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauTestSupport
import Testing

@testable import LandauDiscovery

private let windows = [Window(rows: 1, columns: 2), Window(rows: 2, columns: 1)]

/// Snapshots of the square Ising model, eight chains at each temperature.
private func ising(
  _ side: Int, _ temperatures: [Double], perChain: Int, seed: Seed, pool: WorkerPool
) throws -> Ensemble {
  let model = try IsingModel(sides: [side, side])
  let parts = try temperatures.enumerated().map { index, temperature in
    let run = try IsingSample.run(
      model: model, beta: 1 / temperature, update: .swendsenWang,
      plan: SamplingPlan(
        sweeps: 4 * perChain, measureEvery: 4, chainCount: 8, snapshotCount: perChain),
      seed: seed.child("value", index), pool: pool, cancellation: .never)
    return Ensemble.Part(
      Snapshots(
        siteShape: [side, side], channels: ["spin"], values: run.chains.flatMap(\.snapshots),
        parameterName: "temperature", parameters: [temperature],
        parameterIndex: [Int32](repeating: 0, count: 8 * perChain),
        chain: (0..<8).flatMap { [Int32](repeating: Int32($0), count: perChain) },
        isSequential: true, boundary: .periodic), windows: windows, pool: pool)
  }
  return Ensemble(joining: parts, foldCount: 8)
}

private func exact(_ side: Int, _ temperatures: [Double]) throws -> ScanDistributions {
  let torus = try KaufmanTorus(rows: side, columns: side)
  let all = temperatures.map { torus.energyDistribution(beta: 1 / $0) }
  return ScanDistributions(
    parameters: temperatures, statistic: all[0].energies, probabilities: all.map(\.probabilities))
}

private func grid(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
  (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
}

@Suite struct PhaseDetectionTests {
  @Test(arguments: [8, 16, 32])
  func `Learned curves agree with their optima`(side: Int) throws {
    let temperatures = grid(1.5, 3, 31)
    let pool = WorkerPool()
    let scan = try exact(side, temperatures)
    let ensemble = try ising(
      side, temperatures, perChain: 48, seed: .test(side), pool: pool)
    let findings = try PhaseDetection(
      windows: [0, 1], steps: 400, resamples: 100, seed: .test("networks", side)
    ).run(
      [ensemble], distributions: [scan], pool: pool, progress: .silent, cancellation: .never)
    for found in findings {
      let size = found.sizes[0]
      print(
        side, found.method, found.range, "chi2", size.chiSquare ?? .nan, size.degreesOfFreedom,
        "p", size.probability ?? .nan, "at", size.location.estimate, size.location.kind, "optimum",
        size.optimum?.location ?? .nan)
    }
  }
}
