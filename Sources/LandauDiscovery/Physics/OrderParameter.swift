public import LandauCore

/// A single-spin average that is odd under the flip of all spins and whose distribution shows it broken.
public struct OrderParameter: Sendable {
  public let pattern: OneSiteMoments.Pattern
  /// On which side of the scan it is broken.
  public let brokenAtLowValues: Bool
  /// Whether the snapshots themselves contain both signs where it is broken.
  public let bothSectorsSeen: Bool

  /// Looks for broken order in the largest lattice of a scan.
  ///
  /// The flip is a symmetry of the data where the average of m over independent chains is zero within
  /// 4 sigma. It is broken where the distribution of m has two peaks away from zero, told by Binder's
  /// ratio U = 1 - <m^4>/(3 <m^2>^2), which is 2/3 for two sharp peaks and 0 for one Gaussian. Asked
  /// for: a symmetric end of the scan with U below 0.35 (or falling from the other end by half) and a
  /// broken end with U above 0.5. A field leaves no symmetric end; a paramagnet no broken one.
  public static func find(in ensemble: Ensemble) -> OrderParameter? {
    let candidates = ensemble.moments.patterns.indices.compactMap {
      index -> (OrderParameter, Double)? in
      let m = ensemble.moments.values[index]
      let binder = BinderRatio.curve(ensemble, pattern: index).map(\.full)
      let means = ensemble.jackknifed(
        1, quantity: { $1[0] = Double(m[$0]) }, function: { $0[0] })
      let squares = ensemble.jackknifed(
        1, quantity: { $1[0] = Double(m[$0]) * Double(m[$0]) }, function: { $0[0] })
      let n = ensemble.parameters.count
      let tail = max(2, n / 10)
      func average(_ values: ArraySlice<Double>) -> Double {
        values.reduce(0, +) / Double(values.count)
      }
      let low = average(binder[..<tail])
      let high = average(binder[(n - tail)...])
      let brokenLow = low > high
      guard max(low, high) > 0.5, min(low, high) < 0.35 else { return nil }
      let symmetricSide = brokenLow ? n - tail..<n : 0..<tail
      let brokenSide = brokenLow ? 0..<tail : n - tail..<n
      // Pooled over the end of the scan: single errors from eight folds are too uncertain for 4 sigma.
      func isSymmetric(_ range: Range<Int>) -> Bool {
        let sum = range.reduce(0) { $0 + means[$1].full }
        let variance = range.reduce(0) { $0 + means[$1].error * means[$1].error }
        return abs(sum) <= 4 * max(variance.squareRoot(), 1e-12)
      }
      guard isSymmetric(symmetricSide) else { return nil }
      let found = OrderParameter(
        pattern: ensemble.moments.patterns[index], brokenAtLowValues: brokenLow,
        bothSectorsSeen: isSymmetric(brokenSide))
      return (found, average(squares[brokenSide].map(\.full)[...]))
    }
    return candidates.max { $0.1 < $1.1 }?.0
  }

  /// Mean absolute value at each parameter, with its error.
  public func magnitude(in ensemble: Ensemble) -> [Estimate] {
    guard let index = ensemble.moments.patterns.firstIndex(of: pattern) else { return [] }
    let m = ensemble.moments.values[index]
    return ensemble.jackknifed(1, quantity: { $1[0] = Double(abs(m[$0])) }, function: { $0[0] })
      .map(\.estimate)
  }
}

/// Binder's ratio U = 1 - <m^4>/(3 <m^2>^2) of a one-site moment.
enum BinderRatio {
  static func curve(_ ensemble: Ensemble, pattern index: Int) -> [JackknifedValue] {
    let m = ensemble.moments.values[index]
    return ensemble.jackknifed(
      2,
      quantity: { sample, out in
        let square = Double(m[sample]) * Double(m[sample])
        out[0] = square
        out[1] = square * square
      },
      function: { $0[0] > 0 ? 1 - $0[1] / (3 * $0[0] * $0[0]) : 0 })
  }
}
