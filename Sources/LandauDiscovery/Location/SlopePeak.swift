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
  /// The curve is smoothed piece by piece between gaps of the grid (`Smoothing`, by restricted
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
    for _ in 0..<resamples {
      let found = Self.find(
        curve.resampled(about: smooth, using: &rng), errors: errors, grid: grid)
      positions.append(found.position)
      slopes.append(found.slope)
    }
    kind = first.kind
    let found = ResampledLocation(
      first.position, places: positions, leastError: 1e-12 * grid.span)
    location = found.estimate
    interval = found.interval
    slope = Estimate(first.slope, error: ResampledLocation.deviation(slopes))
    if case .bracketed(let gap) = first.kind { bracket(by: gap) }
  }

  /// Takes an interval that something else has found for the location; nil for none inside the scan.
  mutating func bracket(by gap: ClosedRange<Double>?) {
    guard let gap else {
      kind = .atEdge
      return
    }
    kind = .bracketed(gap)
    location = Estimate(
      (gap.lowerBound + gap.upperBound) / 2, error: (gap.upperBound - gap.lowerBound) / 2)
    interval = gap
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
    for piece in grid.pieces {
      result.replaceSubrange(
        piece,
        with: Smoothing.values(
          x: Array(grid.parameters[piece]), y: Array(means[piece]), errors: Array(errors[piece])))
    }
    return result
  }

  private static func find(
    _ means: [Double], errors: [Double]?, grid: ParameterGrid
  ) -> (kind: Kind, position: Double, slope: Double) {
    let x = grid.parameters
    let margin = grid.span / 20
    let smooth = errors.map { smoothed(means, errors: $0, grid: grid) } ?? means
    var best: (kind: Kind, position: Double, slope: Double) = (.atEdge, x[0], -.infinity)
    for (index, piece) in grid.pieces.enumerated() where piece.count >= 4 {
      let spline = CubicSpline(x: Array(x[piece]), y: Array(smooth[piece]))
      // Only the ends of the scan are left out; ends that border on a gap are as good as any point.
      let low = x[piece.lowerBound] + (index == 0 ? margin : 0)
      let high = x[piece.upperBound - 1] - (index == grid.pieces.count - 1 ? margin : 0)
      if let top = spline.steepest(from: low, to: high), top.slope > best.slope {
        best = (.located, top.position, top.slope)
      }
    }
    for (left, right) in zip(grid.pieces, grid.pieces.dropFirst()) {
      let (a, b) = (left.upperBound - 1, right.lowerBound)
      let slope = (means[b] - means[a]) / (x[b] - x[a])
      if slope > best.slope { best = (.bracketed(x[a]...x[b]), (x[a] + x[b]) / 2, slope) }
    }
    let edge = margin + 1e-6 * grid.span
    let interior = best.position > x[0] + edge && best.position < x[x.count - 1] - edge
    if best.kind == .located && !interior { best.kind = .atEdge }
    if best.slope.isInfinite { best.slope = 0 }
    return best
  }
}

/// A scan's values and where it has gaps: spacings more than 3.5 times the median one.
struct ParameterGrid: Sendable {
  let parameters: [Double]
  /// Index ranges of the parts between gaps.
  let pieces: [Range<Int>]

  var span: Double { parameters[parameters.count - 1] - parameters[0] }

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
