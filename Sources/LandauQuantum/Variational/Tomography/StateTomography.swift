public import LandauCore
import LandauLattice
import LandauLinearAlgebra
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Learns a state from measured shots alone, by maximum likelihood.
///
/// With all basis states summed the likelihood is exact, shots may come from any axes, and part of them is held back: the parameters that
/// describe those best are kept. Larger systems measured along z compare averages over the shots with averages over Markov chains that go on from
/// step to step (persistent contrastive divergence); normalised states would not need either average.
///
/// A step is that of stochastic reconfiguration with the energy replaced by the divergence from the data. For shots along axes b with outcomes o
/// and overlaps phi = <o; b|psi> the derivative of the mean of ln(|phi|^2 / Z) is 2 Re sum over s of (y_s - p_s) O_s,
/// y_s = mean over shots of <o; b|s> psi_s / phi and p_s = |psi_s|^2 / Z; along z, y is the histogram of the shots.
///
/// - Note: Torlai et al. 2018, arXiv:1703.05334; Tieleman 2008 (persistent chains).
public final class StateTomography<State: VariationalState> {
  public struct Plan: Sendable, Hashable {
    public var iterations = 300
    public var learningRate = 0.1
    public var reconfiguration = StochasticReconfiguration(shift: 0.01)
    /// The longest step in the metric of the states (Fubini and Study), angles in radians: longer ones are cut. Far from the optimum the
    /// quadratic model of the likelihood reaches no further.
    public var longestStep = 0.05
    /// Part of the shots that is held back to choose among the iterations.
    public var heldBack = 0.1
    /// States of chains for the averages over the model; nil sums over all basis states.
    public var chainSamples: Int?

    public init() {}
  }

  /// One pass over the shots.
  public struct Step: Sendable {
    /// Mean ln of the probability of a shot; nil where the norm is not known.
    public var logLikelihood: Double?
    public var heldBackLogLikelihood: Double?
  }

  public let plan: Plan
  public private(set) var state: State
  public private(set) var iteration = 0
  /// Of the best iteration so far; nil where nothing is held back or the norm is not known.
  public private(set) var best: (iteration: Int, heldBackLogLikelihood: Double, state: State)?
  private let training: [Histogram]
  private let heldBack: [Histogram]
  private let sampler: MetropolisSampler?

  /// Shots along the same axes, each outcome once with its share of all shots.
  private struct Histogram {
    var shots: MeasuredShots
    var outcomes: [(outcome: UInt64, share: Double)]
  }

