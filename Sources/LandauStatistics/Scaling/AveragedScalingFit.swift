public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One number common to several quantities at several lattice sizes, averaged over the fits that could give it.
///
/// Every quantity k at size L is fitted by `value = A_k + common * slope + B_k L^(-omega)`, with and without the
/// correction term, for every smallest size and for a grid of correction exponents omega. What is common is an
/// exponent (values are logarithms, slopes ln L) or the distance to the transition (values are ratios such
/// as xi/L, slopes their derivatives). No fit is singled out: each counts with the weight
/// exp(-(chi-square + 2 parameters + 2 values left out)/2) of Jay and Neil, Phys. Rev. D 103, 114502 (2021),
/// and the spread between fits is reported apart as the systematic error.
///
/// Linear in the data for each omega, so that no fit can fail to converge. For a nonlinear law of one quantity with
/// one chosen range of sizes there is `ScalingFit`.
public struct AveragedScalingFit: Sendable, Hashable {
  /// One fit.
  public struct Candidate: Sendable, Hashable {
    /// The smallest size used.
    public let smallestSide: Int
    /// omega, nil for the fit without correction.
    public let correctionExponent: Double?
    public let common: Estimate
    /// A_k, then B_k of the fit with corrections.
    public let amplitudes: [Estimate]
    public let chiSquare: Double
    public let degreesOfFreedom: Int
    /// Share of this fit in the average.
    public fileprivate(set) var weight: Double

    /// The chance of a chi-square at least as large.
    public var probability: Double {
      LinearFit.probability(chiSquare: chiSquare, degreesOfFreedom: degreesOfFreedom)
    }
  }

  /// What was measured: `values[size][quantity]` with the slope that the common number has there.
  public struct Data: Sendable, Hashable {
    public var sides: [Int]
    public var values: [[Double]]
    public var slopes: [[Double]]
    /// Of all values, size by size.
    public var covariance: [[Double]]

    public init(sides: [Int], values: [[Double]], slopes: [[Double]], covariance: [[Double]]) {
      precondition(
        sides.count == values.count && sides.count == slopes.count
          && covariance.count == values.joined().count && sides == sides.sorted(),
        "scaling data of \(sides.count) sizes that do not fit together")
      self.sides = sides
      self.values = values
      self.slopes = slopes
      self.covariance = covariance
    }

    var quantityCount: Int { values.first?.count ?? 0 }
  }

  /// Candidate values of omega, with equal steps of its logarithm.
  public static let correctionExponents = (0..<13).map { 0.5 * pow(8, Double($0) / 12) }

  /// The average; the error is statistical.
  public let common: Estimate
  /// Spread between the fits.
  public let systematic: Double
  /// All fits, the one of largest weight first.
  public let candidates: [Candidate]
  /// Weights of the values (size by size) whose sum with them is the average: it is linear in the data.
  public let weightsOfData: [Double]

  public var best: Candidate { candidates[0] }

  /// Statistical and systematic error together.
  public var totalError: Double {
    (common.error * common.error + systematic * systematic).squareRoot()
  }

  /// A_k of one quantity, averaged like the common number, and its spread between the fits.
  public func amplitude(_ quantity: Int) -> (estimate: Estimate, systematic: Double) {
    let values = candidates.map { ($0.weight, $0.amplitudes[quantity]) }
    let mean = values.reduce(0) { $0 + $1.0 * $1.1.value }
    let variance = values.reduce(0) { $0 + $1.0 * $1.1.error * $1.1.error }
    let spread = values.reduce(0) { $0 + $1.0 * ($1.1.value - mean) * ($1.1.value - mean) }
    return (Estimate(mean, error: variance.squareRoot()), spread.squareRoot())
  }

  /// omega, averaged over the fits with corrections, and its spread; nil where these have less than half
  /// of the weight.
  public var correctionExponent: Estimate? {
    let corrected = candidates.filter { $0.correctionExponent != nil }
    let share = corrected.reduce(0) { $0 + $1.weight }
    guard share > 0.5 else { return nil }
    let mean = corrected.reduce(0) { $0 + $1.weight * $1.correctionExponent! } / share
    let variance = corrected.reduce(0) {
      $0 + $1.weight * ($1.correctionExponent! - mean) * ($1.correctionExponent! - mean)
    }
    return Estimate(mean, error: (variance / share).squareRoot())
  }

