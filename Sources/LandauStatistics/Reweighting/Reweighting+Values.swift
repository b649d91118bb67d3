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
      levels.level.withUnsafeBufferPointer { places in
        weights.withUnsafeBufferPointer { weights in
          levels.energies.withUnsafeBufferPointer { energies in
            var (s0, s1, s2) = (0.0, 0.0, 0.0)
            for index in range {
              let level = Int(places[index])
              let energy = energies[level] - origin
              s0 += weights[level]
              s1 += weights[level] * energy
              s2 += weights[level] * energy * energy
            }
            sums[0] += share * s0
            sums[1] += share * s1
            sums[2] += share * s2
            for (column, values) in reweighting.observables.enumerated() {
              let (plain, withEnergy) = values.withUnsafeBufferPointer { values in
                var (plain, withEnergy) = (0.0, 0.0)
                for index in range {
                  let level = Int(places[index])
                  let value = weights[level] * values[index]
                  plain += value
                  withEnergy += value * (energies[level] - origin)
                }
                return (plain, withEnergy)
              }
              sums[3 + 2 * column] += share * plain
              sums[4 + 2 * column] += share * withEnergy
            }
          }
        }
      }
    }
    return sums
  }

  /// A weight changes with unknown j by minus itself times the membership in state j: a product of the
  /// weighted columns with the memberships, a stretch of levels at a time to stay in the cache.
  private static func derivatives(
    _ reweighting: Reweighting, weights: [Double], origin: Double
  ) -> [[Double]] {
    let states = reweighting.levels.ranges.count
    let energies = reweighting.levels.energies
    let columnCount = 3 + 2 * reweighting.observables.count
    var result = [[Double]](
      repeating: [Double](repeating: 0, count: states), count: columnCount)
    if states == 1 { return result }
    let stretch = 4096
    var columns = [Double](repeating: 0, count: columnCount * stretch)
    var product = [Double](repeating: 0, count: columnCount * states)
    for start in stride(from: 0, to: energies.count, by: stretch) {
      let length = min(stretch, energies.count - start)
      for level in 0..<length {
        let weight = weights[start + level]
        let energy = energies[start + level] - origin
        let count = weight * reweighting.levels.counts[start + level]
        columns[level] = count
        columns[length + level] = count * energy
        columns[2 * length + level] = count * energy * energy
        for (index, sums) in reweighting.observableSums.enumerated() {
          let value = weight * sums[start + level]
          columns[(3 + 2 * index) * length + level] = value
          columns[(4 + 2 * index) * length + level] = value * energy
        }
      }
      reweighting.solver.membership.withUnsafeBufferPointer { membership in
        BLAS.multiply(
          rows: columnCount, columns: states, inner: length, columns,
          membership.baseAddress! + start * states, into: &product)
      }
      for column in 0..<columnCount {
        for state in 0..<states { result[column][state] -= product[column * states + state] }
      }
    }
    return result
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
