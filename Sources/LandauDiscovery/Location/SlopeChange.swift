public import LandauCore

/// One of the places in a scan at which the mean prediction rises fast: a top of its slope that stands above the valleys
/// beside it by more than the errors can do. A scan through three phases has two.
public struct SlopeChange: Sendable {
  public var location: Estimate
  /// Interval that holds 95 % of the resampled locations.
  public var interval: ClosedRange<Double>
  public var slope: Estimate
  /// Height of the slope above the higher one of the valleys that part it from higher tops, or from the ends of the scan.
  public var prominence: Estimate

  /// The changes along a measured curve, ascending.
  ///
  /// The slope of the smoothed curve (`Smoothing`) is looked at on a grid four times as fine as the scan, its first and last
  /// twentieth left out as `SlopePeak` does. A top has to stand a fifth of the highest slope and three standard errors above its
  /// valleys; errors are those of resampled curves, in each of which every top is sought again between the valleys beside it.
  ///
  /// - Returns: none where the grid has a gap: tops are not told from what a gap hides.
  /// - Complexity: O(resamples x 30 n).
  public static func all(in curve: PredictionCurve, seed: Seed, resamples: Int = 400)
    -> [SlopeChange]
  {
    let grid = ParameterGrid(curve.parameters)
    guard grid.pieces.count == 1, curve.parameters.count >= 7 else { return [] }
    let first = Slopes(curve.means, errors: curve.errors, grid: grid)
    let tops = first.tops.filter { $0.prominence > 0.2 * first.highest }
    let smooth = Smoothing.values(x: curve.parameters, y: curve.means, errors: curve.errors)
    var rng = seed.child("changes").makeStream()
    var drawn = [[(position: Double, slope: Double, prominence: Double)]](
      repeating: [], count: tops.count)
    for _ in 0..<resamples {
      let slopes = Slopes(
        curve.resampled(about: smooth, using: &rng), errors: curve.errors, grid: grid)
      for (index, top) in tops.enumerated() { drawn[index].append(slopes.highest(within: top)) }
    }
    return zip(tops, drawn).compactMap { top, drawn in
      let prominence = ResampledLocation.deviation(drawn.map(\.prominence))
      guard top.prominence > 3 * prominence else { return nil }
      let found = ResampledLocation(first.x[top.index], places: drawn.map(\.position))
      return SlopeChange(
        location: found.estimate, interval: found.interval,
        slope: Estimate(
          first.y[top.index], error: ResampledLocation.deviation(drawn.map(\.slope))),
        prominence: Estimate(top.prominence, error: prominence))
    }
  }
}

/// The slope of one smoothed curve on a fine grid.
private struct Slopes {
  let x: [Double]
  let y: [Double]

  struct Top {
    /// Of the top, and of the lowest points between it and its higher neighbours or the ends.
    var index: Int
    var left: Int
    var right: Int
    var prominence: Double
  }

  init(_ means: [Double], errors: [Double], grid: ParameterGrid) {
    let all = grid.parameters
    let spline = CubicSpline(x: all, y: Smoothing.values(x: all, y: means, errors: errors))
    let low = all[0] + grid.span / 20
    let high = all[all.count - 1] - grid.span / 20
    let points = spline.slopes(pointsPerInterval: 4)
      .filter { $0.position >= low && $0.position <= high }
    x = points.map(\.position)
    y = points.map(\.slope)
  }

  var highest: Double { y.max() ?? 0 }

  /// Inner maxima; those not higher than a valley of the ends have no prominence.
  var tops: [Top] {
    y.indices.dropFirst().dropLast().filter { y[$0] >= y[$0 - 1] && y[$0] > y[$0 + 1] }.map {
      top in
      let before = y[..<top].lastIndex { $0 > y[top] }.map { $0 + 1 } ?? 0
      let behind = y[(top + 1)...].firstIndex { $0 > y[top] } ?? y.count
      let left = (before..<top).min { y[$0] < y[$1] } ?? top
      let right = (top + 1..<max(behind, top + 2)).min { y[$0] < y[$1] } ?? top
      return Top(
        index: top, left: left, right: right, prominence: y[top] - max(y[left], y[right]))
    }
  }

  /// The highest point between the valleys of a top of another curve on the same grid, and how it stands above the lowest
  /// points between it and these valleys.
  func highest(within top: Top) -> (position: Double, slope: Double, prominence: Double) {
    let best = (top.left...top.right).max { y[$0] < y[$1] }!
    let left = y[top.left...best].min()!
    let right = y[best...top.right].min()!
    return (x[best], y[best], y[best] - max(left, right))
  }
}
