import LandauCore
import LandauStatistics
import LandauStore
import LandauTestSupport
import Testing

@testable import LandauDiscovery

/// Order found in experiments and simulations of others, without being told what to look for.
@Suite struct CollectiveFluctuationTests {
  static let rates = [21, 60, 120]

  static func sweep(_ rate: Int) throws -> Snapshots {
    try SnapshotFile.read(
      #require(sharedData("rydberg_kz_16x16/KZ_data_16x16_\(rate)_MHz_per_us.npz")),
      options: .init(
        spins: "rydberg_data", parameter: "params",
        layout: SnapshotLayout("x,y,parameter,shot")))
  }

  /// |mean (-1)^(x+y) s| of every snapshot; only what was found is compared with it.
  static func staggered(_ snapshots: Snapshots) -> [Double] {
    (0..<snapshots.sampleCount).map { sample in
      let sum = (0..<256).reduce(0) { sum, site in
        sum + ((site / 16 + site) % 2 == 0 ? 1 : -1) * Int(snapshots.values[sample * 256 + site])
      }
      return abs(Double(sum)) / 256
    }
  }

  static func squaredCorrelation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
    let xx = x.reduce(0) { $0 + ($1 - a) * ($1 - a) }
    let yy = y.reduce(0) { $0 + ($1 - b) * ($1 - b) }
    return xy * xy / (xx * yy)
  }

  @Test(.slow, .needsSharedData("rydberg_kz_16x16/KZ_data_16x16_21_MHz_per_us.npz"))
  func checkerboardOfTheRydbergArray() throws {
    let sweeps = try Self.rates.map(Self.sweep)
    let expected = [(0.333, 0.010), (0.190, 0.006), (0.150, 0.005)]
    let learned = try CollectiveFluctuation(sweeps[0], seed: .test())
    #expect(learned.nearestWave.alternates == [true, true])
    #expect(learned.nearestWave.overlap > 0.95)
    #expect(learned.share > 10 * learned.noiseShare)
    let onset = try #require(learned.onset)
    #expect(onset.kind == .located && onset.location.error < 0.3, "\(onset.location)")
    for (index, snapshots) in sweeps.enumerated() {
      // Shot by shot, on ramp rates that the pattern was not learned from.
      let r2 = Self.squaredCorrelation(
        learned.magnitudes(of: snapshots), Self.staggered(snapshots))
      #expect(r2 > 0.9, "\(Self.rates[index]) MHz/us: R^2 = \(r2)")
      let own = index == 0 ? learned : try CollectiveFluctuation(snapshots, seed: .test(index))
      let last = try #require(own.waveMagnitude.last)
      #expect(abs(last.value - expected[index].0) < 0.0006, "\(last)")
      #expect(abs(last.error - expected[index].1) < 0.003, "\(last)")
      // A disordered state of this many shots would have 0.05.
      #expect(abs(own.floor[23] - 0.05) < 0.005 && last.value > 10 * last.error + own.floor[23])
    }
  }

  /// The sign of a pattern means nothing, and a parameter that only moves averages has none.
  @Test func aMovingDensityIsNoFluctuation() throws {
    var rng = Seed.test().makeStream()
    let parameters = (0..<8).map(Double.init)
    var values: [Int8] = []
    for p in parameters {
      for _ in 0..<200 * 36 { values.append(rng.uniform() < 0.1 + 0.1 * p ? 1 : -1) }
    }
    let snapshots = Snapshots(
      siteShape: [6, 6], channels: ["spin"], values: values, parameterName: "p",
      parameters: parameters,
      parameterIndex: (0..<8).flatMap { [Int32](repeating: $0, count: 200) },
      chain: (0..<8).flatMap { _ in (0..<200).map(Int32.init) }, isSequential: false,
      boundary: .open)
    let found = try CollectiveFluctuation(snapshots, seed: .test())
    #expect(found.share < 1.5 * found.noiseShare)
    // Independent variables are at their floor, at every value.
    let pulls = zip(found.magnitude, found.floor).map { $0.pull(to: $1) }
    #expect(pulls.allSatisfy { abs($0) < 5 }, "\(pulls)")
  }
}

/// A scan of four values has no slope, but the distribution of the order has a shape.
@Suite struct OrderBracketTests {
  @Test(.needsSharedData("rydberg_qmc_16x16/samples.npz"))
  func simulatedRydbergArray() throws {
    let snapshots = try SnapshotFile.read(
      #require(sharedData("rydberg_qmc_16x16/samples.npz")), options: .init(siteShape: [16, 16]))
    let pool = WorkerPool(threadCount: 1)
    let ensemble = Ensemble(
      snapshots, windows: Window.standard(siteShape: [16, 16], channelCount: 1), pool: pool)
    let order = try #require(OrderParameter.find(in: ensemble))
    #expect(order.pattern.alternates == [true, true])
    #expect(order.bracket(in: ensemble) == 4.455...4.955)
  }

  /// Evenly spread order stands exactly between one peak and two: no bracket there.
  @Test(arguments: [(0.9, nil as ClosedRange<Double>?), (0.1, 1.0...2.0)])
  func shapes(middle: Double, expected: ClosedRange<Double>?) throws {
    var rng = Seed.test().makeStream()
    // Order m on 100 sites at four values: none, even up to `middle` of all, sharp, sharp.
    var values: [Int8] = []
    for p in 0..<4 {
      for _ in 0..<400 {
        let order =
          p == 0
          ? 0.0 : p == 1 ? middle * (2 * rng.uniform() - 1) : (rng.uniform() < 0.5 ? 0.9 : -0.9)
        for _ in 0..<400 { values.append(rng.uniform() < (1 + order) / 2 ? 1 : -1) }
      }
    }
    let snapshots = Snapshots(
      siteShape: [20, 20], channels: ["spin"], values: values, parameterName: "p",
      parameters: [0, 1, 2, 3],
      parameterIndex: (0..<4).flatMap { [Int32](repeating: $0, count: 400) },
      chain: (0..<4).flatMap { _ in (0..<400).map(Int32.init) }, isSequential: false,
      boundary: .periodic)
    let ensemble = Ensemble(
      snapshots, windows: [Window(rows: 1, columns: 2)], pool: WorkerPool(threadCount: 1))
    let order = try #require(OrderParameter.find(in: ensemble))
    #expect(order.bracket(in: ensemble) == expected)
  }
}
