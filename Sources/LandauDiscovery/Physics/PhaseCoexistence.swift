public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two phases of one finite lattice, told apart by one number per snapshot: the energy, or the correlator
/// that decides.
///
/// The test is on kurtosis minus squared skewness, K. Every distribution has K >= 1, with equality for two
/// values of any weights (Pearson); every distribution with a single peak has K >= 189/125 = 1.512 (Klaassen,
/// Mokveld and van Es, Stat. Probab. Lett. 50, 131, 2000); Gauss and Poisson have 3. So a K below 1.512 by
/// three errors at any value of the scan proves two phases, whatever their shapes and weights.
///
/// Two Gaussians of deviation s, a gap g apart, have with u = 1 + (g/2s)^2 and equal weights
/// K - 1 = (4 u - 2)/u^2, so u = (2 + sqrt(4 - 2 (K - 1)))/(K - 1), and
/// g^2 = variance (4 + skewness^2)(1 - 1/u), exact for sharp phases of any weights. K - 1 falls like 1/L^d
/// where g stays; where everything shrinks together, as at a continuous transition, K stays.
public struct PhaseCoexistence: Sendable {
  public static let singlePeakBound = 189.0 / 125

  public var linearSize: Double
  /// K where it is smallest, between the values of the scan too where energies allow reweighting.
  public var kurtosis: Estimate
  /// g there, in units of the variable.
  public var gap: Estimate
  /// Value of the parameter there; where chains disagree, which then were mixed by how they began, the middle of the values
  /// at which they do, with the deviation of an even distribution over them.
  public var location: Estimate
  /// ln(peak/valley) of the energy distribution reweighted to equally high peaks (Lee and Kosterlitz, Phys.
  /// Rev. Lett. 65, 137, 1990); nil where it is no deeper than 4 sigma, or the variable is no energy.
  public var barrier: Estimate?
  /// From the first to the last value of the parameter at which independent chains stay apart by more than four
  /// times the scatter of each: the valley is deeper than they can cross.
  public var disagreement: ClosedRange<Double>?
  public var chainsDisagree: Bool { disagreement != nil }
  /// N var(x), of energies beta^2 N var(e), where it is largest, between the values of the scan by reweighting; nil
  /// without energies. The scan itself cuts off a peak that is narrower than its spacing.
  var largestFluctuation: Estimate?
  /// The largest step between neighbouring values of the scan.
  public var jump: Jump?

  /// A step of the mean and how much of it fluctuations explain.
  public struct Jump: Sendable {
    /// The step less what is explained.
    public var unexplained: Estimate
    /// d<x>/dbeta = -N cov(x, e), averaged over both ends, times the distance in beta, over the step. For a
    /// fluctuation that diverges like |t|^-alpha it is at least 1 - alpha however coarse the scan, 1/3 for
    /// four-state Potts; at a first-order transition it falls with the spacing.
    public var explainedShare: Estimate
    public var location: Estimate
  }

  public var isProven: Bool {
    kurtosis.value + 3 * kurtosis.error < Self.singlePeakBound
  }

  /// Whether fluctuations explain less than a third of the largest step of the scan.
  var hasUnexplainedStep: Bool {
    jump.map { $0.explainedShare.value + 3 * $0.explainedShare.error < 1 / 3.0 } ?? false
  }

  /// - Parameters:
  ///   - values: one number per snapshot.
  ///   - energies: per site, where they were recorded; without them single values of the scan are looked at.
  ///   - isEnergy: whether `values` are the energies.
  init(_ ensemble: Ensemble, values: [Double], energies: [Double]?, isEnergy: Bool) {
    // In units of the spread over the whole scan, so that fourth powers keep their digits.
    let scale = Scale(values)
    let grid = Self.onGrid(ensemble, values, scale)
    var (k, gap, location) = grid.best
    let reweighting = energies.flatMap {
      Self.reweighting(ensemble, values, energies: $0, scale, around: grid.top)
    }
    if let (reweighting, betas) = reweighting,
      let (found, top) = Self.reweighted(
        reweighting, betas, ensemble, scale, weighting: isEnergy ? { $0 * $0 } : { _ in 1 })
    {
      largestFluctuation = top
      if found.kurtosis.value + 3 * found.kurtosis.error < k.value + 3 * k.error {
        (k, gap, location) = found
      }
    }
    linearSize = ensemble.linearSize
    kurtosis = k
    self.gap = gap
    disagreement = Self.disagreement(ensemble, values)
    if let range = disagreement {
      let x = ensemble.parameters
      let spacing = (x[x.count - 1] - x[0]) / Double(max(1, x.count - 1))
      location = Estimate(
        (range.lowerBound + range.upperBound) / 2,
        error: hypot(range.upperBound - range.lowerBound, spacing) / 12.0.squareRoot())
    }
    self.location = location
    jump = energies.flatMap { Self.jump(ensemble, values, energies: $0) }
    barrier = nil
    // A valley is looked for where there is one: its bins cost more than the moments.
    if isEnergy, isProven, let (reweighting, betas) = reweighting {
      let pooled = energies!.map { ($0 * Double(ensemble.siteCount) * 1e6).rounded() / 1e6 }
      if let width = DoublePeak.binWidth(pooled),
        let found = try? DoublePeak(
          reweighting, near: betas[betas.count / 2], binWidth: width),
        found.barrier.error.isFinite
      {
        barrier = Estimate(found.barrier.value, error: found.barrier.error)
      }
    }
  }

