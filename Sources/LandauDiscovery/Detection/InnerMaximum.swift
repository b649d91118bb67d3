/// The inner maximum of a W: the highest point of a curve that stands above what lies on both its sides.
struct InnerMaximum {
  let position: Double
  /// Index of the grid point nearest to it, and of the lowest points on either side.
  let top: Int
  let left: Int
  let right: Int

  /// nil where the curve, a natural cubic spline through the values, has no interior maximum: a V.
  init?(parameters x: [Double], values: [Double]) {
    guard x.count >= 5 else { return nil }
    let spline = CubicSpline(x: x, y: values)
    // Knots higher than both neighbours, by how far they stand above the lower side's lowest point.
    var best: (prominence: Double, top: Int, left: Int, right: Int)?
    for top in 1..<x.count - 1
    where values[top] >= values[top - 1] && values[top] > values[top + 1] {
      let left = (0..<top).min { values[$0] < values[$1] }!
      let right = (top + 1..<x.count).min { values[$0] < values[$1] }!
      let prominence = values[top] - max(values[left], values[right])
      if prominence > best?.prominence ?? 1e-12 { best = (prominence, top, left, right) }
    }
    guard let best else { return nil }
    (top, left, right) = (best.top, best.left, best.right)
    // The slope falls through zero in one of the two intervals around the knot: halve it.
    let isBefore = spline.slope(interval: best.top, fraction: 0) < 0
    let interval = isBefore ? best.top - 1 : best.top
    var (low, high) = (0.0, 1.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if spline.slope(interval: interval, fraction: middle) > 0 {
        low = middle
      } else {
        high = middle
      }
    }
    position = x[interval] + low * (x[interval + 1] - x[interval])
  }

  /// Its place in a curve known without noise.
  static func exact(parameters: [Double], values: [Double]) -> Double? {
    InnerMaximum(parameters: parameters, values: values)?.position
  }
}
