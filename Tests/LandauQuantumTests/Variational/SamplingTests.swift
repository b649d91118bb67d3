import LandauCore
import LandauExact
import LandauLattice
import LandauQuantum
import LandauStatistics
import LandauTestSupport
import Testing

@Suite struct SamplingTests {
  private static let pool = WorkerPool(threadCount: 2)

  private func magnetizationSquared(_ state: UInt64, _ n: Int) -> Double {
    let m = Double(n - 2 * state.nonzeroBitCount) / Double(n)
    return m * m
  }

  /// Chains with and without local updates, and independent draws, against the sum over all states.
  @Test(arguments: ["local", "amplitudes", "autoregressive", "symmetrized"])
  func averagesAreThoseOfTheState(kind: String) throws {
    let n = 6
    let machine = RestrictedBoltzmannMachine(
      siteCount: n, filterCount: n, deviation: 0.3, seed: .test(kind))
    let state: any VariationalState =
      switch kind {
      case "local": machine
      case "amplitudes": WithoutLocalUpdates(machine: machine)
      default:
        (kind == "symmetrized" ? Ansatz.symmetrized : .autoregressive).state(
          siteCount: n, seed: .test(kind))
      }
    func value(_ word: UInt64) -> Double { magnetizationSquared(word, n) + word.spin0 }
    let all = StateSample.enumerating(state, pool: Self.pool)
    let exact = zip(all.weights!, all.states).reduce(0) { $0 + $1.0 * value($1.1) }
    try expectAgreement(with: exact, seed: .test(kind), minimalBias: 0.1) { seed, effort in
      if let direct = state as? any DirectlySampledState {
        return .mean(
          of: direct.sampled(4000 * effort, seed: seed, pool: Self.pool).map(value))
      }
      let sampler = try MetropolisSampler(
        siteCount: n, chainCount: 8, move: .flip, seed: seed)
      let sample = sampler.sample(state, count: 500 * effort, burnIn: 50, pool: Self.pool)
      return Series(
        (0..<8).map { chain in
          sample.states[chain * 500 * effort..<(chain + 1) * 500 * effort].map(value)
        }
      ).estimate()
    }
  }

  /// Exchanges keep the number of down spins and have the conditional probabilities.
  @Test func exchangesSampleOneSector() throws {
    let n = 6
    let ring = try Lattice.named("chain", sides: [n])
    let machine = RestrictedBoltzmannMachine(
      siteCount: n, filterCount: n, deviation: 0.3, seed: .test())
    func value(_ word: UInt64) -> Double { word.spin0 - (word >> 1).spin0 * (word >> 3).spin0 }
    let all = StateSample.enumerating(machine, downCount: 2, pool: Self.pool)
    let exact = zip(all.weights!, all.states).reduce(0) { $0 + $1.0 * value($1.1) }
    try expectAgreement(with: exact, seed: .test(), minimalBias: 0.12) { seed, effort in
      let sampler = try MetropolisSampler(
        siteCount: n, chainCount: 8, move: .exchange(along: ring, downCount: 2), seed: seed)
      let sample = sampler.sample(machine, count: 1000 * effort, burnIn: 50, pool: Self.pool)
      #expect(sample.states.allSatisfy { $0.nonzeroBitCount == 2 })
      return Series(
        (0..<8).map { chain in
          sample.states[chain * 1000 * effort..<(chain + 1) * 1000 * effort].map(value)
        }
      ).estimate()
    }
  }

  @Test func samplesDoNotDependOnThreads() throws {
    for state: any VariationalState in [
      RestrictedBoltzmannMachine(siteCount: 8, filterCount: 8, deviation: 0.3, seed: .test()),
      ConvolutionalState.make(sides: [8], window: [3], channels: [2], seed: .test()),
    ] {
      let samples = try [1, 2].map { threads in
        try MetropolisSampler(siteCount: 8, chainCount: 5, move: .flip, seed: Seed(3)).sample(
          state, count: 20, pool: WorkerPool(threadCount: threads))
      }
      #expect(samples[0].states == samples[1].states)
      #expect(samples[0].acceptanceRate == samples[1].acceptanceRate)
    }
    let direct = AutoregressiveState(siteCount: 8, width: 2, seed: .test())
    #expect(
      direct.sampled(150, seed: Seed(2), pool: WorkerPool(threadCount: 1))
        == direct.sampled(150, seed: Seed(2), pool: Self.pool))
  }

  @Test func exchangesThatLeavePartsApartAreRefused() {
    #expect(throws: InputError.self) {
      try MetropolisSampler(
        siteCount: 4, chainCount: 1,
        move: .exchange(pairs: [.init(0, 1), .init(2, 3)], downCount: 2), seed: Seed(1))
    }
  }
}

extension UInt64 {
  fileprivate var spin0: Double { self & 1 == 0 ? 1 : -1 }
}
