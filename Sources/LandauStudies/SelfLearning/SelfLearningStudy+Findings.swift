import LandauCore
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SelfLearningStudy {
  /// Pairs of all shells, the strongest linear model.
  var linear: Judged { pairs[pairs.count - 2] }
  /// Pairs of all shells with squares.
  var squares: Judged { pairs[pairs.count - 1] }
  /// Trainings of the deepest attention.
  var deepest: [Judged] { attention[attention.count - 1] }

  /// erfc(sqrt(v)/2) of the variance on the test.
  static func predicted(_ differences: Series) -> Estimate {
    Estimate.jackknife(differences) {
      SelfLearning.independentAcceptance(variance: $0.variance)
    }
  }

  /// The mean of a quantity over independent trainings: its own error, which they may share, and their spread in quadrature.
  static func mean(_ trainings: [Estimate]) -> Estimate {
    let own = trainings.reduce(0) { $0 + $1.error } / Double(trainings.count)
    let spread = Estimate.mean(of: trainings.map(\.value))
    guard trainings.count > 1 else { return trainings[0] }
    return Estimate(spread.value, error: (own * own + spread.error * spread.error).squareRoot())
  }

  /// Of one model's variance over another's on the same configurations.
  static func varianceRatio(_ one: Judged, over other: Judged) -> Estimate {
    let (a, b) = (one.differences, other.differences)
    return Estimate.jackknife([a, a.map { $0 * $0 }, b, b.map { $0 * $0 }]) {
      ($0[1] - $0[0] * $0[0]) / ($0[3] - $0[2] * $0[2])
    }
  }

  var findings: [StudyFinding] {
    identities + [
      relation("linear", "pairs of all shells", [linear]),
      relation("attention", "the deepest attention", deepest),
      relation("transferred", "the same on \(Self.largeSide) x \(Self.largeSide)", transferred),
      StudyFinding(
        "varianceRatio", "variance of S - A not seen: deepest attention over pairs of all shells",
        measured: Self.mean(deepest.map { Self.varianceRatio($0, over: linear) }),
        expected: .below(1), reference: "layers help"),
      StudyFinding(
        "acceptanceGain", "acceptance: deepest attention less pairs of two shells",
        measured: Self.difference(Self.mean(deepest.map(\.acceptance)), pairs[1].acceptance),
        expected: .above(0.2), reference: "the paper's linear model: 0.21"),
      StudyFinding(
        "transferAcceptance",
        "acceptance on \(Self.largeSide) x \(Self.largeSide) of attention trained on \(Self.side) x \(Self.side)",
        measured: Self.mean(transferred.map(\.acceptance)), expected: .above(0.1),
        reference: "weights of shells mean the same on every torus"),
      speed,
    ] + observables(Self.side, exact, deepest)
      + observables(Self.largeSide, largeExact, transferred)
  }

  private var identities: [StudyFinding] {
    [
      .bounded(
        "asymmetry", "largest change of actions under rotations, mirrors, translations", asymmetry,
        1e-9, "exact but for the order of additions"),
      .bounded(
        "deviation", "networks as tensors and in flat loops", deviation, 1e-9,
        "exact but for the order of additions"),
      .bounded(
        "halfFilling", "largest deviation from one electron a site at mu = 0",
        exact.recording[.densityPerSite]!.chains.joined().reduce(0) { max($0, abs($1 - 1)) },
        1e-12, "levels in pairs ±E"),
    ]
  }

  /// Measured acceptance against erfc(sqrt(v)/2).
  private func relation(_ key: String, _ what: String, _ models: [Judged]) -> StudyFinding {
    let predicted = Self.mean(models.map { Self.predicted($0.differences) })
    return StudyFinding(
      key + "Acceptance", "acceptance of \(what)", measured: Self.mean(models.map(\.acceptance)),
      systematicError: Self.relationError,
      expected: .value(predicted.value, error: predicted.error),
      reference: "erfc(sqrt(v)/2), normal differences, independent proposals")
  }

  /// What the relation leaves out: tails of the differences, memory of the walks.
  static let relationError = 0.02

  static func difference(_ one: Estimate, _ other: Estimate) -> Estimate {
    Estimate(
      one.value - other.value,
      error: (one.error * one.error + other.error * other.error).squareRoot())
  }

  /// Diagonalisations for an independent value of the staggered order: twice its integrated time, a chain of single attempts
  /// with one for each site of a sweep, self-learning with one for each proposal.
  static func cost(_ series: Series, perStep: Int) -> Estimate {
    let time = Autocorrelation(of: series).integratedTime
    let factor = 2 * Double(perStep)
    return Estimate(factor * time.value, error: factor * time.error)
  }

  var exactCost: Estimate {
    Self.cost(exact.recording[.staggeredOrderSquared]!, perStep: Self.side * Self.side)
  }

  static func cost(_ trainings: [Judged]) -> Estimate {
    mean(trainings.map { cost($0.sampled.recording[.staggeredOrderSquared]!, perStep: 1) })
  }

  /// By its logarithm, whose error is the relative one, however poorly times are known.
  private var speed: StudyFinding {
    let (single, learned) = (exactCost, Self.cost(deepest))
    let (relative, other) = (single.error / single.value, learned.error / learned.value)
    return StudyFinding(
      "logSpeed", "ln of diagonalisations for an independent S(pi, pi), one by one over learned",
      measured: Estimate(
        log(single.value / learned.value),
        error: (relative * relative + other * other).squareRoot()),
      expected: .above(log(10)), reference: "ten times fewer")
  }

  /// Energy, magnetisation and structure factor of learned chains, all trainings together, and of exact ones.
  private func observables(
    _ side: Int, _ exact: SpinSampling.Chains, _ learned: [Judged]
  ) -> [StudyFinding] {
    Self.compared.map { observable, key, what in
      let reference = exact.estimate(observable)
      return StudyFinding(
        key + "\(side)", "\(what), \(side) x \(side), self-learning",
        measured: Self.pooled(learned, observable).estimate(),
        expected: .value(reference.value, error: reference.error), reference: "Metropolis")
    }
  }

  static let compared: [(Observable, String, String)] = [
    (.energyPerSite, "energy", "energy per site"),
    (.orderSquared, "magnetisation", "squared magnetisation per site"),
    (.staggeredOrderSquared, "staggered", "S(pi, pi)/N"),
  ]

  static func pooled(_ models: [Judged], _ observable: Observable) -> Series {
    Series(models.flatMap { $0.sampled.recording[observable]!.chains })
  }

  var remarks: [String] {
    func text(_ models: [Judged]) -> String {
      "\(Self.mean(models.map(\.variance))) and \(Self.mean(models.map(\.acceptance)))"
    }
    var lines = [
      "t = 1, J = \(Self.coupling), mu = 0, temperature \(Self.temperature): half filling. S is beta times the free energy of the electrons at given spins, A the",
      "effective action; v is the variance of S - A on \(Self.chains) x \(settings.test) exact configurations not used in fits, \(Self.chains) x \(settings.training) were.",
      "A proposal is a walk of \(Self.sweepsOfWalk) sweeps. v and acceptance:",
    ]
    lines += pairs.map { "  \($0.label): \(text([$0]))" }
    lines += attention.map { "  attention, \($0[0].label), \($0.count) trainings: \(text($0))" }
    lines += [
      "  on \(Self.largeSide) x \(Self.largeSide), fitted on \(Self.side) x \(Self.side): pairs of all shells \(text([transferredPairs])); attention \(text(transferred))",
      "v of the deepest attention is \(Self.mean(deepest.map { Self.varianceRatio($0, over: squares) })) of that of pairs of all shells with squares, a model that is linear in its couplings.",
      "Errors of v and acceptance: of the statistics, and the spread of trainings added in quadrature; of \(settings.trainings) it is poorly known.",
    ]
    let (found, wanted) = (pairs[1].acceptance, Self.predicted(pairs[1].differences))
    lines.append(
      "Pairs of two shells are accepted with \(found) where erfc(sqrt(v)/2) is \(wanted): of poor models the relation is a bound rather than a law."
    )
    let warnings = Self.compared.compactMap { exact.estimate($0.0).warning }
    if let warning = warnings.first { lines.append("Exact chains: \(warning).") }
    return lines
  }
}
