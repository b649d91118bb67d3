import LandauCore
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

@Suite struct IsingSamplingTests {
  private let model = try! IsingModel(sides: [8, 8])  // a possible model

  private func run(
    _ plan: SamplingPlan, update: IsingUpdate? = nil, threads: Int = 1,
    cancellation: Cancellation = .never, seed: Seed = Seed(7)
  ) throws -> IsingSample {
    try IsingSample.run(
      model: model, beta: 0.4, update: update, plan: plan, seed: seed,
      pool: WorkerPool(threadCount: threads), cancellation: cancellation)
  }

  @Test(arguments: IsingUpdate.allCases)
  func theNumberOfThreadsDoesNotMatter(_ update: IsingUpdate) throws {
    let plan = SamplingPlan(sweeps: 50, chainCount: 5, snapshotCount: 3)
    let one = try run(plan, update: update)
    for threads in [2, 5] {
      let other = try run(plan, update: update, threads: threads)
      #expect(other.chains.map(\.energyPerSite) == one.chains.map(\.energyPerSite))
      #expect(other.chains.map(\.magnetizationPerSite) == one.chains.map(\.magnetizationPerSite))
      #expect(other.chains.map(\.snapshots) == one.chains.map(\.snapshots))
    }
  }

  /// Silent error 5: parallel chains that are copies of one.
  @Test func chainsDifferAndDoNotKnowOfEachOther() throws {
    let sample = try run(SamplingPlan(sweeps: 4000, chainCount: 6))
    let chains = sample.chains.map(\.magnetizationPerSite)
    #expect(Set(chains.map { $0.prefix(20).description }).count == 6)
    // Adding a chain changes nothing in the others.
    let fewer = try run(SamplingPlan(sweeps: 4000, chainCount: 5)).chains.map(
      \.magnetizationPerSite)
    #expect(Array(chains.prefix(5)) == fewer)
  }

  /// The correlation of two chains has mean 0 and an error that the Gamma method knows.
  /// Silent error 5: parallel chains that are copies of one.
  @Test(arguments: IsingUpdate.allCases)
  func chainsAreUncorrelated(_ update: IsingUpdate) throws {
    try expectAgreement(with: 0, seed: .test(update.rawValue), minimalBias: 0.1) { seed, effort in
      let plan = SamplingPlan(sweeps: 20_000 * effort, chainCount: 2)
      let sample = try run(plan, update: update, seed: seed)
      let (one, two) = (sample.chains[0].energyPerSite, sample.chains[1].energyPerSite)
      let mean = Series([one, two]).mean
      let variance = Series(one.map { ($0 - mean) * ($0 - mean) }).mean
      let products: [Double] = zip(one, two).map { a, b in (a - mean) * (b - mean) / variance }
      return Series(products).estimate()
    }
  }

  @Test func measurementsAndSnapshotsComeWhenThePlanSays() throws {
    let plan = SamplingPlan(
      sweeps: 103, burnIn: 5, measureEvery: 10, chainCount: 2, snapshotCount: 4)
    let sample = try run(plan)
    #expect(sample.isComplete && sample.spacing == 10 && sample.burnIn == 5)
    let sites = model.siteCount
    for chain in sample.chains {
      #expect(chain.energyPerSite.count == 10 && chain.magnetizationPerSite.count == 10)
      #expect(chain.snapshots.count == 4 * sites)
      #expect(chain.snapshots.allSatisfy { $0 == 1 || $0 == -1 })
    }
    #expect((0..<4).map(plan.sweepOfSnapshot) == [25, 51, 77, 103])
    // A chain made by hand goes through the same configurations.
    let chain = try IsingChain(model: model, beta: 0.4, seed: Seed(7).child("chain", 0))
    chain.burnIn(5)
    chain.sweep(20)
    #expect(chain.energyPerSite == sample.chains[0].energyPerSite[1])
    chain.sweep(5)
    #expect(chain.spins == Array(sample.chains[0].snapshots.prefix(sites)))
    chain.sweep(25)
    #expect(chain.magnetizationPerSite == sample.chains[0].magnetizationPerSite[4])
  }

  @Test func aCancelledRunKeepsWhatItHas() throws {
    let cancellation = Cancellation()
    cancellation.request()
    let nothing = try run(SamplingPlan(sweeps: 100, chainCount: 3), cancellation: cancellation)
    #expect(!nothing.isComplete)
    #expect(nothing.chains.allSatisfy { $0.energyPerSite.isEmpty && $0.sweeps == 0 })
    // Stopped by another thread in the middle of more work than anybody waits for.
    let later = Cancellation()
    let pool = WorkerPool(threadCount: 3)
    let halves = try pool.map(2) { index -> IsingSample? in
      if index == 1 {
        let start = Progress.now()
        while Progress.now() - start < 0.2 {}
        later.request()
        return nil
      }
      return try run(
        SamplingPlan(sweeps: 2_000_000_000, measureEvery: 1000, chainCount: 1), cancellation: later)
    }
    let half = try #require(halves[0])
    #expect(!half.isComplete)
    #expect(half.chains[0].sweeps > 0)
    #expect(half.chains[0].energyPerSite.count == half.chains[0].sweeps / 1000)
  }

