import LandauCore
import LandauExact
import LandauLattice
import LandauQuantum
import LandauStore
import LandauTestSupport
import Testing

@Suite struct TomographyTests {
  private static let pool = WorkerPool(threadCount: 2)

  @discardableResult
  private func learn<State: VariationalState>(
    _ state: State, _ shots: [MeasuredShots], _ change: (inout StateTomography<State>.Plan) -> Void
  ) throws -> State {
    var plan = StateTomography<State>.Plan()
    change(&plan)
    let tomography = try StateTomography(state, shots: shots, plan: plan, seed: .test())
    while !tomography.isComplete { try tomography.advance(pool: Self.pool) }
    return tomography.learned
  }

  /// The step is the slope of the likelihood of shots along all axes.
  @Test func stepsFollowTheLikelihood() throws {
    let state = Ansatz.complex.state(siteCount: 3, seed: .test()) as! RestrictedBoltzmannMachine
    let shots = [
      MeasuredShots(axes: [.z, .z, .z], outcomes: [0, 1, 1, 5, 7]),
      MeasuredShots(axes: [.x, .z, .y], outcomes: [2, 2, 3, 6]),
      MeasuredShots(axes: [.y, .x, .x], outcomes: [4, 0]),
    ]
    func likelihood(_ parameters: [Double], learningRate: Double = 0) throws -> (Double, [Double]) {
      var moved = state
      moved.parameters = parameters
      var plan = StateTomography<RestrictedBoltzmannMachine>.Plan()
      plan.heldBack = 0
      plan.learningRate = learningRate
      plan.longestStep = .infinity
      // A shift far above the geometric tensor: the step is the slope over the shift.
      plan.reconfiguration = StochasticReconfiguration(shift: 1e9)
      let tomography = try StateTomography(moved, shots: shots, plan: plan, seed: Seed(1))
      let value = try tomography.advance(pool: Self.pool).logLikelihood!
      return (value, tomography.state.parameters)
    }
    let start = state.parameters
    let (_, after) = try likelihood(start, learningRate: 1e9)
    for k in stride(from: 0, to: start.count, by: 2) {
      let values = try [1e-5, -1e-5].map { step in
        var moved = start
        moved[k] += step
        return try likelihood(moved).0
      }
      expectClose(
        2 * (after[k] - start[k]), (values[0] - values[1]) / 2e-5, absolute: 1e-6, relative: 1e-5)
    }
  }

  @Test func chainsLearnAsSumsDo() throws {
    let n = 6
    let chain = try TransverseIsingChain(siteCount: n, field: 1, isPeriodic: false)
    let spins = chain.snapshots(4000, axis: .z, seed: .test())
    let words = (0..<4000).map { shot in
      (0..<n).reduce(UInt64(0)) { spins[shot * n + $1] < 0 ? $0 | 1 << UInt64($1) : $0 }
    }
    let shots = [MeasuredShots(axes: [SpinAxis](repeating: .z, count: n), outcomes: words)]
    let lattice = try Lattice.named("chain", sides: [n], boundary: [.open])
    let model = PauliSum.transverseIsing(lattice, transverseField: 1)
    let machine = RestrictedBoltzmannMachine(
      siteCount: n, filterCount: n, deviation: 0.1, seed: .test())
    for samples in [nil, 1024] {
      let learned = try learn(machine, shots) {
        $0.chainSamples = samples
        $0.iterations = samples == nil ? 200 : 300
        $0.learningRate = samples == nil ? 0.1 : 0.05
        $0.heldBack = samples == nil ? 0.1 : 0
      }
      let energy = learned.quantumState(pool: Self.pool).expectation(model)
      #expect(abs(energy / chain.energy - 1) < 0.01, "\(energy) for \(chain.energy)")
    }
  }

