/// What the best possible network would give: the optimal curve of one method.
///
/// With P(x|p_i) known and all p_i equally likely beforehand, the optimal answers follow from Bayes' rule:
///
/// - prediction: p(x) = sum_i w_i P(x|p_i) p_i / sum_i w_i P(x|p_i), see `PredictionOptimum`;
/// - supervised: y(x) = B/(A + B), A and B the sums of P(x|p_i) over the two training regions;
/// - confusion, a cut after p_k: A = sum_{i <= k} P(x|p_i), B the rest; the best guess is right with
///   probability max(A, B)/(A + B), so the accuracy is (1/n) sum_x max(A, B). Without a signal it is
///   max(k, n - k)/n, a V, and at both ends of the scan it tends to one whatever the signal;
/// - mean: increments |m_{i+1} - m_i| / s with m_i the mean of x and s^2 the mean of both variances, added up. For a
///   Boltzmann distribution and small steps its slope is the square root of the Fisher information.
///
/// (Arnold and Schaefer, Phys. Rev. X 12, 031044, but for the units of the last, chosen here so that it depends on
/// no linear transformation of the features.)
public struct DetectionOptimum: Sendable, Hashable {
  public let method: DetectionMethod
  /// The grid; for confusion the middles between its neighbours.
  public let parameters: [Double]
  public let values: [Double]
  /// Location by the rule used for learned curves; nil where there is none inside.
  public let location: Double?
  /// Whether training data determine the value; false only for the supervised method, where snapshots resemble
  /// neither training region.
  public let isDetermined: [Bool]

  /// - Parameter trainingCount: samples per parameter that the network compared with is trained on. The boundary between
  ///   two regions is drawn by the samples on either side of it: where fewer than thirty of one region are expected up to there
  ///   or beyond, the supervised answer is a matter of taste.
  public init(
    _ method: DetectionMethod, of scan: ScanDistributions, trainingCount: Int = 1_000_000
  ) {
    self.method = method
    var determined: [Bool]?
    switch method {
    case .prediction:
      let optimum = PredictionOptimum(scan)
      parameters = optimum.parameters
      values = optimum.means
    case .supervised:
      parameters = scan.parameters
      values = Self.supervised(scan)
      determined = Self.determined(scan, trainingCount: trainingCount)
    case .confusion:
      parameters = Self.cuts(scan.parameters)
      values = Self.confusion(scan)
    case .mean:
      parameters = scan.parameters
      values = Self.path(scan)
    }
    let isDetermined = determined ?? [Bool](repeating: true, count: values.count)
    self.isDetermined = isDetermined
    location =
      method == .confusion
      ? InnerMaximum.exact(parameters: parameters, values: values)
      : SlopePeak.exact(parameters: parameters, means: values)
  }

  /// The middles between neighbouring values of a grid.
  static func cuts(_ parameters: [Double]) -> [Double] {
    zip(parameters, parameters.dropFirst()).map { ($0 + $1) / 2 }
  }

  private static func supervised(_ scan: ScanDistributions) -> [Double] {
    let regions = TrainingRegions(of: 0..<scan.parameters.count)
    let (low, high) = (scan.total(regions.low), scan.total(regions.high))
    // Where neither region has been seen, nothing favours one of them.
    let answer = zip(low, high).map { $0 + $1 > 0 ? $1 / ($0 + $1) : 0.5 }
    return scan.probabilities.map { zip($0, answer).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private static func confusion(_ scan: ScanDistributions) -> [Double] {
    let n = Double(scan.parameters.count)
    let all = scan.total(scan.parameters.indices)
    var below = [Double](repeating: 0, count: all.count)
    return scan.probabilities.dropLast().map { row in
      var sum = 0.0
      for x in row.indices {
        below[x] += row[x]
        sum += max(below[x], all[x] - below[x])
      }
      return sum / n
    }
  }

  private static func path(_ scan: ScanDistributions) -> [Double] {
    let moments = scan.moments
    var position = 0.0
    return [0]
      + zip(moments, moments.dropFirst()).map { a, b in
        let spread = ((a.variance + b.variance) / 2).squareRoot()
        let step = abs(b.mean - a.mean)
        position += spread > 0 ? step / spread : 0
        return position
      }
  }

  /// At most one in a hundred snapshots lies in the gap between the last thirty samples of either training region.
  private static func determined(_ scan: ScanDistributions, trainingCount: Int) -> [Bool] {
    let regions = TrainingRegions(of: 0..<scan.parameters.count)
    let order = scan.statistic.indices.sorted { scan.statistic[$0] < scan.statistic[$1] }
    let rows = [scan.total(regions.low), scan.total(regions.high)]
    // From either side the first value in order up to which thirty samples are expected.
    func ends(_ row: [Double]) -> (first: Int, last: Int) {
      func reach(_ positions: some Sequence<Int>) -> Int? {
        var sum = 0.0
        return positions.first { position in
          sum += row[order[position]] * Double(trainingCount)
          return sum >= 30
        }
      }
      return (reach(order.indices) ?? 0, reach(order.indices.reversed()) ?? order.count - 1)
    }
    let seen = rows.map(ends).sorted { $0.first < $1.first }
    guard seen[0].last + 1 < seen[1].first else {
      return [Bool](repeating: true, count: scan.parameters.count)
    }
    let gap = seen[0].last + 1..<seen[1].first
    return scan.probabilities.map { row in gap.reduce(0) { $0 + row[order[$1]] } < 0.01 }
  }
}
