public import LandauCore

/// Averages over realisations of disorder, [<O>], with errors from the realisations.
///
/// Two levels: thermal averages <…> over chains of one realisation, then disorder averages […] of equal
/// weight over the realisations. The error comes from the scatter of the realisations, which contains the
/// thermal noise; `thermalShare` says how much of it that is. Products of thermal averages are taken
/// between different chains of a realisation: a single chain's square would be too large by its variance.
///
///     let disorder = try DisorderAverage(realizations)          // [realisation][observable]
///     let moments = disorder.averages                           // [<q^2>], [<q^4>], … with covariance
///     let binder = moments.map { [(3 - $0[1] / ($0[0] * $0[0])) / 2] }[0]
///     let squared = try disorder.product(0, 0)                  // [<q>^2], from pairs of chains
public struct DisorderAverage: Sendable, Hashable {
  /// `[realisation][observable]`.
  public let realizations: [[Series]]
  /// The disorder average of every observable, with leave-one-realisation-out replicates.
  public let averages: Replicates

  /// - Parameter realizations: `[realisation][observable]`, the same observables for all; of one
  ///   realisation's series measurement i was taken together.
  /// - Throws: `InputError` for fewer than two realisations or realisations without measurements.
  public init(_ realizations: [[Series]]) throws(InputError) {
    try Self.requireSeveral(realizations.count)
    let count = realizations[0].count
    precondition(
      realizations.allSatisfy { $0.count == count },
      "all realisations need the same number of observables")
    for (index, observables) in realizations.enumerated() {
      if observables.contains(where: { !$0.mean.isFinite }) {
        throw InputError(
          "realisation \(index) has no measurements, or some that are not finite")
      }
    }
    self.realizations = realizations
    averages = Self.jackknife(realizations.map { $0.map(\.mean) })
  }

  static func requireSeveral(_ count: Int) throws(InputError) {
    guard count >= 2 else {
      throw InputError(
        "a disorder average of \(count) realisation\(count == 1 ? "" : "s"); allowed: 2 or more"
          + " (the chains of one realisation say nothing of the others)")
    }
  }

  /// [<A> <B>], and [<A>^2] for equal indices: averaged over pairs of different chains.
  ///
  /// - Throws: `InputError` where a realisation has a single chain: its product of means is biased.
  public func product(_ first: Int, _ second: Int) throws(InputError) -> Replicates {
    var products: [[Double]] = []
    for (index, observables) in realizations.enumerated() {
      let a = Self.chainMeans(observables[first])
      let b = Self.chainMeans(observables[second])
      guard a.count >= 2, a.count == b.count else {
        throw InputError(
          "realisation \(index) has \(min(a.count, b.count)) chain; a product of thermal averages"
            + " needs 2 or more independent ones (a single chain's square is biased)")
      }
      let sum = a.reduce(0, +) * b.reduce(0, +) - zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
      products.append([sum / Double(a.count * (a.count - 1))])
    }
    return Self.jackknife(products)
  }

  /// The share of thermal noise in the squared error of an observable's average: near 1 longer chains
  /// help, near 0 only more realisations do. Nil where a thermal error is unknown.
  public func thermalShare(of observable: Int) -> Double? {
    let errors = realizations.map { $0[observable].estimate().error }
    guard errors.allSatisfy(\.isFinite) else { return nil }
    let number = Double(realizations.count)
    let within = errors.reduce(0) { $0 + $1 * $1 } / (number * number)
    let total = averages[observable].error
    return min(1, within / (total * total))
  }

  /// How much an observable varies from one realisation to the next: the variance of <O> over the disorder,
  /// without thermal noise. From pairs of chains: [<O>^2] - [<O>]^2.
  public func variance(of observable: Int) throws(InputError) -> Estimate {
    let both = Replicates(joining: [
      try product(observable, observable), averages.selecting([observable]),
    ])
    return both.map { [$0[0] - $0[1] * $0[1]] }[0]
  }

  /// Warnings of the single realisations' series (frozen, not mixed, …), with their places.
  public var warnings: [String] {
    realizations.enumerated().compactMap { index, observables in
      let found = Replicates.merged(observables.map { $0.estimate().warning })
      return found.map { "realisation \(index): \($0)" }
    }
  }

  private static func chainMeans(_ series: Series) -> [Double] {
    series.chains.map { $0.reduce(0, +) / Double($0.count) }
  }

  /// Leave-one-realisation-out means of a vector per realisation.
  private static func jackknife(_ values: [[Double]]) -> Replicates {
    let number = Double(values.count)
    let means = values[0].indices.map { column in
      values[0][column]
        + values.reduce(0) { $0 + ($1[column] - values[0][column]) } / number
    }
    let replicates = values.map { own in
      zip(means, own).map { $0 - ($1 - $0) / (number - 1) }
    }
    let stratum = Replicates.Stratum(
      range: 0..<values.count, shares: values.map { _ in number })
    return Replicates(
      values: means, replicates: replicates, scheme: .jackknife([stratum]),
      warning: values.count < 10 ? "few: only \(values.count) realisations" : nil)
  }
}

/// The distribution of the overlap of two replicas, averaged over the disorder.
public struct OverlapDistribution: Sendable, Hashable {
  /// Averaged over the realisations, errors from them.
  public let histogram: Histogram
  /// (3 - [<q^4>] / [<q^2>]^2) / 2: one in a phase with a single |q|, zero for a normal distribution.
  public let binderCumulant: Estimate

  /// - Parameters:
  ///   - overlaps: One series of q per realisation, each between -1 and 1.
  ///   - binCount: Of equal bins from -1 to 1.
  ///   - symmetrized: Counts q and -q alike, as is right without a field.
  /// - Throws: `InputError` for fewer than two realisations or overlaps beyond one.
  public init(
    _ overlaps: [Series], binCount: Int = 40, symmetrized: Bool = true
  ) throws(InputError) {
    let used =
      symmetrized
      ? overlaps.map { Series($0.chains.map { $0 + $0.map { -$0 } }, spacing: $0.spacing) }
      : overlaps
    if let worst = overlaps.flatMap({ $0.chains.joined() }).first(where: { !(abs($0) <= 1) }) {
      throw InputError.notAllowed("an overlap", worst, allowed: "-1 to 1")
    }
    histogram = try Histogram(realizations: used, range: -1...1, binCount: binCount)
    let moments = try DisorderAverage(
      overlaps.map { [$0.map { $0 * $0 }, $0.map { $0 * $0 * $0 * $0 }] })
    binderCumulant = moments.averages.map { [(3 - $0[1] / ($0[0] * $0[0])) / 2] }[0]
  }
}
