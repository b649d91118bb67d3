public import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What conventional analysis says of the same snapshots: fluctuations and Binder's ratio.
///
/// Apart from the choice of the deciding correlator it uses no network, so it is a second opinion; and unlike the height of the slope peak, the growth of
/// fluctuations and the crossing of Binder's ratio with the lattice size do tell a phase transition from
/// a smooth change.
public struct Baseline: Sendable {
  /// N var(x) of the deciding correlator x at each parameter, per size.
  public var fluctuations: [[Estimate]]
  /// Where the fluctuation is largest, per size; nil at an edge of the scan.
  public var fluctuationPeaks: [Estimate?]
  /// Height of the fluctuation peak, per size; from reweighting where energies were recorded.
  public var fluctuationHeights: [Estimate]
  /// Binder's ratio of the order parameter, per size; empty where there is no order parameter.
  public var binder: [[Estimate]]
  /// Crossings of Binder's ratio between neighbouring sizes.
  public var crossings: [Crossing]
  /// Pairs of neighbouring sizes whose ratios could be compared: an order parameter, and one grid.
  public var comparedPairs: Int
  /// The lowest value of Binder's ratio per size; empty or nil where there is no order parameter.
  public var binderMinima: [Estimate?]
  /// What the deciding correlator shows of two phases, per size.
  public var coexistence: [PhaseCoexistence]
  /// What the average of an even function of one variable shows of them (of Blume and Capel's spins the density of
  /// those that are not zero), per size; empty where variables have none. Phases may differ in it that hardly differ in
  /// energy.
  public var evenAverages: [PhaseCoexistence]
  /// What recorded energies say; nil for files.
  public var energies: EnergyBaseline?
  let linearSizes: [Double]

  public struct Crossing: Sendable {
    public var linearSizes: (Double, Double)
    public var location: Estimate
  }

  /// The crossing of the two largest sizes that cross, if any.
  public var bestCrossing: Estimate? { crossings.last?.location }

  /// Exponent of L with which the fluctuation peaks grow; nil for fewer than three sizes or without a peak
  /// inside the scan of the largest.
  public var growth: Estimate? {
    guard fluctuationHeights.count >= 3, fluctuationPeaks.last! != nil else { return nil }
    return Self.exponent(fluctuationHeights, linearSizes)
  }

  /// Whether the fluctuation peak of the largest lattice stands above that of the smallest by more than
  /// 3 sigma and by more than a tenth, and lies inside the scan.
  public var fluctuationsGrow: Bool {
    guard fluctuationHeights.count >= 3, let first = fluctuationHeights.first,
      let last = fluctuationHeights.last, fluctuationPeaks.last! != nil
    else { return false }
    return last.value > 1.1 * first.value
      && last.pull(to: first.value, referenceError: first.error) > 3
  }

  /// - Parameters:
  ///   - ensembles: ascending in size, all on one grid of parameters where crossings are wanted.
  ///   - indicator: for each ensemble the deciding correlator of each sample, per site.
  public init(ensembles: [Ensemble], indicator: [[Float]], orderParameter: OrderParameter?) {
    fluctuations = []
    fluctuationPeaks = []
    fluctuationHeights = []
    binder = []
    crossings = []
    comparedPairs = 0
    binderMinima = []
    coexistence = []
    evenAverages = []
    linearSizes = ensembles.map(\.linearSize)
    energies = EnergyBaseline(ensembles)
    for (ensemble, x) in zip(ensembles, indicator) {
      let curve = ensemble.fluctuations { Double(x[$0]) }
      fluctuations.append(curve.map(\.estimate))
      let (peak, height) = Self.peak(curve, at: ensemble.parameters)
      fluctuationPeaks.append(peak)
      let recorded = ensemble.observables["energyPerSite"]
      let phases = PhaseCoexistence(
        ensemble, values: x.map(Double.init), energies: recorded, isEnergy: false)
      fluctuationHeights.append(phases.largestFluctuation ?? height)
      coexistence.append(phases)
      if let even = ensemble.evenAverage {
        evenAverages.append(
          PhaseCoexistence(ensemble, values: even, energies: recorded, isEnergy: false))
      }
    }
    guard let orderParameter else { return }
    let curves = ensembles.map { ensemble -> [JackknifedValue] in
      guard let index = ensemble.moments.patterns.firstIndex(of: orderParameter.pattern) else {
        return []
      }
      return BinderRatio.curve(ensemble, pattern: index)
    }
    binder = curves.map { $0.map(\.estimate) }
    binderMinima = binder.map { curve in curve.min { $0.value < $1.value } }
    for index in ensembles.indices.dropLast()
    where !curves[index].isEmpty && !curves[index + 1].isEmpty {
      let (small, large) = (ensembles[index], ensembles[index + 1])
      guard small.parameters == large.parameters else { continue }
      comparedPairs += 1
      guard
        let location = Self.crossing(
          curves[index], curves[index + 1], at: small.parameters)
      else { continue }
      crossings.append(
        Crossing(linearSizes: (small.linearSize, large.linearSize), location: location))
    }
  }

