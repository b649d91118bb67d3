import LandauCore
import LandauTestSupport
import Testing

@testable import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct MixingTests {
  /// Good chains: p below 0.01 in one of a hundred repeats or a little more, whatever the memory.
  @Test(arguments: [(0.0, 1, 1000), (0.8, 1, 4000), (0.8, 4, 1000), (0.95, 2, 4000)])
  func falseAlarms(coefficient: Double, chainCount: Int, length: Int) {
    let process = Autoregression(coefficient: coefficient)
    let alarms = (0..<300).count { index in
      let chains = process.chains(
        [Int](repeating: length, count: chainCount), seed: .test(coefficient, chainCount, index))
      guard let probability = Series(chains).mixingProbability else { return true }
      return probability < 0.01
    }
    // 3 expected; 18 or more has a chance of 1e-8 at a true rate of one in a hundred, 2e-3 at two.
    #expect(alarms < 18)
  }

  /// A drift of a tenth of sigma over the run is invisible to split R-hat and fifteen errors of the mean.
  /// Silent error 17.
  @Test func smallDrift() throws {
    let chain = Autoregression(coefficient: 0.3).chains([100_000], seed: .test())[0]
    let drifting = Series(chain.enumerated().map { $1 + 0.2 * Double($0) / 100_000 })
    #expect(try #require(drifting.splitRHat) < 1.01)
    #expect(try #require(drifting.mixingProbability) < 1e-6)
    #expect(drifting.estimate().warning?.contains("not mixed") == true)
    #expect(Replicates.jackknife([drifting])[0].warning?.contains("not mixed") == true)
    #expect(Series(chain).estimate().warning == nil)
  }

  /// Sectors whose energies differ by little, each chain stuck in its own.
  @Test func stuckChains() {
    let chains = Autoregression(coefficient: 0.5).chains(
      [20_000, 20_000, 20_000, 20_000], seed: .test())
    let stuck = Series(
      chains.enumerated().map { index, chain in chain.map { $0 + 0.1 * Double(index % 2) } })
    #expect(stuck.splitRHat! < 1.01)
    #expect(stuck.estimate().warning?.contains("not mixed") == true)
    #expect(Series(chains).estimate().warning == nil)
  }

  /// Chains stuck in the two wells of a bimodal distribution.
  @Test func bimodalChains() {
    let chains = Autoregression(coefficient: 0.5).chains([500, 500], seed: .test())
    let wells = Series([chains[0].map { 0.1 * $0 - 1 }, chains[1].map { 0.1 * $0 + 1 }])
    #expect(wells.estimate().warning?.contains("not mixed") == true)
  }

  @Test func tooShortToTell() {
    let chains = Autoregression(coefficient: 0.99).chains([1000], seed: .test())
    #expect(Series(chains).mixingProbability == nil)
    #expect(Series([1.0, 2]).mixingProbability == nil)
    #expect(Series([Double](repeating: 1, count: 100)).mixingProbability == nil)
  }
}

@Suite struct EquilibrationTests {
  /// Starts ten sigma off and relaxes with the memory of the process.
  private func relaxing(_ time: Double, count: Int, chains: Int, seed: Seed) -> Series {
    let process = Autoregression(coefficient: 0.5)
    return Series(
      process.chains([Int](repeating: count, count: chains), seed: seed).map { chain in
        chain.enumerated().map { $1 + 10 * exp(-Double($0) / time) }
      })
  }

  /// Silent error 17: burn-in that was left out.
  @Test func findsTheStart() throws {
    let series = relaxing(50, count: 5000, chains: 3, seed: .test())
    let start = try #require(series.thermalizationCount)
    // 10 exp(-t / 50) falls below the noise of what remains (sigma / sqrt(N / 3)) after some 4 to 6 times
    // 50; much later would waste data.
    #expect(start >= 100 && start <= 700)
    let rest = series.dropping(first: start).estimate()
    #expect(abs(rest.value) < 6 * rest.error && rest.warning == nil)
    #expect(abs(series.estimate().value) > 0.05)
    let good = relaxing(1e-3, count: 5000, chains: 3, seed: .test())
    #expect(try #require(good.thermalizationCount) < 1500)
  }

  @Test func tooShortToTell() {
    let drift = Series((0..<1000).map { Double($0) })
    #expect(drift.thermalizationCount == nil)
    #expect(Series([1.0, 2, 3]).thermalizationCount == nil)
  }

  /// Silent error 17: burn-in that was left out.
  @Test func logarithmicBins() throws {
    let slow = Equilibration(of: relaxing(2000, count: 4000, chains: 4, seed: .test()))
    #expect(!slow.isReached)
    let good = Equilibration(of: relaxing(20, count: 4000, chains: 4, seed: .test()))
    #expect(good.isReached && good.bins.count >= 5)
    // The start is seen in the first bins even where the last agree.
    #expect(good.bins.last!.value > 1)
    #expect(Equilibration(of: Series([1.0, 2, 3])).probability == nil)
  }

  @Test func disorderAveragedBins() throws {
    var rng = Seed.test().makeStream()
    let offsets = (0..<40).map { _ in rng.normal() }
    func realizations(_ time: Double) -> [Series] {
      offsets.enumerated().map { index, offset in
        relaxing(time, count: 2000, chains: 1, seed: .test(index)).map { $0 + 0.1 * offset }
      }
    }
    #expect(try Equilibration(realizations: realizations(10)).isReached)
    #expect(try !Equilibration(realizations: realizations(1500)).isReached)
    #expect(throws: InputError.self) {
      try Equilibration(realizations: Array(realizations(10)[..<1]))
    }
  }
}

