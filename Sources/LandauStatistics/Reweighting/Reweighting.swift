public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Expectation values at temperatures that were not simulated, from one or several simulations.
///
/// One state is the single-histogram method; several are combined by the multistate Bennett acceptance
/// ratio (MBAR), which is the multiple-histogram method without bins. Errors come from delete-one-block
/// replicates of everything, free energies included, with blocks longer than the correlations.
///
///     let reweighting = try Reweighting(betas.indices.map {
///       SampledState(beta: betas[$0], energy: energies[$0], observables: [m2[$0], m4[$0]])
///     })
///     let cumulant = reweighting.values(at: grid) {
///       1 - $0.observables[1] / (3 * $0.observables[0] * $0.observables[0])
///     }
///     cumulant.estimates       // with errors, and warnings where a temperature is out of reach
public struct Reweighting: Sendable {
  /// How the search for the free energies ended.
  public enum Status: String, Sendable, Hashable {
    case converged
    /// Some states share no energies with the others: their relative weight is unknown.
    case disconnected
    /// The equations were not solved to a relative 1e-8.
    case stepLimit
  }

  /// Unless `converged`, every error of several states is NaN and the warning says why.
  public let status: Status
  /// The largest relative violation of the equations of the free energies.
  public let residual: Double
  /// Steps of Newton's method and of the self-consistent iteration.
  public let stepCount: Int
  /// `[state][state]`: the chance that a measurement of one state could have come from the other. Rows
  /// add up to one; next to the diagonal there should be at least 0.03.
  public let overlap: [[Double]]
  /// What is amiss with the data: short chains, neighbours that hardly overlap.
  public let warning: String?
  /// -ln(Z / Z of the first state) for each state, with errors and covariances. The first is zero by
  /// definition and has no error.
  public let freeEnergies: Replicates

  let levels: EnergyLevels
  let blocks: ReweightingBlocks
  let solver: MixtureSolver
  /// Every observable of all measurements, in the order of `levels`.
  let observables: [[Double]]
  /// Their weighted sums on each energy level; empty for one state, where nobody asks for them.
  let observableSums: [[Double]]
  /// How the unknowns of `solver` move when each block is left out; nil where they are undetermined.
  let offsetChanges: [[Double]?]

  /// - Parameters:
  ///   - states: In any order. All observables of a state have the shape of its energies.
  ///   - measuredTogether: True where measurement i of all states comes from the same sweep of one
  ///     parallel tempering: blocks then leave out the same times of all states. Needs equal shapes.
  /// - Throws: `InputError` where a state has no measurements or some are not finite.
  /// - Complexity: states x different energies per step, a few steps; ten states of 10^5 measurements
  ///   take half a second for an Ising model, four seconds where all energies differ.
  public init(_ states: [SampledState], measuredTogether: Bool = false) throws(InputError) {
    try Self.check(states, measuredTogether: measuredTogether)
    let levels = EnergyLevels(states)
    var logWeights = [Double](repeating: 0, count: levels.energies.count * states.count)
    for (index, state) in states.enumerated() {
      for (level, energy) in levels.energies.enumerated() {
        logWeights[level * states.count + index] = state.logWeight(energy)
      }
    }
    guard logWeights.allSatisfy(\.isFinite) else {
      throw InputError("a state's weight is not finite at an energy that another state reached")
    }
    let order = Self.orderedByEnergy(states)
    var solver = MixtureSolver(
      logWeights: logWeights, levels: levels,
      offsets: Self.initialOffsets(logWeights, levels: levels, order: order))
    solver.solve()
    let blocks = ReweightingBlocks(states, levels: levels, measuredTogether: measuredTogether)
    let neighbours = Neighbours(solver: solver, levels: levels, order: order)
    status = neighbours.isDisconnected ? .disconnected : solver.status
    residual = solver.residual
    stepCount = solver.stepCount
    overlap = neighbours.overlap
    let failure = status == .converged ? nil : "reweighting failed: \(status.rawValue)"
    warning = Replicates.merged([failure, neighbours.warning, blocks.warning])
    let observables = states[0].observables.indices.map { index in
      states.flatMap { $0.observables[index].chains.joined() }
    }
    self.observables = observables
    observableSums = states.count == 1 ? [] : observables.map { levels.sums(of: $0) }
    let offsetChanges = blocks.offsetChanges(solver: solver, levels: levels)
    self.offsetChanges = offsetChanges
    self.levels = levels
    self.blocks = blocks
    self.solver = solver
    freeEnergies = Self.freeEnergies(
      solver: solver, levels: levels, blocks: blocks,
      changes: status == .converged ? offsetChanges : offsetChanges.map { _ in nil },
      warning: warning)
  }

