/// A quantity as a function of a parameter, with replicates of the whole curve.
///
/// Between its points it is the cubic through the two points on either side (at the ends the nearest
/// four, with fewer points the polynomial through all): reweighted curves are smooth, so a spacing of a
/// quarter of their features is fine enough.
public struct Curve: Sendable, Hashable {
  /// Ascending.
  public let points: [Double]
  /// One quantity per point.
  public let values: Replicates

  /// - Parameter points: ascending, at least two.
  public init(_ points: [Double], values: Replicates) {
    precondition(points.count >= 2, "a curve of \(points.count) points")
    precondition(zip(points, points.dropFirst()).allSatisfy { $0 < $1 }, "points must ascend")
    precondition(values.count == points.count, "\(values.count) values at \(points.count) points")
    self.points = points
    self.values = values
  }

  /// The interpolated value at a place.
  public func value(at x: Double) -> Replicates {
    let node = Interpolation(points).stencil(at: x)
    return values.map { [node.value($0)] }
  }

  /// The slope at a place.
  public func slope(at x: Double) -> Replicates {
    let node = Interpolation(points).stencil(at: x)
    return values.map { [node.slope($0)] }
  }

  /// Where the curve takes a value. Of several places the one nearest to `guess`; nil where there is none
  /// in the range of the points.
  public func location(of level: Double, near guess: Double? = nil) -> Replicates? {
    let interpolation = Interpolation(points)
    func roots(_ values: [Double]) -> [Double] {
      interpolation.roots(values.map { $0 - level })
    }
    guard let root = Self.nearest(roots(values.values), to: guess) else { return nil }
    return values.map { [Self.nearest(roots($0), to: root) ?? .nan] }
  }

  /// The place and the height of the highest maximum inside the range, in this order; nil where the
  /// curve is highest at one of its ends.
  public func maximum() -> Replicates? {
    let interpolation = Interpolation(points)
    guard let top = interpolation.maximum(values.values, near: nil) else { return nil }
    return values.map { values in
      guard let own = interpolation.maximum(values, near: top.place) else { return [.nan, .nan] }
      return [own.place, own.height]
    }
  }

  static func nearest(_ candidates: [Double], to guess: Double?) -> Double? {
    guard let guess else { return candidates.first }
    return candidates.min { abs($0 - guess) < abs($1 - guess) }
  }
}

extension Reweighting {
  /// One function of the means as a curve over inverse temperatures (ascending).
  public func curve(
    at betas: [Double], _ function: (_ means: ReweightedMeans) -> Double
  ) -> Curve { Curve(betas, values: values(at: betas, function)) }

  /// One function of the means as a curve over temperatures (ascending, positive).
  public func curve(
    atTemperatures temperatures: [Double], _ function: (_ means: ReweightedMeans) -> Double
  ) -> Curve {
    Curve(temperatures, values: values(at: temperatures.map { 1 / $0 }, function))
  }
}

/// Piecewise cubic interpolation through given points.
struct Interpolation {
  let points: [Double]

  init(_ points: [Double]) { self.points = points }

  /// Weights of up to four values.
  struct Stencil {
    var first: Int
    var weights: [Double]
    var slopes: [Double]

    func value(_ values: [Double]) -> Double {
      weights.indices.reduce(0) { $0 + weights[$1] * values[first + $1] }
    }

    func slope(_ values: [Double]) -> Double {
      slopes.indices.reduce(0) { $0 + slopes[$1] * values[first + $1] }
    }
  }

  /// The interval between points `index` and `index + 1` that holds `x` (or the nearest one).
  func interval(of x: Double) -> Int {
    var (low, high) = (0, points.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle] <= x { low = middle } else { high = middle }
    }
    return low
  }

  func stencil(at x: Double, interval: Int? = nil) -> Stencil {
    let count = min(4, points.count)
    let first = max(0, min(points.count - count, (interval ?? self.interval(of: x)) - 1))
    let nodes = points[first..<(first + count)]
    var (weights, slopes): ([Double], [Double]) = ([], [])
    for i in nodes.indices {
      var (weight, slope) = (1.0, 0.0)
      for j in nodes.indices where j != i {
        let distance = nodes[i] - nodes[j]
        slope = (slope * (x - nodes[j]) + weight) / distance
        weight *= (x - nodes[j]) / distance
      }
      weights.append(weight)
      slopes.append(slope)
    }
    return Stencil(first: first, weights: weights, slopes: slopes)
  }

  func value(_ values: [Double], at x: Double) -> Double { stencil(at: x).value(values) }

  /// All places where the interpolated values change sign, ascending.
  func roots(_ values: [Double]) -> [Double] {
    (0..<(points.count - 1)).compactMap { index -> Double? in
      let (left, right) = (values[index], values[index + 1])
      guard left.isFinite, right.isFinite else { return nil }
      if left == 0 { return points[index] }
      if index == points.count - 2 && right == 0 { return points[index + 1] }
      guard (left < 0) != (right < 0), right != 0 else { return nil }
      return bisect(points[index], points[index + 1], sign: left) {
        stencil(at: $0, interval: index).value(values)
      }
    }
  }

  /// The highest interior maximum, or the one nearest to a place.
  func maximum(_ values: [Double], near guess: Double?) -> (place: Double, height: Double)? {
    guard values.allSatisfy(\.isFinite) else { return nil }
    var best: (place: Double, height: Double)?
    for index in 0..<(points.count - 1) {
      func slope(_ x: Double) -> Double { stencil(at: x, interval: index).slope(values) }
      let (left, right) = (points[index], points[index + 1])
      guard slope(left) > 0, slope(right) <= 0 else { continue }
      let place = bisect(left, right, sign: 1, slope)
      let found = (place: place, height: stencil(at: place, interval: index).value(values))
      if let old = best {
        let isBetter =
          guess.map { abs(place - $0) < abs(old.place - $0) } ?? (found.height > old.height)
        if isBetter { best = found }
      } else {
        best = found
      }
    }
    if guess == nil, let top = best, top.height < max(values.first!, values.last!) { return nil }
    return best
  }

  private func bisect(
    _ low: Double, _ high: Double, sign: Double, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (low, high)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if (function(middle) < 0) == (sign < 0) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
