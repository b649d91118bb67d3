/// The distribution of a sufficient statistic at every value of a scanned parameter.
///
/// What a snapshot tells about the parameter it tells through the statistic: the energy for a
/// temperature. Exact distributions, densities of states, enumerations and histograms all fit.
public struct ScanDistributions: Sendable, Hashable {
  public let parameters: [Double]
  /// The values of the statistic.
  public let statistic: [Double]
  /// `[parameter][value]`, each row adding up to one.
  public let probabilities: [[Double]]

  /// - Precondition: ascending `parameters`, one row for each, of as many entries as `statistic`.
  public init(parameters: [Double], statistic: [Double], probabilities: [[Double]]) {
    precondition(
      parameters.count == probabilities.count && parameters.count >= 2,
      "\(probabilities.count) distributions for \(parameters.count) parameters")
    precondition(
      probabilities.allSatisfy { $0.count == statistic.count },
      "distributions need \(statistic.count) entries, one per value of the statistic")
    self.parameters = parameters
    self.statistic = statistic
    self.probabilities = probabilities
  }

  /// From energy histograms and the like, counted in cells: rows are divided by their sums.
  ///
  /// - Precondition: no empty row.
  public init(parameters: [Double], statistic: [Double], counts: [[Double]]) {
    self.init(
      parameters: parameters, statistic: statistic,
      probabilities: counts.map { row in
        let total = row.reduce(0, +)
        precondition(total > 0, "a histogram without entries")
        return row.map { $0 / total }
      })
  }

  /// The same for a part of the scan.
  public func restricted(to range: Range<Int>) -> ScanDistributions {
    ScanDistributions(
      parameters: Array(parameters[range]), statistic: statistic,
      probabilities: Array(probabilities[range]))
  }

  /// Sums of rows, value by value.
  func total(_ rows: some Sequence<Int>) -> [Double] {
    var sum = [Double](repeating: 0, count: statistic.count)
    for row in rows {
      for (x, p) in probabilities[row].enumerated() { sum[x] += p }
    }
    return sum
  }

  /// Mean and variance of the statistic at each parameter.
  var moments: [(mean: Double, variance: Double)] {
    probabilities.map { row in
      let mean = zip(row, statistic).reduce(0) { $0 + $1.0 * $1.1 }
      return (
        mean, zip(row, statistic).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      )
    }
  }
}
