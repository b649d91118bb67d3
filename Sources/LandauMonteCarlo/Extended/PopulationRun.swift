import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How many copies each replica should have after a step in temperature.
struct ResamplingWeights {
  /// Expected copies, adding up to the population.
  let expected: [Double]
  /// ln of the mean of exp(-step E).
  let logMean: Double

  init(energies: [Double], step: Double) {
    let logs = energies.map { -step * $0 }
    let largest = logs.max()!
    let weights = logs.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    let count = Double(energies.count)
    expected = weights.map { $0 * count / sum }
    logMean = largest + log(sum / count)
  }

  /// The part of the population that is expected to be replaced.
  var culledFraction: Double {
    expected.reduce(0) { $0 + max(0, 1 - $1) } / Double(expected.count)
  }
}

/// One run of a population annealing: families, free energy, and the stream that decides who is copied.
struct PopulationRun: Sendable, Hashable {
  /// The replica each one descends from.
  private(set) var families: [Int]
  private(set) var logPartition: Double
  private var stream: RandomStream

  init(population: Int, logPartition: Double, stream: RandomStream) {
    families = Array(0..<population)
    self.logPartition = logPartition
    self.stream = stream
  }

  /// Chooses who is copied where, by a comb of equal teeth with one random offset: every replica gets its expected
  /// number of copies, rounded down or up, and the population stays as it is.
  ///
  /// - Returns: for each place the replica that belongs there; survivors stay at their own.
  mutating func resample(_ weights: ResamplingWeights) -> [Int] {
    let copies = Self.copies(weights.expected, offset: stream.uniform())
    logPartition += weights.logMean
    var sources = Array(copies.indices)
    var spare: [Int] = []
    for (replica, count) in copies.enumerated() where count > 1 {
      spare += [Int](repeating: replica, count: count - 1)
    }
    var next = 0
    for (replica, count) in copies.enumerated() where count == 0 {
      sources[replica] = spare[next]
      next += 1
    }
    families = sources.map { families[$0] }
    return sources
  }

  /// - Parameter offset: uniform on [0, 1).
  /// - Returns: as many copies in all as there are replicas.
  static func copies(_ expected: [Double], offset: Double) -> [Int] {
    var copies: [Int] = []
    copies.reserveCapacity(expected.count)
    var (sum, given) = (0.0, 0)
    for value in expected.dropLast() {
      sum += value
      // Teeth at offset, offset + 1, ... below the sum.
      let teeth = min(expected.count, max(given, Int((sum - offset).rounded(.up))))
      copies.append(teeth - given)
      given = teeth
    }
    copies.append(expected.count - given)
    return copies
  }

  /// Replicas of each family that is left.
  private var sizes: [Int] {
    var sizes = [Int](repeating: 0, count: families.count)
    for family in families { sizes[family] += 1 }
    return sizes.filter { $0 > 0 }
  }

  /// rho_t: the sum of squared family sizes over the population, 1 when nobody has been copied.
  var meanSquareFamilySize: Double {
    sizes.reduce(0) { $0 + Double($1 * $1) } / Double(families.count)
  }

  /// -sum n ln n over the shares n of the families.
  var familyEntropy: Double {
    sizes.reduce(0) { sum, size in
      let share = Double(size) / Double(families.count)
      return sum - share * log(share)
    }
  }

  var familyCount: Int { sizes.count }

  func save(to writer: inout StateWriter) {
    writer.write(words: families.map { UInt64($0) })
    writer.write(logPartition)
    writer.write(stream)
  }

  mutating func restore(from reader: inout StateReader) throws(InputError) {
    let count = families.count
    families = try reader.words(count: count).map { Int(truncatingIfNeeded: $0) }
    guard families.allSatisfy({ (0..<count).contains($0) }) else { throw .damagedCheckpoint }
    logPartition = try reader.number()
    stream = try reader.stream()
  }
}
