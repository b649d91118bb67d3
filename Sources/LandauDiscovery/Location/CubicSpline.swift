/// The natural cubic spline through given points.
///
/// With m the second derivatives at the knots, continuity of the slope gives a tridiagonal system,
/// h_{j-1} m_{j-1} + 2 (h_{j-1} + h_j) m_j + h_j m_{j+1} = 6 ((y_{j+1} - y_j)/h_j - (y_j - y_{j-1})/h_{j-1}).
struct CubicSpline {
  let x: [Double]
  let values: [Double]
  /// Second derivatives at the knots, zero at both ends.
  let curvatures: [Double]

  /// - Precondition: at least three ascending `x`.
  init(x: [Double], y: [Double]) {
    precondition(x.count >= 3 && y.count == x.count, "a spline of \(x.count) points")
    let n = x.count
    let h = zip(x, x.dropFirst()).map { $1 - $0 }
    precondition(h.allSatisfy { $0 > 0 }, "knots must ascend")
    var m = [Double](repeating: 0, count: n)
    var ratio = m
    // Thomas's algorithm; the matrix is diagonally dominant.
    for j in 1..<n - 1 {
      let right = (y[j + 1] - y[j]) / h[j] - (y[j] - y[j - 1]) / h[j - 1]
      let pivot = 2 * (h[j - 1] + h[j]) - h[j - 1] * ratio[j - 1]
      ratio[j] = h[j] / pivot
      m[j] = (6 * right - h[j - 1] * m[j - 1]) / pivot
    }
    for j in stride(from: n - 2, to: 0, by: -1) { m[j] -= ratio[j] * m[j + 1] }
    self.x = x
    values = y
    curvatures = m
  }

  /// f'(x) between knots `i` and `i + 1` at the fraction `t` of the way.
  func slope(interval i: Int, fraction t: Double) -> Double {
    let h = x[i + 1] - x[i]
    let a = curvatures[i]
    let b = curvatures[i + 1]
    let fromRight = (3 * t * t - 1) * b
    let fromLeft = (3 * (1 - t) * (1 - t) - 1) * a
    return (values[i + 1] - values[i]) / h + h / 6 * (fromRight - fromLeft)
  }

  /// The slope at equally spaced places of every interval, from its left knot on; the last knot is left out.
  func slopes(pointsPerInterval count: Int) -> [(position: Double, slope: Double)] {
    (0..<x.count - 1).flatMap { interval in
      (0..<count).map { step in
        let t = Double(step) / Double(count)
        return (
          x[interval] + t * (x[interval + 1] - x[interval]),
          slope(interval: interval, fraction: t)
        )
      }
    }
  }

  /// The highest slope between `low` and `high`, and where it is.
  ///
  /// On each interval the slope is a parabola whose top is where the second derivative, linear there,
  /// passes zero from above; besides tops and knots the two ends are looked at.
  func steepest(from low: Double, to high: Double) -> (position: Double, slope: Double)? {
    var best: (position: Double, slope: Double)?
    func offer(_ interval: Int, _ fraction: Double) {
      guard (0...1).contains(fraction) else { return }
      let position = x[interval] + fraction * (x[interval + 1] - x[interval])
      guard position >= low, position <= high else { return }
      let slope = slope(interval: interval, fraction: fraction)
      if slope > best?.slope ?? -.infinity { best = (position, slope) }
    }
    for interval in 0..<x.count - 1 {
      let h = x[interval + 1] - x[interval]
      offer(interval, 0)
      offer(interval, 1)
      offer(interval, (low - x[interval]) / h)
      offer(interval, (high - x[interval]) / h)
      let (a, b) = (curvatures[interval], curvatures[interval + 1])
      if a > 0 && b < 0 { offer(interval, a / (a - b)) }
    }
    return best
  }
}
