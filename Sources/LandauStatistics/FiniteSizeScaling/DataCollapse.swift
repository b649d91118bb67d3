public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A collapse of curves of several sizes onto y = L^rho f((x - x_c) L^(1/nu)).
///
/// The quality S of Houdayer and Hartmann (Phys. Rev. B 70, 014418, 2004) is minimised: the mean squared
/// distance of each scaled point from the line through its neighbours of the other sizes, in units of the
/// errors. S near one is a good collapse; much more is none. Errors come from repeating the search on
/// curves drawn from their covariance, so points that were reweighted together are no problem. Corrections
/// to scaling are not part of the law: choose sizes and `window` such that S is near one.
public struct DataCollapse: Sendable, Hashable {
  /// x_c, 1/nu and rho, in this order. Fixed ones have no error.
  public let parameters: Replicates
  /// The smallest quality found.
  public let quality: Double
  /// Number of points compared at the minimum.
  public let pointCount: Int
  /// The range of (x - x_c) L^(1/nu) that took part.
  public let window: ClosedRange<Double>
  public let isFree: [Bool]

  public var criticalPoint: Estimate { estimate(0) }
  /// 1/nu.
  public var inverseNu: Estimate { estimate(1) }
  /// The exponent of the quantity: -beta/nu for a magnetisation, gamma/nu for a susceptibility.
  public var exponent: Estimate { estimate(2) }

  private func estimate(_ index: Int) -> Estimate {
    guard isFree[index] else { return Estimate(parameters.values[index], error: 0) }
    var estimate = parameters[index]
    if quality > 3 {
      let text = "poor collapse: quality \(Estimate.fixed(quality, digits: 1)), should be near 1"
      estimate.warning = Replicates.merged([text, estimate.warning])
    }
    return estimate
  }

  /// What is known beforehand.
  public struct Start: Sendable, Hashable {
    public var criticalPoint: Double
    public var inverseNu: Double
    public var exponent: Double
    /// Which of the three are searched for, in this order.
    public var isFree: [Bool]

    /// - Parameter exponent: Nil for a dimensionless quantity: fixed to zero.
    public init(criticalPoint: Double, inverseNu: Double, exponent: Double? = nil) {
      self.criticalPoint = criticalPoint
      self.inverseNu = inverseNu
      self.exponent = exponent ?? 0
      isFree = [true, true, exponent != nil]
    }
  }

  /// - Parameters:
  ///   - curves: From independent simulations of at least two sizes.
  ///   - window: Of the scaled variable (x - x_c) L^(1/nu); points outside do not count.
  ///   - draws: Number of repetitions for the errors.
  /// - Throws: `InputError` where fewer than ten points can be compared at the start.
  /// - Complexity: some hundred evaluations per draw, each of order (points x sizes).
  public init(
    _ curves: [(size: Double, curve: Curve)], start: Start,
    window: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    draws: Int = 100, seed: Seed
  ) throws(InputError) {
    precondition(start.isFree.count == 3, "three parameters, \(start.isFree.count) flags")
    let data = CollapseData(curves, window: window, start: start)
    let initial = [start.criticalPoint, start.inverseNu, start.exponent]
    let possible = data.quality(initial, data.all.values).points
    guard possible >= 10 else {
      throw InputError("a collapse of \(possible) points that overlap; allowed: ten or more")
    }
    // The second search mends a first one that ended early on a kink.
    let first = data.minimize(data.all.values, from: initial, scale: 1)
    let best = data.minimize(data.all.values, from: first, scale: 0.3)
    let found = data.quality(best, data.all.values)
    quality = found.quality
    pointCount = found.points
    self.window = window
    isFree = start.isFree
    let drawn = data.all.normalDraws(count: draws, seed: seed)
    parameters = Replicates(
      values: best,
      replicates: drawn.replicates.map { data.minimize($0, from: best, scale: 0.3) },
      scheme: drawn.scheme, warning: drawn.warning)
  }
}

private struct CollapseData {
  let all: Replicates
  private let window: ClosedRange<Double>
  private let isFree: [Bool]
  private let steps: [Double]
  /// One entry per point of all curves, curve by curve.
  private let points: [Double]
  private let errors: [Double]
  private let logSizes: [Double]
  private let ranges: [Range<Int>]

  init(
    _ curves: [(size: Double, curve: Curve)], window: ClosedRange<Double>,
    start: DataCollapse.Start
  ) {
    all = Replicates(independent: curves.map(\.curve.values))
    self.window = window
    isFree = start.isFree
    points = curves.flatMap(\.curve.points)
    errors = all.estimates.map(\.error)
    logSizes = curves.flatMap { item in item.curve.points.map { _ in log(item.size) } }
    var ranges: [Range<Int>] = []
    for item in curves {
      let begin = ranges.last?.upperBound ?? 0
      ranges.append(begin..<(begin + item.curve.points.count))
    }
    self.ranges = ranges
    let width = points.max()! - points.min()!
    steps = [0.05 * width, 0.1 * max(0.1, abs(start.inverseNu)), 0.05]
  }

  func minimize(_ values: [Double], from start: [Double], scale: Double) -> [Double] {
    let free = (0..<3).filter { isFree[$0] }
    func whole(_ part: [Double]) -> [Double] {
      var result = start
      for (index, value) in zip(free, part) { result[index] = value }
      return result
    }
    let least = Double(quality(start, values).points) * 0.5
    let found = NelderMead.minimize(
      free.map { start[$0] }, steps: free.map { steps[$0] * scale }, tolerance: 1e-6
    ) { part in
      let there = quality(whole(part), values)
      // Scaling the points away from one another is no collapse.
      return Double(there.points) < least ? .infinity : there.quality
    }
    return whole(found.place)
  }

  /// The mean squared distance of every point from the lines of the other sizes.
  func quality(_ p: [Double], _ values: [Double]) -> (quality: Double, points: Int) {
    var (x, y, e) = (points, values, errors)
    for index in x.indices {
      let factor = exp(-p[2] * logSizes[index])
      x[index] = (points[index] - p[0]) * exp(p[1] * logSizes[index])
      y[index] *= factor
      e[index] *= factor
    }
    var (sum, count) = (0.0, 0)
    for (own, range) in ranges.enumerated() {
      for index in range where window.contains(x[index]) {
        guard let line = line(at: x[index], without: own, x, y, e) else { continue }
        let distance = y[index] - line.value
        sum += distance * distance / (e[index] * e[index] + line.variance)
        count += 1
      }
    }
    return (count == 0 ? .infinity : sum / Double(count), count)
  }

  /// The weighted straight line through the two neighbours that each other size has around a place.
  private func line(
    at place: Double, without own: Int, _ x: [Double], _ y: [Double], _ e: [Double]
  ) -> (value: Double, variance: Double)? {
    var (k, kx, ky, kxx, kxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (other, range) in ranges.enumerated() where other != own {
      guard x[range.lowerBound] <= place, x[range.upperBound - 1] > place else { continue }
      var (low, high) = (range.lowerBound, range.upperBound - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if x[middle] <= place { low = middle } else { high = middle }
      }
      for index in [low, high] {
        let weight = 1 / (e[index] * e[index])
        let distance = x[index] - place
        k += weight
        kx += weight * distance
        ky += weight * y[index]
        kxx += weight * distance * distance
        kxy += weight * distance * y[index]
      }
    }
    let determinant = k * kxx - kx * kx
    guard determinant > 0 else { return nil }
    return ((kxx * ky - kx * kxy) / determinant, kxx / determinant)
  }
}
