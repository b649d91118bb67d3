import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Transition and exponents of a continuous transition from the curves of several sizes.
///
/// 1. beta_c: both dimensionless ratios R (xi/L and <m^2>^2/<m^4>) of all sizes at one beta are fitted by
///    R(L) = R* + R'(L) (beta - beta_c) + b L^-omega with the measured slopes R'.
/// 2. Everything else at the beta of each size where xi/L has one value (its R*): ln<|m|> and ln<m^2> are
///    fitted by straight lines in ln L, and so are the logarithms of the slopes in beta of xi/L and
///    <m^2>^2/<m^4>, which both grow with L^(1/nu). (The slope of ln <m^2> does so, too, but with
///    corrections of relative order L^(-1/nu) that no ratio has.)
///
/// All fits are averages over smallest sizes and correction exponents (`AveragedScalingFit`).
struct ContinuousScaling: Sendable {
  let curves: [ScalingCurves]
  let transition: AveragedScalingFit
  let slopes: AveragedScalingFit
  let order: AveragedScalingFit
  let square: AveragedScalingFit
  let criticalBeta: ScalingNumber
  let inverseNu: ScalingNumber
  let betaOverNu: ScalingNumber
  let gammaOverNu: ScalingNumber
  let nu: ScalingNumber
  let beta: ScalingNumber
  let gamma: ScalingNumber
  let eta: ScalingNumber
  /// xi/L and <m^2>^2/<m^4> at the transition of the infinite lattice.
  let criticalRatio: ScalingNumber
  let criticalBinder: ScalingNumber
  /// The value of xi/L at which sizes are compared.
  let fixedRatio: Double
  /// What is measured at that value: ln of the slopes of both ratios, ln|m|, ln m^2, size by size.
  let fixed: Replicates
  /// The betas at which xi/L has that value.
  let fixedBetas: [Double]

  let dimension: Int

  static let fixedCount = 4

  /// The fits by name, in the order of the reports.
  var fits: [(name: String, fit: AveragedScalingFit)] {
    [
      ("transition", transition), ("slopes", slopes), ("order", order), ("orderSquared", square),
    ]
  }

  /// 2 beta/nu + gamma/nu, which is the dimension where hyperscaling holds.
  let hyperscaling: ScalingNumber

  /// - Parameter dimension: of space.
  /// - Returns: nil where no fit is possible: fewer than three sizes, or xi/L that does not grow.
  init?(_ curves: [ScalingCurves], dimension: Int) {
    self.curves = curves
    self.dimension = dimension
    let joined = Replicates(independent: curves.map(\.replicates))
    // The fit is linear in the distance to beta_c, which is small the second time.
    var place = curves.map(\.beta).reduce(0, +) / Double(curves.count)
    var found: AveragedScalingFit?
    var ratios: Replicates?
    for _ in 0..<3 {
      let data = Self.ratios(joined, curves, at: place)
      guard let fit = Self.transitionFit(data, curves, at: place) else { return nil }
      (found, ratios) = (fit, data)
      if abs(fit.common.value) < 0.1 * fit.common.error { break }
      place -= fit.common.value
    }
    guard let transition = found, let ratios else { return nil }
    let ratio = transition.best.amplitudes[0].value
    let betas = curves.map { $0.whole.beta(where: .correlationLength, is: ratio) }
    guard betas.allSatisfy(\.isFinite) else { return nil }
    let fixed = joined.map { values in
      curves.indices.flatMap { Self.atFixedRatio(curves[$0], values, index: $0, ratio: ratio) }
    }
    let sides = curves.map(\.side)
    guard let slopes = Self.powerFit(fixed, sides: sides, quantities: [0, 1]),
      let order = Self.powerFit(fixed, sides: sides, quantities: [2]),
      let square = Self.powerFit(fixed, sides: sides, quantities: [3])
    else { return nil }
    self.transition = transition
    (self.slopes, self.order, self.square) = (slopes, order, square)
    (fixedRatio, self.fixed, fixedBetas) = (ratio, fixed, betas)
    // All results side by side on every replicate: their covariance.
    let count = Self.fixedCount
    let parts = Replicates(joining: [ratios, fixed]).map { [place] values -> [Double] in
      let rest = Array(values[ratios.count...])
      func pick(_ quantities: [Int]) -> [Double] {
        sides.indices.flatMap { size in quantities.map { rest[size * count + $0] } }
      }
      return [
        place - dot(transition.weightsOfData, Array(values[..<ratios.count])),
        dot(slopes.weightsOfData, pick([0, 1])), dot(order.weightsOfData, pick([2])),
        dot(square.weightsOfData, pick([3])),
      ]
    }
    let covariance = parts.covariance
    func correlation(_ one: Int, _ other: Int) -> Double {
      covariance[one][other] / (covariance[one][one] * covariance[other][other]).squareRoot()
    }
    criticalBeta = ScalingNumber(
      parts.values[0], statistical: transition.common.error, systematic: transition.systematic)
    inverseNu = ScalingNumber(slopes)
    betaOverNu = ScalingNumber(order).scaled(by: -1)
    gammaOverNu = ScalingNumber(square).shifted(by: Double(dimension))
    nu = inverseNu.inverse
    criticalRatio = ScalingNumber(transition.amplitude(0))
    criticalBinder = ScalingNumber(transition.amplitude(1))
    eta = gammaOverNu.scaled(by: -1).shifted(by: 2)
    // Statistical errors of |m| and m^2 are strongly correlated.
    let spread =
      4 * covariance[2][2] + covariance[3][3] - 4 * covariance[2][3]
    hyperscaling = ScalingNumber(
      2 * betaOverNu.value + gammaOverNu.value, statistical: max(0, spread).squareRoot(),
      systematic: (4 * betaOverNu.systematic * betaOverNu.systematic
        + gammaOverNu.systematic * gammaOverNu.systematic).squareRoot())
    // beta/nu is minus the slope of ln m: the sign of its correlation turns.
    beta = betaOverNu.divided(by: inverseNu, correlation: -correlation(1, 2))
    gamma = gammaOverNu.divided(by: inverseNu, correlation: correlation(1, 3))
  }

