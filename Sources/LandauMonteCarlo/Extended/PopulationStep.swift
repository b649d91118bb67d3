public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What population annealing found at one temperature.
public struct PopulationStep: Sendable, Hashable {
  public let beta: Double
  /// Replicas per run.
  public let population: Int
  public let observables: [Observable]
  /// Means over the population, `[observable][run]`.
  public let means: [[Double]]
  /// ln Z of each run.
  public let logPartitions: [Double]
  /// rho_t of each run: replicas that count as one because they are of one family; mean square family size.
  public let familySizes: [Double]
  /// Entropy of the shares of families, of each run.
  public let familyEntropies: [Double]
  /// Families left, of each run.
  public let familyCounts: [Int]

  /// ln Z of all runs together, the logarithm of the mean of their Z, with its error by leaving out runs.
  public var logPartition: Estimate {
    leaveOneOut { runs in
      logSumExp(runs.map { logPartitions[$0] }) - log(Double(runs.count))
    }
  }

  /// The mean of an observable, runs weighted with their Z; nil when it was not measured.
  ///
  /// With these weights the bias of a finite population is that of all runs together.
  public func mean(of observable: Observable) -> Estimate? {
    guard let index = observables.firstIndex(of: observable) else { return nil }
    let values = means[index]
    let largest = logPartitions.max()!
    let weights = logPartitions.map { exp($0 - largest) }
    return leaveOneOut { runs in
      runs.reduce(0) { $0 + weights[$1] * values[$1] } / runs.reduce(0) { $0 + weights[$1] }
    }
  }

  /// A function of the means of several observables, runs weighted with their Z, with its error by leaving out
  /// runs.
  ///
  /// - Parameters:
  ///   - observables: all of them measured.
  ///   - withLogPartition: whether ln Z of the runs together follows the means.
  public func estimate(
    of observables: [Observable], withLogPartition: Bool = false,
    _ function: (_ means: [Double]) -> Double
  ) -> Estimate {
    let values = observables.map { observable -> [Double] in
      guard let index = self.observables.firstIndex(of: observable) else {
        preconditionFailure("\(observable) was not measured")
      }
      return means[index]
    }
    let largest = logPartitions.max()!
    let weights = logPartitions.map { exp($0 - largest) }
    return leaveOneOut { runs in
      let total = runs.reduce(0) { $0 + weights[$1] }
      let means = values.map { own in runs.reduce(0) { $0 + weights[$1] * own[$1] } / total }
      let logPartition = largest + log(total / Double(runs.count))
      return function(withLogPartition ? means + [logPartition] : means)
    }
  }

  /// rho_s: the population over the exponential of the families' entropy, averaged over runs.
  public var entropicFamilySize: Double {
    familyEntropies.reduce(0) { $0 + Double(population) * exp(-$1) }
      / Double(familyEntropies.count)
  }

  /// rho_f: the population times the variance of ln Z over runs: with so many replicas the systematic error
  /// of the free energy is about a half; NaN for a single run.
  public var equilibrationPopulation: Double {
    let count = Double(logPartitions.count)
    let mean = logPartitions.reduce(0, +) / count
    let squares = logPartitions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return count > 1 ? Double(population) * squares / (count - 1) : .nan
  }

  /// Why the population is too small for this temperature, one line each (the criteria of Wang, Machta and
  /// Katzgraber 2015: a hundred families that count, and a systematic error far below the statistical one).
  public var warnings: [String] {
    var lines: [String] = []
    let independent = Double(population) / (familySizes.max() ?? 1)
    if independent < 100 {
      lines.append(
        "not in equilibrium: \(Int(independent)) families count at beta = \(beta), fewer than 100; "
          + "use a larger population or more sweeps")
    }
    if equilibrationPopulation > 0.1 * Double(population) {
      lines.append(
        "not in equilibrium: the free energies of the runs differ too much at beta = \(beta); use "
          + "a population well above \(Int(equilibrationPopulation.rounded(.up)))")
    }
    return lines
  }

  /// A function of a set of runs, with its error by the jackknife over runs.
  private func leaveOneOut(_ function: (_ runs: [Int]) -> Double) -> Estimate {
    let runs = Array(logPartitions.indices)
    let warning = warnings.isEmpty ? nil : warnings.joined(separator: "; ")
    let value = function(runs)
    guard runs.count > 1 else {
      return Estimate(value, error: .nan, warning: "a single run: the error is unknown")
    }
    let count = Double(runs.count)
    let replicates = runs.map { left in function(runs.filter { $0 != left }) }
    let centre = replicates.reduce(0, +) / count
    let squares = replicates.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    return Estimate(
      value, error: (squares * (count - 1) / count).squareRoot(), effectiveCount: count,
      degreesOfFreedom: count - 1, warning: warning)
  }

  /// What was found before, from its numbers: one per run, and one array of them per observable.
  public init(
    beta: Double, population: Int, observables: [Observable], means: [[Double]],
    logPartitions: [Double], familySizes: [Double], familyEntropies: [Double],
    familyCounts: [Int]
  ) {
    self.beta = beta
    self.population = population
    self.observables = observables
    self.means = means
    self.logPartitions = logPartitions
    self.familySizes = familySizes
    self.familyEntropies = familyEntropies
    self.familyCounts = familyCounts
  }

  func save(to writer: inout StateWriter) {
    writer.write(beta)
    for numbers in means + [logPartitions, familySizes, familyEntropies] {
      writer.write(numbers: numbers)
    }
    writer.write(words: familyCounts.map { UInt64($0) })
  }

  init(
    from reader: inout StateReader, population: Int, observables: [Observable], runCount: Int
  ) throws(InputError) {
    beta = try reader.number()
    self.population = population
    self.observables = observables
    var stored: [[Double]] = []
    for _ in observables { stored.append(try reader.numbers(count: runCount)) }
    means = stored
    logPartitions = try reader.numbers(count: runCount)
    familySizes = try reader.numbers(count: runCount)
    familyEntropies = try reader.numbers(count: runCount)
    familyCounts = try reader.words(count: runCount).map { Int(truncatingIfNeeded: $0) }
  }
}
