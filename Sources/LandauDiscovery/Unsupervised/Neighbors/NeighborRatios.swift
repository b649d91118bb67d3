public import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Divergences of two densities from samples of each, by counting whose samples are nearest in the pooled set.
///
/// Among the k nearest to a sample of g, N_k are of f and M_k of g. Each is of f with probability p = N f/(N f + M g), and
/// for such a draw the mean of N_k/(M_k + 1) is p/(1 - p) (1 - p^k): M/N times it estimates the ratio f/g, without any
/// volume or boundary. What it estimates is blurred over the neighbourhood, by powers of (k/N)^(1/d), and a
/// function of it is off by the binomial scatter, of order 1/k.
///
///     let ratios = NeighborRatios(of: first, to: second, counts: .ensemble, pool: pool)
///     ratios.estimate(.kullbackLeibler)
///
/// The ensemble is a weighted mean over several k = l sqrt N, with weights of sum one that make the leading terms cancel as
/// far as weights of length two or less can: sum w l^(i/d) = 0 for i = 1 ... d, and sum w/l = 0 for the binomial
/// scatter, which is ours. Noshad, Moon, Sekeh and Hero, IEEE Int. Symp. Inf. Theory 2017, arXiv:1702.05222. The terms
/// are those of bounded ratios; where f/g grows without bound, as between shifted normal laws, they are the larger part.
/// Densities only: samples of discrete variables have ties without end.
public struct NeighborRatios: Sendable {
  /// How many neighbours are counted.
  public enum Counts: Sendable, Hashable {
    case fixed(Int)
    /// The square root of the number of samples of f.
    case squareRoot
    /// 0.4 to 4 square roots of it in steps of 0.2, weighted.
    case ensemble
  }

  /// Numbers of neighbours and what each weighs.
  public let neighborCounts: [Int]
  public let weights: [Double]
  /// `[neighbour count][sample of g, then of f]`: estimates of f/g where the samples lie.
  private let ratios: [[Double]]
  private let firstCount: Int
  private let secondCount: Int

  /// - Parameters:
  ///   - first: samples of f.
  ///   - second: samples of g, of as many features.
  /// - Complexity: one search per sample of both.
  public init(
    of first: SampleMatrix, to second: SampleMatrix, counts: Counts = .ensemble, pool: WorkerPool
  ) {
    precondition(
      first.columnCount == second.columnCount,
      "\(first.columnCount) features against \(second.columnCount)")
    let (n, m) = (first.rowCount, second.rowCount)
    let root = Double(n).squareRoot()
    switch counts {
    case .fixed(let k):
      (neighborCounts, weights) = ([k], [1])
    case .squareRoot:
      (neighborCounts, weights) = ([max(1, Int(root.rounded()))], [1])
    case .ensemble:
      neighborCounts = Self.ensembleCounts(root)
      weights = Self.ensembleWeights(
        neighborCounts.map { Double($0) / root }, dimension: first.columnCount)
    }
    let largest = neighborCounts.max()!
    precondition(
      largest < n + m && neighborCounts.min()! > 0,
      "\(neighborCounts) neighbours among \(n + m) samples")
    let pooled = SampleMatrix(
      first.values + second.values, rowCount: n + m, columnCount: first.columnCount)
    let search = NeighborSearch(pooled)
    let wanted = neighborCounts
    let scale = Double(m) / Double(n)
    // Blocks of a size of their own: results do not depend on the number of threads.
    let block = 256
    let rows = Array(n..<n + m) + Array(0..<n)
    let parts = try? pool.map((rows.count + block - 1) / block) { part -> [Double] in
      rows[part * block..<min(rows.count, (part + 1) * block)].flatMap { row in
        Self.ratios(search.neighbors(ofRow: row, count: largest).rows, wanted, n).map { scale * $0 }
      }
    }
    // The body of the loop throws nothing.
    let flat = parts!.flatMap(\.self)
    ratios = wanted.indices.map { k in
      rows.indices.map { flat[$0 * wanted.count + k] }
    }
    firstCount = n
    secondCount = m
  }

  /// N_k/(M_k + 1) for each k, of neighbours in order; rows below `first` are of f.
  private static func ratios(_ neighbors: [Int], _ counts: [Int], _ first: Int) -> [Double] {
    var ofFirst = [0]
    for row in neighbors { ofFirst.append(ofFirst[ofFirst.count - 1] + (row < first ? 1 : 0)) }
    return counts.map { Double(ofFirst[$0]) / Double($0 - ofFirst[$0] + 1) }
  }

