import LandauCore
import LandauLattice
import LandauQuantum

/// One point of the scan: the Hamiltonian in the frame in which the state is learned, and how its states are drawn.
struct VariationalSystem: Sendable {
  /// In the rotated frame.
  let hamiltonian: PauliSum
  let rule: SignRule
  let move: SpinMove
  let warnings: [String]

  /// - Throws: `InputError` for signs that a positive ansatz cannot have, and moves that do not reach the ground state.
  init(
    _ model: ResolvedQuantumModel, point: Int, _ options: VariationalOptions
  ) throws(InputError) {
    let original = model.hamiltonian(at: point)
    rule = try Self.rule(original, model, options)
    hamiltonian = rule.rotated(original)
    var warnings: [String] = []
    if options.ansatz.isPositive {
      guard SignRule.isFreeOfSigns(hamiltonian) else {
        throw .notAllowed(
          "--ansatz", options.ansatz.rawValue,
          allowed: "rbm-complex, convolution-complex for this Hamiltonian",
          hint:
            "its off-diagonal elements have both signs, also after --signs \(options.signs.rawValue), and all amplitudes of this ansatz are positive"
        )
      }
    } else if !SignRule.isFreeOfSigns(hamiltonian) {
      warnings.append(
        "the Hamiltonian has off-diagonal elements of both signs: the phases have to be learned, and the optimisation may stop in a state with wrong ones"
      )
    }
    (move, warnings) = try Self.move(original, model, point: point, options, warnings)
    self.warnings = warnings
  }

  private static func rule(
    _ hamiltonian: PauliSum, _ model: ResolvedQuantumModel, _ options: VariationalOptions
  ) throws(InputError) -> SignRule {
    switch options.signs {
    case .none: return .none
    case .marshall:
      guard let rule = SignRule.marshall(model.lattice) else {
        throw .notAllowed(
          "--signs", "marshall", allowed: "auto, none on a lattice that is not bipartite")
      }
      return rule
    case .automatic:
      return SignRule.positive(for: hamiltonian) ?? SignRule.marshall(model.lattice) ?? .none
    }
  }

  private static func move(
    _ hamiltonian: PauliSum, _ model: ResolvedQuantumModel, point: Int,
    _ options: VariationalOptions, _ warnings: [String]
  ) throws(InputError) -> (SpinMove, [String]) {
    let n = model.lattice.siteCount
    let isConserved = hamiltonian.conservesMagnetization
    // The ground state has as many up as down spins where the coupling along z does not favour parallel ones more than those across.
    let coupling = model.value(.coupling, at: point)
    let isBalanced =
      isConserved && n % 2 == 0 && model.name == .xxz && model.value(.field, at: point) == 0
      && coupling * model.value(.anisotropy, at: point) >= -abs(coupling)
    switch options.moves {
    case .flip: return (.flip, warnings)
    case .exchange:
      guard isConserved, n % 2 == 0 else {
        throw .notAllowed(
          "--moves", "exchange", allowed: "auto, flip for this Hamiltonian",
          hint: isConserved
            ? "an odd number of spins has no half" : "it does not keep the number of up spins")
      }
      let warning =
        isBalanced
        ? []
        : [
          "only states with as many up as down spins are looked at, and the ground state may be another one"
        ]
      return (.exchange(along: model.lattice, downCount: n / 2), warnings + warning)
    case .automatic:
      return (
        isBalanced && options.ansatz != .autoregressive
          ? .exchange(along: model.lattice, downCount: n / 2) : .flip, warnings
      )
    }
  }

  var moveWords: String {
    if case .exchange = move {
      "exchanges of neighbours, half of the spins up"
    } else {
      "flips of single spins"
    }
  }

  /// The run from its beginning.
  func run(
    _ model: ResolvedQuantumModel, _ options: VariationalOptions, seed: Seed
  ) throws(InputError) -> any VariationalRun {
    let n = model.lattice.siteCount
    let density = options.density ?? options.ansatz.standardDensity
    let start = seed.child("state")
    switch options.ansatz {
    case .rbm, .complexRBM:
      return try begin(
        RestrictedBoltzmannMachine(
          siteCount: n, filterCount: density * n, isComplex: options.ansatz == .complexRBM,
          seed: start), options, seed)
    case .symmetricRBM:
      return try begin(
        RestrictedBoltzmannMachine(
          siteCount: n, filterCount: density, symmetries: Self.translations(model.lattice),
          seed: start), options, seed)
    case .convolution, .complexConvolution:
      return try begin(
        ConvolutionalState.make(
          sides: model.lattice.sides, window: model.lattice.sides.map { min(3, $0) },
          channels: [density, density], hasPhase: options.ansatz == .complexConvolution,
          seed: start), options, seed)
    case .autoregressive:
      return try begin(
        AutoregressiveState(
          siteCount: n, width: density, isSymmetrized: Self.isEven(hamiltonian), seed: start),
        options, seed)
    }
  }

  private func begin<State: VariationalState>(
    _ state: State, _ options: VariationalOptions, _ seed: Seed
  ) throws(InputError) -> any VariationalRun {
    var plan = VariationalMonteCarlo<State>.Plan(iterations: options.iterations)
    plan.sampleCount = options.samples
    plan.chainCount = options.chains
    switch options.optimizer {
    case .reconfiguration:
      plan.rule = .reconfiguration(StochasticReconfiguration(shift: options.shift))
      plan.learningRate = options.learningRate ?? 0.05
    case .adam:
      plan.rule = .adam
      plan.learningRate = options.learningRate ?? 0.005
    }
    plan.sampling = options.ansatz == .autoregressive ? .direct : .metropolis(move)
    return try VariationalMonteCarlo(state, hamiltonian, plan: plan, seed: seed)
  }

  /// Whether the flip of all spins changes nothing.
  private static func isEven(_ hamiltonian: PauliSum) -> Bool {
    hamiltonian.transformed(site: { $0 }, flipping: true) == hamiltonian
  }

  /// All translations of a periodic lattice with one site in its cell.
  static func translations(_ lattice: Lattice) -> [[Int]] {
    let sides = lattice.sides
    let n = lattice.siteCount
    func coordinates(_ site: Int) -> [Int] {
      var rest = site
      return sides.reversed().map { side in
        defer { rest /= side }
        return rest % side
      }.reversed()
    }
    let places = (0..<n).map(coordinates)
    return places.map { shift in
      places.map { place in
        zip(zip(place, shift), sides).reduce(0) { $0 * $1.1 + ($1.0.0 + $1.0.1) % $1.1 }
      }
    }
  }
}

/// A run whatever its state.
protocol VariationalRun: Checkpointable {
  var iteration: Int { get }
  var isComplete: Bool { get }
  var parameterCount: Int { get }
  func advance(pool: WorkerPool) throws(RunError) -> StateEnergy
  func finalValues(
    count: Int, pool: WorkerPool
  ) -> (sample: StateSample, energies: [Complex<Double>])
}

extension VariationalMonteCarlo: VariationalRun {
  var parameterCount: Int { state.parameterCount }

  func finalValues(
    count: Int, pool: WorkerPool
  ) -> (sample: StateSample, energies: [Complex<Double>]) {
    let sample = measure(count: count, pool: pool).sample
    return (sample, LocalEstimator(hamiltonian).values(sample.states, of: state, pool: pool))
  }
}
