import LandauCore
import LandauLinearAlgebra

/// The test of one transformation g on blocks at several values of the parameter.
///
/// If x and g(x) have the same distribution, so have x and h(x) for every power h of g, and the data stay what they are, in distribution, when
/// every independent block is replaced by its image under a power of its own, drawn at random. The p-value of any statistic is
/// its rank among those of data randomised so: exact, whatever the distribution (for g^2 = 1 these are random signs). Two statistics:
///
/// - the largest change of a mean between x and g(x), in its standard errors, over all observables and values of the parameter;
/// - a classifier: the linear discriminant between x and g(x) found on every other block, judged on the blocks between them.
///
/// Random draws stop when either p-value is settled (J. Besag and P. Clifford, Biometrika 78, 301, 1991), which keeps it exact.
struct SymmetryRandomization {
  /// For each value of the parameter.
  private var parts: [Part] = []
  private let order: Int

  /// One value of the parameter: changes in units in which their sums have variance 1.
  private struct Part {
    /// `[block][power][observable]`.
    var changes: [[[Double]]]
    /// Which of the observables they are.
    var kept: [Int]
    /// `[held-out block][power]`: changes along the discriminant, scaled alike.
    var classified: [[Double]]
  }

  struct Result {
    var deviation: Double
    /// Of the largest deviation.
    var part: Int
    var observable: Int
    var observableProbability: Double
    var classifierProbability: Double
    /// The largest deviation at each value of the parameter.
    var deviations: [Double]
    /// What randomised data's largest deviations were.
    var randomDeviations: [Double]
  }

  init(_ blocks: [SymmetryBlocks], order: Int) {
    self.order = order
    parts = blocks.map { Self.part($0, order: order) }
  }

  private static func part(_ blocks: SymmetryBlocks, order: Int) -> Part {
    let count = blocks.changes[0][0].count
    // The variance of a sum over blocks with random powers: the same for data and randomised data.
    let variances = (0..<count).map { f in
      blocks.changes.reduce(0.0) { sum, block in
        sum + block.reduce(0.0) { $0 + $1[f] * $1[f] } / Double(order)
      }
    }
    let kept = (0..<count).filter { variances[$0] > 1e-24 }
    let scaled = blocks.changes.map { block in
      block.map { powers in kept.map { powers[$0] / variances[$0].squareRoot() } }
    }
    return Part(changes: scaled, kept: kept, classified: classify(scaled, order: order))
  }

  /// Held-out changes along (C + 1)^-1 m, with m and C the mean and covariance of even blocks.
  private static func classify(_ changes: [[[Double]]], order: Int) -> [[Double]] {
    let width = changes[0][0].count
    let training = stride(from: 0, to: changes.count, by: 2).map { changes[$0][0] }
    let held = stride(from: 1, to: changes.count, by: 2).map { changes[$0] }
    let mean = (0..<width).map { f in training.reduce(0) { $0 + $1[f] } }
    // In these units second moments of blocks add up to about one half over the training blocks.
    var matrix = [Double](repeating: 0, count: width * width)
    for change in training {
      for a in 0..<width {
        for b in 0..<width { matrix[a * width + b] += 2 * change[a] * change[b] }
      }
    }
    for a in 0..<width { matrix[a * width + a] += 1 }
    guard let direction = try? Cholesky(matrix, count: width).solve(mean) else { return [] }
    let along = held.map { block in
      block.map { change in zip(change, direction).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let variance = along.reduce(0.0) { sum, block in
      sum + block.reduce(0) { $0 + $1 * $1 } / Double(order)
    }
    guard variance > 0 else { return [] }
    return along.map { $0.map { $0 / variance.squareRoot() } }
  }

  /// Draws until both p-values are settled by fifty larger statistics each, at most `maximalCount` times.
  func run(maximalCount: Int, using rng: inout some RandomNumberGenerator) -> Result {
    let enough = 50
    let observed = deviations { _ in nil }
    let part = observed.indices.max { observed[$0].value < observed[$1].value }!
    let classifier = classification { _ in nil }
    var (larger, better) = (0, 0)
    var (observableProbability, classifierProbability): (Double?, Double?) = (nil, nil)
    var random: [Double] = []
    var draws = 0
    while draws < maximalCount && (observableProbability == nil || classifierProbability == nil) {
      draws += 1
      let powers = parts.map { $0.changes.map { _ in rng.index(below: order) } }
      // Ties count against a finding; equal up to rounding is equal.
      if observableProbability == nil {
        let value = deviations { powers[$0] }.map(\.value).max()!
        random.append(value)
        if value >= observed[part].value * (1 - 1e-12) { larger += 1 }
        if larger == enough { observableProbability = Double(enough) / Double(draws) }
      }
      if classifierProbability == nil {
        let value = classification { powers[$0] }
        if value >= classifier - 1e-12 { better += 1 }
        if better == enough { classifierProbability = Double(enough) / Double(draws) }
      }
    }
    func unsettled(_ count: Int) -> Double { Double(count + 1) / Double(draws + 1) }
    return Result(
      deviation: observed[part].value, part: part, observable: observed[part].observable,
      observableProbability: observableProbability ?? unsettled(larger),
      classifierProbability: classifierProbability ?? unsettled(better),
      deviations: observed.map(\.value), randomDeviations: random)
  }

  /// The largest deviation of each part; `powers` gives the blocks' powers, nil the data as they are.
  private func deviations(
    _ powers: (Int) -> [Int]?
  ) -> [(value: Double, observable: Int)] {
    parts.enumerated().map { index, part in
      let powers = powers(index)
      var sums = [Double](repeating: 0, count: part.kept.count)
      for (block, changes) in part.changes.enumerated() {
        let change = changes[powers?[block] ?? 0]
        for f in sums.indices { sums[f] += change[f] }
      }
      guard let largest = sums.indices.max(by: { abs(sums[$0]) < abs(sums[$1]) }) else {
        return (0, 0)
      }
      return (abs(sums[largest]), part.kept[largest])
    }
  }

  private func classification(_ powers: (Int) -> [Int]?) -> Double {
    parts.enumerated().reduce(0) { sum, indexed in
      let powers = powers(indexed.offset)
      return sum
        + indexed.element.classified.enumerated().reduce(0) {
          $0 + $1.element[powers?[2 * $1.offset + 1] ?? 0]
        }
    }
  }
}
