#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
public import LandauCore

/// All that discovery keeps of the snapshots of one lattice size: counted windows, moments, labels.
public struct Ensemble: Sendable {
  public let siteShape: [Int]
  public let channels: [String]
  public let parameterName: String
  public let parameters: [Double]
  public let parameterIndex: [Int]
  public let counts: CorrelatorCounts
  public let moments: OneSiteMoments
  public let folds: SampleFolds
  /// What the sampler of a model recorded with every snapshot, under the names of its observables
  /// (`energyPerSite`, ...); empty for files, whose snapshots are all there is.
  public let observables: [String: [Double]]

  /// - Complexity: one pass over the snapshots per window, shared over `pool`.
  ///
  /// - Parameters:
  ///   - alphabet: nil takes the usual one for the levels of the snapshots.
  ///   - orbits: of the windows, where their functions are averaged over a group.
  public init(
    _ snapshots: Snapshots, windows: [Window], alphabet: Alphabet? = nil,
    orbits: WindowOrbits? = nil, pool: WorkerPool, foldCount: Int = 8
  ) {
    self.init(
      joining: [
        Part(snapshots, windows: windows, alphabet: alphabet, orbits: orbits, pool: pool)
      ], foldCount: foldCount)
  }

  /// Joins snapshots counted one parameter value at a time, so that they need not be kept.
  ///
  /// - Parameter parts: of one lattice, each at values of the parameter above those before it.
  public init(joining parts: [Part], foldCount: Int = 8) {
    precondition(!parts.isEmpty, "nothing to join")
    siteShape = parts[0].siteShape
    channels = parts[0].channels
    parameterName = parts[0].parameterName
    parameters = parts.flatMap(\.parameters)
    var offset = 0
    var indices: [Int] = []
    for part in parts {
      indices += part.parameterIndex.map { Int($0) + offset }
      offset += part.parameters.count
    }
    parameterIndex = indices
    counts = CorrelatorCounts(joining: parts.map(\.counts))
    moments = OneSiteMoments(joining: parts.map(\.moments))
    folds = SampleFolds(
      parameterIndex: indices, chain: parts.flatMap(\.chain), isSequential: parts[0].isSequential,
      foldCount: foldCount)
    observables = parts[0].observables.keys.reduce(into: [:]) { joined, name in
      joined[name] = parts.flatMap { $0.observables[name] ?? [] }
    }
  }

  /// What is kept of the snapshots at some values of the parameter.
  public struct Part: Sendable {
    let siteShape: [Int]
    let channels: [String]
    let parameterName: String
    let parameters: [Double]
    let parameterIndex: [Int32]
    let chain: [Int32]
    let isSequential: Bool
    let counts: CorrelatorCounts
    let moments: OneSiteMoments
    let observables: [String: [Double]]

    /// - Parameters:
    ///   - alphabet: nil takes the usual one for the levels of the snapshots.
    ///   - orbits: of the windows, where their functions are averaged over a group.
    ///   - observables: one number per snapshot under each name.
    public init(
      _ snapshots: Snapshots, windows: [Window], alphabet: Alphabet? = nil,
      orbits: WindowOrbits? = nil, pool: WorkerPool, observables: [String: [Double]] = [:]
    ) {
      Self.check(windows, orbits)
      self.init(
        snapshots, channels: snapshots.channels,
        counts: orbits.map {
          CorrelatorCounts(snapshots, orbits: $0, alphabet: alphabet, pool: pool)
        } ?? CorrelatorCounts(snapshots, windows: windows, alphabet: alphabet, pool: pool),
        pool: pool, observables: observables)
    }

    /// Unit vectors in the plane; their average is no order parameter that is looked for.
    public init(
      _ snapshots: AngleSnapshots, windows: [Window], orbits: WindowOrbits? = nil,
      pool: WorkerPool, observables: [String: [Double]] = [:]
    ) {
      Self.check(windows, orbits)
      self.init(
        snapshots.bare, channels: snapshots.channels,
        counts: orbits.map { CorrelatorCounts(snapshots, orbits: $0, pool: pool) }
          ?? CorrelatorCounts(snapshots, windows: windows, pool: pool),
        pool: pool, observables: observables)
    }

    private static func check(_ windows: [Window], _ orbits: WindowOrbits?) {
      precondition(
        orbits == nil || orbits?.windows == windows,
        "orbits of other windows than \(windows.map(\.name))")
    }

