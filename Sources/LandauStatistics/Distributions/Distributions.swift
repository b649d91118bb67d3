#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The chance that a standard normal number exceeds `x`.
public func normalSurvival(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }

/// The chance that a chi-square number with `degreesOfFreedom` (positive, not necessarily whole)
/// exceeds `x`: the p-value of a sum of squared pulls.
public func chiSquareSurvival(_ x: Double, degreesOfFreedom: Double) -> Double {
  precondition(degreesOfFreedom > 0, "chi-square with \(degreesOfFreedom) degrees of freedom")
  if x.isNaN { return .nan }
  return SpecialFunctions.upperIncompleteGamma(degreesOfFreedom / 2, x / 2)
}

/// The chance that a number with Student's t distribution exceeds `t`.
///
/// Use it instead of `normalSurvival` where the standard error was itself estimated, with the number
/// of independent pieces less one as `degreesOfFreedom` (positive, not necessarily whole).
public func studentTSurvival(_ t: Double, degreesOfFreedom: Double) -> Double {
  precondition(degreesOfFreedom > 0, "Student's t with \(degreesOfFreedom) degrees of freedom")
  if t.isNaN { return .nan }
  // Above 10^8 the two distributions agree to the last digit wherever either is representable.
  if degreesOfFreedom > 1e8 { return normalSurvival(t) }
  let square = t * t
  let tail =
    square < 1
    ? 0.5 - 0.5
      * SpecialFunctions.incompleteBeta(
        0.5, degreesOfFreedom / 2, square / (degreesOfFreedom + square))
    : 0.5
      * SpecialFunctions.incompleteBeta(
        degreesOfFreedom / 2, 0.5, degreesOfFreedom / (degreesOfFreedom + square))
  return t >= 0 ? tail : 1 - tail
}

/// The number that a standard normal stays below with the given probability (between 0 and 1).
public func normalQuantile(_ probability: Double) -> Double {
  SpecialFunctions.normalQuantile(probability)
}
