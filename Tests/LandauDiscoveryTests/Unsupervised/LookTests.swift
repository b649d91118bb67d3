import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauTestSupport
import Testing

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of the square-lattice Ising model, four chains of `perChain` at each temperature.
private func ising(
  side: Int, temperatures: [Double], perChain: Int, seed: Seed
) throws -> Snapshots {
  let model = try IsingModel(sides: [side, side])
  let pool = WorkerPool()
  return Snapshots(
    joining: try temperatures.enumerated().map { index, temperature in
      let run = try IsingSample.run(
        model: model, beta: 1 / temperature, update: .wolff,
        plan: SamplingPlan(
          sweeps: 2 * perChain, burnIn: 40, measureEvery: 2, chainCount: 4,
          snapshotCount: perChain), seed: seed.child("temperature", index), pool: pool)
      return Snapshots(
        siteShape: [side, side], channels: ["spin"], values: run.chains.flatMap(\.snapshots),
        parameterName: "temperature", parameters: [temperature],
        parameterIndex: [Int32](repeating: 0, count: 4 * perChain),
        chain: (0..<4).flatMap { [Int32](repeating: $0, count: perChain) }, isSequential: true,
        boundary: .periodic)
    })
}

@Suite struct LookTests {
  @Test func `The Ising model's leading component is its magnetisation`() throws {
    let temperatures = (0..<17).map { 1.6 + 0.1 * Double($0) }
    let snapshots = try ising(
      side: 12, temperatures: temperatures, perChain: 25, seed: .test())
    let look = try UnsupervisedLook(snapshots, seed: .test("look"))
    #expect(look.uniformOverlap > 0.99, "\(look.uniformOverlap)")
    #expect(look.explainedVariance[0].value > 10 * look.explainedVariance[1].value)
    #expect(look.explainedVariance[0].error > 0 && look.explainedVariance[0].error < 0.05)
    #expect(look.explainedVariance[0].value > look.noiseFloor)
    // The coordinate along it is the magnetisation: 0.98 per spin at the lowest temperature.
    let exact = pow(1 - pow(sinh(2 / temperatures[0]), -4), 0.125)
    expectClose(look.leadingMagnitude[0].value, exact, absolute: 0.03)
    #expect(look.clusterCount >= 2)
    let change = try #require(look.change)
    #expect(change.kind == .located)
    // T_c = 2.269, and the change of so small a lattice above it by about 1/L.
    #expect(abs(change.location.value - 2.35) < 0.3, "\(change.location)")
    #expect(look.splitUnit == .chain)
    #expect(look.summary.contains { $0.contains("clusters change fastest at temperature = 2.") })
    for p in temperatures.indices {
      expectClose(look.shares.reduce(0) { $0 + $1[p].value }, 1, absolute: 1e-9)
    }
  }

  @Test func `Coin flips have nothing above the noise`() throws {
    var rng = Seed.test().makeStream()
    let values = (0..<8).map(Double.init)
    let snapshots = Snapshots(
      siteShape: [10, 10], channels: ["spin"],
      values: (0..<8 * 50 * 100).map { _ in rng.next() & 1 == 0 ? 1 : -1 }, parameterName: "p",
      parameters: values, parameterIndex: (0..<8).flatMap { [Int32](repeating: $0, count: 50) },
      chain: (0..<8).flatMap { _ in (0..<50).map(Int32.init) }, isSequential: false,
      boundary: .periodic)
    let look = try UnsupervisedLook(snapshots, seed: .test("look"))
    #expect(look.componentsAboveNoise <= 1)
    #expect(look.explainedVariance[0].value < 1.15 * look.noiseFloor)
    #expect(look.clusterCount == 1)
    #expect(look.change == nil)
    #expect(look.summary.contains { $0.hasPrefix("One cluster") })
    expectClose(
      look.explainedVariance.count == 8 ? look.shares[0][3].value : 0, 1, absolute: 1e-12)
  }

  @Test func `Errors of a scan are those of its chains`() {
    // Every chain of ten alike samples: the error of the mean is that of eight numbers.
    var rng = Seed.test().makeStream()
    let count = 200
    let values = (0..<count).flatMap { _ in
      (0..<8).flatMap { _ -> [Double] in [Double](repeating: rng.normal(), count: 10) }
    }
    let snapshots = Snapshots(
      siteShape: [1], channels: ["spin"], values: [Int8](repeating: 1, count: count * 80),
      parameterName: "p", parameters: (0..<count).map(Double.init),
      parameterIndex: (0..<count).flatMap { [Int32](repeating: Int32($0), count: 80) },
      chain: (0..<count).flatMap { _ in (0..<8).flatMap { [Int32](repeating: $0, count: 10) } },
      isSequential: true, boundary: .open)
    let scan = ScanFolds(snapshots)
    #expect(scan.folds.unit == .chain && scan.folds.count == 8)
    let means = scan.means(of: values)
    let squares = means.reduce(0) { $0 + $1.error * $1.error } / Double(count)
    // Variance 1/8, biased low by (8 - 1)/8 within a parameter's spread.
    expectClose(squares * 8, 1, absolute: 0.15)
    expectClose(means.reduce(0) { $0 + $1.value * $1.value } * 8 / Double(count), 1, absolute: 0.5)
  }

  @Test func `Samples of every parameter, evenly`() {
    let snapshots = Snapshots(
      siteShape: [1], channels: ["spin"], values: [Int8](repeating: 1, count: 17),
      parameterName: "p", parameters: [0, 1],
      parameterIndex: [Int32](repeating: 0, count: 10) + [Int32](repeating: 1, count: 7),
      chain: [Int32](repeating: 0, count: 17), isSequential: true, boundary: .open)
    #expect(snapshots.samples(perParameter: 5) == [1, 3, 5, 7, 9, 11, 12, 14, 15, 16])
    #expect(snapshots.samples(perParameter: 20).count == 17)
    let some = snapshots.selecting([0, 12])
    #expect(some.sampleCount == 2 && some.parameterIndex == [0, 1])
  }

  @Test func `States without order become columns of their own`() {
    let potts = Snapshots(
      siteShape: [2], channels: ["state"], values: [0, 2, 1, 1], levels: [0, 1, 2],
      parameterName: "p", parameters: [0], parameterIndex: [0, 0], chain: [0, 0],
      isSequential: false, boundary: .open)
    let matrix = SampleMatrix(potts)
    #expect(matrix.columnCount == 6)
    for (found, state) in zip(matrix[0], [1.0, 0, 0, 0, 0, 1]) {
      expectClose(found, state - 1.0 / 3, ulps: 1)
    }
  }
}