  /// (J, T) to (2J, 2T): the same chain, and exactly twice the energy.
  /// Silent error 3: J forgotten in one of two places.
  @Test(arguments: IsingUpdate.allCases, [[6, 6], [5], [128, 32]])
  func twiceTheCouplingAndTemperatureIsTwiceTheEnergy(_ update: IsingUpdate, _ sides: [Int]) throws
  {
    let one = try IsingModel(sides: sides, coupling: 0.7)
    let two = try IsingModel(sides: sides, coupling: 1.4)
    let a = try IsingChain(model: one, beta: 0.6, update: update, seed: Seed(3))
    let b = try IsingChain(model: two, beta: 0.3, update: update, seed: Seed(3))
    a.sweep(20)
    b.sweep(20)
    #expect(a.spins == b.spins)
    #expect(b.energy == 2 * a.energy)
  }

  /// Energies and magnetisations that a chain reports are those of the spins it hands out.
  @Test(arguments: [
    ([16], 1.0, 0.0), ([7], -1, 0), ([6, 10], 1, 0), ([6, 10], -1, 0), ([5, 7], 1, 0.5),
    ([1, 9], 1, 0), ([2, 2], -1, 0), ([4, 1, 6], -1, 0), ([3, 4, 5], 1, -0.2),
    ([2, 3, 2, 3], 1, 0),
    ([128, 16], 1, 0), ([16, 128], -1, 0), ([128, 16], -1, 0.5),
  ])
  func observablesAreThoseOfTheSpins(_ sides: [Int], _ coupling: Double, _ field: Double) throws {
    let model = try IsingModel(sides: sides, coupling: coupling, field: field)
    for update in IsingUpdate.allCases where update == .metropolis || model.clusterRefusal == nil {
      let chain = try IsingChain(model: model, beta: 0.35, update: update, seed: Seed(11))
      for _ in 0..<5 {
        let spins = chain.spins
        #expect(chain.magnetization == model.magnetization(of: spins.span))
        expectClose(chain.energy, model.energy(of: spins.span), absolute: 0, relative: 1e-15)
        chain.sweep(2)
      }
    }
  }

  @Test func levelsGiveTheSameObservables() throws {
    for sides in [[33, 65], [128, 16], [7, 7, 7]] {
      let model = try IsingModel(sides: sides)
      let energies = try KernelLevel.allCases.filter(\.isSupported).map { level in
        let chain = try IsingChain(
          model: model, beta: 0.3, update: .metropolis, seed: Seed(2), pool: nil, level: level)
        chain.sweep(3)
        return [chain.energy, Double(chain.magnetization)]
      }
      #expect(energies.allSatisfy { $0 == energies[0] })
    }
  }

  @Test func wolffSweepsAreFrozenAfterBurnIn() throws {
    let chain = try IsingChain(model: model, beta: 0.44, update: .wolff, seed: Seed(1))
    chain.burnIn(100)
    let before = chain.updateCount
    #expect(before == 0)
    chain.sweep(2000)
    // About as many flips as sites, whatever the clusters turned out to be.
    let flipsPerSite = Double(chain.updateCount) / Double(2000 * model.siteCount)
    #expect(flipsPerSite > 0.7 && flipsPerSite < 1.4)
  }

  @Test func refusals() throws {
    let field = try IsingModel(sides: [4, 4], field: 0.1)
    let odd = try IsingModel(sides: [3, 4], coupling: -1)
    for update in [IsingUpdate.wolff, .swendsenWang] {
      for bad in [field, odd] {
        #expect(throws: InputError.self) {
          try IsingChain(model: bad, beta: 0.4, update: update, seed: Seed(1))
        }
        #expect(throws: InputError.self) {
          try IsingSample.run(
            model: bad, beta: 0.4, update: update, plan: SamplingPlan(), seed: Seed(1),
            pool: WorkerPool(threadCount: 1))
        }
      }
    }
    for beta in [-0.1, .nan, .infinity] {
      #expect(throws: InputError.self) { try IsingChain(model: model, beta: beta, seed: Seed(1)) }
    }
    let plans = [
      SamplingPlan(sweeps: 0), SamplingPlan(sweeps: -1), SamplingPlan(burnIn: -1),
      SamplingPlan(measureEvery: 0), SamplingPlan(sweeps: 10, measureEvery: 11),
      SamplingPlan(chainCount: 0), SamplingPlan(snapshotCount: -1),
      SamplingPlan(sweeps: 10, snapshotCount: 11),
      SamplingPlan(sweeps: 2_000_000_000, chainCount: 65536, snapshotCount: 1_000_000_000),
    ]
    for plan in plans { #expect(throws: InputError.self) { try run(plan) } }
  }

  @Test func theAutomaticUpdateIsAFunctionOfTheJob() throws {
    func automatic(_ sides: [Int], _ beta: Double, coupling: Double = 1, field: Double = 0) throws
      -> IsingUpdate
    {
      .automatic(
        for: try IsingModel(sides: sides, coupling: coupling, field: field), beta: beta)
    }
    #expect(try automatic([64, 64], 0.44) == .wolff)
    #expect(try automatic([64, 64], 0.44, coupling: -1) == .wolff)
    #expect(try automatic([63, 64], 0.44, coupling: -1) == .metropolis)
    #expect(try automatic([64, 64], 0.44, field: 0.5) == .metropolis)
    #expect(try automatic([1024, 1024], 0.2) == .metropolis)
    #expect(try automatic([1024, 1024], 0.44) == .wolff)
    #expect(try automatic([1024, 1024], 0.1, coupling: 4.4) == .wolff)
    #expect(try automatic([100], 0.5) == .swendsenWang)
    let chain = try IsingChain(model: model, beta: 0.4, seed: Seed(1))
    #expect(chain.update == .wolff && chain.algorithm.hasPrefix("wolff"))
  }
}
