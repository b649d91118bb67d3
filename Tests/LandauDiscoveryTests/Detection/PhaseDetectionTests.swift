import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics
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
  /// The smallest of all methods' and ranges' p-values, times their number; and with optima of temperatures that are off.
  private func probabilities(
    seed: Seed, effort: Int, shift: Double
  ) throws -> (right: Double, shifted: Double) {
    let temperatures = grid(1.7, 3, 21)
    let pool = WorkerPool()
    let ensemble = try ising(12, temperatures, perChain: 32 * effort, seed: seed, pool: pool)
    let findings = try PhaseDetection(
      windows: [0, 1], steps: 240, resamples: 20, ranges: [.whole, .lowerTwoThirds],
      seed: seed.child("networks")
    ).run(
      [ensemble], distributions: [try exact(12, temperatures)], pool: pool, progress: .silent,
      cancellation: .never)
    let wrong = try exact(12, temperatures.map { $0 * (1 + shift) })
    let values = findings.map { $0.sizes[0].probability ?? .nan }
    let shifted = findings.filter { $0.range == .whole }.map { found -> Double in
      let size = found.sizes[0]
      let best = DetectionOptimum(
        found.method,
        of: ScanDistributions(
          parameters: temperatures, statistic: wrong.statistic, probabilities: wrong.probabilities),
        trainingCount: 192 * effort)
      let points = best.isDetermined.indices.filter { best.isDetermined[$0] }
      return chiSquareSurvival(
        size.curve.chiSquare(to: best.values, at: points), degreesOfFreedom: Double(points.count))
    }
    return (min(1, Double(values.count) * values.min()!), shifted.max()!)
  }

  /// All curves against the optima of exact energy distributions. Optima of temperatures 4 % too high are told from them by
  /// every method, so a bias of that size is found.
  @Test(.slow) func `Learned curves agree with their optima`() throws {
    var shifted: [Double] = []
    try expectPlausible(seed: .test("square")) { seed, effort in
      let found = try probabilities(seed: seed, effort: effort, shift: 0.04)
      shifted.append(found.shifted)
      return found.right
    }
    #expect(shifted[0] < 1e-3, "\(shifted)")
  }

  @Test func `Coin flips confuse every cut and have no location`() throws {
    let values = grid(0, 1, 13)
    var rng = Seed.test("coins").makeStream()
    let shots = 64
    let spins = (0..<values.count * shots * 16).map { _ in Int8(rng.uniform() < 0.5 ? 1 : -1) }
    let pool = WorkerPool()
    let window = Window(rows: 1, columns: 2)
    let ensemble = Ensemble(
      Snapshots(
        siteShape: [16], channels: ["spin"], values: spins, parameterName: "p",
        parameters: values,
        parameterIndex: values.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
        chain: values.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
        boundary: .periodic), windows: [window], pool: pool)
    let findings = try PhaseDetection(
      windows: [0], steps: 60, resamples: 40, ranges: [.whole], seed: .test("networks")
    ).run([ensemble], pool: pool, progress: .silent, cancellation: .never)
    let confusion = try #require(findings.first { $0.method == .confusion }).sizes[0]
    #expect(confusion.location.kind == .atEdge)
    #expect(confusion.chiSquare == nil)
    // Held-out accuracy is no better than guessing the larger side. Three chances in a million each, times twelve.
    for (cut, (value, error)) in zip(confusion.curve.values, confusion.curve.errors).enumerated() {
      let guess = Double(max(cut + 1, 12 - cut)) / 13
      #expect(value < guess + 4.7 * error, "cut \(cut): \(value), \(guess)")
      #expect(value > guess - 0.1)
    }
    let path = try #require(findings.first { $0.method == .mean }).sizes[0].curve
    // The noise floor: twelve steps of random walk have no direction.
    #expect(abs(path.values[12]) < 4.7 * path.errors[12])
  }
}
