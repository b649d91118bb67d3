#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Averages of clusters of terms, kept apart by the totals that the couplings multiply: exact at any couplings, when all
/// configurations are in it, and reweighted from those of the sample otherwise.
///
/// With X_k the sum of the values of class k, the weight of a configuration is exp(sum of K_k X_k); within a level, all X_k given,
/// it is constant, so that <m>_K = sum over levels of n m exp((K - K_0) X) / sum of n exp((K - K_0) X). Ferrenberg and Swendsen 1988.
public struct MomentTable: Sendable {
  /// At which the configurations were drawn; zero where all of them were counted.
  public let couplings: [Double]
  public let momentCount: Int
  private var rows: [[Int]: Int] = [:]
  private var keys: [[Int]] = []
  /// `[level, class]`
  private var totals: [Double] = []
  private var counts: [Double] = []
  /// `[level, moment]`
  private var sums: [Double] = []

  public init(couplings: [Double], momentCount: Int) {
    self.couplings = couplings
    self.momentCount = momentCount
  }

  /// Number of configurations.
  public var count: Double { counts.reduce(0, +) }

  private mutating func row(_ key: [Int]) -> Int {
    if let row = rows[key] { return row }
    let row = counts.count
    rows[key] = row
    keys.append(key)
    totals += key.map(Double.init)
    counts.append(0)
    sums += [Double](repeating: 0, count: momentCount)
    return row
  }

  mutating func add(totals key: [Int], _ moments: UnsafePointer<Double>) {
    let row = row(key)
    counts[row] += 1
    for index in 0..<momentCount { sums[row * momentCount + index] += moments[index] }
  }

  /// The configurations of another table more (`sign` 1), or less (-1).
  mutating func merge(_ other: MomentTable, sign: Double = 1) {
    precondition(
      momentCount == other.momentCount && couplings == other.couplings,
      "tables of different moments or couplings")
    for (from, key) in other.keys.enumerated() {
      let to = row(key)
      counts[to] += sign * other.counts[from]
      for index in 0..<momentCount {
        sums[to * momentCount + index] += sign * other.sums[from * momentCount + index]
      }
    }
  }

  /// Averages of all moments at the given couplings.
  func moments(at new: [Double]) -> [Double] {
    let change = zip(new, couplings).map { $0 - $1 }
    let classes = change.count
    var exponents = [Double](repeating: 0, count: counts.count)
    for row in counts.indices {
      for k in 0..<classes { exponents[row] += change[k] * totals[row * classes + k] }
    }
    let top = exponents.indices.reduce(-Double.infinity) {
      counts[$1] > 0.5 ? max($0, exponents[$1]) : $0
    }
    var result = [Double](repeating: 0, count: momentCount)
    var total = 0.0
    sums.withUnsafeBufferPointer { sums in
      result.withUnsafeMutableBufferPointer { result in
        for row in counts.indices where counts[row] > 0.5 {
          let weight = exp(exponents[row] - top)
          total += weight * counts[row]
          for index in 0..<momentCount { result[index] += weight * sums[row * momentCount + index] }
        }
      }
    }
    return result.map { $0 / total }
  }

  /// How many configurations an average over so many equal weights would be as good as: Kish's effective count.
  func effectiveShare(at new: [Double]) -> Double {
    let change = zip(new, couplings).map { $0 - $1 }
    var (first, second) = (0.0, 0.0)
    let exponents = counts.indices.map { row in
      change.indices.reduce(0.0) { $0 + change[$1] * totals[row * change.count + $1] }
    }
    let top = exponents.max() ?? 0
    for row in counts.indices {
      let weight = exp(exponents[row] - top)
      first += counts[row] * weight
      second += counts[row] * weight * weight
    }
    return first * first / (second * count)
  }
}

/// Draws configurations of terms.
public protocol TermSampler: AnyObject {
  /// Moves on and writes the values of all terms, `[kind, cell]`.
  func next(_ values: UnsafeMutablePointer<Int8>)
}

/// Fills tables from samplers.
struct MomentRecorder {
  private let terms: LocalTerms
  private let averages: ClusterAverages
  private let couplings: [Double]

  init(_ clusters: [TermCluster], on terms: LocalTerms, couplings: [Double]) {
    self.terms = terms
    self.couplings = couplings
    averages = ClusterAverages(clusters, on: terms)
  }

  /// A table of `count` configurations, and the moments of some of them, evenly spread, `[snapshot, moment]`.
  func record(
    _ count: Int, snapshots: Int = 0, _ next: (UnsafeMutablePointer<Int8>) -> Void
  ) -> (table: MomentTable, snapshots: [[Double]]) {
    let spacing = snapshots == 0 ? .max : max(1, count / snapshots)
    var kept: [[Double]] = []
    var table = MomentTable(couplings: couplings, momentCount: averages.count)
    var values = [Int8](repeating: 0, count: terms.valueCount)
    var moments = [Double](repeating: 0, count: averages.count)
    var totals = [Int](repeating: 0, count: terms.classCount)
    values.withUnsafeMutableBufferPointer { values in
      moments.withUnsafeMutableBufferPointer { moments in
        guard let values = values.baseAddress, let moments = moments.baseAddress else { return }
        for number in 1...max(1, count) {
          next(values)
          averages.measure(values, into: moments)
          for k in totals.indices { totals[k] = 0 }
          for (kind, term) in terms.kinds.enumerated() {
            var sum = 0
            for cell in 0..<terms.cellCount { sum += Int(values[kind * terms.cellCount + cell]) }
            totals[term.couplingClass] += sum
          }
          table.add(totals: totals, moments)
          if number % spacing == 0 {
            kept.append(Array(UnsafeBufferPointer(start: moments, count: averages.count)))
          }
        }
      }
    }
    return (table, kept)
  }
}