  private typealias Found = (kurtosis: Estimate, gap: Estimate, location: Estimate)

  private struct Scale {
    var middle: Double
    var unit: Double
    init(_ values: [Double]) {
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      middle = mean
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      unit = max((square / Double(max(1, values.count))).squareRoot(), 1e-300)
    }
    func powers(_ value: Double) -> [Double] {
      let x = (value - middle) / unit
      return [x, x * x, x * x * x, x * x * x * x]
    }
  }

  /// K, g and the skewness from the means of the first four powers.
  private static func shape(_ m: [Double]) -> (k: Double, gap: Double, skewness: Double) {
    let variance = m[1] - m[0] * m[0]
    guard variance > 1e-14 else { return (3, 0, 0) }
    let third = m[2] - 3 * m[0] * m[1] + 2 * m[0] * m[0] * m[0]
    let fourth =
      m[3] - 4 * m[0] * m[2] + 6 * m[0] * m[0] * m[1] - 3 * m[0] * m[0] * m[0] * m[0]
    let skewness = third / (variance * variance.squareRoot())
    let k = fourth / (variance * variance) - skewness * skewness
    let excess = min(2, max(k - 1, 1e-9))
    let u = (2 + (4 - 2 * excess).squareRoot()) / excess
    let gap = (variance * (4 + skewness * skewness) * max(0, 1 - 1 / u)).squareRoot()
    return (k, gap, skewness)
  }

  // MARK: - Single values of the scan

  private static func onGrid(
    _ ensemble: Ensemble, _ values: [Double], _ scale: Scale
  ) -> (best: Found, top: Int) {
    let sums = ensemble.foldSums(4) { sample, out in
      for (power, value) in scale.powers(values[sample]).enumerated() { out[power] = value }
    }
    let k = sums.jackknifed { shape($0).k }
    let variance = sums.jackknifed { $0[1] - $0[0] * $0[0] }.map(\.full)
    let best = k.indices.min { k[$0].full + 3 * k[$0].error < k[$1].full + 3 * k[$1].error }!
    let gap = sums.jackknifed { shape($0).gap }[best].estimate
    let x = ensemble.parameters
    let spacing = (x[x.count - 1] - x[0]) / Double(max(1, x.count - 1))
    return (
      (
        k[best].estimate, Estimate(gap.value * scale.unit, error: gap.error * scale.unit),
        Estimate(x[best], error: spacing)
      ),
      variance.indices.max { variance[$0] < variance[$1] }!
    )
  }

  // MARK: - Between them

  /// Seven values around one, with the powers of the variable as observables.
  private static func reweighting(
    _ ensemble: Ensemble, _ values: [Double], energies: [Double], _ scale: Scale, around top: Int
  ) -> (Reweighting, betas: [Double])? {
    let range = max(0, top - 3)...min(ensemble.parameters.count - 1, top + 3)
    let betas = range.compactMap { ensemble.inverseTemperature(ensemble.parameters[$0]) }
    guard betas.count == range.count else { return nil }
    let folds = ensemble.folds.count
    // By value of the scan, then the energy and the four powers, then chain.
    var parts = [[[[Double]]]](
      repeating: [[[Double]]](repeating: [[Double]](repeating: [], count: folds), count: 5),
      count: range.count)
    let sites = Double(ensemble.siteCount)
    for (sample, p) in ensemble.parameterIndex.enumerated() where range.contains(p) {
      let fold = ensemble.folds.fold[sample]
      // Sums of couplings that are equal shall be equal to the last digit, too.
      parts[p - range.lowerBound][0][fold].append((energies[sample] * sites * 1e6).rounded() / 1e6)
      for (power, value) in scale.powers(values[sample]).enumerated() {
        parts[p - range.lowerBound][1 + power][fold].append(value)
      }
    }
    let states = zip(betas, parts).map { beta, columns -> SampledState in
      let series = columns.map { Series($0.filter { !$0.isEmpty }) }
      return SampledState(beta: beta, energy: series[0], observables: Array(series[1...]))
    }
    guard let result = try? Reweighting(states), result.status == .converged else { return nil }
    return (result, betas.sorted())
  }

