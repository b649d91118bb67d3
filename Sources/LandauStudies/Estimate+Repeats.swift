import LandauCore

extension Estimate {
  /// The mean of independent repetitions, with the error that their scatter gives.
  static func mean(of values: [Double]) -> Estimate {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard count > 1 else {
      return Estimate(mean, error: .nan, warning: "one repetition says nothing of its error")
    }
    return Estimate(
      mean, error: (squares / (count * (count - 1))).squareRoot(), degreesOfFreedom: count - 1)
  }
}

extension Estimate {
  /// A share of successes in `count` independent trials, with the error of Agresti and Coull, which is not zero where all
  /// of them succeeded.
  static func fraction(_ share: Double, of count: Int) -> Estimate {
    let trials = Double(count) + 4
    let centre = (share * Double(count) + 2) / trials
    return Estimate(share, error: (centre * (1 - centre) / trials).squareRoot())
  }
}
