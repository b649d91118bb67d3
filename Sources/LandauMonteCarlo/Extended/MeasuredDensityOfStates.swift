public import LandauCore
public import LandauLattice
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Logarithms of the number of configurations by energy, from independent runs, and what follows from them.
///
/// Every quantity is computed for each run alone; mean and error are those over the runs.
public struct MeasuredDensityOfStates: Sendable, Hashable {
  public let bins: EnergyBins
  public let siteCount: Int
  /// ln g of each run and bin; minus infinity where a run has never been.
  public let logCounts: [[Double]]
  /// The rarest bin over the mean in the histogram of the last stage, the least of all runs.
  public let flatness: Double

  /// - Parameters:
  ///   - logCounts: `[run][bin]`, up to a constant; minus infinity where a run has never been.
  ///   - logTotal: ln of what the counts add up to; one when nil.
  ///   - flatness: the least of all runs, as `WangLandau` says it.
  public init(
    bins: EnergyBins, siteCount: Int, logCounts: [[Double]], logTotal: Double?, flatness: Double
  ) {
    self.bins = bins
    self.siteCount = siteCount
    self.logCounts = logCounts.map { counts in
      let shift = (logTotal ?? 0) - logSumExp(counts)
      return counts.map { $0 + shift }
    }
    self.flatness = flatness
  }

  /// The same, normalised to a known number of configurations of one energy, the ground state, say.
  ///
  /// - Throws: `InputError` when a run has never been at that energy.
  public func normalized(
    atEnergy energy: Double, logCount: Double
  ) throws(InputError) -> MeasuredDensityOfStates {
    guard let bin = bins.bin(of: energy), logCounts.allSatisfy({ $0[bin] > -.infinity }) else {
      throw .notAllowed("energy", energy, allowed: "energies that every run has visited")
    }
    return MeasuredDensityOfStates(
      bins: bins, siteCount: siteCount, logCounts: logCounts.map { $0.map { $0 } },
      shifts: logCounts.map { logCount - $0[bin] }, flatness: flatness)
  }

  private init(
    bins: EnergyBins, siteCount: Int, logCounts: [[Double]], shifts: [Double], flatness: Double
  ) {
    self.bins = bins
    self.siteCount = siteCount
    self.logCounts = zip(logCounts, shifts).map { counts, shift in counts.map { $0 + shift } }
    self.flatness = flatness
  }

  /// Energies that some run has visited, ascending, with ln g.
  public var levels: [(energy: Double, logCount: Estimate)] {
    (0..<bins.count).compactMap { bin in
      let values = logCounts.map { $0[bin] }.filter { $0 > -.infinity }
      guard !values.isEmpty else { return nil }
      var estimate = Estimate.mean(of: values)
      if values.count < logCounts.count {
        estimate.warning = "visited by \(values.count) of \(logCounts.count) runs only"
      }
      return (bins.energy(of: bin), estimate)
    }
  }

  /// A function of ln g of one run, with mean and error over the runs.
  public func estimate(_ function: (_ logCounts: [Double]) -> Double) -> Estimate {
    Estimate.mean(of: logCounts.map(function))
  }

  /// ln Z.
  public func logPartition(beta: Double) -> Estimate {
    estimate { logSumExp(weights($0, beta)) }
  }

  /// <H>/N.
  public func energyPerSite(beta: Double) -> Estimate {
    estimate { moments($0, beta).mean / Double(siteCount) }
  }

  /// beta^2 (<H^2> - <H>^2)/N.
  public func specificHeatPerSite(beta: Double) -> Estimate {
    estimate { beta * beta * moments($0, beta).variance / Double(siteCount) }
  }

  /// (ln Z + beta <H>)/N.
  public func entropyPerSite(beta: Double) -> Estimate {
    estimate {
      (logSumExp(weights($0, beta)) + beta * moments($0, beta).mean) / Double(siteCount)
    }
  }

  private func weights(_ logCounts: [Double], _ beta: Double) -> [Double] {
    logCounts.enumerated().map { $1 - beta * bins.energy(of: $0) }
  }

  private func moments(_ logCounts: [Double], _ beta: Double) -> (mean: Double, variance: Double) {
    let logs = weights(logCounts, beta)
    let largest = logs.max()!
    let probabilities = logs.map { exp($0 - largest) }
    let total = probabilities.reduce(0, +)
    let origin = bins.energy(of: logs.firstIndex(of: largest)!)
    var (first, second) = (0.0, 0.0)
    for (bin, probability) in probabilities.enumerated() {
      let deviation = bins.energy(of: bin) - origin
      first += probability * deviation
      second += probability * deviation * deviation
    }
    (first, second) = (first / total, second / total)
    return (origin + first, second - first * first)
  }
}

extension DiscreteModel {
  /// ln of the number of configurations: ln Z at beta = 0.
  public var logConfigurationCount: Double { Double(siteCount) * log(Double(stateCount)) }
}
