public import LandauCore
import LandauStatistics

/// The couplings and the map at which the matched features of both sides differ least, in one frame: by the mean square of
/// the differences, or in units of their covariance (`FeatureCovariance`).
///
/// Statistics: the samples of both sides come in independent blocks, and every error is that of leaving one block of both
/// sides out at a time (jackknife), with the whole fit repeated: it includes autocorrelation and the choice of the minimum.
public struct DualFit: Sendable {
  public let frame: DualFrame
  /// Dual couplings, as the ansatz counts them.
  public let couplings: [Estimate]
  /// By class of original links, and by term of dual ones.
  public let slopes: [Estimate]
  /// By class of original links.
  public let offsets: [Estimate]
  /// Mean over matched features of the squared difference between original and dual side.
  public let loss: Double
  /// What the loss would be on average if only noise were left: the mean squared error of the differences.
  public let noiseFloor: Double
  /// Original less dual side, feature by feature, in the order of the ansatz.
  public let matched: [Estimate]
  public let heldOut: [Estimate]
  /// Whether the least squares converged.
  public let isConverged: Bool
  /// How much of the dual sample counts at the couplings found.
  public let effectiveShare: Double

  /// Sum over matched features of the squared difference in units of its error.
  var matchedChiSquare: Double {
    matched.reduce(0) { $0 + ($1.error > 0 ? $1.value * $1.value / ($1.error * $1.error) : 0) }
  }

  /// The chance of differences as large if the dual were exact, the smaller of two after Bonferroni: of the largest one in units of its
  /// error, by Student's t, and of all together with their covariance (`HotellingTest`). NaN without errors.
  public let matchedProbability: Double
  public let heldOutProbability: Double

  /// Whether neither matched nor held-out features differ beyond what happens by chance once in 1/`level` times; without errors, whether
  /// the loss is one of rounding.
  public func agrees(level: Double) -> Bool {
    if noiseFloor == 0 { return loss < 1e-14 }
    // Nothing held out is nothing that differs.
    return matchedProbability >= level && !(heldOutProbability < level)
  }

  /// Whether any of some numbers is not zero, by Student's t with Bonferroni.
  public func differs(_ estimates: [Estimate], level: Double) -> Bool {
    Self.largestProbability(estimates) < level
  }

  private static func largestProbability(_ estimates: [Estimate]) -> Double {
    Double(estimates.count)
      * (estimates.map { estimate in
        2
          * studentTSurvival(
            abs(estimate.value) / estimate.error, degreesOfFreedom: estimate.degreesOfFreedom ?? 1)
      }.min() ?? 1)
  }

  /// - Parameter replicates: of the differences, `[block left out, feature]`.
  fileprivate static func probability(
    of differences: [Estimate], replicates: [[Double]], freedom: Int
  ) -> Double {
    let tested = differences.filter { $0.error > 0 }
    guard !tested.isEmpty else { return .nan }
    let largest = largestProbability(tested)
    let together = HotellingTest.probability(
      differences.map(\.value), replicates: replicates, freedom: freedom)
    return min(1, together.map { 2 * min($0, largest) } ?? largest)
  }
}

/// Fits one frame to tables of both sides.
struct DualFitter {
  let ansatz: DualAnsatz
  let frame: DualFrame
  let map: DualMap

  /// - Parameter hasHeldOut: Whether held-out features are measured as well.
  init(_ ansatz: DualAnsatz, _ frame: DualFrame, hasHeldOut: Bool = true) {
    self.ansatz = ansatz
    self.frame = frame
    map = DualMap(
      ansatz, frame,
      features: ansatz.features.matched + (hasHeldOut ? ansatz.features.heldOut : []))
  }

  /// Beyond, minima are those of a dual at hardly any coupling, whose rare fluctuations a steep map magnifies.
  private static let mapBound = 8.0

  private var matchedCount: Int { ansatz.features.matched.count }

  struct Minimum {
    var parameters: [Double]
    /// The mean squared difference.
    var loss: Double
    var isConverged: Bool
  }