  private static func check(
    _ states: [SampledState], measuredTogether: Bool
  ) throws(InputError) {
    precondition(!states.isEmpty, "a reweighting of no states")
    for (index, state) in states.enumerated() {
      let name = state.beta.map { "the state at beta = \($0)" } ?? "state \(index)"
      if state.energy.count < 2 {
        throw InputError("\(name) has \(state.energy.count) measurements; allowed: 2 or more")
      }
      let shape = state.energy.chains.map(\.count)
      precondition(
        state.observables.allSatisfy { $0.chains.map(\.count) == shape },
        "\(name): energies and observables must have equal numbers of measurements")
      precondition(
        state.observables.count == states[0].observables.count,
        "\(name) has \(state.observables.count) observables, the first \(states[0].observables.count)"
      )
      precondition(
        !measuredTogether || shape == states[0].energy.chains.map(\.count),
        "\(name): states measured together must have equal numbers of measurements")
      if ([state.energy] + state.observables).contains(where: { !$0.mean.isFinite }) {
        throw InputError("\(name) has a measurement that is NaN or infinite")
      }
    }
  }

  private static func orderedByEnergy(_ states: [SampledState]) -> [Int] {
    let means = states.map(\.energy.mean)
    return states.indices.sorted { (means[$0], $0) < (means[$1], $1) }
  }

  /// Free energies from the mean differences of neighbouring weights (the trapezoidal rule of
  /// thermodynamic integration), which is close enough for Newton's method.
  private static func initialOffsets(
    _ logWeights: [Double], levels: EnergyLevels, order: [Int]
  ) -> [Double] {
    let count = order.count
    func meanDifference(of second: Int, from first: Int, in state: Int) -> Double {
      let range = levels.ranges[state]
      let sum = levels.level[range].reduce(0.0) { sum, level in
        let row = Int(level) * count
        return sum + logWeights[row + first] - logWeights[row + second]
      }
      return sum / Double(range.count)
    }
    var offsets = [Double](repeating: 0, count: count)
    var free = 0.0
    for (place, state) in order.enumerated() {
      if place > 0 {
        let before = order[place - 1]
        free +=
          (meanDifference(of: state, from: before, in: before)
            + meanDifference(of: state, from: before, in: state)) / 2
      }
      offsets[state] = free
    }
    return zip(offsets, levels.stateCounts).map { $0 + log($1) }
  }

  private static func freeEnergies(
    solver: MixtureSolver, levels: EnergyLevels, blocks: ReweightingBlocks,
    changes: [[Double]?], warning: String?
  ) -> Replicates {
    func relative(_ offsets: [Double], _ counts: [Double]) -> [Double] {
      let free = zip(offsets, counts).map { $0 - log($1) }
      return free.map { $0 - free[0] }
    }
    let values = relative(solver.offsets, levels.stateCounts)
    let replicates = zip(blocks.blocks, changes).map { block, change -> [Double] in
      guard let change else { return values.map { _ in .nan } }
      return relative(
        zip(solver.offsets, change).map { $0 + $1 },
        zip(levels.stateCounts, block.removed).map { $0 - $1 })
    }
    // The first is zero by definition: its error is not asked for.
    return Replicates(
      values: values, replicates: replicates, scheme: .jackknife(blocks.strata), warning: warning)
  }
}
