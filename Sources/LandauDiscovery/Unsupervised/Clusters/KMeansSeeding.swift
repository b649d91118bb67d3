import LandauCore

/// How the first centres of k-means are drawn.
public enum KMeansSeeding: Sendable, Hashable {
  /// Each with a probability in proportion to its squared distance from the centres before it: k-means++
  /// (Arthur and Vassilvitskii, SODA 2007). One pass over all samples per centre.
  case squaredDistance
  /// The same law by rejection, without a pass (Shah, Agrawal and Jaiswal, arXiv:2502.02085).
  ///
  /// With `trials`, a centre that no trial accepts is drawn uniformly: cheaper, and the law is only nearly that of
  /// squared distances. Without, one pass decides after as many trials as there are samples, so the law is exact.
  case rejection(trials: Int?)
}

/// Samples that centres start from, and what finding them took.
public struct KMeansSeeds: Sendable, Hashable {
  /// Rows of the matrix, the first one uniform.
  public var rows: [Int]
  /// Distances computed between a sample and a centre, each as many operations as there are features.
  public var distanceCount: Int
  /// Centres that no trial accepted (`rejection` only).
  public var exhaustedCount: Int
}

/// Draws seeds from one matrix, after one pass that is shared by all draws.
///
/// Rejection: with the mean of all samples as origin, |x - c|^2 <= 2 (|x|^2 + |c|^2) for every centre c, so that
/// what is wanted, the smallest |x - c|^2 over centres, lies below that bound with the centre of smallest norm.
/// The bound is easy to draw from: with probability W/(W + n |c|^2) a sample in proportion to |x|^2, W the sum of
/// these, else any sample. It is accepted with the ratio of the two. The mean number of trials is twice
/// (W + n |c|^2) over the present cost: few where clusters are few or noisy, many where the cost has fallen by
/// orders of magnitude.
public struct KMeansSeeder: Sendable {
  private let matrix: SampleMatrix
  private let squaredNorms: [Double]
  private let cumulative: [Double]

  /// - Complexity: one pass over the matrix.
  public init(_ matrix: SampleMatrix) {
    self.matrix = matrix
    let (n, p) = (matrix.rowCount, matrix.columnCount)
    let mean = matrix.mean
    squaredNorms = (0..<n).map { row in
      (0..<p).reduce(0) { sum, c in
        let d = matrix.values[row * p + c] - mean[c]
        return sum + d * d
      }
    }
    var sum = 0.0
    cumulative = squaredNorms.map { square in
      sum += square
      return sum
    }
  }

  /// Draws `count` seeds.
  ///
  /// Where fewer samples are distinct than seeds are wanted, the rest is drawn uniformly.
  public func seeds(
    _ count: Int, by seeding: KMeansSeeding, using rng: inout some RandomNumberGenerator
  ) -> KMeansSeeds {
    precondition(
      (1...matrix.rowCount).contains(count), "\(count) seeds of \(matrix.rowCount) samples")
    var seeds = KMeansSeeds(
      rows: [rng.index(below: matrix.rowCount)], distanceCount: 0, exhaustedCount: 0)
    switch seeding {
    case .squaredDistance:
      var nearest = [Double](repeating: .infinity, count: matrix.rowCount)
      while seeds.rows.count < count {
        update(&nearest, with: seeds.rows[seeds.rows.count - 1])
        seeds.distanceCount += matrix.rowCount
        seeds.rows.append(draw(nearest, using: &rng))
      }
    case .rejection(let trials):
      precondition(trials.map { $0 > 0 } ?? true, "\(trials ?? 0) trials")
      while seeds.rows.count < count { reject(&seeds, trials: trials, using: &rng) }
    }
    return seeds
  }

  /// Adds one seed by rejection.
  private func reject(
    _ seeds: inout KMeansSeeds, trials: Int?, using rng: inout some RandomNumberGenerator
  ) {
    let n = matrix.rowCount
    let total = cumulative[n - 1]
    let smallest = seeds.rows.map { squaredNorms[$0] }.min() ?? 0
    let whole = total + Double(n) * smallest
    for _ in 0..<(trials ?? n) where whole > 0 {
      let target = rng.uniform() * whole
      let row = target < total ? firstRow(above: target) : rng.index(below: n)
      let distance = seeds.rows.reduce(.infinity) { min($0, squaredDistance(row, $1)) }
      seeds.distanceCount += seeds.rows.count
      if rng.uniform() * 2 * (squaredNorms[row] + smallest) < distance {
        seeds.rows.append(row)
        return
      }
    }
    seeds.exhaustedCount += 1
    if trials != nil {
      seeds.rows.append(rng.index(below: n))
      return
    }
    var nearest = [Double](repeating: .infinity, count: n)
    for row in seeds.rows { update(&nearest, with: row) }
    seeds.distanceCount += n * seeds.rows.count
    seeds.rows.append(draw(nearest, using: &rng))
  }

  /// The first row whose cumulative square exceeds `target`.
  private func firstRow(above target: Double) -> Int {
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func draw(_ weights: [Double], using rng: inout some RandomNumberGenerator) -> Int {
    let total = weights.reduce(0, +)
    guard total > 0 else { return rng.index(below: weights.count) }
    var rest = rng.uniform() * total
    for (row, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return row }
    }
    // Rounding left a rest beyond the last sample that can be drawn.
    return weights.lastIndex { $0 > 0 }!
  }

  private func update(_ nearest: inout [Double], with center: Int) {
    for row in nearest.indices { nearest[row] = min(nearest[row], squaredDistance(row, center)) }
  }

  private func squaredDistance(_ a: Int, _ b: Int) -> Double {
    let p = matrix.columnCount
    return matrix.values.withUnsafeBufferPointer { x in
      var sum = 0.0
      for c in 0..<p {
        let d = x[a * p + c] - x[b * p + c]
        sum += d * d
      }
      return sum
    }
  }
}
