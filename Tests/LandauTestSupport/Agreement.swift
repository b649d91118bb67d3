public import LandauCore
import LandauStatistics
public import Testing

/// The false-alarm budget of the suite: each statistical check runs in two stages, both at this level,
/// so that a check without fault is rejected five times in a million.
public let screeningLevel = 2.2e-3

/// What a two-stage comparison of an estimate with an exact value came to.
public struct Agreement: Sendable, CustomStringConvertible {
  /// One stage: what was measured and the two-sided probability of a deviation at least as large.
  public struct Stage: Sendable {
    public var estimate: Estimate
    public var probability: Double
  }

  public var reference: Double
  public var stages: [Stage]
  /// The bias that the first stage finds five times in six.
  public var detectableBias: Double
  public var isAccepted: Bool { stages.last!.probability >= screeningLevel }

  public var description: String {
    stages.enumerated().map { index, stage in
      "stage \(index + 1): \(stage.estimate) (\(stage.estimate.value) +/- \(stage.estimate.error))"
        + " against \(reference), p = \(stage.probability)"
    }.joined(separator: "; ")
  }
}

/// Compares a measurement with an exact value under the budget, without recording anything.
///
/// A first measurement (`effort` 1) is screened at p < 2.2e-3; when it fails, a second one with an
/// independent child seed and `effort` 4 decides. The tail is Student's t with `degreesOfFreedom`,
/// else with those of the estimate, else with its `effectiveCount` less one, else the normal one (an
/// error known exactly).
public func compare(
  with exact: Double, seed: Seed, degreesOfFreedom: Double? = nil,
  measure: (_ seed: Seed, _ effort: Int) throws -> Estimate
) rethrows -> Agreement {
  var agreement = Agreement(reference: exact, stages: [], detectableBias: .nan)
  for (stage, effort) in [1, 4].enumerated() {
    let estimate = try measure(seed.child("stage", stage), effort)
    let freedom =
      degreesOfFreedom ?? estimate.degreesOfFreedom
      ?? estimate.effectiveCount.map { max(1, $0 - 1) }
    if stage == 0 {
      agreement.detectableBias = estimate.error * (1 + screeningQuantile(freedom))
    }
    let probability = twoSidedProbability(estimate, exact: exact, degreesOfFreedom: freedom)
    agreement.stages.append(Agreement.Stage(estimate: estimate, probability: probability))
    if probability >= screeningLevel { break }
  }
  return agreement
}

/// Checks that a measurement agrees with an exact value under the false-alarm budget.
///
///     try expectAgreement(with: exact, seed: .test(beta), minimalBias: 0.01) { seed, effort in
///       try simulate(beta: beta, seed: seed, sweeps: 20_000 * effort).energyPerSite
///     }
///
/// - Parameters:
///   - exact: The value expected.
///   - seed: `Seed.test(…)` with the arguments of the test.
///   - minimalBias: The smallest bias this check promises to find (five times in six). The check also
///     fails when the measurement's error is too large to keep that promise.
///   - degreesOfFreedom: Independent pieces behind the error, less one; see `compare`.
///   - measure: Makes the estimate with the seed given and `effort` times the usual data.
public func expectAgreement(
  with exact: Double, seed: Seed, minimalBias: Double, degreesOfFreedom: Double? = nil,
  sourceLocation: SourceLocation = #_sourceLocation,
  measure: (_ seed: Seed, _ effort: Int) throws -> Estimate
) rethrows {
  let result = try compare(
    with: exact, seed: seed, degreesOfFreedom: degreesOfFreedom, measure: measure)
  #expect(
    result.isAccepted, "\(result) (root seed \(testRootSeed))", sourceLocation: sourceLocation)
  #expect(
    result.detectableBias <= minimalBias,
    "this check finds biases from \(result.detectableBias), not from \(minimalBias)",
    sourceLocation: sourceLocation)
}

/// Checks that a measurement with an injected fault is rejected: the test of a test.
public func expectDisagreement(
  with exact: Double, seed: Seed, degreesOfFreedom: Double? = nil,
  sourceLocation: SourceLocation = #_sourceLocation,
  measure: (_ seed: Seed, _ effort: Int) throws -> Estimate
) rethrows {
  let result = try compare(
    with: exact, seed: seed, degreesOfFreedom: degreesOfFreedom, measure: measure)
  #expect(
    !result.isAccepted, "the fault was not found: \(result)", sourceLocation: sourceLocation)
}

/// Checks a p-value under the same two-stage budget, e.g. of a chi-square over a histogram.
///
/// - Parameter probability: The p-value of the check with the seed given and `effort` times the data.
public func expectPlausible(
  seed: Seed, sourceLocation: SourceLocation = #_sourceLocation,
  probability: (_ seed: Seed, _ effort: Int) throws -> Double
) rethrows {
  var values: [Double] = []
  for (stage, effort) in [1, 4].enumerated() {
    values.append(try probability(seed.child("stage", stage), effort))
    if values[stage] >= screeningLevel { return }
  }
  // A NaN ends here too: it compares with nothing.
  #expect(
    Bool(false), "p-values of both stages: \(values) (root seed \(testRootSeed))",
    sourceLocation: sourceLocation)
}

private func twoSidedProbability(
  _ estimate: Estimate, exact: Double, degreesOfFreedom: Double?
) -> Double {
  guard estimate.value.isFinite, estimate.error.isFinite else { return 0 }
  guard estimate.error > 0 else { return estimate.value == exact ? 1 : 0 }
  let pull = abs(estimate.pull(to: exact))
  return 2
    * (degreesOfFreedom.map { studentTSurvival(pull, degreesOfFreedom: $0) }
      ?? normalSurvival(pull))
}

/// The pull at which the screening rejects.
private func screeningQuantile(_ degreesOfFreedom: Double?) -> Double {
  guard let degreesOfFreedom else { return 3.0618 }
  var (low, high) = (0.0, 1e4)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if 2 * studentTSurvival(middle, degreesOfFreedom: degreesOfFreedom) > screeningLevel {
      low = middle
    } else {
      high = middle
    }
  }
  return high
}
