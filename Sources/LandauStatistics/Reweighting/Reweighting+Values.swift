import LandauCore
import LandauLinearAlgebra

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Reweighting {
  /// Fewer independent measurements than this at a temperature are warned of.
  public static let scarceCount = 100.0
  /// Fewer than this give no error bar at all: the value is that of a few configurations.
  public static let minimalCount = 20.0

  /// One function of the means at each inverse temperature, with errors and all covariances.
  ///
  /// Where fewer than `scarceCount` independent measurements count, the warning says so; below
  /// `minimalCount` the error is NaN.
  ///
  /// - Complexity: per temperature, measurements x observables.
  public func values(
    at betas: [Double], _ function: (_ means: ReweightedMeans) -> Double
  ) -> Replicates {
    values(at: betas, functions: { [function($0)] })
  }

  /// Several functions of the means at each inverse temperature, temperature by temperature.
  public func values(
    at betas: [Double], functions: (_ means: ReweightedMeans) -> [Double]
  ) -> Replicates {
    var values: [Double] = []
    var replicates = [[Double]](repeating: [], count: blocks.blocks.count)
    var warnings = [warning]
    for beta in betas {
      let sums = WeightedSums(self, logWeights: levels.energies.map { -beta * $0 })
      let results = functions(sums.means(beta: beta))
      values += results
      let effective = sums.effectiveCount
      if effective < Self.scarceCount {
        warnings.append(Self.scarcity(effective, at: beta))
      }
      let isUseful = effective >= Self.minimalCount && status == .converged
      for (index, change) in offsetChanges.enumerated() {
        guard isUseful, let change else {
          replicates[index] += results.map { _ in .nan }
          continue
        }
        let removed = blocks.blocks[index].removed[0]
        let reference = change[0] - log(1 - removed / levels.stateCounts[0])
        let means = sums.means(beta: beta, leavingOut: index, change: change, shift: reference)
        replicates[index] += functions(means)
      }
    }
    return Replicates(
      values: values, replicates: replicates, scheme: .jackknife(blocks.strata),
      warning: Replicates.merged(warnings))
  }

  /// Number of independent measurements that count at `beta` (Kish's effective sample size).
  public func effectiveCount(at beta: Double) -> Double {
    let logs = zip(levels.energies, solver.logMixture).map { -beta * $0 - $1 }
    let highest = logs.max()!
    var (sum, squares) = (0.0, 0.0)
    for (log, count) in zip(logs, levels.counts) {
      let weight = exp(log - highest)
      sum += count * weight
      squares += count * weight * weight
    }
    return sum * sum / squares
  }

  private static func scarcity(_ count: Double, at beta: Double) -> String {
    "out of reach: \(Estimate.fixed(count, digits: 0)) independent measurements count at beta ="
      + " \(Estimate.fixed(beta, digits: 6))"
  }
}

/// Sums over all measurements, weighted for one temperature; per block and in all.
struct WeightedSums {
  /// 1, E - E0, (E - E0)^2, then O and O (E - E0) for each observable.
  private let sums: [Double]
  /// `[block][column]`.
  private let blockSums: [[Double]]
  /// `[column][state]`: derivatives of the sums with respect to the solver's unknowns.
  private let derivatives: [[Double]]
  private let energyOrigin: Double
  /// Logarithm of the common factor taken out of all weights.
  private let logScale: Double
  /// The first state's ln Z in the same units.
  private let logReference: Double
  let effectiveCount: Double

  /// - Parameter logWeights: For each level, the logarithm of the weight wanted.
  init(_ reweighting: Reweighting, logWeights: [Double]) {
    let levels = reweighting.levels
    let logs = zip(logWeights, reweighting.solver.logMixture).map { $0 - $1 }
    let logScale = logs.max()!
    let weights = logs.map { exp($0 - logScale) }
    var (sum, squares, energySum) = (0.0, 0.0, 0.0)
    for (level, weight) in weights.enumerated() {
      let count = levels.counts[level]
      sum += count * weight
      squares += count * weight * weight
      energySum += count * weight * levels.energies[level]
    }
    effectiveCount = sum * sum / squares
    self.logScale = logScale
    let origin = energySum / sum
    energyOrigin = origin
    logReference = log(levels.stateCounts[0]) - reweighting.solver.offsets[0]
    blockSums = reweighting.blocks.blocks.map { block in
      Self.blockSums(block, reweighting: reweighting, weights: weights, origin: origin)
    }
    var sums = [Double](repeating: 0, count: 3 + 2 * reweighting.observables.count)
    for block in blockSums { for column in sums.indices { sums[column] += block[column] } }
    self.sums = sums
    derivatives = Self.derivatives(reweighting, weights: weights, origin: origin)
  }

