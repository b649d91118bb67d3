import LandauCore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

@Suite struct SlopeChangeTests {
  private static let scan = (0..<41).map { Double($0) / 40 }

  /// Smooth steps of given heights at given places, with noise.
  private func curve(
    _ steps: [(place: Double, height: Double)], noise: Double, seed: Seed
  ) -> PredictionCurve {
    var rng = seed.makeStream()
    let errors = [Double](repeating: noise, count: Self.scan.count)
    let mode = Self.scan.map { noise * ($0 - 0.5) }
    return PredictionCurve(
      parameters: Self.scan,
      means: Self.scan.map { x in
        steps.reduce(0) { $0 + $1.height / (1 + exponential(($1.place - x) / 0.03)) }
          + noise * rng.normal()
      },
      testErrors: errors, trainingModes: [mode], spreads: errors)
  }

  private func exponential(_ x: Double) -> Double { Complex(x, 0).exponential().real }

  @Test func everyStepIsAChange() {
    for trial in 0..<5 {
      let seed = Seed.test("steps").child("trial", trial)
      let found = SlopeChange.all(
        in: curve([(0.3, 0.4), (0.7, 0.6)], noise: 0.01, seed: seed), seed: seed)
      #expect(found.count == 2)
      for (change, place) in zip(found, [0.3, 0.7]) {
        #expect(abs(change.location.value - place) < 5 * max(change.location.error, 0.003))
        #expect(change.interval.contains(change.location.value))
        #expect(change.slope.value > change.prominence.value * 0.9)
      }
    }
  }

  /// One step has one top however the noise falls; a straight line and noise alone have none.
  @Test func noiseIsNoChange() {
    var falseAlarms = 0
    for trial in 0..<20 {
      let seed = Seed.test("noise").child("trial", trial)
      let single = SlopeChange.all(
        in: curve([(0.45, 1)], noise: 0.02, seed: seed), seed: seed, resamples: 100)
      if single.count != 1 { falseAlarms += 1 }
      let nothing = SlopeChange.all(
        in: curve([], noise: 0.02, seed: seed.child("none")), seed: seed, resamples: 100)
      if !nothing.isEmpty { falseAlarms += 1 }
    }
    #expect(falseAlarms <= 2, "\(falseAlarms) of 40")
  }

  /// Spins that point down, then alternate, then point up.
  @Test func partsNameWhatStandsOut() throws {
    var rng = Seed.test("parts").makeStream()
    let (side, shots) = (12, 40)
    var spins: [Int8] = []
    for x in Self.scan {
      for _ in 0..<shots {
        for site in 0..<side {
          let sign: Int8 = x < 0.35 ? -1 : x > 0.65 ? 1 : site % 2 == 0 ? 1 : -1
          spins.append(rng.uniform() < 0.05 ? -sign : sign)
        }
      }
    }
    let windows = [Window(rows: 1, columns: 1), Window(rows: 1, columns: 2)]
    let ensemble = Ensemble(
      Snapshots(
        siteShape: [side], channels: ["spin"], values: spins, parameterName: "p",
        parameters: Self.scan,
        parameterIndex: Self.scan.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
        chain: Self.scan.indices.flatMap { _ in (0..<shots).map(Int32.init) },
        isSequential: false, boundary: .periodic), windows: windows, pool: WorkerPool())
    let parts = ScanPart.parts(of: ensemble, cuts: [0.34, 0.66])
    #expect(parts.map(\.range) == [0...0.325, 0.35...0.65, 0.675...1.0])
    let pair = ensemble.counts.terms[ensemble.counts.ranges[1].last!]
    #expect(parts.map { $0.correlators.map(\.term.degree) } == [[1, 2], [2], [1, 2]])
    #expect(parts[1].correlators[0].term == pair)
    for (part, mean) in zip(parts, [-0.9, -0.81, 0.9]) {
      let found = part.correlators[0].mean
      #expect(abs(found.value - mean) < 5 * found.error && found.error < 0.01, "\(found)")
    }
  }
}
