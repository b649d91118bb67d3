import LandauCore
import LandauExact
import LandauLattice
import LandauTestSupport
import Testing

@testable import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct WangLandauTests {
  private static func density(
    _ model: DiscreteModel, seed: Seed, final: Double = 1e-5, runs: Int = 8, width: Double? = nil,
    range: ClosedRange<Double>? = nil
  ) throws -> MeasuredDensityOfStates {
    var plan = WangLandauPlan()
    plan.finalLogFactor = final
    plan.runCount = runs
    plan.binWidth = width
    plan.energyRange = range
    let walk = try WangLandau(model: model, plan: plan, seed: seed)
    walk.run()
    return try walk.densityOfStates()
  }

  /// The counts of the 4 x 4 torus, found by enumeration outside this package.
  @Test(arguments: [
    (-32, 2), (-24, 32), (-20, 64), (-16, 424), (-12, 1728), (-8, 6688), (-4, 13568), (0, 20524),
    (32, 2),
  ])
  func theFourByFourTorusIsCounted(energy: Int, count: Int) throws {
    let model = try DiscreteModel.ising(SmallModel.square(4))
    try expectAgreement(with: log(Double(count)), seed: .test(energy), minimalBias: 0.15) {
      seed, effort in
      let density = try Self.density(model, seed: seed, final: 2e-5 / Double(effort))
      #expect(density.levels.count == 15)
      #expect(density.flatness > 0.2)
      return try #require(density.levels.first { $0.energy == Double(energy) }).logCount
    }
  }

  @Test(arguments: SmallModel.all)
  func partitionFunctionsAgreeWithEnumeration(_ small: SmallModel) throws {
    let model = try small.make()
    let exact = try Enumeration(of: model)
    let width = small.name.hasPrefix("Gaussian") ? 0.002 : nil
    let beta = 0.7
    func run(_ seed: Seed, _ effort: Int) throws -> MeasuredDensityOfStates {
      try Self.density(model, seed: seed, final: 5e-5 / Double(effort), width: width)
    }
    // Intervals change ln Z by less than beta width / 2, 7e-4.
    try expectAgreement(
      with: exact.logPartition(beta: beta), seed: .test(small.name).child("partition"),
      minimalBias: 0.15
    ) { try run($0, $1).logPartition(beta: beta) }
    try expectAgreement(
      with: exact.energyPerSite(beta: beta), seed: .test(small.name).child("energy"),
      minimalBias: 0.03
    ) { try run($0, $1).energyPerSite(beta: beta) }
    let entropy =
      (exact.logPartition(beta: beta) / Double(model.siteCount))
      + beta * exact.energyPerSite(beta: beta)
    try expectAgreement(
      with: entropy, seed: .test(small.name).child("entropy"), minimalBias: 0.03
    ) { try run($0, $1).entropyPerSite(beta: beta) }
    try expectAgreement(
      with: exact.specificHeatPerSite(beta: beta), seed: .test(small.name).child("heat"),
      minimalBias: 0.1
    ) { try run($0, $1).specificHeatPerSite(beta: beta) }
  }

  @Test func aWrongCouplingIsFound() throws {
    let exact = try Enumeration(of: DiscreteModel.ising(SmallModel.square(4)))
    let wrong = try DiscreteModel.ising(SmallModel.square(4), coupling: 1.02)
    try expectDisagreement(with: exact.logPartition(beta: 0.44), seed: .test()) { seed, effort in
      try Self.density(wrong, seed: seed, final: 2e-5 / Double(effort)).logPartition(beta: 0.44)
    }
  }

  @Test func aRangeIsKeptAndNormalizedToAKnownLevel() throws {
    let model = try DiscreteModel.ising(SmallModel.square(4))
    let density = try Self.density(model, seed: .test(), range: -33 ... -15)
    #expect(density.levels.map(\.energy) == [-32, -24, -20, -16])
    let normalized = try density.normalized(atEnergy: -32, logCount: log(2))
    for (level, count) in zip(normalized.levels, [2.0, 32, 64, 424]) {
      #expect(abs(level.logCount.value - log(count)) <= 8 * level.logCount.error + 1e-12)
      #expect(level.logCount.error < 0.05)
    }
    #expect(throws: InputError.self) { try density.normalized(atEnergy: -28, logCount: 0) }
  }

  @Test(arguments: [false, true])
  func resumesBitForBitAnywhere(isReal: Bool) throws {
    let model = try SmallModel.frustrated(gaussian: isReal)
    var plan = WangLandauPlan()
    plan.binWidth = isReal ? 0.5 : nil
    plan.runCount = 2
    plan.finalLogFactor = 1e-4
    func fresh() throws -> WangLandau {
      try WangLandau(model: model, plan: plan, seed: .test(isReal))
    }
    let whole = try fresh()
    whole.run()
    // Stopped after each stretch, and taken up by another object.
    var current = try fresh()
    var stops = 0
    while !current.isFinished {
      for _ in 0..<(7 * (stops + 1)) { current.runOneBlock() }
      var writer = StateWriter()
      current.save(to: &writer)
      var reader = StateReader(writer.bytes)
      current = try fresh()
      try current.restore(from: &reader)
      #expect(reader.isAtEnd)
      stops += 1
    }
    #expect(stops > 2)
    #expect(try current.densityOfStates() == whole.densityOfStates())
    #expect(current.attemptCount == whole.attemptCount)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let model = try DiscreteModel.potts(SmallModel.square(3), states: 3)
    var plan = WangLandauPlan()
    plan.finalLogFactor = 1e-3
    let results = try [1, 3].map { threads in
      let walk = try WangLandau(
        model: model, plan: plan, seed: .test(), pool: WorkerPool(threadCount: threads))
      walk.run()
      return try walk.densityOfStates()
    }
    #expect(results[0] == results[1])
    #expect(Set(results[0].logCounts).count == 4)
  }

  @Test func stopsWhenAskedAndSaysThatItIsNotFinished() throws {
    let walk = try WangLandau(model: .ising(SmallModel.square(4)), seed: .test())
    let cancellation = Cancellation()
    cancellation.request()
    walk.run(unless: cancellation)
    #expect(!walk.isFinished && walk.attemptCount == 0)
    #expect(throws: InputError.self) { try walk.densityOfStates() }
  }

  @Test func whatCannotBeCountedIsRefused() throws {
    let glass = try SmallModel.frustrated(gaussian: true)
    #expect(throws: InputError.self) { try WangLandau(model: glass, seed: .test()) }
    let ising = try DiscreteModel.ising(SmallModel.square(4))
    for range in [-100.0 ... -50, -27.0 ... -25, -30.0 ... -29] {
      var plan = WangLandauPlan()
      plan.energyRange = range
      #expect(throws: InputError.self, "\(range)") {
        try WangLandau(model: ising, plan: plan, seed: .test())
      }
    }
    var plan = WangLandauPlan()
    plan.binWidth = 0
    #expect(throws: InputError.self) { try WangLandau(model: ising, plan: plan, seed: .test()) }
  }

  @Test func binsAreLevelsOrIntervals() throws {
    let potts = try DiscreteModel.potts(SmallModel.square(3), states: 3, coupling: 0.7)
    let levels = try EnergyBins(of: potts)
    #expect(levels.isExact && levels.count == 19)
    for bin in 0..<19 {
      expectClose(levels.energy(of: bin), -12.6 + 0.7 * Double(bin), absolute: 1e-12)
      #expect(levels.bin(of: levels.energy(of: bin)) == bin)
    }
    #expect(levels.bin(of: 0.71) == nil && levels.bin(of: -14) == nil)
    let intervals = try EnergyBins(of: potts, width: 5)
    #expect(!intervals.isExact && intervals.count == 3)
    #expect(intervals.bin(of: -12.6) == 0 && intervals.bin(of: 0) == 2)
    let part = try EnergyBins(of: potts, within: -7 ... -3)
    expectClose(part.lowest, -7, absolute: 1e-12)
    #expect(part.count == 6)
  }
}