  /// The top of a parabola through the highest point and its two neighbours on either side.
  static func peak(
    _ curve: [JackknifedValue], at x: [Double]
  ) -> (Estimate?, Estimate) {
    func locate(_ y: [Double]) -> (position: Double, height: Double, interior: Bool) {
      let top = y.indices.max { y[$0] < y[$1] } ?? 0
      let range = max(0, top - 3)...min(y.count - 1, top + 3)
      guard top > 1, top < y.count - 2,
        let c = parabola(Array(x[range]), Array(y[range]), about: x[top]), c[2] < 0
      else { return (x[top], y[top], top > 1 && top < y.count - 2) }
      let shift = min(
        max(-c[1] / (2 * c[2]), x[range.lowerBound] - x[top]), x[range.upperBound] - x[top])
      return (x[top] + shift, c[0] + shift * (c[1] + shift * c[2]), true)
    }
    let full = locate(curve.map(\.full))
    let foldCount = curve.first?.deleted.count ?? 0
    let deleted = (0..<foldCount).map { fold in locate(curve.map { $0.deleted[fold] }) }
    let position = JackknifedValue(full: full.position, deleted: deleted.map(\.position))
    let height = JackknifedValue(full: full.height, deleted: deleted.map(\.height))
    let spacing = (x.last! - x.first!) / Double(max(1, x.count - 1))
    return (
      full.interior
        ? Estimate(position.full, error: max(position.error, spacing / 12.0.squareRoot())) : nil,
      height.estimate
    )
  }

