public import LandauCore

extension Estimate {
  /// The mean of independent values, with the error that their scatter gives.
  public static func mean(of values: [Double]) -> Estimate {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard count > 1 else {
      return Estimate(mean, error: .nan, warning: "a single value: the error is unknown")
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Estimate(
      mean, error: (squares / (count * (count - 1))).squareRoot(), effectiveCount: count,
      degreesOfFreedom: count - 1)
  }
}
