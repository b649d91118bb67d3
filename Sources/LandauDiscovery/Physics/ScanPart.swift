public import LandauCore

/// A part of a scan between two changes, and the correlators that stand out in it.
public struct ScanPart: Sendable {
  public var range: ClosedRange<Double>
  /// Mean over the values of the parameter in the part, snapshots averaged; the simplest first.
  public var correlators: [(term: Term, mean: Estimate)]

  /// The parts that `cuts` divide a scan into.
  ///
  /// Of every correlator that was counted the mean over a part is taken, all values of the parameter in it with equal weights.
  /// Those at least `share` of the largest modulus there stand out, at most `limit` of them; fewer factors and shorter
  /// distances go before.
  ///
  /// - Parameter cuts: ascending, inside the scan.
  /// - Complexity: O(samples x features).
  public static func parts(
    of ensemble: Ensemble, cuts: [Double], share: Double = 0.7, limit: Int = 8
  ) -> [ScanPart] {
    let counts = ensemble.counts
    let width = counts.featureCount
    var columns: [Term: Int] = [:]
    for (column, term) in counts.terms.enumerated()
    where term.degree > 0 && columns[term] == nil {
      columns[term] = column
    }
    let chosen = columns.sorted { $0.value < $1.value }
    let sums = ensemble.foldSums(chosen.count) { sample, out in
      for (index, item) in chosen.enumerated() {
        out[index] = Double(counts.values[sample * width + item.value])
      }
    }
    let p = ensemble.parameters
    return (0...cuts.count).compactMap { part in
      let low = part == 0 ? -Double.infinity : cuts[part - 1]
      let high = part == cuts.count ? Double.infinity : cuts[part]
      let inside = p.indices.filter { p[$0] > low && p[$0] < high }
      guard let first = inside.first, let last = inside.last else { return nil }
      let means = chosen.indices.map { sums.mean(of: $0, over: inside).estimate }
      let largest = means.map { abs($0.value) }.max() ?? 0
      let standing = chosen.indices.filter {
        abs(means[$0].value) >= share * largest && abs(means[$0].value) > 5 * means[$0].error
      }.sorted {
        let (a, b) = (chosen[$0].key.reach, chosen[$1].key.reach)
        return a == b ? $0 < $1 : a < b
      }
      return ScanPart(
        range: p[first]...p[last],
        correlators: standing.prefix(limit).map { (chosen[$0].key, means[$0]) })
    }
  }
}

extension FoldSums {
  /// The mean of a quantity over some values of the parameter, each with the same weight.
  fileprivate func mean(of quantity: Int, over values: [Int]) -> JackknifedValue {
    func mean(without fold: Int?) -> Double {
      values.reduce(0) { sum, p in
        let folds = numbers[p].indices.filter { $0 != fold && numbers[p][$0] > 0 }
        let n = folds.reduce(0) { $0 + numbers[p][$1] }
        return sum + folds.reduce(0) { $0 + sums[p][$1][quantity] } / max(n, 1)
      } / Double(values.count)
    }
    return JackknifedValue(
      full: mean(without: nil), deleted: numbers[0].indices.map { mean(without: $0) })
  }
}

extension Term {
  /// Factors first, then the extent along all axes, for putting terms in order.
  fileprivate var reach: SIMD2<Int> {
    func extent(_ values: [Int]) -> Int { (values.max() ?? 0) - (values.min() ?? 0) }
    return SIMD2(
      degree,
      extent(factors.map(\.layer)) + extent(factors.map(\.row)) + extent(factors.map(\.column)))
  }
}

extension SIMD2 where Scalar == Int {
  fileprivate static func < (a: Self, b: Self) -> Bool {
    a[0] == b[0] ? a[1] < b[1] : a[0] < b[0]
  }
}
