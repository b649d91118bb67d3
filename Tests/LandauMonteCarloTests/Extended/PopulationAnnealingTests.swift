import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct PopulationAnnealingTests {
  private static func annealing(
    _ model: DiscreteModel, plan: PopulationAnnealingPlan, seed: Seed, threads: Int = 1
  ) throws -> PopulationAnnealing<DiscreteChain> {
    try PopulationAnnealing(
      plan: plan, seed: seed, pool: WorkerPool(threadCount: threads),
      logPartitionAtStart: model.logConfigurationCount
    ) { beta, seed throws(InputError) in
      try DiscreteChain(model: model, beta: beta, update: .metropolis, order: .random, seed: seed)
    }
  }

  private static func plan(
    to beta: Double, population: Int = 200, runs: Int = 8
  ) -> PopulationAnnealingPlan {
    var plan = PopulationAnnealingPlan()
    plan.endBeta = beta
    plan.population = population
    plan.runCount = runs
    plan.sweepsPerStep = 3
    return plan
  }

  @Test(arguments: SmallModel.all)
  func freeEnergiesAndEnergiesAgreeWithEnumeration(_ small: SmallModel) throws {
    let model = try small.make()
    let exact = try Enumeration(of: model)
    func last(_ seed: Seed, _ effort: Int) throws -> PopulationStep {
      let run = try Self.annealing(
        model, plan: Self.plan(to: 0.8, population: 200 * effort), seed: seed)
      run.run()
      let step = try #require(run.steps.last)
      #expect(step.beta == 0.8)
      return step
    }
    let seed = Seed.test(small.name)
    try expectAgreement(
      with: exact.logPartition(beta: 0.8), seed: seed.child("partition"), minimalBias: 0.2
    ) { try last($0, $1).logPartition }
    try expectAgreement(
      with: exact.energyPerSite(beta: 0.8), seed: seed.child("energy"), minimalBias: 0.1
    ) { try last($0, $1).mean(of: .energyPerSite)! }
  }

  /// Kaufman's ln Z of the 8 x 8 torus, below, at and above the transition, in one annealing.
  @Test(arguments: [
    (2.5, 56.599388760425), (2.269185314213022, 60.141780789069), (2, 66.344581879228),
  ])
  func freeEnergiesOfTheEightByEightTorusAgree(temperature: Double, logPartition: Double) throws {
    let model = try DiscreteModel.ising(SmallModel.square(8))
    try expectAgreement(
      with: logPartition, seed: .test(temperature), minimalBias: 0.4
    ) { seed, effort in
      let plan = Self.plan(to: 1 / temperature, population: 150 * effort)
      let run = try Self.annealing(model, plan: plan, seed: seed)
      run.run()
      return run.steps.last!.logPartition
    }
  }

  @Test func aWrongTemperatureIsFound() throws {
    let model = try SmallModel.frustrated(gaussian: false)
    let exact = try Enumeration(of: model)
    try expectDisagreement(with: exact.energyPerSite(beta: 0.6), seed: .test()) { seed, effort in
      var plan = Self.plan(to: 0.6, population: 300 * effort)
      plan.sweepsPerStep = 10
      let run = try PopulationAnnealing(plan: plan, seed: seed) { beta, seed throws(InputError) in
        ReferenceChain(model, beta: beta, seed: seed, fault: 1.15)
      }
      run.run()
      return run.steps.last!.mean(of: .energyPerSite)!
    }
  }

  @Test func givenTemperaturesAreGoneThrough() throws {
    var plan = Self.plan(to: 1, population: 50, runs: 2)
    plan.betas = [0, 0.1, 0.25, 0.7]
    let run = try Self.annealing(SmallModel.frustrated(gaussian: true), plan: plan, seed: .test())
    run.run()
    #expect(run.steps.map(\.beta) == [0, 0.1, 0.25, 0.7])
    expectClose(run.steps[0].logPartitions[0], 9 * log(2), ulps: 4)
  }

  @Test func adaptiveStepsReplaceThePartAskedFor() throws {
    let plan = Self.plan(to: 1, population: 500, runs: 2)
    let run = try Self.annealing(SmallModel.frustrated(gaussian: true), plan: plan, seed: .test())
    run.run()
    let betas = run.steps.map(\.beta)
    #expect(betas.first == 0 && betas.last == 1)
    #expect(zip(betas, betas.dropFirst()).allSatisfy { $0 < $1 })
    #expect(betas.count > 5 && betas.count < 40, "\(betas.count)")
    // Families die out and never come back.
    let families = run.steps.map { $0.familyCounts[0] }
    #expect(families[0] == 500)
    #expect(zip(families, families.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(families.last! < 400)
  }

  @Test(arguments: [0, 1, 3, 8])
  func resumesBitForBit(stop: Int) throws {
    let model = try SmallModel.frustrated(gaussian: true)
    let plan = Self.plan(to: 1, population: 60, runs: 2)
    func fresh() throws -> PopulationAnnealing<DiscreteChain> {
      try Self.annealing(model, plan: plan, seed: .test())
    }
    let whole = try fresh()
    whole.run()
    #expect(whole.steps.count > 8)
    let first = try fresh()
    first.run(steps: stop)
    #expect(first.steps.count == stop)
    var writer = StateWriter()
    first.save(to: &writer)
    let second = try fresh()
    var reader = StateReader(writer.bytes)
    try second.restore(from: &reader)
    #expect(reader.isAtEnd)
    second.run()
    #expect(second.steps == whole.steps)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let model = try SmallModel.frustrated(gaussian: true)
    let results = try [1, 3].map { threads in
      let run = try Self.annealing(
        model, plan: Self.plan(to: 1, population: 60, runs: 2), seed: .test(), threads: threads)
      run.run()
      return run.steps
    }
    #expect(results[0] == results[1])
  }

  /// Averaged over its one random number, the comb copies each replica as often as its weight says.
  @Test func theCombCopiesInProportionAndKeepsThePopulation() {
    let expected = [0.2, 1.7, 0, 2.6, 0.05, 1.45]
    let offsets = 2000
    var sums = [Double](repeating: 0, count: expected.count)
    for index in 0..<offsets {
      let copies = PopulationRun.copies(expected, offset: (Double(index) + 0.5) / Double(offsets))
      #expect(copies.reduce(0, +) == expected.count)
      for (place, count) in copies.enumerated() {
        #expect(abs(Double(count) - expected[place]) < 1)
        sums[place] += Double(count) / Double(offsets)
      }
    }
    for (mean, value) in zip(sums, expected) { expectClose(mean, value, absolute: 1e-3) }
  }

  @Test func copiesPartAndFamiliesAreCounted() throws {
    var run = PopulationRun(population: 4, logPartition: 1, stream: Seed.test().makeStream())
    #expect(run.meanSquareFamilySize == 1 && run.familyCount == 4)
    // One replica takes all.
    let weights = ResamplingWeights(energies: [0, 0, -1e4, 0], step: 1)
    #expect(run.resample(weights) == [2, 2, 2, 2])
    #expect(run.familyCount == 1 && run.meanSquareFamilySize == 4 && run.familyEntropy == 0)
    expectClose(run.logPartition, 1 + 1e4 - log(4.0), ulps: 2)
    let model = try SmallModel.frustrated(gaussian: true)
    let (one, other) = (
      try DiscreteChain(model: model, beta: 0.1, seed: Seed.test().child("one")),
      try DiscreteChain(model: model, beta: 0.4, seed: Seed.test().child("other"))
    )
    one.sweep(3)
    _ = other.energy
    other.copyConfiguration(from: one)
    #expect(other.configuration == one.configuration)
    #expect(other.energy == one.energy && other.beta == 0.1)
    one.sweep(3)
    other.sweep(3)
    #expect(other.configuration != one.configuration)
  }

  @Test func populationsThatAreTooSmallAreReported() throws {
    let model = try SmallModel.frustrated(gaussian: true, side: 8)
    var plan = Self.plan(to: 3, population: 60, runs: 4)
    plan.sweepsPerStep = 1
    let run = try Self.annealing(model, plan: plan, seed: .test())
    run.run()
    #expect(!run.steps.last!.warnings.isEmpty)
    #expect(run.steps.last!.logPartition.warning != nil)
    #expect(run.steps[0].equilibrationPopulation == 0)
  }

  @Test func plansThatCannotBeAreRefused() {
    var plan = PopulationAnnealingPlan()
    plan.endBeta = 0
    #expect(throws: InputError.self) { try plan.check() }
    plan.endBeta = 1
    plan.population = 1
    #expect(throws: InputError.self) { try plan.check() }
    plan.population = 10
    plan.betas = [0, 0.5, 0.4]
    #expect(throws: InputError.self) { try plan.check() }
  }
}

extension PopulationAnnealing {
  /// Some temperatures, as if somebody had stopped it then.
  fileprivate func run(steps: Int) {
    while self.steps.count < steps { runOneStep() }
  }
}
