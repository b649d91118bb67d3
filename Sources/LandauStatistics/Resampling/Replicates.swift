public import LandauCore

/// Several quantities derived from the same data, with replicates of all of them: covariances come along.
///
/// A replicate is the whole vector computed again from part of the data (jackknife) or from data drawn
/// with replacement (bootstrap). `map` propagates errors through any function, a whole analysis included:
///
///     let means = Replicates.jackknife([m2, m4])
///     let both = means.map { [$0[0], 1 - $0[1] / (3 * $0[0] * $0[0])] }
///     both[1]              // the Binder cumulant with its error
///     both.covariance      // of the two
public struct Replicates: Sendable, Hashable {
  /// The quantities computed from all of the data, as `map` sees them (no correction for bias).
  public let values: [Double]
  /// `[replicate][quantity]`.
  public let replicates: [[Double]]
  /// What to warn of in the data below; estimates carry it on.
  public var warning: String?

  let scheme: Scheme

  enum Scheme: Sendable, Hashable {
    case jackknife([Stratum])
    /// The freedom of the error: that of the blocks drawn from.
    case bootstrap(degreesOfFreedom: Double)
  }

  /// Replicates that each leave out one block of the same independent data set.
  struct Stratum: Sendable, Hashable {
    var range: Range<Int>
    /// Measurements in all over measurements in the block, for each replicate.
    var shares: [Double]
  }

  init(values: [Double], replicates: [[Double]], scheme: Scheme, warning: String?) {
    assert(replicates.allSatisfy { $0.count == values.count })
    self.values = values
    self.replicates = replicates
    self.scheme = scheme
    self.warning = warning
  }

  /// Number of quantities.
  public var count: Int { values.count }

  /// Functions of the quantities, computed on the whole data and on each replicate.
  ///
  /// - Parameter transform: Called once more than there are replicates; always with as many results.
  public func map(_ transform: (_ values: [Double]) throws -> [Double]) rethrows -> Replicates {
    let whole = try transform(values)
    let mapped = try replicates.map { replicate in
      let result = try transform(replicate)
      precondition(result.count == whole.count, "\(result.count) results, then \(whole.count)")
      return result
    }
    return Replicates(values: whole, replicates: mapped, scheme: scheme, warning: warning)
  }

  /// Some of the quantities, in the order asked for.
  public func selecting(_ indices: some Sequence<Int>) -> Replicates {
    let indices = Array(indices)
    return map { values in indices.map { values[$0] } }
  }

  /// Quantities of the same data, one after the other.
  public init(joining parts: [Replicates]) {
    precondition(!parts.isEmpty, "joining no replicates")
    precondition(
      parts.allSatisfy { $0.scheme == parts[0].scheme },
      "only quantities of the same data and scheme can be joined; see init(independent:)")
    self.init(
      values: parts.flatMap(\.values),
      replicates: parts[0].replicates.indices.map { index in
        parts.flatMap { $0.replicates[index] }
      }, scheme: parts[0].scheme, warning: Self.merged(parts.map(\.warning)))
  }

  /// Quantities of independent data sets, one after the other: sizes of a finite-size study, say.
  ///
  /// Jackknives are stratified: each replicate leaves out one block of one set. Bootstraps are paired
  /// replicate by replicate, so all need the same number of replicates and seeds of their own.
  public init(independent parts: [Replicates]) {
    precondition(!parts.isEmpty, "joining no replicates")
    let values = parts.flatMap(\.values)
    let warning = Self.merged(parts.map(\.warning))
    var (replicates, strata, freedoms): ([[Double]], [Stratum], [Double]) = ([], [], [])
    var offset = 0
    for part in parts {
      switch part.scheme {
      case .jackknife(let own):
        strata += own.map { stratum in
          Stratum(
            range: stratum.range.lowerBound + replicates.count..<stratum.range.upperBound
              + replicates.count, shares: stratum.shares)
        }
        replicates += part.replicates.map { replicate in
          var joined = values
          joined.replaceSubrange(offset..<(offset + part.count), with: replicate)
          return joined
        }
      case .bootstrap(let freedom): freedoms.append(freedom)
      }
      offset += part.count
    }
    precondition(
      strata.isEmpty || freedoms.isEmpty, "jackknife and bootstrap replicates cannot be joined")
    if let least = freedoms.min() {
      let number = parts[0].replicates.count
      precondition(
        parts.allSatisfy { $0.replicates.count == number },
        "bootstraps joined need equal numbers of replicates: \(parts.map { $0.replicates.count })")
      replicates = (0..<number).map { index in parts.flatMap { $0.replicates[index] } }
      self.init(
        values: values, replicates: replicates, scheme: .bootstrap(degreesOfFreedom: least),
        warning: warning)
    } else {
      self.init(
        values: values, replicates: replicates, scheme: .jackknife(strata), warning: warning)
    }
  }

  static func merged(_ warnings: [String?]) -> String? {
    var seen: [String] = []
    for warning in warnings.compactMap({ $0 }) where !seen.contains(warning) {
      seen.append(warning)
    }
    return seen.isEmpty ? nil : seen.joined(separator: "; ")
  }
}

extension Replicates {
  /// One quantity with its standard error.
  ///
  /// A jackknife's value is corrected for the bias of order one over the number of measurements. The error
  /// is NaN, and the warning says why, where the quantity is not finite in some replicate, or never
  /// changes.
  public subscript(index: Int) -> Estimate {
    let value = values[index]
    let failures = replicates.count { !$0[index].isFinite }
    if failures > 0 || !value.isFinite {
      let text = "not finite: in \(failures) of \(replicates.count) replicates"
      return Estimate(value, error: .nan, warning: Self.merged([warning, text]))
    }
    let contributions = contributions(of: index)
    let variance = contributions.reduce(0) { $0 + $1.variance }
    guard variance > 0 else {
      let text = "frozen: leaving out data does not change the value, so the error is unknown"
      return Estimate(value, error: .nan, warning: Self.merged([text, warning]))
    }
    // Satterthwaite: the freedom of a sum of variances, each known from its own blocks.
    let spread = contributions.reduce(0) { $0 + $1.variance * $1.variance / $1.degreesOfFreedom }
    return Estimate(
      value + bias(of: index), error: variance.squareRoot(),
      degreesOfFreedom: variance * variance / spread, warning: warning)
  }

