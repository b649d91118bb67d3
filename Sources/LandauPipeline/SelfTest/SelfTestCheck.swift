import LandauCore
import LandauExact
import LandauStatistics

/// One number of the register beside what it should be.
struct SelfTestCheck: Sendable {
  var system: String
  var quantity: String
  /// What the program computed, or sampled with its error.
  var measured: Estimate
  var exact: Double
  /// Sampled: the distance in errors. Computed: the distance in tolerances.
  var distance: Double
  /// Sampled: of a distance at least as large, by chance; nil for computed values.
  var chance: Double?
  var isPassed: Bool
  /// Where the exact value is from.
  var source: String

  var probability: Double { chance ?? (isPassed ? 1 : 0) }

  init(_ truth: Truth) {
    system = truth.group
    quantity = truth.name
    exact = truth.reference
    source = truth.source
    let outcome = try? truth.check()
    measured = Estimate(outcome?.computed ?? .nan, error: 0)
    distance = outcome?.deviation ?? .nan
    isPassed = outcome?.agrees ?? false
  }

  init(_ system: String, _ quantity: String, _ estimate: Estimate, exact: Double) {
    self.system = system
    self.quantity = quantity
    self.exact = exact
    measured = estimate
    source = "exact value of the same system"
    let distance = estimate.pull(to: exact)
    self.distance = distance
    let freedom = estimate.degreesOfFreedom ?? estimate.effectiveCount.map { max(1, $0 - 1) }
    let tail =
      freedom.map { studentTSurvival(abs(distance), degreesOfFreedom: $0) }
      ?? normalSurvival(abs(distance))
    let chance = distance.isFinite ? 2 * tail : 0
    self.chance = chance
    isPassed = chance >= SelfTestJob.screening
  }

  var json: JSONValue {
    .pairs([
      "system": .string(system), "quantity": .string(quantity),
      "measured": chance == nil ? .number(measured.value) : .estimate(measured),
      "exact": .number(exact), chance == nil ? "tolerances" : "zScore": .number(distance),
      "passed": .bool(isPassed), "source": .string(source),
    ])
  }
}
