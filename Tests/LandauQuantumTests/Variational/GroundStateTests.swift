import LandauCore
import LandauExact
import LandauLattice
import LandauNN
import LandauQuantum
import LandauStore
import LandauTestSupport
import Testing

/// Ground states against exact diagonalisation.
@Suite struct GroundStateTests {
  private static let pool = WorkerPool(threadCount: 2)

  private func exact(_ model: PauliSum, downCount: Int? = nil) throws -> Double {
    let basis = downCount.map { SpinBasis(siteCount: model.siteCount, downCount: $0) }
    return try SpinDiagonalization(model, basis: basis).lowest(1, seed: .test())[0].energy
  }

  /// Optimises with all states summed, so that nothing is random but the start; every energy on the way is an upper bound.
  private func optimize(
    _ state: some VariationalState, _ model: PauliSum, downCount: Int? = nil, rate: Double = 0.05,
    shift: Double = 1e-3, iterations: Int, exact: Double
  ) throws -> Double {
    var plan = VariationalMonteCarlo<RestrictedBoltzmannMachine>.Plan(iterations: iterations)
    plan.learningRate = rate
    plan.rule = .reconfiguration(StochasticReconfiguration(shift: shift))
    plan.sampling = .enumeration(downCount: downCount)
    return try lowest(state, model, plan, exact: exact)
  }

  private func lowest<State: VariationalState>(
    _ state: State, _ model: PauliSum,
    _ plan: VariationalMonteCarlo<RestrictedBoltzmannMachine>.Plan, exact: Double
  ) throws -> Double {
    var own = VariationalMonteCarlo<State>.Plan(iterations: plan.iterations)
    own.learningRate = plan.learningRate
    own.rule =
      plan.rule == .adam ? .adam : .reconfiguration(StochasticReconfiguration(shift: plan.shift))
    if case .enumeration(let downCount) = plan.sampling {
      own.sampling = .enumeration(downCount: downCount)
    }
    let run = try VariationalMonteCarlo(state, model, plan: own, seed: .test())
    var last = Double.infinity
    while !run.isComplete {
      last = try run.advance(pool: Self.pool).energy.value
      #expect(last >= exact - 1e-9 * abs(exact), "below the ground state")
    }
    return last
  }

  private func expectNear(_ energy: Double, _ exact: Double, _ relative: Double) {
    #expect((energy - exact) / abs(exact) < relative, "\(energy) for \(exact)")
  }

  @Test(arguments: [0.5, 1, 1.5])
  func isingChainInATransverseField(field: Double) throws {
    let ring = try Lattice.named("chain", sides: [8])
    let model = PauliSum.transverseIsing(ring, transverseField: field)
    let reference = try TransverseIsingChain(siteCount: 8, field: field).energy
    let machine = RestrictedBoltzmannMachine(siteCount: 8, filterCount: 8, seed: .test(field))
    expectNear(
      try optimize(machine, model, iterations: 300, exact: reference), reference, 1e-4)
    let translations = (0..<8).map { shift in (0..<8).map { ($0 + shift) % 8 } }
    let symmetric = RestrictedBoltzmannMachine(
      siteCount: 8, filterCount: 2, symmetries: translations, seed: .test(field))
    expectNear(
      try optimize(symmetric, model, iterations: 300, exact: reference), reference, 1e-3)
  }

  /// Both signs of both couplings, with the rule that makes amplitudes positive.
  @Test(arguments: [(1.0, 0.5), (1, 1), (1, 2), (-1, 0.5), (1, -0.5), (-1, -1)])
  func exchangeChains(coupling: Double, anisotropy: Double) throws {
    let ring = try Lattice.named("chain", sides: [8])
    let model = PauliSum.xxz(ring, coupling: coupling, anisotropy: anisotropy)
    let rule = try #require(SignRule.positive(for: model))
    let rotated = rule.rotated(model)
    let reference = try exact(model, downCount: 4)
    expectClose(try exact(rotated, downCount: 4), reference, relative: 1e-12)
    let machine = RestrictedBoltzmannMachine(
      siteCount: 8, filterCount: 16, seed: .test(coupling, anisotropy))
    expectNear(
      try optimize(machine, rotated, downCount: 4, rate: 0.03, iterations: 500, exact: reference),
      reference,
      1e-3)
  }