  /// - Throws: `InputError` for shots that are too few, of another number of spins, or not along z where that is needed; for too many
  ///   spins to sum over.
  public init(
    _ state: State, shots: [MeasuredShots], plan: Plan = Plan(), seed: Seed
  ) throws(InputError) {
    precondition((0..<1).contains(plan.heldBack), "\(plan.heldBack) of the shots held back")
    for group in shots where group.axes.count != state.siteCount {
      throw InputError("shots of \(group.axes.count) spins for a state of \(state.siteCount)")
    }
    if plan.chainSamples != nil {
      if let other = shots.first(where: { $0.rotated != 0 }) {
        throw InputError(
          "shots along \(other.axes.map(\.rawValue).joined()) need a sum over all basis states; chains take z alone"
        )
      }
    } else if state.siteCount > 16 {
      throw InputError(
        "\(state.siteCount) spins are too many to sum over all basis states (at most 16); take chains"
      )
    }
    self.state = state
    self.plan = plan
    var rng = seed.child("split").makeStream()
    var (training, heldBack): ([[UInt64]], [[UInt64]]) = ([], [])
    for group in shots {
      var outcomes = group.outcomes
      rng.shuffle(&outcomes)
      let count = Int(plan.heldBack * Double(outcomes.count))
      heldBack.append(Array(outcomes[..<count]))
      training.append(Array(outcomes[count...]))
    }
    guard training.contains(where: { !$0.isEmpty }) else { throw InputError("no shots are there") }
    func histograms(_ parts: [[UInt64]]) -> [Histogram] {
      let total = Double(parts.reduce(0) { $0 + $1.count })
      return zip(shots, parts).compactMap { group, part in
        guard !part.isEmpty else { return nil }
        let counts = Dictionary(part.map { ($0, 1) }, uniquingKeysWith: +)
        return Histogram(
          shots: group,
          outcomes: counts.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value) / total) })
      }
    }
    self.training = histograms(training)
    self.heldBack = histograms(heldBack)
    sampler =
      plan.chainSamples == nil
      ? nil
      : try MetropolisSampler(
        siteCount: state.siteCount, chainCount: 16, move: .flip, seed: seed.child("chains"))
  }

  public var isComplete: Bool { iteration >= plan.iterations }

  /// The best state seen, the last one where there is no telling.
  public var learned: State { best?.state ?? state }

  /// One step of the parameters.
  ///
  /// - Throws: `RunError` where it is not finite.
  @discardableResult
  public func advance(pool: WorkerPool) throws(RunError) -> Step {
    let step: Step
    let direction: StochasticReconfiguration.Direction
    do {
      (step, direction) =
        try sampler.map { sampler throws(LinearAlgebraError) in
          try contrastive(sampler, pool: pool)
        } ?? exact(pool: pool)
    } catch {
      throw RunError("iteration \(iteration): \(error)")
    }
    if let value = step.heldBackLogLikelihood, value > best?.heldBackLogLikelihood ?? -.infinity {
      best = (iteration, value, state)
    }
    var parameters = state.parameters
    // d (S + lambda) d = d F.
    let square = zip(direction.step, direction.force).reduce(0) { $0 + $1.0 * $1.1 }
    let rate = min(plan.learningRate, plan.longestStep / max(square, 1e-300).squareRoot())
    for k in parameters.indices { parameters[k] -= rate * direction.step[k] }
    guard parameters.allSatisfy(\.isFinite) else {
      throw RunError(
        "iteration \(iteration): the step is not finite; a smaller learning rate helps")
    }
    state.parameters = parameters
    iteration += 1
    return step
  }

  // MARK: - Sums over all basis states

  private func exact(pool: WorkerPool) throws(LinearAlgebraError) -> (
    Step, StochasticReconfiguration.Direction
  ) {
    let all = Array(0..<UInt64(1) << UInt64(state.siteCount))
    let logs = state.logAmplitudes(all, pool: pool)
    let largest = logs.map(\.real).max()!
    let psi = logs.map { ($0 - Complex(largest)).exponential() }
    let norm = psi.reduce(0) { $0 + $1.squaredMagnitude }
    // Where |psi|^2 underflows the divergence has no slope.
    let p = psi.map { max($0.squaredMagnitude / norm, 1e-300) }
    let (y, logLikelihood) = overlaps(training, psi, norm: norm)
    let step = Step(
      logLikelihood: logLikelihood,
      heldBackLogLikelihood: heldBack.isEmpty ? nil : overlaps(heldBack, psi, norm: norm).1)
    let energies = zip(p, y).map { Complex(1 - $1.real / $0, $1.imaginary / $0) }
    let derivatives = state.logDerivatives(all, pool: pool)
    return (
      step,
      try plan.reconfiguration.direction(derivatives, energies: energies, weights: p, pool: pool)
    )
  }

  /// y, and the mean ln of the probabilities of the outcomes.
  private func overlaps(
    _ histograms: [Histogram], _ psi: [Complex<Double>], norm: Double
  ) -> ([Complex<Double>], Double) {
    var y = [Complex<Double>](repeating: .zero, count: psi.count)
    var logLikelihood = 0.0
    for histogram in histograms {
      let rotated = histogram.shots.rotated
      for (outcome, share) in histogram.outcomes {
        // All states that agree with the outcome where spins are measured along z.
        var terms: [(state: Int, amplitude: Complex<Double>)] = []
        var phi = Complex(0)
        var choice: UInt64 = 0
        repeat {
          let s = outcome & ~rotated | choice
          let term = Self.overlap(outcome, s, histogram.shots.axes, rotated) * psi[Int(s)]
          terms.append((Int(s), term))
          phi = phi + term
          choice = (choice &- rotated) & rotated
        } while choice != 0
        logLikelihood += share * log(max(phi.squaredMagnitude / norm, 1e-300))
        for (s, term) in terms { y[s] = y[s] + share * (term / phi) }
      }
    }
    return (y, logLikelihood)
  }

  /// <o; b|s> over the spins that are not measured along z: (1, +-1)/sqrt 2 along x, (1, -+i)/sqrt 2 along y.
  private static func overlap(
    _ outcome: UInt64, _ state: UInt64, _ axes: [SpinAxis], _ rotated: UInt64
  ) -> Complex<Double> {
    var value = Complex(1)
    for (site, axis) in axes.enumerated() where axis != .z {
      let (isDown, isOutcomeDown) = (state.spin(site) < 0, outcome.spin(site) < 0)
      var factor = Complex(0.5.squareRoot())
      if isDown {
        let sign = isOutcomeDown ? -1.0 : 1
        factor = factor * (axis == .x ? Complex(sign) : Complex(0, -sign))
      }
      value = value * factor
    }
    return value
  }

  // MARK: - Chains

  private func contrastive(
    _ sampler: MetropolisSampler, pool: WorkerPool
  ) throws(LinearAlgebraError) -> (
    Step, StochasticReconfiguration.Direction
  ) {
    let count = max(1, plan.chainSamples! / sampler.chainCount)
    let model = sampler.sample(state, count: count, burnIn: iteration == 0 ? 50 : 1, pool: pool)
    let derivatives = state.logDerivatives(model.states, pool: pool)
    let shots = training.flatMap(\.outcomes)
    let data = state.logDerivatives(shots.map(\.outcome), pool: pool)
    let zeros = [Double](repeating: 0, count: derivatives.rowCount - derivatives.sampleCount)
    let share = 1 / Double(model.states.count)
    let mean = derivatives.transposedTimes(
      [Double](repeating: share, count: model.states.count) + zeros)
    let target = data.transposedTimes(
      shots.map(\.share) + [Double](repeating: 0, count: data.rowCount - data.sampleCount))
    let centred = CentredSamples(
      derivatives, energies: model.states.map { _ in Complex(0) }, weights: nil)
    let parameters = derivatives.parameterCount
    var matrix = centred.covariance(pool: pool)
    for k in 0..<parameters { matrix[k * parameters + k] += plan.reconfiguration.shift }
    let force = zip(mean, target).map { $0 - $1 }
    let step = try Cholesky(matrix, count: parameters).solve(force)
    return (Step(), .init(force: force, step: step))
  }
}
