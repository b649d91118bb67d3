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

@Suite struct ReplicaExchangeTests {
  private static func tempering(
    _ model: DiscreteModel, betas: [Double], seed: Seed, plan: ReplicaExchangePlan,
    threads: Int = 1, fault: Double = 1
  ) throws -> ReplicaExchange {
    try ReplicaExchange(
      ladder: TemperatureLadder(betas: betas), plan: plan, seed: seed,
      pool: WorkerPool(threadCount: threads)
    ) { beta, seed throws(InputError) in
      ReferenceChain(model, beta: beta, seed: seed, fault: fault)
    }
  }

  private static func plan(
    burnIn: Int = 256, tuning: ReplicaExchangePlan.Tuning = .none, ladders: Int = 2
  ) -> ReplicaExchangePlan {
    var plan = ReplicaExchangePlan()
    plan.burnIn = burnIn
    plan.tuning = tuning
    plan.ladderCount = ladders
    return plan
  }

  /// All outcomes of a round of exchanges of three replicas of two spins: the product of the Boltzmann weights
  /// stays as it is, and energies given to the wrong temperatures are noticed.
  @Test(arguments: [0, 1])
  func aRoundOfExchangesLeavesTheProductWeightInvariant(parity: Int) throws {
    let levels = [-1.0, 0.3, 0.3, 1.9]
    let betas = [0.2, 0.5, 1.1]
    let states = levels.count * levels.count * levels.count
    func configurations(_ index: Int) -> [Int] { [index & 3, index >> 2 & 3, index >> 4] }
    func matrix(betas: [Double]) -> TransitionMatrix {
      var matrix = TransitionMatrix(count: states)
      for from in 0..<states {
        let start = configurations(from)
        let energies = start.map { levels[$0] }
        var flow = ReplicaFlow(count: 3)
        let ratios = zip(energies, energies.dropFirst()).enumerated().map { pair, both in
          exp((betas[pair + 1] - betas[pair]) * (both.1 - both.0))
        }
        let thresholds = ratios.filter { $0 < 1 }.map { UInt64(($0 * 0x1p53).rounded(.up)) << 11 }
        explore(alphabet: always(wordsAround(thresholds: thresholds))) { generator in
          flow = ReplicaFlow(count: 3)
          flow.exchange(parity: parity, betas: betas, energies: energies, using: &generator)
        } found: { weight in
          let places = flow.replicas.map { start[$0] }
          matrix[from, places[0] | places[1] << 2 | places[2] << 4] += weight
        }
      }
      return matrix
    }
    let weights = (0..<states).map { index in
      zip(betas, configurations(index)).reduce(1) { $0 * exp(-$1.0 * levels[$1.1]) }
    }
    let right = matrix(betas: betas)
    #expect(right.rowError < 1e-12)
    // Thresholds are cut to multiples of 2^-53.
    #expect(right.invarianceError(of: weights) < 1e-12)
    #expect(matrix(betas: betas.map { 1.05 * $0 }).invarianceError(of: weights) > 1e-3)
  }

  @Test(arguments: SmallModel.all)
  func energiesAgreeWithEnumerationAtAllTemperatures(_ small: SmallModel) throws {
    let model = try small.make()
    let exact = try Enumeration(of: model)
    let betas = [0.15, 0.3, 0.5, 0.8]
    for (place, beta) in betas.enumerated() {
      try expectAgreement(
        with: exact.energyPerSite(beta: beta), seed: .test(small.name, beta), minimalBias: 0.1
      ) { seed, effort in
        let run = try Self.tempering(model, betas: betas, seed: seed, plan: Self.plan())
        run.run(to: 2000 * effort)
        return run.recordings[place][.energyPerSite]!.estimate()
      }
    }
  }

  @Test func aWrongTemperatureIsFound() throws {
    let model = try SmallModel.frustrated(gaussian: false)
    let exact = try Enumeration(of: model)
    try expectDisagreement(with: exact.energyPerSite(beta: 0.5), seed: .test()) { seed, effort in
      let run = try Self.tempering(
        model, betas: [0.2, 0.5, 1], seed: seed, plan: Self.plan(), fault: 1.15)
      run.run(to: 4000 * effort)
      return run.recordings[1][.energyPerSite]!.estimate()
    }
  }