  /// Without the rule a positive state cannot have the energy: 1.1 per cent and more above.
  @Test func positiveStatesMissTheSigns() throws {
    let ring = try Lattice.named("chain", sides: [8])
    let model = PauliSum.xxz(ring)
    let reference = try exact(model, downCount: 4)
    let machine = RestrictedBoltzmannMachine(siteCount: 8, filterCount: 8, seed: .test())
    let energy = try optimize(
      machine, model, downCount: 4, rate: 0.03, iterations: 200, exact: reference)
    #expect((energy - reference) / abs(reference) > 0.011)
    #expect(!SignRule.isFreeOfSigns(model))
  }

  @Test(arguments: [0.3, 0.5])
  func frustratedChain(nextNearest: Double) throws {
    let n = 8
    var model = PauliSum(siteCount: n)
    for site in 0..<n {
      for (distance, strength) in [(1, 1.0), (2, nextNearest)] {
        for axis in SpinAxis.allCases {
          model.add(strength, [.init(axis, site), .init(axis, (site + distance) % n)])
        }
      }
    }
    #expect(SignRule.positive(for: model) == nil)
    let rule = try #require(SignRule.marshall(try Lattice.named("chain", sides: [n])))
    let reference = try exact(model, downCount: 4)
    let machine = RestrictedBoltzmannMachine(
      siteCount: n, filterCount: 16, isComplex: true, deviation: 0.05, seed: .test(nextNearest))
    expectNear(
      try optimize(
        machine, rule.rotated(model), downCount: 4, rate: 0.03, iterations: 600, exact: reference),
      reference, 1e-3)
  }

  @Test func atomsDrivenToRydbergStates() throws {
    let n = 8
    var distances: [Double] = []
    for i in 0..<n { for j in i + 1..<max(i + 1, n) { distances.append(Double(j - i)) } }
    let model = PauliSum.rydberg(
      distances: distances, siteCount: n, rabi: 1, detuning: 1.2, interaction: 4)
    let rule = try #require(SignRule.positive(for: model))
    let reference = try exact(model)
    let machine = RestrictedBoltzmannMachine(siteCount: n, filterCount: 8, seed: .test())
    expectNear(
      try optimize(machine, rule.rotated(model), iterations: 400, exact: reference), reference,
      1e-4)
  }

  @Test func networksReachTheSameState() throws {
    let ring = try Lattice.named("chain", sides: [6])
    let model = PauliSum.transverseIsing(ring, transverseField: 1)
    let reference = try TransverseIsingChain(siteCount: 6, field: 1).energy
    let network = ConvolutionalState.make(sides: [6], window: [3], channels: [4, 4], seed: .test())
    expectNear(
      try optimize(network, model, iterations: 250, exact: reference), reference, 1e-3)
    let masked = AutoregressiveState(siteCount: 6, width: 4, isSymmetrized: true, seed: .test())
    expectNear(try optimize(masked, model, iterations: 250, exact: reference), reference, 1e-3)
  }

  @Test func adamLowersTheEnergyToo() throws {
    let ring = try Lattice.named("chain", sides: [6])
    let model = PauliSum.transverseIsing(ring, transverseField: 1)
    let reference = try TransverseIsingChain(siteCount: 6, field: 1).energy
    let machine = RestrictedBoltzmannMachine(
      siteCount: 6, filterCount: 6, deviation: 0.1, seed: .test())
    var plan = VariationalMonteCarlo<RestrictedBoltzmannMachine>.Plan(iterations: 400)
    plan.learningRate = 0.02
    plan.rule = .adam
    plan.sampling = .enumeration(downCount: nil)
    let run = try VariationalMonteCarlo(machine, model, plan: plan, seed: .test())
    var last = 0.0
    while !run.isComplete { last = try run.advance(pool: Self.pool).energy.value }
    expectNear(last, reference, 2e-3)
  }