  static func ensembleCounts(_ root: Double) -> [Int] {
    var counts: [Int] = []
    for step in 2...20 {
      let k = max(2, Int((root * 0.2 * Double(step)).rounded()))
      if counts.last != k { counts.append(k) }
    }
    return counts
  }

  /// The weights of sum one for which the squares of what should vanish have the least sum, |w| at most two.
  ///
  /// With a multiplier for the length they solve (B'B + multiplier) w ~ 1; the multiplier grows until they are short.
  static func ensembleWeights(_ scales: [Double], dimension: Int) -> [Double] {
    let count = scales.count
    let powers = [-1] + (1...dimension).map { Double($0) / Double(dimension) }
    let rows = powers.map { power in scales.map { pow($0, power) } }
    var multiplier = 1e-9
    while true {
      let matrix = (0..<count * count).map { index in
        rows.reduce(index / count == index % count ? multiplier : 0) {
          $0 + $1[index / count] * $1[index % count]
        }
      }
      let ones = [Double](repeating: 1, count: count)
      if let solution = try? Cholesky(matrix, count: count).solve(ones) {
        let sum = solution.reduce(0, +)
        let weights = solution.map { $0 / sum }
        // Equal weights, the limit, have the length 1/sqrt(count), so the search ends.
        if weights.reduce(0, { $0 + $1 * $1 }) <= 4 { return weights }
      }
      multiplier *= 2
    }
  }

  /// The divergence of f from g, no smaller than zero, with its error.
  ///
  /// The error is that of the divergence's linear terms: the mean of h(f/g) under g moves by h'(f/g) of every sample of f
  /// and by h - (f/g) h' of every sample of g. It holds for independent samples; `blocks` tells which
  /// samples are not, and those of one block count as one. What is left of the bias is not in it.
  ///
  /// - Parameter blocks: of the samples of f and of g, `0 ..< count`; nil for independent ones.
  public func estimate(
    _ divergence: Divergence, blocks: (first: [Int], second: [Int])? = nil
  ) -> Estimate {
    var mean = 0.0
    for (ratios, weight) in zip(ratios, weights) {
      let sum = ratios[..<secondCount].reduce(0) { $0 + divergence.function($1) }
      mean += weight * sum / Double(secondCount)
    }
    let influence = influence(divergence)
    let value = divergence.transform(mean)
    let slope = divergence.transformDerivative(mean)
    let variance =
      Self.squaredError(influence[secondCount...], blocks?.first)
      + Self.squaredError(influence[..<secondCount], blocks?.second)
    guard value.isFinite else {
      return Estimate(value, error: .nan, warning: "no sample of one density lies near the other")
    }
    return Estimate(max(0, value), error: abs(slope) * variance.squareRoot())
  }

  /// What each sample of g, then of f, moves the mean by, with the number of neighbours nearest to the square root.
  ///
  /// One number, not the weighted mean: what single ratios scatter by is no error of the divergence, and weights
  /// of both signs would magnify it. A ratio of zero counts as half a neighbour.
  private func influence(_ divergence: Divergence) -> [Double] {
    let root = Double(firstCount).squareRoot()
    let middle = neighborCounts.indices.min {
      abs(Double(neighborCounts[$0]) - root) < abs(Double(neighborCounts[$1]) - root)
    }!
    let least =
      0.5 / Double(neighborCounts[middle] + 1) * Double(secondCount) / Double(firstCount)
    return ratios[middle].enumerated().map { index, ratio in
      let ratio = max(ratio, least)
      let slope = divergence.derivative(ratio)
      return index < secondCount ? divergence.function(ratio) - ratio * slope : slope
    }
  }

  /// Of the mean of some numbers, those of one block taken together.
  private static func squaredError(_ values: ArraySlice<Double>, _ blocks: [Int]?) -> Double {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    guard let blocks else {
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n * (n - 1))
    }
    precondition(blocks.count == values.count, "\(blocks.count) blocks of \(values.count) samples")
    var sums: [Int: Double] = [:]
    for (value, block) in zip(values, blocks) { sums[block, default: 0] += value - mean }
    let count = Double(sums.count)
    precondition(count > 1, "an error from \(Int(count)) block")
    // In order: sums of a dictionary's values would depend on its hashing.
    let squares = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
    return squares / (n * n) * count / (count - 1)
  }
}
