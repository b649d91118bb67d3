import LandauCore
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What one size gives as functions of beta about the simulated one, with jackknife replicates.
///
/// Every measurement counts with exp(-(beta - beta0) H) (single-histogram reweighting) at nine Chebyshev
/// points of beta0 -+ 1/sigma_H, where the weights still vary little; between them the functions are
/// interpolated by polynomials, whose derivatives are those of the functions.
struct ScalingCurves: Sendable {
  enum Quantity: Int, CaseIterable, Sendable {
    /// Second-moment correlation length over the side.
    case correlationLength
    /// <m^2>^2/<m^4>.
    case binderRatio
    /// ln <|m|>.
    case logOrder
    /// ln <m^2>.
    case logSquare
    /// Helicity modulus per site; 0 where there is none.
    case helicity
  }

  let side: Int
  let siteCount: Int
  let beta: Double
  let halfWidth: Double
  /// Chebyshev coefficients, quantity after quantity.
  let replicates: Replicates

  static let nodeCount = 9
  static let width = Quantity.allCases.count * nodeCount

  /// - Parameter reach: half width of the range in units of 1/sigma_H.
  init(_ sample: ScalingSample, reach: Double = 1) {
    side = sample.plan.side
    siteCount = sample.siteCount
    beta = sample.plan.beta
    let moments = sample.energyMoments
    halfWidth = moments.deviation > 0 ? min(reach / moments.deviation, 0.1 * beta) : 0.1 * beta
    let bins = Self.binned(sample, meanEnergy: moments.mean, halfWidth: halfWidth)
    let waveNumber = sample.minimalWaveNumber
    let side = Double(sample.plan.side)
    let (beta, shifts) = (
      beta, Chebyshev.nodes(Self.nodeCount).map { [halfWidth] in $0 * halfWidth }
    )
    replicates = Replicates.jackknife(bins, blockLimit: 128) { means in
      var coefficients: [Double] = []
      coefficients.reserveCapacity(Self.width)
      var values = [[Double]](
        repeating: [Double](repeating: 0, count: Self.nodeCount), count: Quantity.allCases.count)
      for node in 0..<Self.nodeCount {
        let at = node * Self.momentCount
        let weight = means[at]
        let (order, square) = (means[at + 1] / weight, means[at + 2] / weight)
        let (fourth, structure) = (means[at + 3] / weight, means[at + 4] / weight)
        values[Quantity.correlationLength.rawValue][node] =
          max(0, square / structure - 1).squareRoot() / (waveNumber * side)
        values[Quantity.binderRatio.rawValue][node] = square * square / fourth
        values[Quantity.logOrder.rawValue][node] = log(order)
        values[Quantity.logSquare.rawValue][node] = log(square)
        values[Quantity.helicity.rawValue][node] =
          (means[at + 5] - (beta + shifts[node]) * means[at + 6]) / weight
      }
      for row in values { coefficients += Chebyshev.coefficients(of: row) }
      return coefficients
    }
  }

  /// w, w|m|, w m^2, w m^4, w S and the parts of the helicity modulus at every node.
  private static let momentCount = 7
  private static let binsPerChain = 256

  /// Means over bins of every chain of the weighted moments, node after node.
  private static func binned(
    _ sample: ScalingSample, meanEnergy: Double, halfWidth: Double
  ) -> [Series] {
    let shifts = Chebyshev.nodes(nodeCount).map { $0 * halfWidth }
    let sites = Double(sample.siteCount)
    var series = [[[Double]]](
      repeating: [], count: nodeCount * momentCount)
    for chain in sample.chains {
      let length = max(1, chain.energy.count / binsPerChain)
      let hasHelicity = !chain.helicityCosine.isEmpty
      let bins = chain.energy.count / length
      for index in series.indices { series[index].append([]) }
      for bin in 0..<bins {
        var sums = [Double](repeating: 0, count: nodeCount * momentCount)
        for place in (bin * length)..<((bin + 1) * length) {
          let energy = chain.energy[place] * sites - meanEnergy
          let square = chain.square[place]
          let order = square.squareRoot()
          for node in 0..<nodeCount {
            let weight = exp(-shifts[node] * energy)
            let at = node * momentCount
            sums[at] += weight
            sums[at + 1] += weight * order
            sums[at + 2] += weight * square
            sums[at + 3] += weight * square * square
            sums[at + 4] += weight * chain.structure[place]
            if hasHelicity {
              sums[at + 5] += weight * chain.helicityCosine[place]
              sums[at + 6] += weight * chain.helicitySineSquared[place]
            }
          }
        }
        for index in series.indices {
          series[index][series[index].count - 1].append(sums[index] / Double(length))
        }
      }
    }
    return series.map { Series($0) }
  }

