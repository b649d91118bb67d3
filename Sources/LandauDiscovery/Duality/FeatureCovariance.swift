/// The covariance of the differences of matched features, original less dual side: the unit in which a sampled fit measures them.
///
/// With d the differences and C their covariance, chi-square = d C^-1 d weighs every combination of features by how well it is known:
/// generalised least squares, the choice of least variance where a dual is exact (Hansen, Econometrica 50, 1029, 1982). Where it is not,
/// as on a torus with periodic boundaries, the weights decide where the minimum lies. Then what fluctuates little, like the
/// plaquette of the original, whose product is one in every configuration, binds most, and products of many steep links, which
/// fluctuate most, least.
///
/// It is that of single configurations, a property of the models and not of the chains that draw them, and is estimated at one place of
/// the search: the weights are fixed numbers in the fit that follows.
struct FeatureCovariance: Sendable {
  /// `[feature, feature]`
  let rows: [[Double]]

  /// Added to the variances in units of themselves: combinations that never fluctuate have weights that are large but finite.
  private static let floor = 1e-3

  /// - Parameters:
  ///   - original: The features of some configurations, `[configuration, feature]`; those beyond the matched ones are not looked at.
  ///   - dual: The same for the dual side.
  init(original: [[Double]], dual: [[Double]], matched: Int) {
    let one = Self.covariance(original, matched)
    let other = Self.covariance(dual, matched)
    rows = one.indices.map { row in
      var sum = zip(one[row], other[row]).map { $0 + $1 }
      sum[row] *= 1 + Self.floor
      return sum
    }
  }

  private static func covariance(_ configurations: [[Double]], _ matched: Int) -> [[Double]] {
    let count = Double(configurations.count)
    var means = [Double](repeating: 0, count: matched)
    for averages in configurations {
      for index in 0..<matched { means[index] += averages[index] / count }
    }
    var sums = [[Double]](repeating: means.map { _ in 0 }, count: matched)
    for averages in configurations {
      let differences = zip(averages, means).map { $0 - $1 }
      for row in 0..<matched {
        for column in 0..<matched { sums[row][column] += differences[row] * differences[column] }
      }
    }
    return sums.map { $0.map { $0 / (count - 1) } }
  }
}
