import LandauCore

/// Centres that each sample is as near to as possible: Lloyd's iteration of k-means.
///
/// The cost, the sum of squared distances to the nearest centre, falls with every step and settles in a local
/// minimum; several starts keep the best. Lloyd, IEEE Trans. Inf. Theory 28, 129 (1982).
public struct KMeans: Sendable {
  public enum Status: Sendable, Hashable {
    /// No sample changed its cluster.
    case converged
    case iterationLimit
  }

  /// `[cluster, feature]`.
  public let centers: SampleMatrix
  /// Of every sample, the nearest centre.
  public let labels: [Int]
  public let cost: Double
  public let iterations: Int
  public let status: Status
  /// How often a centre that had lost all samples was moved to the sample farthest from its own.
  public let refills: Int

  /// The best of `restarts` runs.
  ///
  /// - Complexity: samples · clusters · features per iteration.
  public init(
    _ matrix: SampleMatrix, clusterCount: Int, seeding: KMeansSeeding = .squaredDistance,
    restarts: Int = 1, maximumIterations: Int = 300, using rng: inout some RandomNumberGenerator
  ) {
    precondition(restarts > 0 && maximumIterations > 0, "\(restarts) runs of \(maximumIterations)")
    let seeder = KMeansSeeder(matrix)
    var best: KMeans?
    for _ in 0..<restarts {
      let seeds = seeder.seeds(clusterCount, by: seeding, using: &rng)
      let run = KMeans(
        matrix, centers: matrix.selecting(seeds.rows), maximumIterations: maximumIterations)
      if run.cost < best?.cost ?? .infinity { best = run }
    }
    self = best!
  }

  /// Iterates from given centres.
  public init(_ matrix: SampleMatrix, centers start: SampleMatrix, maximumIterations: Int = 300) {
    precondition(
      start.columnCount == matrix.columnCount && start.rowCount <= matrix.rowCount,
      "\(start.rowCount) centres of \(start.columnCount) features for "
        + "\(matrix.rowCount) samples of \(matrix.columnCount)")
    var centers = start.values
    var labels = [Int](repeating: -1, count: matrix.rowCount)
    var refills = 0
    var iterations = 0
    var status = Status.iterationLimit
    var distances = [Double](repeating: 0, count: matrix.rowCount)
    while iterations < maximumIterations {
      iterations += 1
      let changes = Self.assign(matrix, centers, &labels, &distances)
      if changes == 0 {
        status = .converged
        break
      }
      refills += Self.move(&centers, matrix, labels, &distances)
    }
    if status == .iterationLimit { _ = Self.assign(matrix, centers, &labels, &distances) }
    self.centers = SampleMatrix(
      centers, rowCount: start.rowCount, columnCount: start.columnCount)
    self.labels = labels
    cost = distances.reduce(0, +)
    self.iterations = iterations
    self.status = status
    self.refills = refills
  }

  /// The sum of squared distances of samples to the nearest of these centres.
  public static func cost(of matrix: SampleMatrix, centers: SampleMatrix) -> Double {
    var labels = [Int](repeating: -1, count: matrix.rowCount)
    var distances = [Double](repeating: 0, count: matrix.rowCount)
    _ = assign(matrix, centers.values, &labels, &distances)
    return distances.reduce(0, +)
  }

  /// Gives every sample to its nearest centre, the first of equals; returns how many changed.
  private static func assign(
    _ matrix: SampleMatrix, _ centers: [Double], _ labels: inout [Int], _ distances: inout [Double]
  ) -> Int {
    let p = matrix.columnCount
    let k = centers.count / p
    var changes = 0
    matrix.values.withUnsafeBufferPointer { x in
      centers.withUnsafeBufferPointer { c in
        for row in labels.indices {
          var (label, nearest) = (0, Double.infinity)
          for center in 0..<k {
            var square = 0.0
            for column in 0..<p {
              let d = x[row * p + column] - c[center * p + column]
              square += d * d
            }
            if square < nearest { (label, nearest) = (center, square) }
          }
          if labels[row] != label { changes += 1 }
          labels[row] = label
          distances[row] = nearest
        }
      }
    }
    return changes
  }

  /// Moves centres to the means of their samples; returns how many had none and were placed anew.
  private static func move(
    _ centers: inout [Double], _ matrix: SampleMatrix, _ labels: [Int], _ distances: inout [Double]
  ) -> Int {
    let p = matrix.columnCount
    let k = centers.count / p
    var counts = [Double](repeating: 0, count: k)
    var sums = [Double](repeating: 0, count: centers.count)
    for (row, label) in labels.enumerated() {
      counts[label] += 1
      for column in 0..<p { sums[label * p + column] += matrix.values[row * p + column] }
    }
    var refills = 0
    for center in 0..<k {
      if counts[center] > 0 {
        for column in 0..<p {
          centers[center * p + column] = sums[center * p + column] / counts[center]
        }
      } else {
        let farthest = distances.indices.max { distances[$0] < distances[$1] }!
        // Nothing is to be gained where every sample sits on a centre.
        guard distances[farthest] > 0 else { continue }
        centers.replaceSubrange(center * p..<(center + 1) * p, with: matrix[farthest])
        distances[farthest] = 0
        refills += 1
      }
    }
    return refills
  }
}
