#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The natural cubic spline that balances closeness to noisy points against bending.
///
/// It minimises sum_i ((y_i - f(x_i)) / error_i)^2 + lambda integral f''^2. In Reinsch's form, with Q
/// the second-difference and R the tridiagonal Gram matrix of the hat functions, the second derivatives
/// at the inner knots solve (R + lambda Q^T W^-1 Q) g = Q^T y, and f = y - lambda W^-1 Q g: a system
/// with five diagonals, O(n). The balance lambda is chosen by restricted maximum likelihood,
///
///     lambda y^T Q g + log det(R + lambda Q^T W^-1 Q) - (n - 2) log lambda  ->  minimum,
///
/// which looks at nothing but the points and their errors. (Green and Silverman 1994; Wood 2011.)
struct SmoothingSpline {
  let x: [Double]
  let values: [Double]
  /// Second derivatives at the knots, zero at both ends.
  let curvatures: [Double]

  /// - Precondition: at least three ascending `x`, positive errors.
  init(x: [Double], y: [Double], errors: [Double]) {
    precondition(x.count >= 3 && y.count == x.count && errors.count == x.count)
    let system = System(x: x, errors: errors)
    var best: (criterion: Double, lambda: Double)?
    // Lambda is measured in units where both matrices are of equal size.
    for step in 0...28 {
      let lambda = system.unit * exp(-16 + 0.75 * Double(step))
      let criterion = system.criterion(y, lambda: lambda)
      if criterion < best?.criterion ?? .infinity { best = (criterion, lambda) }
    }
    self.init(system: system, y: y, lambda: best?.lambda ?? system.unit)
  }

  /// The spline through every point, no smoothing: for curves without noise.
  init(interpolating y: [Double], at x: [Double]) {
    let system = System(x: x, errors: [Double](repeating: 1, count: x.count))
    self.init(system: system, y: y, lambda: 0)
  }

  private init(system: System, y: [Double], lambda: Double) {
    let inner = system.solve(y, lambda: lambda)
    x = system.x
    curvatures = [0] + inner + [0]
    let bending = system.applyQ(inner)
    values = zip(zip(y, system.variances), bending).map { $0.0 - lambda * $0.1 * $1 }
  }

  /// f'(x) on the interval between knots `i` and `i + 1` at the fraction `t` of the way.
  func slope(interval i: Int, fraction t: Double) -> Double {
    let h = x[i + 1] - x[i]
    let a = curvatures[i]
    let b = curvatures[i + 1]
    let fromRight = (3 * t * t - 1) * b
    let fromLeft = (3 * (1 - t) * (1 - t) - 1) * a
    return (values[i + 1] - values[i]) / h + h / 6 * (fromRight - fromLeft)
  }

  /// The highest slope at least `margin` away from both ends, and where it is.
  ///
  /// On each interval the slope is a parabola whose top is where the second derivative, linear there,
  /// passes zero from above.
  func steepest(margin: Double) -> (position: Double, slope: Double)? {
    let low = x[0] + margin
    let high = x[x.count - 1] - margin
    var best: (position: Double, slope: Double)?
    func offer(_ interval: Int, _ fraction: Double) {
      let position = x[interval] + fraction * (x[interval + 1] - x[interval])
      guard position >= low - 1e-12, position <= high + 1e-12 else { return }
      let slope = slope(interval: interval, fraction: fraction)
      if slope > best?.slope ?? -.infinity { best = (position, slope) }
    }
    for interval in 0..<x.count - 1 {
      offer(interval, 0)
      offer(interval, 1)
      let (a, b) = (curvatures[interval], curvatures[interval + 1])
      if a > 0 && b < 0 { offer(interval, a / (a - b)) }
    }
    return best
  }
}

/// The banded matrices of one set of knots and errors.
private struct System {
  let x: [Double]
  let variances: [Double]
  /// Ratio of the sizes of R and Q^T W^-1 Q.
  let unit: Double
  private let h: [Double]
  /// Main and next diagonal of R.
  private let gram: [(Double, Double)]
  /// Main and next two diagonals of Q^T W^-1 Q.
  private let penalty: [(Double, Double, Double)]