  @Test(arguments: [ReplicaExchangePlan.Tuning.rejection, .flow])
  func resumesBitForBitAnywhere(tuning: ReplicaExchangePlan.Tuning) throws {
    let model = try SmallModel.frustrated(gaussian: true)
    let betas = [0.1, 0.4, 1, 3]
    let plan = Self.plan(burnIn: 128, tuning: tuning)
    func fresh() throws -> ReplicaExchange {
      try Self.tempering(model, betas: betas, seed: .test(tuning), plan: plan)
    }
    let whole = try fresh()
    whole.run(to: 100)
    var rng = Seed.test(tuning).child("moments").makeStream()
    for _ in 0..<5 {
      let moment = rng.index(below: 228) - 128
      let first = try fresh()
      first.run(to: moment)
      #expect(first.exchangeCount == moment + 128)
      var writer = StateWriter()
      first.save(to: &writer)
      let second = try fresh()
      var reader = StateReader(writer.bytes)
      try second.restore(from: &reader)
      #expect(reader.isAtEnd)
      second.run(to: 100)
      #expect(second.recordings == whole.recordings)
      #expect(second.ladder == whole.ladder)
      #expect(second.report.roundTrips == whole.report.roundTrips)
      #expect(second.report.acceptanceRates == whole.report.acceptanceRates)
    }
  }

  @Test func takenRecordingsAndCheckpointMakeTheWhole() throws {
    let model = try SmallModel.frustrated(gaussian: true)
    func fresh() throws -> ReplicaExchange {
      try Self.tempering(model, betas: [0.1, 0.4], seed: .test(), plan: Self.plan(burnIn: 8))
    }
    let whole = try fresh()
    whole.run(to: 50)
    let parts = try fresh()
    parts.run(to: 20)
    let first = parts.takeRecordings()
    parts.run(to: 50)
    for place in 0..<2 {
      for observable in whole.recordings[0].observables {
        let all = whole.recordings[place][observable]!.chains
        let begin = first[place][observable]!.chains
        let end = parts.recordings[place][observable]!.chains
        #expect(all == zip(begin, end).map { $0 + $1 })
      }
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let model = try SmallModel.frustrated(gaussian: true)
    let runs = try [1, 3].map { threads in
      let run = try Self.tempering(
        model, betas: [0.1, 0.4, 1, 3], seed: .test(), plan: Self.plan(tuning: .rejection),
        threads: threads)
      run.run(to: 200)
      return run
    }
    #expect(runs[0].recordings == runs[1].recordings)
    #expect(runs[0].ladder == runs[1].ladder)
  }

  @Test func laddersAreIndependent() throws {
    let model = try SmallModel.frustrated(gaussian: true)
    let run = try Self.tempering(
      model, betas: [0.1, 1], seed: .test(), plan: Self.plan(ladders: 3))
    run.run(to: 2000)
    let series = run.recordings[1][.energyPerSite]!
    #expect(series.chains.count == 3)
    let means = series.chains.map { Series($0).estimate() }
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
      #expect(series.chains[one] != series.chains[other])
      let pull = means[one].pull(to: means[other].value, referenceError: means[other].error)
      #expect(abs(pull) < 5)
    }
    let reduction = try #require(series.splitRHat)
    #expect(reduction < 1.05)
  }

  /// The ladder is tuned until all pairs reject alike, and the round trips then come near the rate that theory
  /// gives for energies that forget themselves between exchanges.
  @Test func tuningEqualizesRejectionsAndRoundTripsAreMadeAtTheIdealRate() throws {
    let model = try DiscreteModel.ising(SmallModel.square(4))
    var plan = Self.plan(burnIn: 2048, tuning: .rejection)
    plan.sweepsPerExchange = 3
    let start = [0.01, 0.05, 0.1, 0.15, 0.2, 0.25, 1]
    let run = try Self.tempering(model, betas: start, seed: .test(), plan: plan)
    run.run(to: 4000)
    let report = run.report
    #expect(run.ladder.betas.first == 0.01 && run.ladder.betas.last == 1)
    #expect(report.acceptanceRates.max()! - report.acceptanceRates.min()! < 0.1)
    let untuned = try Self.tempering(
      model, betas: start, seed: .test(), plan: Self.plan(burnIn: 64))
    untuned.run(to: 500)
    let rates = untuned.report.acceptanceRates
    #expect(rates.max()! - rates.min()! > 0.3)
    #expect(report.roundTrips.joined().allSatisfy { $0 > 20 })
    #expect(report.warnings.isEmpty)
    let ratio = report.roundTripRate / report.idealRoundTripRate
    #expect(ratio > 0.6 && ratio < 1.1, "\(ratio)")
    #expect(abs(report.flow[0] - 1) < 1e-12 && abs(report.flow.last!) < 1e-12)
    #expect(zip(report.flow, report.flow.dropFirst()).allSatisfy { $0 > $1 - 0.02 })
    #expect(report.diffusivities.allSatisfy { $0 > 0 })
  }

