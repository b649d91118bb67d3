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
  /// Chi-square of p = a + b/L and of p = a + b ln L, the drift without limit.
  public var chiSquareSettling: Double
  public var chiSquareLogarithmic: Double
  public var degreesOfFreedom: Int
  /// Drift per doubling of L from the logarithmic fit.
  public var driftPerDoubling: Estimate
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
    let y = used.map(\.location.value)
    let errors = used.map { max($0.location.error, 1e-12) }
    func fit(_ x: [Double]) -> LinearFit? {
      LinearFit(design: x.map { [1, $0] }, values: y, errors: errors)
    }
    let sizes = used.map(\.linearSize)
    guard let settling = fit(sizes.map { 1 / $0 }), let slow = fit(sizes.map { pow($0, -0.75) }),
      let fast = fit(sizes.map { pow($0, -4.0 / 3) }), let logarithmic = fit(sizes.map { log2($0) })
    else { return nil }
    let systematic = abs(slow.coefficients[0] - fast.coefficients[0]) / 2
    // A fit worse than its errors allow is not trusted to them.
    degreesOfFreedom = settling.degreesOfFreedom
    let stretch =
      degreesOfFreedom > 0
      ? max(1, (settling.chiSquare / Double(degreesOfFreedom)).squareRoot()) : 1
    let statistical = settling.coefficient(0).error * stretch
    limit = Estimate(
      settling.coefficients[0],
      error: (statistical * statistical + systematic * systematic).squareRoot())
    chiSquareSettling = settling.chiSquare
    chiSquareLogarithmic = logarithmic.chiSquare
    driftPerDoubling = logarithmic.coefficient(1)
    self.used = sizes
    leftOut = points.map(\.linearSize).filter { !sizes.contains($0) }
  }

  /// Whether the locations move on without settling: a drift that is significant, and steps per doubling
  /// that fit a logarithm better than a limit.
  public var driftsWithoutLimit: Bool {
    abs(driftPerDoubling.value) > 4 * driftPerDoubling.error && degreesOfFreedom >= 1
      && chiSquareSettling > chiSquareLogarithmic + 9
  }
}
