public import LandauCore

/// Where the mean prediction rises fastest: the location of the prediction-based method.
public struct SlopePeak: Sendable {
  public enum Kind: Sendable, Hashable {
    /// An interior peak.
    case located
    /// The steepest rise lies across a gap of the parameter grid; only the interval is known.
    case bracketed(ClosedRange<Double>)
    /// The slope is highest at the edge of the scan: no interior peak.
    case atEdge
  }

  public var kind: Kind
  /// Location with its error from resampling; for a bracketed peak the middle of the gap.
  public var location: Estimate
  public var slope: Estimate
  /// Interval that holds 95 % of the resampled locations.
  public var interval: ClosedRange<Double>

  /// Locates the peak of a measured curve.
  ///
  /// The curve is smoothed piece by piece between gaps of the grid (`SmoothingSpline`, by restricted
  /// maximum likelihood), the top of its derivative is the location, and the same is done for
  /// `resamples` curves: the smoothed curve with all errors drawn anew. The first and last twentieth of the range are not
  /// searched: there every bounded prediction bends.
  ///
  /// - Complexity: O(resamples x 30 n).
  public init(_ curve: PredictionCurve, seed: Seed, resamples: Int = 400) {
    let grid = ParameterGrid(curve.parameters)
    let errors = curve.errors
    let first = Self.find(curve.means, errors: errors, grid: grid)
    let smooth = Self.smoothed(curve.means, errors: errors, grid: grid)
    var rng = seed.child("peak").makeStream()
    var positions: [Double] = []
    var slopes: [Double] = []
    var outcomes = [0, 0, 0]
    for _ in 0..<resamples {
      let found = Self.find(
        curve.resampled(about: smooth, using: &rng), errors: errors, grid: grid)
      positions.append(found.position)
      slopes.append(found.slope)
      outcomes[found.kind.rank] += 1
    }
    positions.sort()
    kind = first.kind
    // The central 68 % are the error: a rare jump to a far noise peak is told by the interval.
    let low = positions[Int(0.1587 * Double(resamples))]
    let high = positions[min(resamples - 1, Int(0.8413 * Double(resamples)))]
    let deviation = Self.deviation(slopes)
    location = Estimate(first.position, error: max((high - low) / 2, 1e-12))
    slope = Estimate(first.slope, error: deviation)
    interval =
      positions[
        Int(0.025 * Double(resamples))]...positions[
        min(resamples - 1, Int(0.975 * Double(resamples)))]
    if case .bracketed(let gap) = first.kind {
      location = Estimate(
        (gap.lowerBound + gap.upperBound) / 2, error: (gap.upperBound - gap.lowerBound) / 2)
      interval = gap
    }
  }

  /// The peak of a curve known without noise, on the same grid and by the same rule.
  public static func exact(parameters: [Double], means: [Double]) -> Double? {
    let grid = ParameterGrid(parameters)
    let found = find(means, errors: nil, grid: grid)
    return found.kind == .located ? found.position : nil
  }

  /// The smoothed curve, piece by piece; points of pieces too short to smooth stay as they are.
  private static func smoothed(
    _ means: [Double], errors: [Double], grid: ParameterGrid
  ) -> [Double] {
    var result = means
    for piece in grid.pieces where piece.count >= 4 {
      let spline = SmoothingSpline(
        x: Array(grid.parameters[piece]), y: Array(means[piece]), errors: Array(errors[piece]))
      result.replaceSubrange(piece, with: spline.values)
    }
    return result
  }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1)))
      .squareRoot()
  }

  private static func find(
    _ means: [Double], errors: [Double]?, grid: ParameterGrid
  ) -> (kind: Kind, position: Double, slope: Double) {
    let x = grid.parameters
    let margin = (x[x.count - 1] - x[0]) / 20
    var best: (kind: Kind, position: Double, slope: Double) = (.atEdge, x[0], -.infinity)
    var edge = -Double.infinity
    for (index, piece) in grid.pieces.enumerated() where piece.count >= 4 {
      let px = Array(x[piece])
      let py = Array(means[piece])
      let spline =
        errors.map { SmoothingSpline(x: px, y: py, errors: Array($0[piece])) }
        ?? SmoothingSpline(interpolating: py, at: px)
      let isFirst = index == 0
      let isLast = index == grid.pieces.count - 1
      // Inner ends of a piece border on a gap, where the spline is as good as anywhere.
      if let top = spline.steepest(margin: isFirst || isLast ? margin : 0), top.slope > best.slope {
        best = (.located, top.position, top.slope)
      }
      if isFirst { edge = max(edge, spline.slope(interval: 0, fraction: 0)) }
      if isLast { edge = max(edge, spline.slope(interval: px.count - 2, fraction: 1)) }
    }
    for (left, right) in zip(grid.pieces, grid.pieces.dropFirst()) {
      let (a, b) = (left.upperBound - 1, right.lowerBound)
      let slope = (means[b] - means[a]) / (x[b] - x[a])
      if slope > best.slope { best = (.bracketed(x[a]...x[b]), (x[a] + x[b]) / 2, slope) }
    }
    let interior =
      best.position > x[0] + 1.001 * margin && best.position < x[x.count - 1] - 1.001 * margin
    if best.kind == .located && !interior { best.kind = .atEdge }
    if best.slope.isInfinite { best.slope = max(edge, 0) }
    return best
  }
}

extension SlopePeak.Kind {
  fileprivate var rank: Int {
    switch self {
    case .located: 0
    case .bracketed: 1
    case .atEdge: 2
    }
  }
}

/// A scan's values and where it has gaps: spacings more than three times the median one.
struct ParameterGrid: Sendable {
  let parameters: [Double]
  /// Index ranges of the parts between gaps.
  let pieces: [Range<Int>]

  init(_ parameters: [Double]) {
    self.parameters = parameters
    let spacings = zip(parameters, parameters.dropFirst()).map { $1 - $0 }
    let median = spacings.sorted()[max(0, spacings.count / 2 - (spacings.count + 1) % 2)]
    var pieces: [Range<Int>] = []
    var start = 0
    for (index, spacing) in spacings.enumerated() where spacing > 3.5 * median {
      pieces.append(start..<index + 1)
      start = index + 1
    }
    pieces.append(start..<parameters.count)
    self.pieces = pieces
  }

  /// Weights that make training see the parameter as uniform: half the distance between neighbours,
  /// at most twice the median, mean one.
  var sampleWeights: [Double] {
    let n = parameters.count
    guard n > 2 else { return [Double](repeating: 1, count: n) }
    let spacings = zip(parameters, parameters.dropFirst()).map { $1 - $0 }
    let median = spacings.sorted()[spacings.count / 2]
    let widths = (0..<n).map { i -> Double in
      let left = i > 0 ? min(spacings[i - 1], 2 * median) : min(spacings[0], 2 * median)
      let right = i < n - 1 ? min(spacings[i], 2 * median) : min(spacings[n - 2], 2 * median)
      return (left + right) / 2
    }
    let mean = widths.reduce(0, +) / Double(n)
    return widths.map { $0 / mean }
  }
}