  @Test func flowTuningKeepsEndsAndOrder() throws {
    let model = try DiscreteModel.ising(SmallModel.square(4))
    let run = try Self.tempering(
      model, betas: [0.01, 0.3, 0.5, 0.6, 1], seed: .test(),
      plan: Self.plan(burnIn: 2048, tuning: .flow))
    run.run(to: 1000)
    #expect(run.ladder.betas.first == 0.01 && run.ladder.betas.last == 1)
    #expect(run.ladder.betas != [0.01, 0.3, 0.5, 0.6, 1])
    #expect(run.report.roundTrips.joined().allSatisfy { $0 > 0 })
  }

  @Test func stuckReplicasAreReported() throws {
    let model = try DiscreteModel.ising(SmallModel.square(6))
    let run = try Self.tempering(
      model, betas: [0.01, 3], seed: .test(), plan: Self.plan(burnIn: 8))
    run.run(to: 50)
    #expect(run.report.warnings.contains { $0.contains("never made a round trip") })
    #expect(run.report.warnings.contains { $0.contains("hardly exchange") })
  }

  @Test func stopsWhenAsked() throws {
    let run = try Self.tempering(
      SmallModel.frustrated(gaussian: true), betas: [0.1, 1], seed: .test(), plan: Self.plan())
    let cancellation = Cancellation()
    cancellation.request()
    run.run(to: 100, unless: cancellation)
    #expect(run.exchangeCount == 0)
  }

  @Test func replicaNumbersAreRecorded() throws {
    let run = try Self.tempering(
      SmallModel.frustrated(gaussian: true), betas: [0.1, 0.3, 1], seed: .test(),
      plan: Self.plan(burnIn: 8))
    run.run(to: 30)
    for measurement in 0..<30 {
      let replicas = run.recordings.map { $0[.replica]!.chains[0][measurement] }
      #expect(Set(replicas) == [0, 1, 2])
    }
    // Replicas travel.
    #expect(Set(run.recordings[0][.replica]!.chains[0]).count == 3)
  }

  @Test func unusableLaddersAndPlansAreRefused() throws {
    #expect(throws: InputError.self) { try TemperatureLadder(betas: []) }
    #expect(throws: InputError.self) { try TemperatureLadder(betas: [0.5, 0.5]) }
    #expect(throws: InputError.self) { try TemperatureLadder(betas: [0.5, .nan]) }
    #expect(throws: InputError.self) {
      try TemperatureLadder.geometric(from: 0, to: 1, count: 3)
    }
    #expect(throws: InputError.self) { try TemperatureLadder.linear(from: 0, to: 1, count: 1) }
    var plan = ReplicaExchangePlan()
    plan.sweepsPerExchange = 0
    #expect(throws: InputError.self) { try plan.check() }
    let ladder = try TemperatureLadder.geometric(from: 0.1, to: 10, count: 3)
    #expect(ladder.betas.first == 0.1 && ladder.betas.last == 10)
    expectClose(ladder.betas[1], 1, ulps: 4)
  }

  @Test func equalizedStepsCostTheSame() throws {
    let ladder = try TemperatureLadder(betas: [0, 1, 2, 4])
    // Cost 3 over [0, 1], none over [1, 2], 3 over [2, 4]: thirds at 2/3 and 2 2/3.
    let equal = ladder.equalized(costs: [3, 0, 3])
    expectClose(equal.betas[1], 2.0 / 3, absolute: 1e-2)
    expectClose(equal.betas[2], 2 + 2.0 / 3, absolute: 1e-2)
    #expect(ladder.equalized(costs: [0, 0, 0]) == ladder)
  }
}
