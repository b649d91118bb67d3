public import Testing

/// Distance of two numbers in units of the last place of the expected one; infinite when either is NaN.
public func ulpDistance(_ actual: Double, _ expected: Double) -> Double {
  if actual == expected { return 0 }
  guard actual.isFinite, expected.isFinite else { return .infinity }
  return abs(actual - expected) / max(expected.ulp, .leastNormalMagnitude.ulp)
}

/// Checks that two numbers agree within some units in the last place of the expected one.
public func expectClose(
  _ actual: Double, _ expected: Double, ulps: Double, _ comment: @autoclosure () -> Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  precondition(ulps >= 0, "a tolerance of \(ulps) ulps")
  let distance = ulpDistance(actual, expected)
  #expect(
    distance <= ulps,
    "\(actual) is \(distance) ulps from \(expected), allowed \(ulps). \(comment()?.rawValue ?? "")",
    sourceLocation: sourceLocation)
}

/// Checks |actual - expected| <= absolute + relative * |expected|; both tolerances non-negative.
///
/// For literals of few digits and for bounds derived in the test.
public func expectClose(
  _ actual: Double, _ expected: Double, absolute: Double = 0, relative: Double = 0,
  _ comment: @autoclosure () -> Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  precondition(absolute >= 0 && relative >= 0, "tolerances \(absolute), \(relative)")
  let allowed = absolute + relative * abs(expected)
  // A NaN on either side fails: it compares with nothing.
  #expect(
    abs(actual - expected) <= allowed,
    """
    \(actual) is \(abs(actual - expected)) from \(expected), allowed \(allowed). \
    \(comment()?.rawValue ?? "")
    """, sourceLocation: sourceLocation)
}
