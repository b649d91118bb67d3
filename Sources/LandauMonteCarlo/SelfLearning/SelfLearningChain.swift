public import LandauCore
import LandauStatistics

extension Observable {
  /// 1 where the last proposal was accepted and 0 where not: its mean is the acceptance rate, with its error.
  public static let proposalAccepted: Observable = "proposalAccepted"
  /// Action less effective action of the present configuration; its variance bounds what proposals are worth.
  public static let actionDifference: Observable = "actionDifference"
}

/// What is known of self-learning Monte Carlo without a run.
public enum SelfLearning {
  /// erfc(sqrt(v)/2), the acceptance of independent proposals where the difference of the actions is normal with variance v.
  public static func independentAcceptance(variance: Double) -> Double {
    // erfc(x) = 2 (1 - Phi(x sqrt 2)).
    2 * normalSurvival((variance / 2).squareRoot())
  }
}

/// Self-learning Monte Carlo: a walk under an effective action proposes, the true weight decides.
///
/// From configuration a the walk arrives at b. Its attempts are reversible with respect to exp(-A), A the effective action, so
/// accepting b with probability min(1, exp(-[(S - A)(b) - (S - A)(a)])) leaves exp(-S) invariant: exact however poor A
/// is. One diagonalisation, say, decides about many attempts. A sweep here is one proposal.
///
/// Where the walk forgets a and S - A is normal with variance v under both weights, the change of S - A has mean v and
/// variance 2v, and proposals are accepted with probability erfc(sqrt(v)/2): see `SelfLearning`.
///
/// - Note: Liu, Qi, Meng and Fu, Phys. Rev. B 95, 041101 (2017), arXiv:1610.03137.
public final class SelfLearningChain<Weight: SpinWeight, Effective: EffectiveAction>:
  ReportingChain
{
  public let weight: Weight
  public let effective: Effective
  /// Attempts of the walk in a proposal.
  public let attemptsPerProposal: Int
  /// The present configuration.
  public private(set) var spins: [SIMD3<Double>]
  /// Of the present configuration.
  public private(set) var evaluation: SpinEvaluation
  private var effectiveAction: Double
  private var rng: RandomStream
  private var wasAccepted = false
  private var proposals = 0
  private var accepted = 0

  /// - Parameter start: a configuration; random directions where there is none.
  public init(
    weight: Weight, effective: Effective, attemptsPerProposal: Int,
    start: [SIMD3<Double>]? = nil, seed: Seed
  ) {
    precondition(weight.siteCount == effective.siteCount, "two actions of different sites")
    precondition(attemptsPerProposal >= 1, "\(attemptsPerProposal) attempts in a proposal")
    self.weight = weight
    self.effective = effective
    self.attemptsPerProposal = attemptsPerProposal
    var draws = seed.child("start").makeStream()
    let spins = start ?? (0..<weight.siteCount).map { _ in .direction(using: &draws) }
    precondition(spins.count == weight.siteCount, "\(spins.count) spins to start from")
    self.spins = spins
    evaluation = weight.evaluate(spins)
    effectiveAction = effective.action(of: spins)
    rng = seed.child("update").makeStream()
  }

  public var observables: [Observable] {
    weight.observables + [.proposalAccepted, .actionDifference]
  }
  public let algorithm = "self-learning: walks under an effective action, exact by acceptance"

  /// `count` proposals.
  public func sweep(_ count: Int) {
    for _ in 0..<count {
      let walker = effective.walker(at: spins)
      walker.walk(attemptsPerProposal, using: &rng)
      let (proposed, action) = (walker.spins, walker.action)
      let judged = weight.evaluate(proposed)
      let cost = (judged.action - action) - (evaluation.action - effectiveAction)
      wasAccepted = ExponentialGate.shared.accepts(rng.uniform(), cost: cost)
      if wasAccepted {
        spins = proposed
        evaluation = judged
        effectiveAction = action
        accepted += 1
      }
      proposals += 1
    }
  }

  public func measure(into row: inout [Double]) {
    row += evaluation.values
    row.append(wasAccepted ? 1 : 0)
    row.append(evaluation.action - effectiveAction)
  }

  /// Attempts of all walks.
  public var updateCount: Int { proposals * attemptsPerProposal }
  /// Of proposals.
  public var acceptanceRate: Double? {
    proposals == 0 ? nil : Double(accepted) / Double(proposals)
  }

  public func save(to writer: inout StateWriter) {
    writer.write("self-learning chain 1")
    writer.write(spins: spins)
    writer.write(rng)
    writer.write(wasAccepted)
    writer.write(proposals)
    writer.write(accepted)
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    try reader.expect(chain: "self-learning chain 1")
    spins = try reader.spins(count: spins.count)
    evaluation = weight.evaluate(spins)
    effectiveAction = effective.action(of: spins)
    rng = try reader.stream()
    wasAccepted = try reader.word() != 0
    proposals = try reader.integer()
    accepted = try reader.integer()
  }
}
