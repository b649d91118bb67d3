import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Estimate {
  /// Over an exact value, less one.
  func deviation(from exact: Double) -> Estimate {
    Estimate(value / exact - 1, error: error / abs(exact), degreesOfFreedom: degreesOfFreedom)
  }

  /// Over an independent measurement of nearly the same value, less one.
  func deviation(from reference: Estimate) -> Estimate {
    Estimate(
      value / reference.value - 1, error: hypot(error, reference.error) / abs(reference.value),
      degreesOfFreedom: degreesOfFreedom)
  }

  /// The absolute value.
  var size: Estimate { Estimate(abs(value), error: error, degreesOfFreedom: degreesOfFreedom) }

  func scaled(by factor: Double) -> Estimate {
    Estimate(factor * value, error: abs(factor) * error, degreesOfFreedom: degreesOfFreedom)
  }
}