  /// The functions of all data.
  var whole: ScalingCurve { curve(replicates.values[...]) }

  /// The functions that belong to coefficients of this size.
  func curve(_ coefficients: ArraySlice<Double>) -> ScalingCurve {
    ScalingCurve(beta: beta, halfWidth: halfWidth, coefficients: Array(coefficients))
  }

  var range: ClosedRange<Double> { (beta - halfWidth)...(beta + halfWidth) }

  /// One quantity at a beta, with its error.
  func estimate(_ quantity: ScalingCurves.Quantity, at beta: Double) -> Estimate {
    replicates.map { [curve($0[...]).value(quantity, at: beta)] }[0]
  }
}

/// The functions of one size, of all data or of one replicate.
struct ScalingCurve: Sendable {
  let beta: Double
  let halfWidth: Double
  let coefficients: [Double]

  private func part(_ quantity: ScalingCurves.Quantity) -> ArraySlice<Double> {
    let start = quantity.rawValue * ScalingCurves.nodeCount
    return coefficients[start..<(start + ScalingCurves.nodeCount)]
  }

  func value(_ quantity: ScalingCurves.Quantity, at beta: Double) -> Double {
    Chebyshev.value(part(quantity), at: (beta - self.beta) / halfWidth)
  }

  func slope(_ quantity: ScalingCurves.Quantity, at beta: Double) -> Double {
    Chebyshev.slope(part(quantity), at: (beta - self.beta) / halfWidth) / halfWidth
  }

  /// Where a growing quantity has a value, by Newton's method from the middle; outside the range the
  /// tangent at its end continues the curve.
  func beta(where quantity: ScalingCurves.Quantity, is target: Double) -> Double {
    var x = 0.0
    let part = part(quantity)
    for _ in 0..<20 {
      let inside = min(1, max(-1, x))
      let slope = Chebyshev.slope(part, at: inside)
      let value = Chebyshev.value(part, at: inside) + slope * (x - inside)
      guard slope > 0 else { return .nan }
      let step = (target - value) / slope
      x += step
      if abs(step) < 1e-13 { break }
    }
    return beta + x * halfWidth
  }
}

/// Polynomials on [-1, 1] as sums of Chebyshev's.
enum Chebyshev {
  /// The points at which polynomials are given: the zeros of the one of degree `count`.
  ///
  /// As sines they are antisymmetric to the last bit, and the middle one is zero: weights exp(0) are all one.
  static func nodes(_ count: Int) -> [Double] {
    (0..<count).map { sin(Double.pi * Double(2 * $0 + 1 - count) / Double(2 * count)) }
  }

  /// Coefficients of the polynomial through values at the nodes.
  static func coefficients(of values: [Double]) -> [Double] {
    let count = values.count
    return (0..<count).map { degree in
      var sum = 0.0
      for (index, value) in values.enumerated() {
        // T_degree at node `index`, whose angle is pi minus that of the usual order.
        let angle = Double.pi * (Double(count - 1 - index) + 0.5) / Double(count)
        sum += value * cos(Double(degree) * angle)
      }
      return sum * (degree == 0 ? 1 : 2) / Double(count)
    }
  }

  /// Clenshaw's recurrence.
  static func value(_ coefficients: ArraySlice<Double>, at x: Double) -> Double {
    var (one, two) = (0.0, 0.0)
    for coefficient in coefficients.dropFirst().reversed() {
      (one, two) = (coefficient + 2 * x * one - two, one)
    }
    return (coefficients.first ?? 0) + x * one - two
  }

  static func slope(_ coefficients: ArraySlice<Double>, at x: Double) -> Double {
    let all = Array(coefficients)
    guard all.count > 1 else { return 0 }
    var derivative = [Double](repeating: 0, count: all.count)
    for degree in stride(from: all.count - 1, through: 1, by: -1) {
      let above = degree + 1 < derivative.count ? derivative[degree + 1] : 0
      derivative[degree - 1] = above + 2 * Double(degree) * all[degree]
    }
    derivative[0] /= 2
    return value(derivative[...], at: x)
  }
}
