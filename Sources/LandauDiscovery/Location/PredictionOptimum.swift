/// What the best possible predictor would say: the optimum of the prediction-based method.
///
/// With P(x|p_i) the distribution of a sufficient statistic x (for a model without a field the energy)
/// at each p_i of the grid, and w_i the weights that training gives them (`ParameterGrid.sampleWeights`: all
/// values of the range equally likely beforehand, however close those of the grid), the predictor of least squared error is
/// p(x) = sum_i w_i P(x|p_i) p_i / sum_i w_i P(x|p_i), and its mean at p_j is sum_x P(x|p_j) p(x).
/// (Arnold and Schaefer, Phys. Rev. X 12, 031044.)
public struct PredictionOptimum: Sendable, Hashable {
  public let parameters: [Double]
  public let means: [Double]
  /// Location of the highest slope, by the rule used for measured curves; nil when it is at an edge.
  public let peak: Double?

  init(_ scan: ScanDistributions) {
    self.init(parameters: scan.parameters, distributions: scan.probabilities)
  }

  /// - Parameter distributions: one row per parameter over the same values of x, each summing to one.
  public init(parameters: [Double], distributions: [[Double]]) {
    precondition(parameters.count == distributions.count && !parameters.isEmpty)
    let n = distributions[0].count
    var weight = [Double](repeating: 0, count: n)
    var weighted = weight
    let grid = ParameterGrid(parameters).sampleWeights
    for (index, row) in distributions.enumerated() {
      precondition(row.count == n)
      for x in 0..<n {
        weight[x] += grid[index] * row[x]
        weighted[x] += grid[index] * row[x] * parameters[index]
      }
    }
    let prediction = (0..<n).map { weight[$0] > 0 ? weighted[$0] / weight[$0] : 0 }
    self.parameters = parameters
    means = distributions.map { row in (0..<n).reduce(0) { $0 + row[$1] * prediction[$1] } }
    peak = SlopePeak.exact(parameters: parameters, means: means)
  }
}