    private init(
      _ snapshots: Snapshots, channels: [String], counts: CorrelatorCounts, pool: WorkerPool,
      observables: [String: [Double]]
    ) {
      precondition(
        observables.values.allSatisfy { $0.count == snapshots.sampleCount },
        "observables need one number per snapshot")
      self.observables = observables
      siteShape = snapshots.siteShape
      self.channels = channels
      parameterName = snapshots.parameterName
      parameters = snapshots.parameters
      parameterIndex = snapshots.parameterIndex
      chain = snapshots.chain
      isSequential = snapshots.isSequential
      self.counts = counts
      moments = OneSiteMoments(snapshots, pool: pool)
    }
  }

  public var siteCount: Int { siteShape.reduce(1, *) }
  public var sampleCount: Int { parameterIndex.count }
  /// The side that finite-size drifts are plotted against: the geometric mean of the sides.
  public var linearSize: Double {
    let sides = siteShape.filter { $0 > 1 }
    return switch sides.count {
    case 2: Double(siteCount).squareRoot()
    case 3: cbrt(Double(siteCount))
    default: Double(siteCount)
    }
  }

  /// Sums of `count` quantities per parameter and fold.
  ///
  /// Folds are independent of one another, so they are the units of every jackknife downstream.
  func foldSums(
    _ count: Int, _ quantity: (Int, inout [Double]) -> Void
  ) -> FoldSums {
    var sums = [[[Double]]](
      repeating: [[Double]](repeating: [Double](repeating: 0, count: count), count: folds.count),
      count: parameters.count)
    var numbers = [[Double]](
      repeating: [Double](repeating: 0, count: folds.count), count: parameters.count)
    var scratch = [Double](repeating: 0, count: count)
    for sample in 0..<sampleCount {
      quantity(sample, &scratch)
      let p = parameterIndex[sample]
      let f = folds.fold[sample]
      for index in 0..<count { sums[p][f][index] += scratch[index] }
      numbers[p][f] += 1
    }
    return FoldSums(sums: sums, numbers: numbers)
  }

  /// A function of means with its delete-one-fold jackknife error, at each parameter, together with the
  /// values with each fold left out.
  func jackknifed(
    _ count: Int, quantity: (Int, inout [Double]) -> Void, function: ([Double]) -> Double
  ) -> [JackknifedValue] {
    foldSums(count, quantity).jackknifed(function)
  }

  /// The mean of one number per sample.
  func means(of value: (Int) -> Double) -> [JackknifedValue] {
    jackknifed(1, quantity: { $1[0] = value($0) }, function: { $0[0] })
  }

  /// Its fluctuation N(<x^2> - <x>^2), N the number of sites.
  func fluctuations(of value: (Int) -> Double) -> [JackknifedValue] {
    jackknifed(
      2,
      quantity: { sample, out in
        out[0] = value(sample)
        out[1] = out[0] * out[0]
      }, function: { Double(siteCount) * max(0, $0[1] - $0[0] * $0[0]) })
  }

  /// The mean square of the order along a pattern.
  func meanSquares(ofPattern index: Int) -> [JackknifedValue] {
    let m = moments.values[index]
    return means { Double(m[$0]) * Double(m[$0]) }
  }
}

/// Sums over the samples of every parameter and fold.
struct FoldSums: Sendable {
  /// `[parameter][fold][quantity]`.
  let sums: [[[Double]]]
  /// Samples, `[parameter][fold]`.
  let numbers: [[Double]]

  /// A function of the means at each parameter, and what it is with each fold left out.
  func jackknifed(_ function: ([Double]) -> Double) -> [JackknifedValue] {
    zip(sums, numbers).map { sums, numbers in
      let quantities = sums[0].indices
      let total = quantities.map { q in sums.reduce(0) { $0 + $1[q] } }
      let n = numbers.reduce(0, +)
      let full = function(total.map { $0 / n })
      let deleted = sums.indices.map { f -> Double in
        let rest = n - numbers[f]
        guard rest > 0 else { return full }
        return function(quantities.map { (total[$0] - sums[f][$0]) / rest })
      }
      return JackknifedValue(full: full, deleted: deleted)
    }
  }
}

/// A value and what it becomes when each independent part of the data is left out.
struct JackknifedValue: Sendable {
  var full: Double
  var deleted: [Double]

  var error: Double {
    let n = Double(deleted.count)
    let mean = deleted.reduce(0, +) / n
    return ((n - 1) / n * deleted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }

  var estimate: Estimate { Estimate(full, error: error) }
}