  /// The smallest K, and the largest fluctuation, weighted by a function of beta, over forty steps of beta between the
  /// second and the last but one of the values.
  private static func reweighted(
    _ reweighting: Reweighting, _ betas: [Double], _ ensemble: Ensemble, _ scale: Scale,
    weighting: (Double) -> Double
  ) -> (Found, Estimate)? {
    guard betas.count >= 5 else { return nil }
    let (low, high) = (betas[1], betas[betas.count - 2])
    let sites = Double(ensemble.siteCount) * scale.unit * scale.unit
    let fine = (0...40).map { low + (high - low) * Double($0) / 40 }
    let quantities = reweighting.values(at: fine) { means in
      let found = shape(means.observables)
      let variance = means.observables[1] - means.observables[0] * means.observables[0]
      return [found.k, found.gap * scale.unit, found.skewness, sites * variance]
    }
    let k = fine.indices.map { quantities[4 * $0] }
    let usable = k.indices.filter { k[$0].error.isFinite }
    func fluctuation(_ index: Int) -> Estimate {
      let (factor, own) = (weighting(fine[index]), quantities[4 * index + 3])
      return Estimate(factor * own.value, error: factor * own.error)
    }
    guard
      let best = usable.min(by: { k[$0].value + 3 * k[$0].error < k[$1].value + 3 * k[$1].error }),
      let top = usable.map(fluctuation).max(by: { $0.value < $1.value })
    else { return nil }
    // Equal weights: no skewness.
    let curve = Curve(fine, values: quantities.selecting(fine.indices.map { 4 * $0 + 2 }))
    let spacing = (high - low) / Double(betas.count - 3)
    var beta = Estimate(fine[best], error: spacing)
    if let root = curve.location(of: 0, near: fine[best])?[0], root.error.isFinite {
      beta = Estimate(root.value, error: root.error)
    }
    let location =
      ensemble.parameterName == "temperature"
      ? Estimate(1 / beta.value, error: beta.error / (beta.value * beta.value)) : beta
    let gap = quantities[4 * best + 1]
    return (
      (
        Estimate(k[best].value, error: k[best].error), Estimate(gap.value, error: gap.error),
        location
      ), top
    )
  }

  // MARK: - Chains and steps

  private static func disagreement(
    _ ensemble: Ensemble, _ values: [Double]
  ) -> ClosedRange<Double>? {
    guard ensemble.folds.unit == .chain, ensemble.folds.count >= 4 else { return nil }
    let found = ensemble.foldSums(2) { sample, out in
      out[0] = values[sample]
      out[1] = out[0] * out[0]
    }
    let (sums, numbers) = (found.sums, found.numbers)
    let apart = ensemble.parameters.indices.filter { p in
      guard numbers[p].allSatisfy({ $0 >= 8 }) else { return false }
      let chains = zip(sums[p], numbers[p]).map { sum, n -> (mean: Double, deviation: Double) in
        (sum[0] / n, max(0, sum[1] / n - sum[0] / n * (sum[0] / n)).squareRoot())
      }
      let means = chains.map(\.mean).sorted()
      let widest = chains.map(\.deviation).max()!
      return widest > 0 && zip(means, means.dropFirst()).contains { $1 - $0 > 4 * widest }
    }
    guard let first = apart.first, let last = apart.last else { return nil }
    return ensemble.parameters[first]...ensemble.parameters[last]
  }

  private static func jump(
    _ ensemble: Ensemble, _ values: [Double], energies: [Double]
  ) -> Jump? {
    let sites = Double(ensemble.siteCount)
    let betas = ensemble.parameters.compactMap { ensemble.inverseTemperature($0) }
    guard betas.count == ensemble.parameters.count, betas.count >= 2 else { return nil }
    let sums = ensemble.foldSums(3) { sample, out in
      out[0] = values[sample]
      out[1] = energies[sample]
      out[2] = out[0] * out[1]
    }
    let means = sums.jackknifed { $0[0] }.map(\.estimate)
    let slopes = sums.jackknifed { -sites * ($0[2] - $0[0] * $0[1]) }.map(\.estimate)
    let steps = betas.indices.dropLast().map { means[$0 + 1].value - means[$0].value }
    let largest = steps.indices.max { abs(steps[$0]) < abs(steps[$1]) }!
    let (a, b) = (largest, largest + 1)
    let step = steps[largest]
    guard step != 0 else { return nil }
    let width = betas[b] - betas[a]
    let explained = width * (slopes[a].value + slopes[b].value) / 2
    let error = abs(width) * hypot(slopes[a].error, slopes[b].error) / 2
    let stepError = hypot(means[a].error, means[b].error)
    let x = ensemble.parameters
    return Jump(
      unexplained: Estimate(abs(step - explained), error: hypot(error, stepError)),
      explainedShare: Estimate(
        explained / step, error: hypot(error, explained / step * stepError) / abs(step)),
      location: Estimate((x[a] + x[b]) / 2, error: (x[b] - x[a]) / 2))
  }
}
