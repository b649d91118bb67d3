public import LandauCore

/// Crossings of the curves of sizes L and s L: finite-size estimates of a transition.
///
/// All crossings are computed together on each replicate, so that those which share a size have their
/// covariance. Extrapolate `locations` with `ScalingFit`'s `.limit` forms: for a Binder ratio the crossings
/// approach the transition as L^-(omega + 1/nu).
public struct CrossingSequence: Sendable, Hashable {
  /// The smaller size of each pair, ascending.
  public let sizes: [Double]
  /// The larger size over the smaller one.
  public let ratio: Double
  /// Where the curves cross, one per pair.
  public let locations: Replicates
  /// The value of both curves there, one per pair.
  public let heights: Replicates

  /// - Parameters:
  ///   - curves: Of a dimensionless quantity, from independent simulations of each size.
  ///   - ratio: Only pairs with this ratio of sizes are used.
  ///   - guess: Of several crossings of a pair the one nearest to it counts.
  /// - Throws: `InputError` where no pair has that ratio or a pair does not cross, or crosses several
  ///   times without a guess.
  public init(
    _ curves: [(size: Double, curve: Curve)], ratio: Double = 2, near guess: Double? = nil
  ) throws(InputError) {
    let curves = curves.sorted { $0.size < $1.size }
    var pairs: [(Int, Int)] = []
    for (small, item) in curves.enumerated() {
      if let large = curves.firstIndex(where: { abs($0.size / (ratio * item.size) - 1) < 1e-9 }) {
        pairs.append((small, large))
      }
    }
    guard !pairs.isEmpty else {
      let text = curves.map { Self.text($0.size) }.joined(separator: ", ")
      throw InputError(
        "sizes are \(text); allowed: at least two with the ratio \(Self.text(ratio))")
    }
    let all = Replicates(independent: curves.map(\.curve.values))
    var starts = [0]
    for item in curves { starts.append(starts.last! + item.curve.points.count) }
    let crossings = pairs.map { CurvePair(curves[$0.0].curve.points, curves[$0.1].curve.points) }
    func slice(_ values: [Double], _ index: Int) -> [Double] {
      Array(values[starts[index]..<starts[index + 1]])
    }
    var places: [Double] = []
    for (pair, crossing) in zip(pairs, crossings) {
      let found = crossing.places(slice(all.values, pair.0), slice(all.values, pair.1))
      let name = "sizes \(Self.text(curves[pair.0].size)) and \(Self.text(curves[pair.1].size))"
      guard let place = Curve.nearest(found, to: guess) else {
        throw InputError("the curves of \(name) do not cross within their common range")
      }
      guard found.count == 1 || guess != nil else {
        throw InputError(
          "the curves of \(name) cross \(found.count) times; say near which value to look")
      }
      places.append(place)
    }
    let both = all.map { values -> [Double] in
      var (locations, heights): ([Double], [Double]) = ([], [])
      for (index, pair) in pairs.enumerated() {
        let (small, large) = (slice(values, pair.0), slice(values, pair.1))
        let place =
          Curve.nearest(crossings[index].places(small, large), to: places[index]) ?? .nan
        locations.append(place)
        heights.append(crossings[index].height(small, at: place))
      }
      return locations + heights
    }
    sizes = pairs.map { curves[$0.0].size }
    self.ratio = ratio
    locations = both.selecting(0..<pairs.count)
    heights = both.selecting(pairs.count..<(2 * pairs.count))
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() ? Estimate.fixed(value, digits: 0) : "\(value)"
  }
}

/// Two curves on their own points, compared on the union of both in the common range.
private struct CurvePair {
  private let first: Interpolation
  private let second: Interpolation
  private let merged: Interpolation?
  private let firstStencils: [Interpolation.Stencil]
  private let secondStencils: [Interpolation.Stencil]

  init(_ first: [Double], _ second: [Double]) {
    let range = (max(first[0], second[0]), min(first.last!, second.last!))
    var points: [Double] = []
    for point in (first + second).sorted() where point >= range.0 && point <= range.1 {
      if points.last != point { points.append(point) }
    }
    let (a, b) = (Interpolation(first), Interpolation(second))
    (self.first, self.second) = (a, b)
    merged = points.count < 2 ? nil : Interpolation(points)
    firstStencils = points.map { a.stencil(at: $0) }
    secondStencils = points.map { b.stencil(at: $0) }
  }

  func places(_ small: [Double], _ large: [Double]) -> [Double] {
    guard let merged else { return [] }
    return merged.roots(
      zip(firstStencils, secondStencils).map { $0.value(small) - $1.value(large) })
  }

  func height(_ small: [Double], at place: Double) -> Double {
    place.isNaN ? .nan : first.value(small, at: place)
  }
}