  /// All quantities with their standard errors.
  public var estimates: [Estimate] { values.indices.map { self[$0] } }

  /// The covariance matrix of the quantities.
  ///
  /// Its rank is at most the number of replicates less one: for a fit there should be several times as
  /// many blocks as quantities.
  public var covariance: [[Double]] {
    let scaled = scaledDeviations()
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<count {
      for column in 0...row {
        var sum = 0.0
        for deviation in scaled { sum += deviation[row] * deviation[column] }
        matrix[row][column] = sum
        matrix[column][row] = sum
      }
    }
    return matrix
  }

  /// The central interval that holds `probability` of the bootstrap replicates.
  ///
  /// Ends are interpolated between the sorted replicates; for a precision of the ends of a tenth of a
  /// sigma use at least 1000.
  public func interval(_ index: Int, probability: Double = 0.6827) -> ClosedRange<Double> {
    guard case .bootstrap = scheme else {
      preconditionFailure("percentile intervals need bootstrap replicates, these are a jackknife's")
    }
    precondition(probability > 0 && probability < 1, "an interval of probability \(probability)")
    let sorted = replicates.map { $0[index] }.sorted()
    guard let first = sorted.first, sorted.allSatisfy(\.isFinite) else {
      return -.infinity ... .infinity
    }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count + 1) - 1
      let low = min(max(0, Int(place)), sorted.count - 1)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + min(1, max(0, place - Double(low))) * (sorted[high] - sorted[low])
    }
    if sorted.count == 1 { return first...first }
    return quantile((1 - probability) / 2)...quantile((1 + probability) / 2)
  }

  /// What to add to the value from all data to take off the bias of first order; 0 for bootstraps,
  /// where doing so would add noise.
  private func bias(of index: Int) -> Double {
    guard case .jackknife(let strata) = scheme else { return 0 }
    return strata.reduce(0) { $0 + shift(of: index, in: $1) }
  }

  /// The correction that one stratum asks for: the delete-m jackknife of Busing, Meijer and van der
  /// Leeden (1999) for blocks of unequal length.
  private func shift(of index: Int, in stratum: Stratum) -> Double {
    zip(stratum.range, stratum.shares).reduce(0) { sum, pair in
      sum + (1 - 1 / pair.1) * (values[index] - replicates[pair.0][index])
    }
  }

  private func contributions(of index: Int) -> [(variance: Double, degreesOfFreedom: Double)] {
    switch scheme {
    case .jackknife(let strata):
      return strata.map { stratum in
        let shift = shift(of: index, in: stratum)
        let sum = zip(stratum.range, stratum.shares).reduce(0.0) { sum, pair in
          let (replicate, share) = pair
          let deviation = (share - 1) * (values[index] - replicates[replicate][index]) - shift
          return sum + deviation * deviation / (share - 1)
        }
        let blocks = Double(stratum.range.count)
        return (sum / blocks, max(1, blocks - 1))
      }
    case .bootstrap(let freedom):
      let number = Double(replicates.count)
      let mean = replicates.reduce(0) { $0 + $1[index] } / number
      let sum = replicates.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) }
      return [(sum / (number - 1), 1 / (1 / freedom + 1 / (number - 1)))]
    }
  }

  /// Deviations of all replicates whose products add up to the covariance.
  private func scaledDeviations() -> [[Double]] {
    switch scheme {
    case .jackknife(let strata):
      return strata.flatMap { stratum -> [[Double]] in
        let shifts = values.indices.map { shift(of: $0, in: stratum) }
        return zip(stratum.range, stratum.shares).map { replicate, share in
          let scale = 1 / ((share - 1) * Double(stratum.range.count)).squareRoot()
          return values.indices.map {
            ((share - 1) * (values[$0] - replicates[replicate][$0]) - shifts[$0]) * scale
          }
        }
      }
    case .bootstrap:
      let number = Double(replicates.count)
      let means = values.indices.map { index in
        replicates.reduce(0) { $0 + $1[index] } / number
      }
      let scale = 1 / (number - 1).squareRoot()
      return replicates.map { replicate in zip(replicate, means).map { ($0 - $1) * scale } }
    }
  }
}

extension Replicates {
  /// Replicates drawn from the normal distribution with these values and their covariance.
  ///
  /// For analyses that search (a data collapse by simplex, say): what a search leaves to chance is small
  /// against the spread of these replicates, while a jackknife would magnify it.
  public func normalDraws(count: Int = 200, seed: Seed) -> Replicates {
    precondition(count >= 2, "\(count) replicates")
    let deviations = scaledDeviations()
    var rng = seed.child("normal draws").makeStream()
    let drawn = (0..<count).map { _ -> [Double] in
      var draw = values
      // A sum of the deviations with independent normal weights has the covariance of the whole.
      for deviation in deviations {
        let weight = rng.normal()
        for index in draw.indices { draw[index] += weight * deviation[index] }
      }
      return draw
    }
    let freedom = estimates.compactMap(\.degreesOfFreedom).min() ?? 1
    return Replicates(
      values: values, replicates: drawn, scheme: .bootstrap(degreesOfFreedom: freedom),
      warning: warning)
  }
}
