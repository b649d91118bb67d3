import LandauCore
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two unit vectors with density in proportion to exp(a x + b x²), x = s_1 . s_2; before, x is uniform on (-1, 1).
struct TwoSpinWeight: SpinWeight {
  let a: Double
  let b: Double
  let siteCount = 2
  let observables: [Observable] = ["projection"]

  func evaluate(_ spins: [SIMD3<Double>]) -> SpinEvaluation {
    let x = (spins[0] * spins[1]).sum()
    return SpinEvaluation(action: -(a + b * x) * x, values: [x])
  }
}

/// An effective action -k x of two spins; `reported` is the factor with which it is told to the chain, 1 where it is honest.
struct TwoSpinAction: EffectiveAction {
  let k: Double
  var reported = 1.0
  let siteCount = 2

  func walker(at spins: [SIMD3<Double>]) -> Walker { Walker(k, reported, spins) }

  final class Walker: EffectiveWalker {
    private let k: Double
    private let reported: Double
    private(set) var spins: [SIMD3<Double>]
    private var change: (site: Int, spin: SIMD3<Double>) = (0, .zero)

    init(_ k: Double, _ reported: Double, _ spins: [SIMD3<Double>]) {
      self.k = k
      self.reported = reported
      self.spins = spins
    }

    var action: Double { -reported * k * (spins[0] * spins[1]).sum() }

    func cost(of new: SIMD3<Double>, at site: Int) -> Double {
      change = (site, new)
      return -k * ((new - spins[site]) * spins[1 - site]).sum()
    }

    func accept() { spins[change.site] = change.spin }
  }
}

/// The distribution of x by numerical integration, midpoint rule.
struct ProjectionLaw {
  private let cumulated: [Double]
  private let means: (first: Double, second: Double)

  init(_ logDensity: (Double) -> Double) {
    let count = 20_000
    var (sum, first, second) = (0.0, 0.0, 0.0)
    var all = [0.0]
    for index in 0..<count {
      let x = 2 * (Double(index) + 0.5) / Double(count) - 1
      let density = exp(logDensity(x))
      sum += density
      first += density * x
      second += density * x * x
      all.append(sum)
    }
    cumulated = all.map { $0 / sum }
    means = (first / sum, second / sum)
  }

  var mean: Double { means.first }

  /// The share below x.
  func rank(_ x: Double) -> Double {
    let place = (x + 1) / 2 * Double(cumulated.count - 1)
    let low = min(cumulated.count - 2, max(0, Int(place)))
    return cumulated[low] + (place - Double(low)) * (cumulated[low + 1] - cumulated[low])
  }

  func quantile(_ u: Double) -> Double {
    var (low, high) = (0, cumulated.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if cumulated[middle] <= u { low = middle } else { high = middle }
    }
    let part = (u - cumulated[low]) / (cumulated[high] - cumulated[low])
    return 2 * (Double(low) + part) / Double(cumulated.count - 1) - 1
  }
}