  /// Chains instead of sums: the energy with its error, the variance and the V-score against the sums of the same state.
  @Test(.slow, arguments: ["metropolis", "direct"])
  func sampledRunsReachTheGroundState(kind: String) throws {
    let ring = try Lattice.named("chain", sides: [10])
    let model = PauliSum.transverseIsing(ring, transverseField: 1)
    let reference = try TransverseIsingChain(siteCount: 10, field: 1).energy
    func check<State: VariationalState>(_ state: State, direct: Bool) throws {
      var plan = VariationalMonteCarlo<State>.Plan(iterations: 200)
      plan.sampleCount = 512
      plan.learningRate = 0.1
      if direct { plan.sampling = .direct }
      let run = try VariationalMonteCarlo(state, model, plan: plan, seed: .test(kind))
      while !run.isComplete { try run.advance(pool: Self.pool) }
      expectNear(
        run.state.quantumState(pool: Self.pool).expectation(model), reference, 2e-3)
      let all = StateSample.enumerating(run.state, pool: Self.pool)
      let exactValues = LocalEstimator(model).values(all.states, of: run.state, pool: Self.pool)
      let whole = StateEnergy(all, energies: exactValues, hamiltonian: model)
      let (measured, sample) = run.measure(count: 16_000, pool: Self.pool)
      let values = LocalEstimator(model).values(sample.states, of: run.state, pool: Self.pool)
      #expect(abs(measured.energy.pull(to: whole.energy.value)) < 5)
      let score = StateEnergy.vScore(sample, energies: values, hamiltonian: model)
      #expect(abs(score.pull(to: whole.vScore)) < 6, "\(score) for \(whole.vScore)")
      expectClose(score.value, measured.vScore, relative: 0.01)
    }
    if kind == "direct" {
      try check(
        AutoregressiveState(siteCount: 10, width: 4, isSymmetrized: true, seed: .test()),
        direct: true)
    } else {
      try check(
        RestrictedBoltzmannMachine(siteCount: 10, filterCount: 10, seed: .test()), direct: false)
    }
  }

  @Test func scoresDoNotDependOnUnitsOrConstants() throws {
    let ring = try Lattice.named("chain", sides: [6])
    let state = Ansatz.real.state(siteCount: 6, seed: .test())
    let sample = StateSample.enumerating(state, pool: Self.pool)
    var moved = 3 * PauliSum.transverseIsing(ring, transverseField: 0.7)
    moved.add(11, [])
    let scores = [PauliSum.transverseIsing(ring, transverseField: 0.7), moved].map { model in
      StateEnergy(
        sample,
        energies: LocalEstimator(model).values(sample.states, of: state, pool: Self.pool),
        hamiltonian: model
      ).vScore
    }
    expectClose(scores[1], scores[0], relative: 1e-11)
  }