  /// The best of several starts.
  ///
  /// - Parameter covariance: Of the differences; nil weighs all features alike.
  func minimum(
    _ targets: [Double], _ table: MomentTable, covariance: FeatureCovariance? = nil,
    starts: [[Double]]
  ) -> Minimum? {
    let (points, values) = (Array(0..<matchedCount), Array(targets[..<matchedCount]))
    let fits = starts.compactMap { start -> (minimum: Minimum, chiSquare: Double)? in
      var latest: (parameters: [Double], features: [Double]) = ([], [])
      func feature(_ index: Int, _ parameters: [Double]) -> Double {
        if latest.parameters != parameters {
          latest = (parameters, map.features(parameters, from: table))
        }
        return latest.features[index]
      }
      // Errors of 1e-6 make the tolerance of the search, 1e-10 in units of the errors, one of rounding.
      let fit =
        covariance.map {
          NonlinearFit(
            points, values: values, covariance: $0.rows, initial: start, stepLimit: 100, feature)
        }
        ?? NonlinearFit(
          points, values: values, errors: points.map { _ in 1e-6 }, initial: start,
          stepLimit: 100, feature)
      let affine = fit.parameters[ansatz.couplingCount...]
      guard fit.chiSquare.isFinite, fit.parameters.allSatisfy(\.isFinite),
        affine.allSatisfy({ abs($0) <= Self.mapBound }),
        ansatz.positiveCouplings.allSatisfy({ fit.parameters[$0] >= 0 })
      else { return nil }
      let loss = points.reduce(0.0) { sum, index in
        let difference = values[index] - feature(index, fit.parameters)
        return sum + difference * difference
      }
      let minimum = Minimum(
        parameters: fit.parameters, loss: loss / Double(matchedCount),
        isConverged: fit.status == .converged)
      return (minimum, fit.chiSquare)
    }
    return fits.min { $0.chiSquare < $1.chiSquare }?.minimum
  }

  /// The fit with errors from blocks; one block of each side is all there is, and has no error.
  ///
  /// - Parameters:
  ///   - couplings: K of the original model, by class.
  ///   - covariance: The same for the whole and for all replicates.
  func fit(
    targets: [MomentTable], at couplings: [Double], dual: [MomentTable],
    covariance: FeatureCovariance? = nil, starts: [[Double]]
  ) -> DualFit? {
    precondition(targets.count == dual.count, "\(targets.count) and \(dual.count) blocks")
    let original = Self.pooled(targets)
    let whole = Self.pooled(dual)
    let means = original.moments(at: couplings)
    guard let best = minimum(means, whole, covariance: covariance, starts: starts) else {
      return nil
    }
    func numbers(_ parameters: [Double], _ targets: [Double], _ table: MomentTable) -> [Double] {
      parameters + zip(targets, map.features(parameters, from: table)).map { $0 - $1 }
    }
    let value = numbers(best.parameters, means, whole)
    let count = targets.count
    var replicates: [[Double]] = []
    for block in targets.indices where count > 1 {
      var (one, other) = (original, whole)
      one.merge(targets[block], sign: -1)
      other.merge(dual[block], sign: -1)
      let part = one.moments(at: couplings)
      guard
        let fit = minimum(part, other, covariance: covariance, starts: [best.parameters])
      else { return nil }
      replicates.append(numbers(fit.parameters, part, other))
    }
    let estimates = value.indices.map { index -> Estimate in
      guard count > 1 else { return Estimate(value[index], error: 0) }
      let mean = replicates.reduce(0) { $0 + $1[index] } / Double(count)
      let squares = replicates.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) }
      return Estimate(
        value[index], error: (squares * Double(count - 1) / Double(count)).squareRoot(),
        degreesOfFreedom: Double(count - 1))
    }
    let k = ansatz.couplingCount
    let m = k + ansatz.slopeCount
    let differences = estimates[(m + ansatz.mapClassCount)...]
    let matched = Array(differences.prefix(matchedCount))
    let heldOut = Array(differences.dropFirst(matchedCount))
    let residuals = replicates.map { Array($0[(m + ansatz.mapClassCount)...]) }
    return DualFit(
      frame: frame, couplings: Array(estimates[..<k]), slopes: Array(estimates[k..<m]),
      offsets: Array(estimates[m..<m + ansatz.mapClassCount]), loss: best.loss,
      noiseFloor: matched.reduce(0) { $0 + $1.error * $1.error } / Double(matchedCount),
      matched: matched, heldOut: heldOut,
      isConverged: best.isConverged,
      effectiveShare: whole.effectiveShare(at: ansatz.termCouplings(best.parameters)),
      matchedProbability: DualFit.probability(
        of: matched, replicates: residuals.map { Array($0.prefix(matchedCount)) },
        freedom: matchedCount - best.parameters.count),
      heldOutProbability: DualFit.probability(
        of: heldOut, replicates: residuals.map { Array($0.dropFirst(matchedCount)) },
        freedom: heldOut.count))
  }

  static func pooled(_ tables: [MomentTable]) -> MomentTable {
    var all = tables[0]
    for table in tables.dropFirst() { all.merge(table) }
    return all
  }
}
