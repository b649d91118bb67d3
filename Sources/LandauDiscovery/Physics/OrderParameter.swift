public import LandauCore

/// An average of single spins that a symmetry of the data would make vanish and whose distribution shows
/// that symmetry broken.
public struct OrderParameter: Sendable {
  public let pattern: OneSiteMoments.Pattern
  /// On which side of the scan it is broken.
  public let brokenAtLowValues: Bool
  /// Whether the snapshots themselves contain all directions of the order evenly where it is broken.
  public let bothSectorsSeen: Bool
  /// Directions of uniform order (signs, states) found where it is broken, each in a hundredth of the
  /// snapshots or more, and how many there are; nil for orders with a wave and for many directions.
  public let sectors: Sectors?

  public struct Sectors: Sendable, Hashable {
    public var seen: Int
    public var possible: Int
  }

  /// Looks for broken order in the largest lattice of a scan.
  ///
  /// The symmetry holds in the data where the average of every component over independent chains is zero
  /// within 4 sigma. It is broken where the distribution of m has its weight away from zero, told by
  /// Binder's ratio on the scale from 0 (one Gaussian of as many components) to 1 (sharp order). Asked
  /// for: a symmetric end of the scan below 0.525 and a broken end above 0.75 (for one component U below 0.35
  /// and above 0.5). A field leaves no symmetric end; a paramagnet no broken one. Of several the one
  /// with the longest vector is taken; of permutations and rotations of q states see `prefersAngles`.
  public static func find(in ensemble: Ensemble) -> OrderParameter? {
    let found = ensemble.moments.patterns.indices.compactMap { candidate($0, in: ensemble) }
    let allowed = found.filter { item in
      let pattern = item.order.pattern
      switch pattern.basis {
      case .spin: return true
      case .angle: return prefersAngles(ensemble, angle: pattern) ?? true
      case .states(let q):
        var angle = pattern
        angle.basis = .angle(q)
        return !(prefersAngles(ensemble, angle: angle) ?? false)
      }
    }
    return allowed.max { $0.square < $1.square }?.order
  }

  private static func candidate(
    _ index: Int, in ensemble: Ensemble
  ) -> (order: OrderParameter, square: Double)? {
    let pattern = ensemble.moments.patterns[index]
    let count = pattern.componentCount
    let binder = BinderRatio.curve(ensemble, pattern: index).map {
      BinderRatio.share($0.full, componentCount: count)
    }
    let n = ensemble.parameters.count
    let tail = max(2, n / 10)
    func average(_ values: ArraySlice<Double>) -> Double {
      values.reduce(0, +) / Double(values.count)
    }
    let low = average(binder[..<tail])
    let high = average(binder[(n - tail)...])
    let brokenLow = low > high
    guard max(low, high) > 0.75, min(low, high) < 0.525 else { return nil }
    let symmetricSide = brokenLow ? n - tail..<n : 0..<tail
    let brokenSide = brokenLow ? 0..<tail : n - tail..<n
    let means = ensemble.moments.components[index].map { m in
      ensemble.means { Double(m[$0]) }
    }
    // Pooled over the end of the scan: single errors from eight folds are too uncertain for 4 sigma.
    func isSymmetric(_ range: Range<Int>) -> Bool {
      means.allSatisfy { means in
        let sum = range.reduce(0) { $0 + means[$1].full }
        let variance = range.reduce(0) { $0 + means[$1].error * means[$1].error }
        return abs(sum) <= 4 * max(variance.squareRoot(), 1e-12)
      }
    }
    guard isSymmetric(symmetricSide) else { return nil }
    let found = OrderParameter(
      pattern: pattern, brokenAtLowValues: brokenLow, bothSectorsSeen: isSymmetric(brokenSide),
      sectors: sectors(index, in: ensemble, at: brokenSide))
    let squares = ensemble.meanSquares(ofPattern: index)
    return (found, average(squares[brokenSide].map(\.full)[...]))
  }

  /// Whether q states turn like hands of a clock rather than being all alike.
  ///
  /// Where every permutation of the states is a symmetry, all q - 1 waves exp(2 pi i k s/q) have equal mean
  /// squares; where only rotations are, the first wave has more than the rest. The two are compared
  /// over the whole scan: angles must have 2 per cent more, and 5 sigma.
  ///
  /// - Returns: nil where one of the two was not measured.
  static func prefersAngles(
    _ ensemble: Ensemble, angle: OneSiteMoments.Pattern
  ) -> Bool? {
    guard case .angle(let q) = angle.basis else { return nil }
    let patterns = ensemble.moments.patterns
    var states = angle
    states.basis = .states(q)
    guard let first = patterns.firstIndex(of: states), let second = patterns.firstIndex(of: angle)
    else { return nil }
    let (a, b) = (ensemble.moments.values[first], ensemble.moments.values[second])
    let excess = ensemble.means {
      Double(b[$0]) * Double(b[$0]) - Double(a[$0]) * Double(a[$0])
    }
    let total = ensemble.meanSquares(ofPattern: first).reduce(0) { $0 + $1.full }
    let sum = excess.reduce(0) { $0 + $1.full }
    let error = excess.reduce(0) { $0 + $1.error * $1.error }.squareRoot()
    return sum > 0.02 * total && sum > 5 * error
  }

  /// The direction each snapshot of the broken end is nearest to.
  private static func sectors(
    _ index: Int, in ensemble: Ensemble, at range: Range<Int>
  ) -> Sectors? {
    let pattern = ensemble.moments.patterns[index]
    let directions: [[Double]]
    switch pattern.basis {
    case .spin: directions = [[-1], [1]]
    case .states(let q), .angle(let q):
      guard q <= 12 else { return nil }
      let functions = pattern.basis.functions(levels: (0..<q).map(Int8.init))
      directions = (0..<q).map { state in functions.map { $0[state] } }
    }
    guard pattern.isUniform else { return nil }
    let components = ensemble.moments.components[index]
    var counts = [Int](repeating: 0, count: directions.count)
    for sample in 0..<ensemble.sampleCount where range.contains(ensemble.parameterIndex[sample]) {
      let products = directions.map { direction in
        zip(direction, components).reduce(0.0) { $0 + $1.0 * Double($1.1[sample]) }
      }
      counts[products.indices.max { products[$0] < products[$1] }!] += 1
    }
    let total = counts.reduce(0, +)
    return Sectors(seen: counts.count { 100 * $0 >= total && $0 > 0 }, possible: counts.count)
  }

  /// Mean absolute value at each parameter, with its error.
  public func magnitude(in ensemble: Ensemble) -> [Estimate] {
    guard let index = ensemble.moments.patterns.firstIndex(of: pattern) else { return [] }
    let m = ensemble.moments.values[index]
    return ensemble.means { Double(abs(m[$0])) }.map(\.estimate)
  }
}
