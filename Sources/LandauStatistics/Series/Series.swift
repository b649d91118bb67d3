public import LandauCore

/// Measurements of one quantity in time order, from one or several independent chains: raw data.
///
/// `estimate` turns it into a number with its error. Chains may have different lengths.
public struct Series: Sendable, Hashable {
  /// One array of measurements per chain, in time order.
  public var chains: [[Double]]
  /// Sweeps from one measurement to the next.
  public var spacing: Int

  public init(_ chains: [[Double]], spacing: Int = 1) {
    precondition(spacing >= 1, "a spacing of \(spacing) sweeps")
    self.chains = chains.filter { !$0.isEmpty }
    self.spacing = spacing
  }

  /// One chain.
  public init(_ values: [Double], spacing: Int = 1) { self.init([values], spacing: spacing) }

  /// How the error of a mean is found.
  public enum Method: Sendable, Hashable {
    /// Summing the autocorrelation function up to an automatic window (Wolff 2004). A larger `s`, the
    /// assumed ratio of exponential to integrated time, opens the window: less bias, more noise.
    case gammaMethod(s: Double = 1.5)
    /// Averaging over bins long enough to be independent (Flyvbjerg and Petersen 1989).
    case binning
  }

  /// Number of measurements in all chains.
  public var count: Int { chains.reduce(0) { $0 + $1.count } }

  /// Mean over all measurements; NaN for an empty series.
  public var mean: Double {
    guard let shift = chains.first?.first else { return .nan }
    return shift + chains.reduce(0) { $0 + $1.reduce(0) { $0 + ($1 - shift) } } / Double(count)
  }

  /// The same measurements with `transform` applied to each.
  public func map(_ transform: (Double) -> Double) -> Series {
    Series(chains.map { $0.map(transform) }, spacing: spacing)
  }

  /// The mean with its standard error.
  ///
  /// The error is NaN, and `warning` says why, when it cannot be found: all values equal ("frozen"), a
  /// single value ("short"). Other warnings: fewer than 50 integrated times ("short"), chains or halves
  /// of chains that disagree ("not mixed": split R-hat above 1.01 and above what the effective count
  /// explains by chance, or means that scatter far more than correlations within the halves explain:
  /// drifts and sectors). Cost: N times the window, or N log N for long windows.
  public func estimate(_ method: Method = .gammaMethod()) -> Estimate {
    if let failure = unusable { return failure }
    switch method {
    case .gammaMethod(let s): return gammaEstimate(s: s)
    case .binning: return Blocks(of: [self]).estimate(of: self)
    }
  }

  /// The answer for series that no method can give an error for.
  private var unusable: Estimate? {
    let mean = mean
    if count == 0 { return Estimate(.nan, error: .nan, warning: "short: no measurements") }
    if chains.contains(where: { $0.contains { !$0.isFinite } }) {
      return Estimate(.nan, error: .nan, warning: "not finite: a measurement is NaN or infinite")
    }
    if count == 1 { return Estimate(mean, error: .nan, warning: "short: a single measurement") }
    if isConstant {
      return Estimate(
        mean, error: .nan,
        warning: "frozen: all \(count) measurements are equal, so the error is unknown")
    }
    return nil
  }

  /// Whether all measurements are equal.
  public var isConstant: Bool {
    guard let first = chains.first?.first else { return true }
    return chains.allSatisfy { $0.allSatisfy { $0 == first } }
  }

  private func gammaEstimate(s: Double) -> Estimate {
    let correlation = Autocorrelation(of: self, s: s)
    let tau = correlation.integratedTime.value / Double(spacing)
    return Estimate(
      mean, error: correlation.standardError, integratedTime: correlation.integratedTime.value,
      effectiveCount: correlation.effectiveCount,
      degreesOfFreedom: correlation.degreesOfFreedom,
      warning: warning(integratedTime: tau, isResolved: correlation.windowCloses))
  }

  /// What to warn of, given the integrated time in measurements; nil when nothing is amiss.
  func warning(integratedTime tau: Double, isResolved: Bool) -> String? {
    var warnings: [String] = []
    if !isResolved || Double(count) < 50 * max(tau, 0.5) {
      let length = Estimate.fixed(Double(count) / max(tau, 0.5), digits: 0)
      warnings.append("short: \(length) integrated times in all, fewer than 50 or not resolved")
    }
    if chains.count > 1, let frozen = frozenChainCount {
      warnings.append("frozen: \(frozen) of \(chains.count) chains never change")
    }
    let bound = mixingBound(effectiveCount: Double(count) / (2 * max(tau, 0.5)))
    if let reduction = splitRHat, reduction > bound {
      let text = reduction.isFinite ? Estimate.fixed(reduction, digits: 3) : "infinite"
      let limit = Estimate.fixed(bound, digits: 3)
      warnings.append("not mixed: split R-hat is \(text), above \(limit)")
    } else if let probability = mixingProbability, probability < 1e-6 {
      warnings.append("not mixed: the means of chain halves differ by far more than their errors")
    }
    return warnings.isEmpty ? nil : warnings.joined(separator: "; ")
  }

  /// The split R-hat that chains of one distribution exceed once in a thousand times, between 1.01 (the
  /// usual limit) and 1.1 (never acceptable).
  private func mixingBound(effectiveCount: Double) -> Double {
    let halves = Double(2 * chains.count)
    let freedom = halves - 1
    // The 99.9th percentile of chi-square over its mean, after Wilson and Hilferty.
    let root = 1 - 2 / (9 * freedom) + 3.09 * (2 / (9 * freedom)).squareRoot()
    let excess = root * root * root - 1
    return min(1.1, max(1.01, (1 + excess * halves / effectiveCount).squareRoot()))
  }

  private var frozenChainCount: Int? {
    let frozen = chains.count { chain in chain.count > 3 && chain.allSatisfy { $0 == chain[0] } }
    return frozen == 0 ? nil : frozen
  }
}