  private static func blockSums(
    _ block: ReweightingBlocks.Block, reweighting: Reweighting, weights: [Double], origin: Double
  ) -> [Double] {
    let levels = reweighting.levels
    var sums = [Double](repeating: 0, count: 3 + 2 * reweighting.observables.count)
    for (state, range) in block.ranges {
      let share = levels.sampleWeights[state]
      var (s0, s1, s2) = (0.0, 0.0, 0.0)
      for index in range {
        let level = Int(levels.level[index])
        let weight = share * weights[level]
        let energy = levels.energies[level] - origin
        s0 += weight
        s1 += weight * energy
        s2 += weight * energy * energy
      }
      sums[0] += s0
      sums[1] += s1
      sums[2] += s2
      for (column, values) in reweighting.observables.enumerated() {
        var (plain, withEnergy) = (0.0, 0.0)
        for index in range {
          let level = Int(levels.level[index])
          let value = share * weights[level] * values[index]
          plain += value
          withEnergy += value * (levels.energies[level] - origin)
        }
        sums[3 + 2 * column] += plain
        sums[4 + 2 * column] += withEnergy
      }
    }
    return sums
  }

  /// A weight changes with unknown j by minus itself times the membership in state j.
  private static func derivatives(
    _ reweighting: Reweighting, weights: [Double], origin: Double
  ) -> [[Double]] {
    let states = reweighting.levels.ranges.count
    let energies = reweighting.levels.energies
    let columnCount = 3 + 2 * reweighting.observables.count
    if states == 1 { return [[Double]](repeating: [0], count: columnCount) }
    var columns: [[Double]] = []
    for base in [reweighting.levels.counts] + reweighting.observableSums {
      let weighted = zip(base, weights).map { $0 * $1 }
      let withEnergy = zip(weighted, energies).map { $0 * ($1 - origin) }
      columns.append(weighted)
      columns.append(withEnergy)
      if columns.count == 2 { columns.append(zip(withEnergy, energies).map { $0 * ($1 - origin) }) }
    }
    var result = [Double](repeating: 0, count: columnCount * states)
    let flat = Array(columns.joined())
    BLAS.multiply(
      rows: columnCount, columns: states, inner: energies.count, flat,
      reweighting.solver.membership, into: &result)
    return (0..<columnCount).map { column in
      (0..<states).map { -result[column * states + $0] }
    }
  }

  func means(beta: Double) -> ReweightedMeans { means(beta: beta, of: sums, shift: 0) }

  func means(beta: Double, leavingOut block: Int, change: [Double], shift: Double)
    -> ReweightedMeans
  {
    var left = sums
    for column in left.indices {
      left[column] -= blockSums[block][column]
      for (derivative, change) in zip(derivatives[column], change) {
        left[column] += derivative * change
      }
    }
    return means(beta: beta, of: left, shift: shift)
  }

  /// - Parameter shift: What is to be added to the first state's free energy.
  private func means(beta: Double, of sums: [Double], shift: Double) -> ReweightedMeans {
    let deviation = sums[1] / sums[0]
    let pairs = stride(from: 3, to: sums.count, by: 2)
    return ReweightedMeans(
      beta: beta, energy: energyOrigin + deviation,
      energyVariance: sums[2] / sums[0] - deviation * deviation,
      logPartition: logScale + log(sums[0]) - logReference + shift,
      observables: pairs.map { sums[$0] / sums[0] },
      derivatives: pairs.map { (sums[$0] * deviation - sums[$0 + 1]) / sums[0] })
  }
}
