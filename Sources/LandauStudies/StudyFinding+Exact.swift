import LandauCore

// Findings that no chance enters.
extension StudyFinding {
  /// A number that has to be what it should be to the last bit.
  static func exactly(
    _ key: String, _ what: String, _ measured: Double, _ value: Double, _ reference: String
  ) -> StudyFinding {
    StudyFinding(
      key, what, measured: Estimate(measured, error: 0), expected: .value(value, error: 0),
      reference: reference)
  }

  /// A difference that has to be below a bound.
  static func bounded(
    _ key: String, _ what: String, _ measured: Double, _ bound: Double, _ reference: String
  ) -> StudyFinding {
    StudyFinding(
      key, what, measured: Estimate(measured, error: 0), expected: .below(bound),
      reference: reference)
  }
}
