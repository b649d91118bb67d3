import LandauStatistics

/// The p-value of independent counts against their expectations; neighbouring bins that expect fewer
/// than ten are taken together.
func chiSquareProbability(_ counts: [Double], expected: [Double]) -> Double {
  var statistic = 0.0
  var bins = 0
  var (seen, wanted) = (0.0, 0.0)
  for (bin, expectation) in expected.enumerated() {
    seen += counts[bin]
    wanted += expectation
    let rest = expected[(bin + 1)...].reduce(0, +)
    if wanted < 10 || (rest > 0 && rest < 10) { continue }
    statistic += (seen - wanted) * (seen - wanted) / wanted
    bins += 1
    (seen, wanted) = (0, 0)
  }
  if wanted == 0 && seen > 0 { return 0 }  // impossible outcomes
  return bins < 2 ? 1 : chiSquareSurvival(statistic, degreesOfFreedom: Double(bins - 1))
}
