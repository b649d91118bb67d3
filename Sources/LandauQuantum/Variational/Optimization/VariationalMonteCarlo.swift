public import LandauCore
public import LandauLattice
public import LandauNN
import LandauLinearAlgebra
import LandauTensor

/// Lowers the energy of a variational state, iteration by iteration: samples, local energies, and a step of the parameters.
///
///     let run = try VariationalMonteCarlo(state, hamiltonian, plan: .init(iterations: 300), seed: Seed(1))
///     while !run.isComplete { print(try run.advance(pool: pool).energy) }
///     let result = run.measure(count: 10_000, pool: pool)
///
/// Everything is a function of the seed; a run that is saved and restored goes on bit for bit.
public final class VariationalMonteCarlo<State: VariationalState>: Checkpointable {
  public struct Plan: Sendable, Hashable {
    public var iterations: Int
    /// Basis states in one iteration, rounded up to whole chains.
    public var sampleCount = 1008
    public var chainCount = 16
    /// States of every chain left out after the parameters have changed.
    public var burnIn = 5
    public var learningRate = 0.05
    public var schedule = LearningRateSchedule.constant
    public var rule = Rule.reconfiguration(StochasticReconfiguration())
    public var sampling = Sampling.metropolis(.flip)

    public init(iterations: Int) { self.iterations = iterations }
  }

  public enum Rule: Sendable, Hashable {
    case reconfiguration(StochasticReconfiguration)
    /// Adam on the plain gradient of the energy.
    case adam
  }

  public enum Sampling: Sendable, Hashable {
    case metropolis(SpinMove)
    /// Independent states of an autoregressive state.
    case direct
    /// All basis states, or those with so many down spins, with their probabilities: nothing is left to chance.
    case enumeration(downCount: Int?)
  }

  public let hamiltonian: PauliSum
  public let plan: Plan
  public private(set) var state: State
  public private(set) var iteration = 0
  private let estimator: LocalEstimator
  private let sampler: MetropolisSampler?
  private let seed: Seed
  private var adam = AdamW.adam()

  /// - Throws: `InputError` for moves that cannot reach the ground state.
  public init(_ state: State, _ hamiltonian: PauliSum, plan: Plan, seed: Seed) throws(InputError) {
    precondition(hamiltonian.siteCount == state.siteCount, "\(state.siteCount) spins")
    precondition(
      plan.iterations >= 0 && plan.sampleCount >= 2 && plan.chainCount >= 1 && plan.burnIn >= 0,
      "a plan of \(plan.iterations) iterations with \(plan.sampleCount) samples")
    self.hamiltonian = hamiltonian
    self.plan = plan
    self.state = state
    self.seed = seed
    estimator = LocalEstimator(hamiltonian)
    switch plan.sampling {
    case .metropolis(let move):
      if case .exchange = move, !hamiltonian.conservesMagnetization {
        throw InputError(
          "exchanges keep the number of down spins and the Hamiltonian does not: the ground state is out of reach; flip single spins"
        )
      }
      sampler = try MetropolisSampler(
        siteCount: state.siteCount, chainCount: plan.chainCount, move: move,
        seed: seed.child("sampler"))
    case .direct:
      guard state is any DirectlySampledState else {
        throw InputError("only autoregressive states are sampled directly")
      }
      sampler = nil
    case .enumeration(let downCount):
      if downCount != nil && !hamiltonian.conservesMagnetization {
        throw InputError("the Hamiltonian does not conserve the number of down spins")
      }
      guard state.siteCount <= StateSample.largestEnumerated else {
        throw InputError(
          "\(state.siteCount) spins; allowed: at most \(StateSample.largestEnumerated) for enumeration"
        )
      }
      sampler = nil
    }
  }

  public var isComplete: Bool { iteration >= plan.iterations }

  /// Basis states from the present |psi|^2.
  private func sample(_ count: Int, burnIn: Int, label: String, pool: WorkerPool) -> StateSample {
    if let sampler {
      let length = (count + plan.chainCount - 1) / plan.chainCount
      return sampler.sample(state, count: length, burnIn: burnIn, pool: pool)
    }
    if case .enumeration(let downCount) = plan.sampling {
      return .enumerating(state, downCount: downCount, pool: pool)
    }
    let direct = state as! any DirectlySampledState  // checked at the beginning
    let states = direct.sampled(count, seed: seed.child(label, iteration), pool: pool)
    return StateSample(states: states, chainCount: states.count)
  }

  /// One iteration.
  ///
  /// - Returns: the energy before the step.
  /// - Throws: `RunError` where a step is not finite; the parameters are then unchanged.
  @discardableResult
  public func advance(pool: WorkerPool) throws(RunError) -> StateEnergy {
    let burnIn = iteration == 0 ? max(plan.burnIn, 50) : plan.burnIn
    let sample = sample(plan.sampleCount, burnIn: burnIn, label: "draw", pool: pool)
    let energies = estimator.values(sample.states, of: state, pool: pool)
    let result = StateEnergy(
      sample, energies: energies, hamiltonian: hamiltonian, isThorough: false)
    let derivatives = state.logDerivatives(sample.states, pool: pool)
    let rate =
      plan.learningRate * plan.schedule.factor(step: iteration, of: plan.iterations)
    var parameters = state.parameters
    switch plan.rule {
    case .reconfiguration(let reconfiguration):
      do {
        let direction = try reconfiguration.direction(
          derivatives, energies: energies, weights: sample.weights, pool: pool)
        for k in parameters.indices { parameters[k] -= rate * direction.step[k] }
      } catch {
        throw RunError(
          "iteration \(iteration): \(error); a smaller learning rate or larger shift helps")
      }
    case .adam:
      let centred = CentredSamples(derivatives, energies: energies, weights: sample.weights)
      let force = centred.transposedTimes(centred.energies)
      adam.learningRate = rate
      var tensors = [Tensor(parameters)]
      adam.step(&tensors, gradients: [Tensor(force.map { 2 * $0 })])
      parameters = tensors[0].scalars()
    }
    guard parameters.allSatisfy(\.isFinite) else {
      throw RunError(
        "iteration \(iteration): the step is not finite; a smaller learning rate or larger shift helps"
      )
    }
    state.parameters = parameters
    iteration += 1
    return result
  }

  /// The energy at the present parameters, with more samples; chains go on from where they are.
  public func measure(count: Int, pool: WorkerPool) -> (energy: StateEnergy, sample: StateSample) {
    let sample = sample(count, burnIn: max(plan.burnIn, 50), label: "measure", pool: pool)
    let energies = estimator.values(sample.states, of: state, pool: pool)
    return (StateEnergy(sample, energies: energies, hamiltonian: hamiltonian), sample)
  }

  // MARK: - Checkpoint

  public func save(to writer: inout StateWriter) {
    writer.write(iteration)
    writer.write(numbers: state.parameters)
    sampler?.save(to: &writer)
    let memory = plan.rule == .adam ? adam.state.named : []
    writer.write(memory.count)
    for (name, tensor) in memory {
      writer.write(name)
      writer.write(numbers: tensor.scalars(Double.self))
    }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    iteration = try reader.integer()
    state.parameters = try reader.numbers(count: state.parameterCount)
    try sampler?.restore(from: &reader)
    var memory: [(name: String, tensor: Tensor)] = []
    for _ in 0..<(try reader.integer()) {
      let name = try reader.text()
      let values = try reader.numbers()
      memory.append((name, name.hasPrefix("number") ? Tensor(values[0]) : Tensor(values)))
    }
    if !memory.isEmpty { try adam.state.restore(memory) }
  }
}