  init(x: [Double], errors: [Double]) {
    let h = zip(x, x.dropFirst()).map { $1 - $0 }
    precondition(h.allSatisfy { $0 > 0 }, "knots must ascend")
    let v = errors.map { $0 * $0 }
    let n = x.count
    gram = (1..<n - 1).map { (j: Int) -> (Double, Double) in ((h[j - 1] + h[j]) / 3, h[j] / 6) }
    // Column j of Q has 1/h_{j-1}, -(1/h_{j-1} + 1/h_j), 1/h_j in rows j-1, j, j+1.
    penalty = (1..<n - 1).map { (j: Int) -> (Double, Double, Double) in
      let (a, b) = (1 / h[j - 1], 1 / h[j])
      let middle = -(a + b)
      let main = a * a * v[j - 1] + middle * middle * v[j] + b * b * v[j + 1]
      guard j + 1 < n - 1 else { return (main, 0, 0) }
      let c = 1 / h[j + 1]
      let next = middle * b * v[j] - b * (b + c) * v[j + 1]
      let afterNext = j + 2 < n - 1 ? b * c * v[j + 1] : 0
      return (main, next, afterNext)
    }
    self.x = x
    self.h = h
    variances = v
    unit = gram.reduce(0) { $0 + $1.0 } / penalty.reduce(0) { $0 + $1.0 }
  }

  func applyQ(_ g: [Double]) -> [Double] {
    var out = [Double](repeating: 0, count: x.count)
    for (index, value) in g.enumerated() {
      let j = index + 1
      out[j - 1] += value / h[j - 1]
      out[j] -= value * (1 / h[j - 1] + 1 / h[j])
      out[j + 1] += value / h[j]
    }
    return out
  }

  private func applyQTransposed(_ y: [Double]) -> [Double] {
    (1..<x.count - 1).map { (j: Int) -> Double in
      let right = (y[j + 1] - y[j]) / h[j]
      let left = (y[j] - y[j - 1]) / h[j - 1]
      return right - left
    }
  }

  /// L D L^T of R + lambda Q^T W^-1 Q: pivots and the two sub-diagonals of L.
  private func factors(_ lambda: Double) -> (d: [Double], l1: [Double], l2: [Double]) {
    let m = gram.count
    var d = [Double](repeating: 0, count: m)
    var l1 = d
    var l2 = d
    for i in 0..<m {
      d[i] = gram[i].0 + lambda * penalty[i].0
      if i >= 1 { d[i] -= l1[i - 1] * l1[i - 1] * d[i - 1] }
      if i >= 2 { d[i] -= l2[i - 2] * l2[i - 2] * d[i - 2] }
      if i + 1 < m {
        var next = gram[i].1 + lambda * penalty[i].1
        if i >= 1 { next -= l2[i - 1] * l1[i - 1] * d[i - 1] }
        l1[i] = next / d[i]
      }
      if i + 2 < m { l2[i] = lambda * penalty[i].2 / d[i] }
    }
    return (d, l1, l2)
  }

  func solve(_ y: [Double], lambda: Double) -> [Double] {
    let (d, l1, l2) = factors(lambda)
    var g = applyQTransposed(y)
    let m = g.count
    for i in 0..<m {
      if i >= 1 { g[i] -= l1[i - 1] * g[i - 1] }
      if i >= 2 { g[i] -= l2[i - 2] * g[i - 2] }
    }
    for i in 0..<m { g[i] /= d[i] }
    for i in stride(from: m - 1, through: 0, by: -1) {
      if i + 1 < m { g[i] -= l1[i] * g[i + 1] }
      if i + 2 < m { g[i] -= l2[i] * g[i + 2] }
    }
    return g
  }

  func criterion(_ y: [Double], lambda: Double) -> Double {
    let g = solve(y, lambda: lambda)
    let misfit = lambda * zip(applyQTransposed(y), g).reduce(0) { $0 + $1.0 * $1.1 }
    let logDeterminant = factors(lambda).d.reduce(0) { $0 + log($1) }
    return misfit + logDeterminant - Double(x.count - 2) * log(lambda)
  }
}