  @Test func refusesWhatItCannotLearn() throws {
    let machine = RestrictedBoltzmannMachine(siteCount: 2, filterCount: 2, seed: .test())
    var plan = StateTomography<RestrictedBoltzmannMachine>.Plan()
    plan.chainSamples = 100
    let rotated = [MeasuredShots(axes: [.x, .z], outcomes: [0])]
    #expect(throws: InputError.self) {
      try StateTomography(machine, shots: rotated, plan: plan, seed: Seed(1))
    }
    let wide = [MeasuredShots(axes: [.z, .z, .z], outcomes: [0])]
    #expect(throws: InputError.self) {
      try StateTomography(machine, shots: wide, seed: Seed(1))
    }
    #expect(throws: InputError("line 2 has 1 spins, the first one 2")) {
      try MeasuredShots.parse("0 1\n1\n")
    }
    #expect(throws: InputError("line 1 has '2'; allowed: 0 and 1")) {
      try MeasuredShots.parse("0 2\n")
    }
    let parsed = try MeasuredShots.parse("01\n11\n10\n", bases: "Z Z\nX Z\nZ Z\n")
    #expect(
      parsed == [
        MeasuredShots(axes: [.z, .z], outcomes: [2, 1]),
        MeasuredShots(axes: [.x, .z], outcomes: [3]),
      ])
  }

  // MARK: - Public data

  private func text(_ name: String) throws -> String {
    try TextFile.read(try #require(sharedData("qubit_tomography/\(name)")))
  }

  /// Amplitudes in a file count the first spin as the highest bit.
  private func amplitudes(_ name: String, siteCount n: Int) throws -> QuantumState {
    let rows = try text(name).split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }.filter { $0.count == 2 }
    var values = [Complex<Double>](repeating: .zero, count: 1 << n)
    for (index, row) in rows.enumerated() {
      let own = (0..<n).reduce(0) { index >> (n - 1 - $1) & 1 == 1 ? $0 | 1 << $1 : $0 }
      values[own] = Complex(row[0], row[1])
    }
    return QuantumState(siteCount: n, amplitudes: values)
  }

  /// The critical chain from 10 000 shots along z; the given amplitudes are looked at only to judge.
  @Test(
    .slow, .needsSharedData("qubit_tomography/tfim1d_data.txt"),
    arguments: ["rbm", "autoregressive"])
  func criticalChainFromItsShots(kind: String) throws {
    let n = 10
    let shots = try MeasuredShots.parse(try text("tfim1d_data.txt"))
    #expect(shots.count == 1 && shots[0].outcomes.count == 10_000)
    let learned: QuantumState
    if kind == "rbm" {
      let machine = RestrictedBoltzmannMachine(
        siteCount: n, filterCount: n, deviation: 0.1, seed: .test())
      learned = try learn(machine, shots) { $0.iterations = 150 }.quantumState(pool: Self.pool)
    } else {
      let masked = AutoregressiveState(siteCount: n, width: 4, seed: .test())
      learned = try learn(masked, shots) { $0.iterations = 150 }.quantumState(pool: Self.pool)
    }
    let lattice = try Lattice.named("chain", sides: [n], boundary: [.open])
    let model = PauliSum.transverseIsing(lattice, transverseField: 1)
    let energy = learned.expectation(model)
    #expect(abs(energy / -12.38148999965 - 1) < 0.01, "\(energy)")
    let given = try amplitudes("tfim1d_psi.txt", siteCount: n)
    expectClose(given.expectation(model), -12.38148999965, relative: 1e-7)
    let fidelity = learned.fidelity(with: given)
    #expect(fidelity >= 0.98, "\(fidelity)")
  }

  /// Two spins with phases, from shots along five pairs of axes.
  @Test(.needsSharedData("qubit_tomography/qubits_train.txt"))
  func twoSpinsFromSeveralAxes() throws {
    let shots = try MeasuredShots.parse(
      try text("qubits_train.txt"), bases: try text("qubits_train_bases.txt"))
    #expect(shots.count == 5)
    let machine = RestrictedBoltzmannMachine(
      siteCount: 2, filterCount: 3, isComplex: true, deviation: 0.1, seed: .test())
    let learned = try learn(machine, shots) {
      $0.iterations = 400
      $0.heldBack = 0
    }
    let given = try amplitudes("qubits_psi.txt", siteCount: 2)
    let fidelity = learned.quantumState(pool: Self.pool).fidelity(with: given)
    #expect(fidelity >= 0.98, "\(fidelity)")
  }
}