  /// Where two curves of Binder's ratio cross: the difference large minus small changes sign, and is
  /// well beyond its errors on both sides of the change.
  private static func crossing(
    _ small: [JackknifedValue], _ large: [JackknifedValue], at x: [Double]
  ) -> Estimate? {
    let difference = zip(small, large).map { $1.full - $0.full }
    let errors = zip(small, large).map {
      max(($0.error * $0.error + $1.error * $1.error).squareRoot(), 1e-9)
    }
    let z = zip(difference, errors).map { $0 / $1 }
    // The split that best separates positive from negative differences, in either order.
    var best: (score: Double, index: Int, sign: Double)?
    for sign in [1.0, -1.0] {
      for split in 1..<x.count {
        let left = z[..<split].reduce(0) { $0 + min(5, max(-5, sign * $1)) }
        let right = z[split...].reduce(0) { $0 + min(5, max(-5, -sign * $1)) }
        let score = left + right
        if score > best?.score ?? 0 { best = (score, split, sign) }
      }
    }
    guard let best else { return nil }
    func strength(_ range: Range<Int>, _ sign: Double) -> Double {
      let pulls = range.map { sign * z[$0] }
      guard pulls.count >= 2 else { return 0 }
      // The largest sum of two neighbours over sqrt 2: one outlier alone is not enough.
      return zip(pulls, pulls.dropFirst()).map { ($0 + $1) / 2.0.squareRoot() }.max() ?? 0
    }
    guard strength(0..<best.index, best.sign) > 4,
      strength(best.index..<x.count, -best.sign) > 4
    else { return nil }
    // Deep in the ordered phase errors are tiny; a floor keeps those points from outweighing the ones
    // around the crossing. A parabola follows the bend of the difference.
    let range = max(0, best.index - 2)..<min(x.count, best.index + 2)
    let floor = range.map { errors[$0] }.max() ?? 1
    let fitErrors = range.map { (errors[$0] * errors[$0] + floor * floor).squareRoot() }
    let middle = (x[best.index - 1] + x[best.index]) / 2
    func locate(_ d: [Double]) -> Double {
      guard
        let c = parabola(
          range.map { x[$0] }, range.map { d[$0] }, about: middle, errors: fitErrors)
      else { return middle }
      let root = nearestRoot(c)
      return min(max(middle + root, x[range.lowerBound]), x[range.upperBound - 1])
    }
    // The two sizes are independent: leave out a fold of one, then of the other.
    let fromSmall = JackknifedValue(
      full: 0,
      deleted: small[0].deleted.indices.map { f in
        locate(zip(small, large).map { $1.full - $0.deleted[f] })
      })
    let fromLarge = JackknifedValue(
      full: 0,
      deleted: large[0].deleted.indices.map { f in
        locate(zip(small, large).map { $1.deleted[f] - $0.full })
      })
    let error = (fromSmall.error * fromSmall.error + fromLarge.error * fromLarge.error).squareRoot()
    return Estimate(locate(difference), error: error)
  }

  /// The power of L with which positive numbers grow, by a straight line through their logarithms; the
  /// error is widened where the line does not fit. Nil for fewer than two sizes.
  static func exponent(_ values: [Estimate], _ linearSizes: [Double]) -> Estimate? {
    guard values.count >= 2, values.allSatisfy({ $0.value > 0 }),
      let fit = LinearFit(
        design: linearSizes.map { [1, log($0)] }, values: values.map { log($0.value) },
        errors: values.map { max($0.error / $0.value, 1e-9) })
    else { return nil }
    let slope = fit.coefficient(1)
    let freedom = fit.degreesOfFreedom
    let stretch = freedom > 0 ? max(1, (fit.chiSquare / Double(freedom)).squareRoot()) : 1
    return Estimate(slope.value, error: slope.error * stretch)
  }

  /// Coefficients of 1, d, d^2 with d = x - about, by least squares.
  private static func parabola(
    _ x: [Double], _ y: [Double], about: Double, errors: [Double]? = nil
  ) -> [Double]? {
    LinearFit(
      design: x.map { [1, $0 - about, ($0 - about) * ($0 - about)] }, values: y,
      errors: errors ?? [Double](repeating: 1, count: x.count))?.coefficients
  }

  /// The root of c0 + c1 d + c2 d^2 nearest to zero; of the line alone where there is none.
  private static func nearestRoot(_ c: [Double]) -> Double {
    let discriminant = c[1] * c[1] - 4 * c[0] * c[2]
    guard discriminant >= 0 else { return c[1] == 0 ? 0 : -c[0] / c[1] }
    // The stable form: no difference of nearly equal numbers.
    let q = -0.5 * (c[1] + (c[1] < 0 ? -1 : 1) * discriminant.squareRoot())
    return q == 0 ? 0 : c[0] / q
  }
}

extension Ensemble {
  /// In every sample the average of the polynomial of degree two of one variable, where it was counted and is no constant.
  var evenAverage: [Double]? {
    guard
      let column = counts.terms.firstIndex(where: {
        $0.kind == .product && $0.factors.count == 1 && $0.factors[0].index == 2
      })
    else { return nil }
    let width = counts.featureCount
    return (0..<sampleCount).map { Double(counts.values[$0 * width + column]) }
  }
}
