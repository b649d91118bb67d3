#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The energy distribution at one inverse temperature in bins, with leave-one-block-out replicates.
struct WeightedHistogram {
  let beta: Double
  let width: Double
  /// The mean energy in each bin (the centre of empty ones).
  let energies: [Double]
  /// Weight in each bin, adding up to one.
  let weights: [Double]
  /// Number of independent measurements in each bin.
  let counts: [Double]
  /// Weights of all replicates, each adding up to one; empty where the free energies are undetermined.
  let replicates: [[Double]]

  /// - Parameter width: Of the bins, which are centred on multiples of it.
  init(_ reweighting: Reweighting, beta: Double, width: Double) {
    self.beta = beta
    self.width = width
    let levels = reweighting.levels
    let logs = zip(levels.energies, reweighting.solver.logMixture).map { -beta * $0 - $1 }
    let highest = logs.max()!
    let levelWeights = logs.map { exp($0 - highest) }
    let lowest = (levels.energies.min()! / width).rounded()
    let binCount = Int((levels.energies.max()! / width).rounded() - lowest) + 1
    let bins = levels.energies.map { Int(($0 / width).rounded() - lowest) }
    var (weights, moments, counts) = (
      [Double](repeating: 0, count: binCount), [Double](repeating: 0, count: binCount),
      [Double](repeating: 0, count: binCount)
    )
    for (level, bin) in bins.enumerated() {
      let weight = levels.counts[level] * levelWeights[level]
      weights[bin] += weight
      moments[bin] += weight * (levels.energies[level] - (lowest + Double(bin)) * width)
      counts[bin] += levels.counts[level]
    }
    energies = (0..<binCount).map { bin in
      (lowest + Double(bin)) * width + (weights[bin] > 0 ? moments[bin] / weights[bin] : 0)
    }
    self.counts = counts
    self.weights = Self.normalized(weights)
    guard reweighting.status == .converged else {
      replicates = []
      return
    }
    let derivatives = Self.derivatives(
      reweighting, levelWeights: levelWeights, bins: bins, binCount: binCount)
    replicates = zip(reweighting.blocks.blocks, reweighting.offsetChanges).map { block, change in
      guard let change else { return weights.map { _ in .nan } }
      var left = weights
      for (state, range) in block.ranges {
        for index in range {
          let level = Int(levels.level[index])
          left[bins[level]] -= levels.sampleWeights[state] * levelWeights[level]
        }
      }
      for bin in 0..<binCount {
        for (derivative, change) in zip(derivatives[bin], change) {
          left[bin] += derivative * change
        }
      }
      return Self.normalized(left.map { max(0, $0) })
    }
  }

  private static func normalized(_ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// Of each bin's weight with respect to the solver's unknowns.
  private static func derivatives(
    _ reweighting: Reweighting, levelWeights: [Double], bins: [Int], binCount: Int
  ) -> [[Double]] {
    let states = reweighting.levels.ranges.count
    var result = [[Double]](
      repeating: [Double](repeating: 0, count: states), count: binCount)
    if states == 1 { return result }
    for (level, bin) in bins.enumerated() {
      let weight = reweighting.levels.counts[level] * levelWeights[level]
      for state in 0..<states {
        result[bin][state] -= weight * reweighting.solver.membership[level * states + state]
      }
    }
    return result
  }
}
