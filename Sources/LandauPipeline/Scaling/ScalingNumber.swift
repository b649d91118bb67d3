import LandauCore
import LandauStatistics

/// A result with its two errors.
struct ScalingNumber: Sendable, Hashable {
  var value: Double
  var statistical: Double
  /// Spread between fits of different ranges and corrections.
  var systematic: Double

  init(_ value: Double, statistical: Double, systematic: Double) {
    self.value = value
    self.statistical = statistical
    self.systematic = systematic
  }

  init(_ fit: AveragedScalingFit) {
    self.init(fit.common.value, statistical: fit.common.error, systematic: fit.systematic)
  }

  init(_ number: (estimate: Estimate, systematic: Double)) {
    self.init(
      number.estimate.value, statistical: number.estimate.error, systematic: number.systematic)
  }

  var error: Double { (statistical * statistical + systematic * systematic).squareRoot() }
  var estimate: Estimate { Estimate(value, error: error) }

  func scaled(by factor: Double) -> ScalingNumber {
    ScalingNumber(
      factor * value, statistical: abs(factor) * statistical, systematic: abs(factor) * systematic)
  }

  func shifted(by offset: Double) -> ScalingNumber {
    ScalingNumber(value + offset, statistical: statistical, systematic: systematic)
  }

  var inverse: ScalingNumber {
    let scale = 1 / (value * value)
    return ScalingNumber(
      1 / value, statistical: scale * statistical, systematic: scale * systematic)
  }

  /// The quotient of two results of the same data; the choices of fits are taken for independent.
  func divided(by other: ScalingNumber, correlation: Double) -> ScalingNumber {
    let quotient = value / other.value
    let (a, b) = (statistical / value, other.statistical / other.value)
    let (c, d) = (systematic / value, other.systematic / other.value)
    return ScalingNumber(
      quotient,
      statistical: abs(quotient) * max(0, a * a + b * b - 2 * correlation * a * b).squareRoot(),
      systematic: abs(quotient) * (c * c + d * d).squareRoot())
  }
}
