import LandauCore

extension Estimate {
  /// A share of successes in `count` independent trials, with the error of Agresti and Coull, which is not zero where all
  /// of them succeeded.
  static func fraction(_ share: Double, of count: Int) -> Estimate {
    let trials = Double(count) + 4
    let centre = (share * Double(count) + 2) / trials
    return Estimate(share, error: (centre * (1 - centre) / trials).squareRoot())
  }
}
