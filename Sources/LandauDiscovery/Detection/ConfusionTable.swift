import LandauCore

/// How often a snapshot of one value was taken for another, in terms of cuts between values.
///
/// A snapshot of value t with median class m is on the wrong side of exactly the cuts between t and m.
struct ConfusionTable {
  private let range: Range<Int>
  /// `[network][t][m]`: share of the samples of t on held-out samples first, then of each network on all samples.
  private let held: [[Double]]
  private let networks: [[[Double]]]
  private let counts: [Double]

  init(_ ensemble: Ensemble, medians: [[Int16]], range: Range<Int>) {
    let n = range.count
    func table(_ median: (Int) -> Int16) -> [[Double]] {
      var table = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
      for (sample, p) in ensemble.parameterIndex.enumerated() where range.contains(p) {
        table[p - range.lowerBound][Int(median(sample)) - range.lowerBound] += 1
      }
      return table
    }
    let held = table { medians[ensemble.folds.fold[$0]][$0] }
    counts = held.map { $0.reduce(0, +) }
    self.held = held.map { row in row.map { $0 / max(1, row.reduce(0, +)) } }
    networks = medians.map { median in
      table { median[$0] }.map { row in row.map { $0 / max(1, row.reduce(0, +)) } }
    }
    self.range = range
  }

  /// The accuracy at every cut, with the covariance that cuts have because they judge the same snapshots.
  func curve(_ parameters: [Double], inflation: [Double]) -> MethodCurve {
    let n = range.count
    let cuts = n - 1
    let mean = Self.errors(held)
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: cuts), count: cuts)
    for t in 0..<n {
      // Of one value: P(wrong at both cuts) - P(wrong at one) P(wrong at the other).
      let weight = inflation[t] / (Double(n * n) * max(1, counts[t]))
      let wrong = Self.errors([held[t]], from: t)
      for i in 0..<cuts {
        // Wrong at both cuts means beyond the farther one, and on one side of t.
        for j in 0...i where (i < t) == (j < t) {
          let both = i < t ? wrong[j] : wrong[i]
          covariance[i][j] += weight * both
        }
        for j in 0...i { covariance[i][j] -= weight * wrong[i] * wrong[j] }
      }
    }
    let curves = networks.map { Self.errors($0) }
    let k = Double(curves.count)
    let left = k > 2 ? 2.0 : 1.0
    let center = (0..<cuts).map { i in curves.reduce(0) { $0 + $1[i] } / k }
    let total = counts.reduce(0, +)
    for i in 0..<cuts {
      for j in 0...i {
        covariance[i][j] += curves.reduce(0) {
          $0 + ($1[i] - center[i]) * ($1[j] - center[j]) * (k - left) / (left * k)
        }
        covariance[j][i] = covariance[i][j]
      }
      // Where no mistake was seen, one in all samples is still possible.
      covariance[i][i] += 1 / (total * total)
    }
    return MethodCurve(
      parameters: DetectionOptimum.cuts(Array(parameters[range])), values: mean.map { 1 - $0 },
      covariance: covariance)
  }

  /// The mean over values of the share of mistakes at each cut.
  private static func errors(_ table: [[Double]], from first: Int = 0) -> [Double] {
    let n = table[0].count
    var errors = [Double](repeating: 0, count: n - 1)
    for (row, shares) in table.enumerated() {
      let t = row + first
      // Beyond cut k on the upper side: median above k, for k >= t; on the lower side: median at most k, for k < t.
      var sum = 0.0
      for k in stride(from: n - 2, through: t, by: -1) {
        sum += shares[k + 1]
        errors[k] += sum
      }
      sum = 0
      for k in 0..<t {
        sum += shares[k]
        errors[k] += sum
      }
    }
    return errors.map { $0 / Double(table.count) }
  }
}
