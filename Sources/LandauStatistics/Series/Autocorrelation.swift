public import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The autocorrelation of a series, summed up to an automatic window: the Gamma method.
///
/// After U. Wolff, Comput. Phys. Commun. 156, 143 (2004): the functions (not the times) are averaged
/// over the chains, the window balances the truncation bias against the noise, and the bias of the
/// subtracted mean is corrected. One change: the window is chosen from the sum of absolute values, so
/// that anti-correlated series are not cut off after one step.
public struct Autocorrelation: Sendable, Hashable {
  /// 1/2 + sum of rho(t) over the window, in sweeps, with its statistical error.
  public let integratedTime: Estimate
  /// Variance of one measurement.
  public let variance: Double
  /// Standard error of the mean of the series.
  public let standardError: Double
  /// Number of measurements divided by twice the integrated time (in measurements).
  public let effectiveCount: Double
  /// The largest lag summed, in measurements.
  public let window: Int
  /// False when the chains end before the window closes: the error is then a lower bound.
  public let windowCloses: Bool
  /// How well the error itself is known: as from this many squares of normal numbers.
  public let degreesOfFreedom: Double
  /// rho(t) in steps of one measurement, from 1 at t = 0 to the window.
  public let normalized: [Double]

  /// - Parameters:
  ///   - series: At least two measurements, not all equal.
  ///   - s: Assumed ratio of exponential to integrated time, 1 to 2.
  public init(of series: Series, s: Double = 1.5) {
    precondition(s > 0, "the Gamma method needs a positive s, not \(s)")
    precondition(!series.isConstant, "a constant series has no autocorrelation")
    let count = Double(series.count)
    let longest = series.chains.map(\.count).max()!
    var function = AutocovarianceFunction(of: series, maximalLag: longest / 2)
    let gamma0 = function[0]
    var sum = gamma0
    var absoluteSum = 0.5
    var lag = 0
    var closes = longest == 1  // chains of one measurement are independent by construction
    while !closes && lag < longest / 2 {
      lag += 1
      sum += 2 * function[lag]
      absoluteSum += abs(function[lag]) / gamma0
      closes = Self.closes(window: lag, sum: absoluteSum, s: s, count: count)
    }
    // A negative sum is noise or a window cut in mid-alternation: retreat to the last positive one.
    while sum <= 0 && lag > 0 {
      sum -= 2 * function[lag]
      lag -= 1
      closes = false
    }
    let corrected = sum * (1 + Double(2 * lag + 1) / count)
    let variance = gamma0 + sum / count
    let tau = corrected / (2 * variance)
    let tauError = tau * (4 * max(0, Double(lag) + 0.5 - tau) / count).squareRoot()
    let spacing = Double(series.spacing)
    self.variance = variance
    integratedTime = Estimate(tau * spacing, error: tauError * spacing)
    standardError = (corrected / count).squareRoot()
    effectiveCount = count / (2 * tau)
    window = lag
    windowCloses = closes
    degreesOfFreedom = max(1, count / Double(2 * lag + 1) - 1)
    normalized = (0...lag).map { (function[$0] + sum / count) / variance }
  }

  /// Wolff's criterion: the sum of truncation and statistical error turns to rise.
  private static func closes(window: Int, sum: Double, s: Double, count: Double) -> Bool {
    let tau = sum > 0.5 ? s / log((2 * sum + 1) / (2 * sum - 1)) : 1e-10
    return exp(-Double(window) / tau) < tau / (Double(window) * count).squareRoot()
  }
}

/// The autocovariance averaged over the chains about their common mean, lag by lag on demand.
struct AutocovarianceFunction {
  private let centred: [[Double]]
  private let maximalLag: Int
  private var values: [Double] = []
  /// Up to this lag direct sums are cheaper than the Fourier transform of everything.
  private static let directLags = 64

  init(of series: Series, maximalLag: Int) {
    let mean = series.mean
    centred = series.chains.map { $0.map { $0 - mean } }
    self.maximalLag = maximalLag
  }

  subscript(lag: Int) -> Double {
    mutating get {
      while values.count <= lag {
        if values.count <= Self.directLags {
          values.append(direct(values.count))
        } else {
          values = transformed()
        }
      }
      return values[lag]
    }
  }

  /// The mean of x(i) x(i + lag) over all pairs within a chain.
  func direct(_ lag: Int) -> Double {
    var sum = 0.0
    var pairs = 0
    for chain in centred where chain.count > lag {
      pairs += chain.count - lag
      for index in 0..<(chain.count - lag) { sum += chain[index] * chain[index + lag] }
    }
    return pairs == 0 ? 0 : sum / Double(pairs)
  }

  /// All lags up to the maximal one by fast Fourier transforms (chains padded with zeros).
  func transformed() -> [Double] {
    var sums = [Double](repeating: 0, count: maximalLag + 1)
    var pairs = [Int](repeating: 0, count: maximalLag + 1)
    for chain in centred {
      let correlated = FourierTransform.autocorrelationSums(chain, maximalLag: maximalLag)
      for lag in 0...min(maximalLag, chain.count - 1) {
        sums[lag] += correlated[lag]
        pairs[lag] += chain.count - lag
      }
    }
    return zip(sums, pairs).map { $1 == 0 ? 0 : $0 / Double($1) }
  }
}
