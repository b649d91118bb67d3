import LandauCore
import LandauStatistics

/// All that a finite-size study found.
struct ScalingFindings: Sendable {
  enum Result: Sendable {
    case continuous(ContinuousScaling)
    case kosterlitzThouless(KosterlitzThouless)
    case firstOrder(FirstOrderScaling)
    /// No crossing of two sizes, no growth of order: nothing to analyse.
    case none(reason: String)

    /// As in the reports.
    var verdict: String {
      switch self {
      case .continuous: "continuous"
      case .kosterlitzThouless: "bkt"
      case .firstOrder: "first-order"
      case .none: "none"
      }
    }
  }

  /// What was simulated of one size.
  struct Size: Sendable {
    var plan: ScalingPlan
    /// Integrated times of energy and squared order parameter in sweeps.
    var energyTime: Double
    var orderTime: Double
    /// See `Coexistence`.
    var unseenLatentHeat: Double
    var warning: String?

    init(_ sample: ScalingSample) {
      plan = sample.plan
      let energy = Series(sample.chains.map(\.energy), spacing: plan.measureEvery).estimate()
      let square = Series(sample.chains.map(\.square), spacing: plan.measureEvery).estimate()
      energyTime = energy.integratedTime ?? .nan
      orderTime = square.integratedTime ?? .nan
      unseenLatentHeat = Coexistence.unseenLatentHeat(sample)
      warning = energy.warning ?? square.warning
    }
  }

  var result: Result
  var steps: [ScalingSearch.Step]
  var sizes: [Size]
  /// Of a first-order transition that would look like this continuous one, per site.
  var unseenLatentHeat: Double?
  var warnings: [String] = []
  /// Sizes that a stop left no time for.
  var leftOut: [Int] = []

  /// Warnings of all parts.
  var allWarnings: [String] {
    stopWarning + warnings
      + sizes.compactMap { size in size.warning.map { "L = \(size.plan.side): \($0)" } }
  }

  private var stopWarning: [String] {
    if leftOut.isEmpty { return [] }
    let names = leftOut.map(String.init).joined(separator: ", ")
    return ["stopped early: \(leftOut.count == 1 ? "size" : "sizes") \(names) not measured"]
  }

  /// Transition and exponents by name, in the order of the reports.
  var numbers: [(name: String, number: ScalingNumber)] {
    switch result {
    case .continuous(let found):
      [
        ("temperature", found.criticalBeta.inverse), ("beta", found.criticalBeta),
        ("nu", found.nu), ("orderExponent", found.beta), ("gamma", found.gamma),
        ("eta", found.eta), ("inverseNu", found.inverseNu),
        ("orderExponentOverNu", found.betaOverNu), ("gammaOverNu", found.gammaOverNu),
        ("correlationLengthRatio", found.criticalRatio), ("binderRatio", found.criticalBinder),
      ]
    case .kosterlitzThouless(let found):
      [("temperature", found.temperature), ("beta", found.temperature.inverse)]
    case .firstOrder(let found):
      [
        ("temperature", found.criticalBeta.inverse), ("beta", found.criticalBeta),
        ("latentHeatPerSite", found.latentHeat),
        ("orderedEnergyPerSite", FirstOrderScaling.number(found.orderedFit)),
        ("disorderedEnergyPerSite", FirstOrderScaling.number(found.disorderedFit)),
        ("peakDistancePerSite", found.peakDistance),
      ]
    case .none: []
    }
  }
}
