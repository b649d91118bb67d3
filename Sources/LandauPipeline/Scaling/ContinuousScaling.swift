import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Transition and exponents of a continuous transition from the windows of several sizes.
///
/// 1. beta_c: both dimensionless ratios R (xi/L and <m^2>^2/<m^4>) of all sizes at one beta are fitted by
///    R(L) = R* + R'(L) (beta - beta_c) + b L^-omega with the measured slopes R'.
/// 2. nu: for each ratio two values are fixed, what it is on average over sizes at the lower and at the upper end of
///    their windows. Its mean slope between the betas where it has these values grows as L^(1/nu). Betas are
///    analytic in the scaling field, u = t + a t^2 + ..., so that the betas where R is R(x) are
///    beta_c + x L^(-1/nu) - a x^2 L^(-2/nu): between ends at x and -x the second order cancels.
/// 3. beta/nu and gamma/nu: ln<|m|> and ln<m^2> where xi/L has one value, its R*, and their means of the two betas
///    where it has its values at the ends of the windows, are fitted by straight lines in ln L of one slope. At an
///    end amplitudes carry the factor 1 + c x L^(-1/nu), of which the mean has no first order.
///    (Where <m^2>^2/<m^4> has one value noise is less, but corrections are more.)
///
/// All fits are averages over smallest sizes and correction exponents (`AveragedScalingFit`).
struct ContinuousScaling: Sendable {
  let windows: [ScalingWindow]
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
  /// Between which values of xi/L and <m^2>^2/<m^4> their mean slopes are taken.
  let slopeEnds: [ClosedRange<Double>]
  /// What is measured size by size.
  enum Measure: Int, CaseIterable, Sendable {
    /// ln of the mean slopes of xi/L and <m^2>^2/<m^4>.
    case ratioSlope, binderSlope
    /// ln <|m|> and ln <m^2> where xi/L has its value.
    case order, square
    /// Their means of both ends of the window.
    case endOrder, endSquare
  }

  /// All measures, size after size.
  let measures: Replicates
  /// The betas at which xi/L has its value.
  let fixedBetas: [Double]

  let dimension: Int

  /// About the transition.
  var curves: [ScalingCurves] { windows.map(\.middle) }

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
  init?(_ windows: [ScalingWindow], dimension: Int) {
    self.windows = windows
    self.dimension = dimension
    let curves = windows.map(\.middle)
    let sides = curves.map(\.side)
    guard let located = CriticalPoint(curves) else { return nil }
    let (transition, place) = (located.fit, located.beta)
    let ratio = transition.best.amplitudes[0].value
    let betas = curves.map { $0.whole.beta(where: .correlationLength, is: ratio) }
    guard betas.allSatisfy(\.isFinite) else { return nil }
    let ends = Self.slopeEnds(windows)
    // Per size: both ratios at the same beta, then the measures.
    let width = Measure.allCases.count + 2
    let all = Replicates(
      independent: windows.map { window in
        window.map { curves in
          CriticalPoint.ratios(curves.middle, at: place)
            + Self.measures(curves, ratio: ratio, ends: ends)
        }
      })
    let measures = all.selecting(
      sides.indices.flatMap { size in (2..<width).map { size * width + $0 } })
    let kinds: [[Measure]] = [
      [.ratioSlope, .binderSlope], [.order, .endOrder], [.square, .endSquare],
    ]
    guard let slopes = Self.powerFit(measures, sides: sides, kinds[0]),
      let order = Self.powerFit(measures, sides: sides, kinds[1]),
      let square = Self.powerFit(measures, sides: sides, kinds[2])
    else { return nil }
    self.transition = transition
    (self.slopes, self.order, self.square) = (slopes, order, square)
    (slopeEnds, self.measures, fixedBetas) = (ends, measures, betas)
    // All results side by side on every replicate: their covariance.
    let parts = all.map { values -> [Double] in
      func pick(_ columns: [Int]) -> [Double] {
        sides.indices.flatMap { size in columns.map { values[size * width + $0] } }
      }
      return [place - dot(transition.weightsOfData, pick([0, 1]))]
        + zip([slopes, order, square], kinds).map { fit, kind in
          dot(fit.weightsOfData, pick(kind.map { $0.rawValue + 2 }))
        }
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

  /// The value of xi/L at which sizes are compared.
  var fixedRatio: Double { transition.best.amplitudes[0].value }

  /// What a ratio is at the ends of the windows, on average.
  private static func slopeEnds(_ windows: [ScalingWindow]) -> [ClosedRange<Double>] {
    [ScalingCurves.Quantity.correlationLength, .binderRatio].map { quantity in
      func mean(_ end: (ScalingWindow.Curves) -> ScalingCurve) -> Double {
        windows.reduce(0) { sum, window in
          let curve = end(window.whole)
          return sum + curve.value(quantity, at: curve.beta)
        } / Double(windows.count)
      }
      let (low, high) = (mean(\.low), mean(\.high))
      return low...max(low, high)
    }
  }

  private static func measures(
    _ curves: ScalingWindow.Curves, ratio: Double, ends: [ClosedRange<Double>]
  ) -> [Double] {
    func logarithms(_ curve: ScalingCurve, where ratio: Double) -> [Double] {
      let beta = curve.beta(where: .correlationLength, is: ratio)
      return [curve.value(.logOrder, at: beta), curve.value(.logSquare, at: beta)]
    }
    let low = logarithms(curves.low, where: ends[0].lowerBound)
    let high = logarithms(curves.high, where: ends[0].upperBound)
    return [
      curves.logMeanSlope(.correlationLength, ends[0]), curves.logMeanSlope(.binderRatio, ends[1]),
    ] + logarithms(curves.middle, where: ratio) + zip(low, high).map { ($0 + $1) / 2 }
  }

  private static func powerFit(
    _ measures: Replicates, sides: [Int], _ kinds: [Measure]
  ) -> AveragedScalingFit? {
    let width = Measure.allCases.count
    let picked = measures.selecting(
      sides.indices.flatMap { size in kinds.map { size * width + $0.rawValue } })
    guard picked.values.allSatisfy(\.isFinite) else { return nil }
    let values = sides.indices.map { size in
      Array(picked.values[(size * kinds.count)..<((size + 1) * kinds.count)])
    }
    let slopes = sides.map { side in kinds.map { _ in log(Double(side)) } }
    return AveragedScalingFit(
      .init(sides: sides, values: values, slopes: slopes, covariance: picked.covariance))
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
