#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
public import LandauCore
import LandauStatistics

/// Where the finite-size locations go as the lattice grows.
public struct Extrapolation: Sendable {
  /// Limit of the linear fit in 1/L, with the uncertainty of the power of L in its error.
  public var limit: Estimate
  /// Chi-square of p = a + b/L and of p = a + b ln L, the drift without limit, over all sizes.
  public var chiSquareSettling: Double
  public var chiSquareLogarithmic: Double
  public var sizeCount: Int
  /// Drift per doubling of L from the logarithmic fit.
  public var driftPerDoubling: Estimate
  /// From the second largest size to the largest.
  var lastStep: Estimate
  /// Sizes that took part.
  public var used: [Double]
  /// Sizes left out because their prediction is smeared out to the edge of the scan.
  public var leftOut: [Double]

  /// A location measured at one size.
  public struct Point: Sendable {
    public var linearSize: Double
    public var location: Estimate
    /// Standard deviation of single predictions at the location.
    public var spread: Double
    /// Distance from the location to the nearer edge of the scan.
    public var distanceToEdge: Double

    public init(
      linearSize: Double, location: Estimate, spread: Double, distanceToEdge: Double
    ) {
      self.linearSize = linearSize
      self.location = location
      self.spread = spread
      self.distanceToEdge = distanceToEdge
    }

    /// - Parameter scan: the values of the parameter, ascending.
    public init(linearSize: Double, location: Estimate, spread: Double, scan: [Double]) {
      self.init(
        linearSize: linearSize, location: location, spread: spread,
        distanceToEdge: min(location.value - scan[0], scan[scan.count - 1] - location.value))
    }
  }

  /// Fits the drift with size.
  ///
  /// A size whose predictions at the peak scatter so widely that four standard deviations reach the edge
  /// of the scan has a peak that the edge has moved; it is left out as long as two sizes remain. The
  /// power of L is not known beforehand (it is 1/nu): the fit uses 1, and half the change of the limit
  /// between the powers 3/4 and 4/3 is added to the error.
  ///
  /// Nil with fewer than two sizes.
  public init?(_ points: [Point]) {
    guard points.count >= 2 else { return nil }
    let clear = points.filter { 4 * $0.spread < $0.distanceToEdge }
    let used = clear.count >= 2 ? clear : Array(points.suffix(2))
    func fit(_ points: [Point], _ function: (Double) -> Double) -> LinearFit? {
      LinearFit(
        design: points.map { [1, function($0.linearSize)] }, values: points.map(\.location.value),
        errors: points.map { max($0.location.error, 1e-12) })
    }
    guard let limiting = fit(used, { 1 / $0 }), let slow = fit(used, { pow($0, -0.75) }),
      let fast = fit(used, { pow($0, -4.0 / 3) }), let settling = fit(points, { 1 / $0 }),
      let logarithmic = fit(points, { log2($0) })
    else { return nil }
    let systematic = abs(slow.coefficients[0] - fast.coefficients[0]) / 2
    // A fit worse than its errors allow is not trusted to them.
    let freedom = limiting.degreesOfFreedom
    let stretch =
      freedom > 0 ? max(1, (limiting.chiSquare / Double(freedom)).squareRoot()) : 1
    let statistical = limiting.coefficient(0).error * stretch
    sizeCount = points.count
    limit = Estimate(
      limiting.coefficients[0],
      error: (statistical * statistical + systematic * systematic).squareRoot())
    chiSquareSettling = settling.chiSquare
    chiSquareLogarithmic = logarithmic.chiSquare
    driftPerDoubling = logarithmic.coefficient(1)
    let (before, last) = (points[points.count - 2].location, points[points.count - 1].location)
    lastStep = Estimate(
      last.value - before.value,
      error: (last.error * last.error + before.error * before.error).squareRoot())
    self.used = used.map(\.linearSize)
    leftOut = points.map(\.linearSize).filter { size in !used.contains { $0.linearSize == size } }
  }

  /// Whether the locations move on without settling: a drift that is significant, and steps per doubling
  /// that fit a logarithm better than a limit.
  public var driftsWithoutLimit: Bool {
    abs(driftPerDoubling.value) > 4 * driftPerDoubling.error && sizeCount >= 3
      && chiSquareSettling > chiSquareLogarithmic + 4
  }
  /// Whether the locations stay where they are, as far as can be told, or came to rest: they fit a limit better than a
  /// logarithm, and the step to the largest size is not seen.
  ///
  /// The second alone would not do: 2/ln L, where the Ising chain looks ordered, fits 1/L better, too, but goes on.
  public var maySettle: Bool {
    abs(driftPerDoubling.value) < 3 * driftPerDoubling.error
      || chiSquareSettling < chiSquareLogarithmic && abs(lastStep.value) < 2 * lastStep.error
  }
}