  /// - Parameters:
  ///   - minimumCount: sizes that a fit without corrections uses at least; one with corrections uses one
  ///     more.
  /// - Returns: nil where no fit could be made: fewer sizes, or a covariance that is not positive definite.
  public init?(_ data: Data, minimumCount: Int = 3) {
    var fits: [(candidate: Candidate, design: Design)] = []
    for first in data.sides.indices {
      let count = data.sides.count - first
      if count >= minimumCount { Self.append(data, first, nil, prior: 1, to: &fits) }
      guard count > minimumCount else { continue }
      let prior = 1 / Double(Self.correctionExponents.count)
      for omega in Self.correctionExponents {
        Self.append(data, first, omega, prior: prior, to: &fits)
      }
    }
    let total = fits.reduce(0) { $0 + $1.candidate.weight }
    guard total > 0 else { return nil }
    for index in fits.indices { fits[index].candidate.weight /= total }
    fits.sort { $0.candidate.weight > $1.candidate.weight }
    candidates = fits.map(\.candidate)
    let mean = candidates.reduce(0) { $0 + $1.weight * $1.common.value }
    let variance = candidates.reduce(0) { $0 + $1.weight * $1.common.error * $1.common.error }
    let spread = candidates.reduce(0) {
      $0 + $1.weight * ($1.common.value - mean) * ($1.common.value - mean)
    }
    common = Estimate(mean, error: variance.squareRoot(), warning: candidates[0].common.warning)
    systematic = spread.squareRoot()
    var weights = [Double](repeating: 0, count: data.covariance.count)
    for (candidate, design) in fits where candidate.weight > 1e-6 {
      for (index, weight) in design.weightsOfData() {
        weights[index] += candidate.weight * weight
      }
    }
    weightsOfData = weights
  }

  private static func append(
    _ data: Data, _ first: Int, _ omega: Double?, prior: Double,
    to fits: inout [(candidate: Candidate, design: Design)]
  ) {
    let design = Design(data, from: first, omega: omega)
    guard let fit = design.fit(design.values), fit.covariance[0][0] > 0 else { return }
    // omega is a parameter, too.
    let parameters = fit.coefficients.count + (omega == nil ? 0 : 1)
    let leftOut = first * data.quantityCount
    let badness = fit.chiSquare + 2 * Double(parameters) + 2 * Double(leftOut)
    let candidate = Candidate(
      smallestSide: data.sides[first], correctionExponent: omega, common: fit.coefficient(0),
      amplitudes: (1..<fit.coefficients.count).map(fit.coefficient), chiSquare: fit.chiSquare,
      degreesOfFreedom: fit.degreesOfFreedom - (omega == nil ? 0 : 1),
      weight: prior * exp(-0.5 * badness))
    guard candidate.degreesOfFreedom >= 0 else { return }
    fits.append((candidate, design))
  }
}

/// The linear problem of one candidate.
private struct Design {
  let offset: Int
  let rows: [[Double]]
  let values: [Double]
  let covariance: [[Double]]

  init(_ data: AveragedScalingFit.Data, from first: Int, omega: Double?) {
    let quantities = data.quantityCount
    offset = first * quantities
    var rows: [[Double]] = []
    for size in first..<data.sides.count {
      // Relative to the smallest size, so that columns are of order one.
      let correction = omega.map { pow(Double(data.sides[size]) / Double(data.sides[0]), -$0) }
      for k in 0..<quantities {
        var row = [data.slopes[size][k]]
        row += (0..<quantities).map { $0 == k ? 1 : 0 }
        if let correction { row += (0..<quantities).map { $0 == k ? correction : 0 } }
        rows.append(row)
      }
    }
    self.rows = rows
    values = Array(data.values[first...].joined())
    covariance = data.covariance[offset...].map { Array($0[first * quantities..<$0.count]) }
  }

  func fit(_ values: [Double]) -> LinearFit? {
    LinearFit(design: rows, values: values, covariance: covariance)
  }

  /// What each value adds to the common number, per unit.
  func weightsOfData() -> [(index: Int, weight: Double)] {
    values.indices.map { index in
      var unit = [Double](repeating: 0, count: values.count)
      unit[index] = 1
      return (offset + index, fit(unit)?.coefficients[0] ?? 0)
    }
  }
}