  private static func view(
    _ curves: [ScalingCurves], _ values: [Double], _ index: Int
  ) -> ScalingCurve {
    let start = index * ScalingCurves.width
    return curves[index].curve(values[start..<(start + ScalingCurves.width)])
  }

  private static func ratios(
    _ joined: Replicates, _ curves: [ScalingCurves], at beta: Double
  ) -> Replicates {
    joined.map { values in
      curves.indices.flatMap { index in
        let curve = view(curves, values, index)
        return [
          curve.value(.correlationLength, at: beta), curve.value(.binderRatio, at: beta),
        ]
      }
    }
  }

  private static func transitionFit(
    _ data: Replicates, _ curves: [ScalingCurves], at beta: Double
  ) -> AveragedScalingFit? {
    let values = curves.indices.map { [data.values[2 * $0], data.values[2 * $0 + 1]] }
    let slopes = curves.map { curve in
      [
        curve.whole.slope(.correlationLength, at: beta), curve.whole.slope(.binderRatio, at: beta),
      ]
    }
    guard data.values.allSatisfy(\.isFinite) else { return nil }
    return AveragedScalingFit(
      .init(
        sides: curves.map(\.side), values: values, slopes: slopes, covariance: data.covariance))
  }

  private static func atFixedRatio(
    _ curves: ScalingCurves, _ values: [Double], index: Int, ratio: Double
  ) -> [Double] {
    let start = index * ScalingCurves.width
    let curve = curves.curve(values[start..<(start + ScalingCurves.width)])
    let beta = curve.beta(where: .correlationLength, is: ratio)
    return [
      log(curve.slope(.correlationLength, at: beta)), log(curve.slope(.binderRatio, at: beta)),
      curve.value(.logOrder, at: beta), curve.value(.logSquare, at: beta),
    ]
  }

  private static func powerFit(
    _ fixed: Replicates, sides: [Int], quantities: [Int]
  ) -> AveragedScalingFit? {
    let picked = fixed.selecting(
      sides.indices.flatMap { size in quantities.map { size * fixedCount + $0 } })
    guard picked.values.allSatisfy(\.isFinite) else { return nil }
    let values = sides.indices.map { size in
      Array(picked.values[(size * quantities.count)..<((size + 1) * quantities.count)])
    }
    let slopes = sides.map { side in quantities.map { _ in log(Double(side)) } }
    return AveragedScalingFit(
      .init(sides: sides, values: values, slopes: slopes, covariance: picked.covariance))
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

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
