import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How trajectories of hybrid (Hamiltonian) Monte Carlo are made.
public struct HamiltonianSettings: Sendable, Hashable, CustomStringConvertible {
  /// How the equations of motion are integrated; both are reversible and keep volume in phase space.
  public enum Integrator: String, Sendable, Hashable, CaseIterable {
    /// One force per step, energy violated by O(step^2).
    case leapfrog
    /// Omelyan, Mryglod and Folk's minimum-norm scheme of second order (2003): two forces per step, with
    /// an error per step about ten times smaller than leapfrog's.
    case omelyan
  }

  public var integrator: Integrator
  /// Time of a trajectory, its mean where that is random.
  public var length: Double
  /// Whether the number of steps is drawn for every trajectory, uniformly from 1 to twice the mean less one.
  /// Fixed lengths can be near a period of some mode, which then hardly moves.
  public var isLengthRandom: Bool
  /// Acceptance that the step is tuned to in burn-in.
  public var targetAcceptance: Double
  /// The step where it shall not be tuned.
  public var step: Double?

  public init(
    integrator: Integrator = .omelyan, length: Double = 1, isLengthRandom: Bool = true,
    targetAcceptance: Double = 0.8, step: Double? = nil
  ) {
    self.integrator = integrator
    self.length = length
    self.isLengthRandom = isLengthRandom
    self.targetAcceptance = targetAcceptance
    self.step = step
  }

  public var description: String {
    "\(integrator), \(isLengthRandom ? "mean " : "")length \(length)"
  }

  /// Why the settings cannot be used, or nil.
  var refusal: String? {
    if !(length > 0 && length.isFinite) {
      return "the trajectory length is \(length); allowed: numbers above 0"
    }
    if !(targetAcceptance > 0.1 && targetAcceptance < 0.999) {
      return "the target acceptance is \(targetAcceptance); allowed: 0.1 to 0.999"
    }
    if let step, !(step > 0 && step <= length) {
      return "the step is \(step); allowed: above 0, up to the length \(length)"
    }
    return nil
  }
}

/// What became of a trajectory.
struct TrajectoryResult {
  /// By how much the total energy changed; not a number where the step was far too large.
  var violation: Double
  var isAccepted: Bool

  /// exp(-violation), whose mean is 1.
  var weight: Double { violation.isNaN ? 0 : exp(-violation) }
}

/// How one trajectory is made.
struct TrajectoryPath {
  var steps: Int
  var step: Double
  var integrator: HamiltonianSettings.Integrator
  /// Whether Metropolis' test is made; without it the step's error goes into the results.
  var isTested = true

  /// Metropolis' test at the end.
  func judge(violation: Double, using rng: inout RandomStream) -> TrajectoryResult {
    TrajectoryResult(
      violation: violation,
      isAccepted: !isTested || ExponentialGate.shared.accepts(rng.uniform(), cost: violation))
  }
}

/// Positions and momenta that an integrator moves.
protocol HamiltonianSystem {
  associatedtype Position
  var positions: UnsafeMutablePointer<Position> { get }
  /// Room for the positions at the start of a trajectory.
  var backup: UnsafeMutablePointer<Position> { get }
  var positionCount: Int { get }
  /// Draws momenta from their distribution, whatever they were.
  func drawMomenta(using rng: inout RandomStream)
  /// Kinetic energy plus what the weight of the positions is exp(-...) of, up to a constant.
  func total() -> Double
  /// Adds `step` times the force to the momenta.
  func kick(_ step: Double)
  /// Moves the positions along their momenta for the time `step`.
  func drift(_ step: Double)
}

extension HamiltonianSystem {
  /// One trajectory from new momenta, with Metropolis' test at its end.
  func trajectory(_ path: TrajectoryPath, using rng: inout RandomStream) -> TrajectoryResult {
    backup.update(from: positions, count: positionCount)
    drawMomenta(using: &rng)
    let start = total()
    integrate(steps: path.steps, step: path.step, by: path.integrator)
    let result = path.judge(violation: total() - start, using: &rng)
    if !result.isAccepted { positions.update(from: backup, count: positionCount) }
    return result
  }

  /// Makes `steps` steps; kicks that follow each other are made as one.
  @inline(__always)
  func integrate(steps: Int, step: Double, by integrator: HamiltonianSettings.Integrator) {
    integrator.forEachPart(steps: steps, step: step) { force, motion in
      kick(force)
      if let motion { drift(motion) }
    }
  }
}

extension HamiltonianSettings.Integrator {
  /// Calls the body with the time of each kick and of the motion after it, nil after the last.
  @inline(__always)
  func forEachPart(steps: Int, step: Double, _ body: (_ kick: Double, _ drift: Double?) -> Void) {
    switch self {
    case .leapfrog:
      body(step / 2, step)
      for _ in 1..<max(1, steps) { body(step, step) }
      body(step / 2, nil)
    case .omelyan:
      // Root of the cubic that minimises the norm of the leading error.
      let outer = 0.1931833275037836
      body(outer * step, step / 2)
      for index in 0..<steps {
        body((1 - 2 * outer) * step, step / 2)
        if index + 1 < steps { body(2 * outer * step, step / 2) }
      }
      body(outer * step, nil)
    }
  }
}

/// The step of trajectories and how many make one: tuned in burn-in, then fixed.
struct TrajectoryTuning {
  let settings: HamiltonianSettings
  private(set) var step: Double
  private var count = 0
  private var sum = 0.0
  private var summed = 0

  init(_ settings: HamiltonianSettings) {
    self.settings = settings
    step = settings.step ?? settings.length / 10
  }

  /// Steps of a trajectory, the mean where that is random.
  var steps: Int { max(1, Int((settings.length / step).rounded())) }

  /// How the next trajectory is made, its number of steps drawn where that is random.
  func draw(using rng: inout RandomStream) -> TrajectoryPath {
    let count = settings.isLengthRandom ? 1 + rng.index(below: 2 * steps - 1) : steps
    return TrajectoryPath(steps: count, step: step, integrator: settings.integrator)
  }

  /// Learns from the probability to accept a trajectory (Robbins and Monro); of `total` trajectories the
  /// later half is averaged.
  mutating func learn(_ result: TrajectoryResult, of total: Int) {
    guard settings.step == nil else { return }
    let acceptance = min(1, result.weight)
    count += 1
    let gain = 3 / pow(Double(count + 9), 0.8)
    let logStep = log(step) + gain * (acceptance - settings.targetAcceptance)
    step = min(max(exp(logStep), settings.length / 10_000), settings.length)
    if 2 * count > total {
      sum += log(step)
      summed += 1
    }
  }

  /// What was learnt so far, for a burn-in that is taken up again; empty for nothing.
  var learnt: [Double] {
    get { [Double(count), sum, Double(summed)] }
    set {
      guard newValue.count == 3 else { return }
      (count, sum, summed) = (Int(newValue[0]), newValue[1], Int(newValue[2]))
    }
  }

  /// Settles on the mean of what was learnt.
  mutating func freeze() {
    if summed > 0 { step = exp(sum / Double(summed)) }
    (count, sum, summed) = (0, 0, 0)
  }

  func save(to writer: inout StateWriter) { writer.write(step) }

  mutating func restore(from reader: inout StateReader) throws(InputError) {
    let stored = try reader.number()
    guard stored > 0 && settings.length / stored < 1e6 else { throw .damagedCheckpoint }
    step = stored
  }
}