@Suite struct DisorderAverageTests {
  /// Realisation r has thermal mean h ~ N(0.5, 1); chains scatter about it.
  private func realizations(
    _ count: Int, chains: Int, length: Int = 100, seed: Seed
  ) -> [[Series]] {
    (0..<count).map { index in
      let seed = seed.child("realization", index)
      var rng = seed.makeStream()
      let field = 0.5 + rng.normal()
      let series = Series(
        Autoregression(coefficient: 0.5).chains(
          [Int](repeating: length, count: chains), seed: seed
        ).map { $0.map { field + 3 * $0 } })
      return [series, series.map { $0 * $0 }]
    }
  }

  enum Target: String, CaseIterable {
    case mean, meanSquare, squaredMean, biasedSquare, variance, ratio
  }

  /// [<x>] = 0.5, [<x>^2] = 1.25, [<x^2>] = 10.25. A single chain's square is too large by its variance,
  /// 9 x 2 tau / length, which the test finds.
  @Test(arguments: Target.allCases)
  func averages(target: Target) throws {
    func measure(_ seed: Seed, _ effort: Int) throws -> Estimate {
      let disorder = try DisorderAverage(realizations(400 * effort, chains: 2, seed: seed))
      return switch target {
      case .mean: disorder.averages[0]
      case .meanSquare: disorder.averages[1]
      case .squaredMean: try disorder.product(0, 0)[0]
      case .biasedSquare:
        try DisorderAverage(
          disorder.realizations.map { [Series([$0[0].mean * $0[0].mean])] }
        ).averages[0]
      case .variance: try disorder.variance(of: 0)
      case .ratio: disorder.averages.map { [$0[1] / ($0[0] * $0[0])] }[0]
      }
    }
    let exact = [0.5, 10.25, 1.25, 1.25, 1, 41][Target.allCases.firstIndex(of: target)!]
    if target == .biasedSquare {
      // The mean of two chains: half of 9 x 3 / 100 too much.
      try expectDisagreement(with: exact, seed: .test(target)) { seed, effort in
        try measure(seed, 40 * effort)
      }
    } else {
      try expectAgreement(with: exact, seed: .test(target), minimalBias: 1.5 * max(1, exact)) {
        try measure($0, $1)
      }
    }
  }

  @Test func thermalShareAndErrors() throws {
    // Thermal variance of a realisation's mean: 9 x 3 / (2 x 100) = 0.135, of the disorder 1.
    let disorder = try DisorderAverage(realizations(300, chains: 2, seed: .test()))
    let share = try #require(disorder.thermalShare(of: 0))
    expectClose(share, 0.135 / 1.135, relative: 0.35)
    // Known to a part in sqrt(2 x 300): five of those.
    expectClose(disorder.averages[0].error, (1.135 / 300).squareRoot(), relative: 0.21)
    #expect(disorder.averages[0].degreesOfFreedom == 299)
  }

  @Test func whatIsRefused() throws {
    let many = realizations(20, chains: 1, seed: .test())
    #expect(throws: InputError.self) { try DisorderAverage([many[0]]) }
    let single = try DisorderAverage(many)
    #expect(single.averages[0].error > 0)
    do throws(InputError) {
      _ = try single.product(0, 0)
      Issue.record("a single chain's square was accepted")
    } catch {
      #expect(
        error.message == "realisation 0 has 1 chain; a product of thermal averages needs 2 or more"
          + " independent ones (a single chain's square is biased)")
    }
    #expect(throws: InputError.self) { try single.variance(of: 0) }
    #expect(throws: InputError.self) { try DisorderAverage([[Series([Double]())], [Series([1])]]) }
    let few = try DisorderAverage(Array(many[..<3]))
    #expect(few.averages[0].warning == "few: only 3 realisations")
  }

  /// Overlaps of two delta peaks at +-0.6, and normal ones.
  @Test func overlapDistribution() throws {
    let peaked = (0..<30).map { index in
      Series(
        Autoregression(coefficient: 0).chains([200], seed: .test(index))[0].map {
          $0 > 0 ? 0.62 : -0.62
        })
    }
    let ordered = try OverlapDistribution(peaked)
    expectClose(ordered.binderCumulant.value, 1, absolute: 1e-12)
    let bin = ordered.histogram.centres.firstIndex { abs($0 - 0.625) < 1e-9 }!
    // Symmetrised: half of the weight in a bin of width 0.05, with no scatter left.
    expectClose(ordered.histogram.densities.values[bin], 10, relative: 1e-12)
    expectClose(ordered.histogram.densities.values[39 - bin], 10, relative: 1e-12)
    let plain = try OverlapDistribution(peaked, symmetrized: false)
    #expect(plain.histogram.densities[bin].error > 0)
    let normal = (0..<30).map { index in
      Series(
        Autoregression(coefficient: 0).chains([500], seed: .test("normal", index))[0].map {
          0.1 * $0
        })
    }
    let disordered = try OverlapDistribution(normal)
    #expect(abs(disordered.binderCumulant.pull(to: 0)) < 5)
    #expect(disordered.binderCumulant.error < 0.03)
    #expect(throws: InputError.self) {
      try OverlapDistribution([Series([0.5, 1.5]), Series([0.1])])
    }
    #expect(throws: InputError.self) { try OverlapDistribution([Series([0.5, 0.4])]) }
  }
}
