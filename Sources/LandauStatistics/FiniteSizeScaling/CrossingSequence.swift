public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Crossings of the curves of sizes L and s L: finite-size estimates of a transition and its exponents.
///
/// All crossings are computed together on each replicate, so that those which share a size have their
/// covariance. Extrapolate with `ScalingFit`'s `.limit` forms: for a Binder ratio the crossings approach the
/// transition as L^-(omega + 1/nu), heights and exponents approach theirs as L^-omega.
public struct CrossingSequence: Sendable, Hashable {
  /// The smaller size of each pair, ascending.
  public let sizes: [Double]
  /// The larger size over the smaller one.
  public let ratio: Double
  /// Where the curves cross, one per pair.
  public let locations: Replicates
  /// The value of both curves there, one per pair.
  public let heights: Replicates
  /// 1/nu from the slopes of both curves at their crossing, ln(slope ratio) / ln s, one per pair.
  public let inverseNus: Replicates
  /// For each companion its exponent at the crossing, ln(O(s L) / O(L)) / ln s, one per pair: gamma/nu
  /// of a susceptibility, -beta/nu of a magnetisation. (The method of quotients.)
  public let exponents: [Replicates]

  /// - Parameters:
  ///   - curves: Of a dimensionless quantity, from independent simulations of each size.
  ///   - companions: `[quantity][size]` in the order of `curves`, from the same simulations.
  ///   - ratio: Only pairs with this ratio of sizes are used.
  ///   - guess: Of several crossings of a pair the one nearest to it counts.
  /// - Throws: `InputError` where no pair has that ratio or a pair does not cross, or crosses several
  ///   times without a guess.
  public init(
    _ curves: [(size: Double, curve: Curve)], companions: [[Curve]] = [], ratio: Double = 2,
    near guess: Double? = nil
  ) throws(InputError) {
    precondition(
      companions.allSatisfy { $0.count == curves.count }, "one companion curve for each size")
    let family = CurveFamily(curves, companions: companions)
    let pairs = family.pairs(ratio: ratio)
    guard !pairs.isEmpty else {
      let text = family.sizes.map { Self.text($0) }.joined(separator: ", ")
      throw InputError(
        "sizes are \(text); allowed: at least two with the ratio \(Self.text(ratio))")
    }
    var places: [Double] = []
    for pair in pairs {
      let found = family.crossings(pair, family.all.values)
      let name =
        "sizes \(Self.text(family.sizes[pair.small])) and \(Self.text(family.sizes[pair.large]))"
      guard let place = Curve.nearest(found, to: guess) else {
        throw InputError("the curves of \(name) do not cross within their common range")
      }
      guard found.count == 1 || guess != nil else {
        throw InputError(
          "the curves of \(name) cross \(found.count) times; say near which value to look")
      }
      places.append(place)
    }
    let quantityCount = 3 + companions.count
    let all = family.all.map { values in
      let rows = zip(pairs, places).map { pair, place in
        family.quantities(pair, values, near: place, ratio: ratio)
      }
      return (0..<quantityCount).flatMap { column in rows.map { $0[column] } }
    }
    let columns = (0..<quantityCount).map {
      all.selecting(($0 * pairs.count)..<(($0 + 1) * pairs.count))
    }
    sizes = pairs.map { family.sizes[$0.small] }
    self.ratio = ratio
    locations = columns[0]
    heights = columns[1]
    inverseNus = columns[2]
    exponents = Array(columns[3...])
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() ? Estimate.fixed(value, digits: 0) : "\(value)"
  }
}

/// The curves of all sizes with their replicates side by side.
private struct CurveFamily {
  let sizes: [Double]
  let all: Replicates
  /// `[size][quantity]`, the crossing curve first.
  private let interpolations: [[Interpolation]]
  /// `[size][quantity]`: where the values of a curve stand in `all`.
  private let ranges: [[Range<Int>]]

  struct Pair {
    var small: Int
    var large: Int
    /// The points of both curves within their common range, and both on them.
    var merged: Interpolation?
    var smallStencils: [Interpolation.Stencil]
    var largeStencils: [Interpolation.Stencil]
  }

  init(_ curves: [(size: Double, curve: Curve)], companions: [[Curve]]) {
    let order = curves.indices.sorted { curves[$0].size < curves[$1].size }
    let groups = order.map { index in [curves[index].curve] + companions.map { $0[index] } }
    sizes = order.map { curves[$0].size }
    all = Replicates(independent: groups.map { Replicates(joining: $0.map(\.values)) })
    interpolations = groups.map { $0.map { Interpolation($0.points) } }
    var start = 0
    ranges = groups.map { group in
      group.map { curve in
        defer { start += curve.points.count }
        return start..<(start + curve.points.count)
      }
    }
  }

  func pairs(ratio: Double) -> [Pair] {
    sizes.indices.compactMap { small in
      sizes.firstIndex { abs($0 / (ratio * sizes[small]) - 1) < 1e-9 }.map { pair(small, $0) }
    }
  }

  private func pair(_ small: Int, _ large: Int) -> Pair {
    let (first, second) = (interpolations[small][0], interpolations[large][0])
    let low = max(first.points[0], second.points[0])
    let high = min(first.points.last!, second.points.last!)
    var points: [Double] = []
    for point in (first.points + second.points).sorted() where point >= low && point <= high {
      if points.last != point { points.append(point) }
    }
    return Pair(
      small: small, large: large, merged: points.count < 2 ? nil : Interpolation(points),
      smallStencils: points.map { first.stencil(at: $0) },
      largeStencils: points.map { second.stencil(at: $0) })
  }

  func crossings(_ pair: Pair, _ values: [Double]) -> [Double] {
    let small = Array(values[ranges[pair.small][0]])
    let large = Array(values[ranges[pair.large][0]])
    return pair.merged?.roots(
      zip(pair.smallStencils, pair.largeStencils).map { $0.value(small) - $1.value(large) }) ?? []
  }

  /// Location, height, 1/nu and the companions' exponents of one pair.
  func quantities(
    _ pair: Pair, _ values: [Double], near place: Double, ratio: Double
  ) -> [Double] {
    let count = ranges[pair.small].count
    guard let place = Curve.nearest(crossings(pair, values), to: place) else {
      return [Double](repeating: .nan, count: 2 + count)
    }
    func at(_ size: Int, _ quantity: Int) -> (value: Double, slope: Double) {
      let stencil = interpolations[size][quantity].stencil(at: place)
      let own = Array(values[ranges[size][quantity]])
      return (stencil.value(own), stencil.slope(own))
    }
    let (small, large) = (at(pair.small, 0), at(pair.large, 0))
    let exponents = (1..<max(1, count)).map { quantity in
      log(at(pair.large, quantity).value / at(pair.small, quantity).value) / log(ratio)
    }
    return [place, small.value, log(large.slope / small.slope) / log(ratio)] + exponents
  }
}