  @Test func movesThatCannotReachTheStateAreRefused() throws {
    let ring = try Lattice.named("chain", sides: [6])
    let machine = RestrictedBoltzmannMachine(siteCount: 6, filterCount: 2, seed: .test())
    var plan = VariationalMonteCarlo<RestrictedBoltzmannMachine>.Plan(iterations: 1)
    plan.sampling = .metropolis(.exchange(along: ring, downCount: 3))
    #expect(throws: InputError.self) {
      try VariationalMonteCarlo(
        machine, PauliSum.transverseIsing(ring, transverseField: 1), plan: plan, seed: Seed(1))
    }
    plan.sampling = .direct
    #expect(throws: InputError.self) {
      try VariationalMonteCarlo(machine, PauliSum.xxz(ring), plan: plan, seed: Seed(1))
    }
  }

  // MARK: - Resuming

  private func expectResumes<State: VariationalState>(
    _ state: State, rule: VariationalMonteCarlo<State>.Rule,
    sampling: VariationalMonteCarlo<State>.Sampling
  ) throws {
    let ring = try Lattice.named("chain", sides: [6])
    let model = PauliSum.transverseIsing(ring, transverseField: 1)
    var plan = VariationalMonteCarlo<State>.Plan(iterations: 12)
    plan.sampleCount = 64
    plan.chainCount = 4
    plan.rule = rule
    plan.sampling = sampling
    let whole = try VariationalMonteCarlo(state, model, plan: plan, seed: Seed(5))
    var energies: [Double] = []
    while !whole.isComplete {
      energies.append(try whole.advance(pool: WorkerPool(threadCount: 1)).energy.value)
    }
    for stop in [0, 1, 7] {
      let first = try VariationalMonteCarlo(state, model, plan: plan, seed: Seed(5))
      for _ in 0..<stop { try first.advance(pool: Self.pool) }
      var writer = StateWriter()
      first.save(to: &writer)
      let second = try VariationalMonteCarlo(state, model, plan: plan, seed: Seed(5))
      var reader = StateReader(writer.bytes)
      try second.restore(from: &reader)
      #expect(reader.isAtEnd)
      var rest: [Double] = []
      while !second.isComplete { rest.append(try second.advance(pool: Self.pool).energy.value) }
      #expect(rest == Array(energies[stop...]))
      #expect(second.state.parameters == whole.state.parameters)
      #expect(
        second.measure(count: 100, pool: Self.pool).sample.states
          == whole.measure(count: 100, pool: Self.pool).sample.states || stop > 0)
    }
  }

  @Test func runsGoOnBitForBit() throws {
    let machine = RestrictedBoltzmannMachine(siteCount: 6, filterCount: 6, seed: .test())
    try expectResumes(
      machine, rule: .reconfiguration(StochasticReconfiguration()), sampling: .metropolis(.flip))
    try expectResumes(machine, rule: .adam, sampling: .metropolis(.flip))
    try expectResumes(
      AutoregressiveState(siteCount: 6, width: 2, seed: .test()),
      rule: .reconfiguration(StochasticReconfiguration(system: .minimal)), sampling: .direct)
    try expectResumes(
      ConvolutionalState.make(
        sides: [6], window: [3], channels: [2], hasPhase: true, seed: .test()),
      rule: .reconfiguration(StochasticReconfiguration()), sampling: .metropolis(.flip))
  }

  // MARK: - A public table of energies

  /// chain_20_P of the Heisenberg model: the row of exact diagonalisation, and variational Monte Carlo within 1e-3 of it.
  @Test(.slow, .needsSharedData("many_body_energies/energies.csv"))
  func heisenbergRingOfTwenty() throws {
    let text = try TextFile.read(
      try #require(sharedData("many_body_energies/energies.csv")))
    let rows = text.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let row = rows.first { row in
      row[0] == "Heisenberg" && row[1] == "chain_20_P" && row[7].contains("Exact")
    }
    let reference = try #require(row.flatMap { Double($0[2]) })
    let ring = try Lattice.named("chain", sides: [20])
    let model = PauliSum.xxz(ring)
    let group = SpinSymmetryGroup(
      siteCount: 20,
      generators: [
        .translation(siteCount: 20), .reflection(siteCount: 20),
        .spinFlip(siteCount: 20),
      ])
    let basis = SpinBasis(siteCount: 20, downCount: 10, group: group)
    let diagonalized = try SpinDiagonalization(model, basis: basis, pool: Self.pool).lowest(
      1, seed: .test())[0].energy
    expectClose(diagonalized, reference, relative: 1e-10)
    let rule = try #require(SignRule.positive(for: model))
    let translations = (0..<20).map { shift in (0..<20).map { ($0 + shift) % 20 } }
    let machine = RestrictedBoltzmannMachine(
      siteCount: 20, filterCount: 4, symmetries: translations, seed: .test())
    var plan = VariationalMonteCarlo<RestrictedBoltzmannMachine>.Plan(iterations: 300)
    plan.sampling = .metropolis(.exchange(along: ring, downCount: 10))
    plan.learningRate = 0.02
    plan.rule = .reconfiguration(StochasticReconfiguration(shift: 1e-3))
    let run = try VariationalMonteCarlo(
      machine, rule.rotated(model), plan: plan, seed: .test())
    while !run.isComplete { try run.advance(pool: Self.pool) }
    let energy = run.measure(count: 20_000, pool: Self.pool).energy.energy
    let relative = (energy.value - reference) / abs(reference)
    #expect(relative < 1e-3 && relative > -5 * energy.error / abs(reference), "\(energy)")
  }
}

extension VariationalMonteCarlo.Plan {
  fileprivate var shift: Double {
    if case .reconfiguration(let rule) = self.rule { rule.shift } else { 0.01 }
  }
}
