import LandauCore
struct ExactValues {
  enum Effort { case quick, full }
  var method: String
  var values: [ExactValue]
  static func finite(_ model: ResolvedModel, beta: Double, effort: Effort) -> ExactValues? { nil }
}
