public import LandauCore

/// Numbers of single samples along a scan, and the independent parts that errors are taken from.
public struct ScanFolds: Sendable {
  public let parameters: [Double]
  /// Of every sample.
  public let parameterIndex: [Int]
  public let folds: SampleFolds

  public init(_ snapshots: Snapshots, foldCount: Int = 8) {
    parameters = snapshots.parameters
    parameterIndex = snapshots.parameterIndex.map(Int.init)
    folds = SampleFolds(
      parameterIndex: parameterIndex, chain: snapshots.chain,
      isSequential: snapshots.isSequential, foldCount: foldCount)
  }

  /// The mean of a number per sample at every parameter.
  ///
  /// The scatter of single samples is widened by what the folds scatter more than independent samples would, never
  /// narrowed. That factor varies slowly along a scan, so it is pooled over seven neighbouring parameters.
  ///
  /// - Parameters:
  ///   - values: one per sample.
  ///   - modes: whole curves that a training error may add, as `PredictionCurve` wants them.
  public func curve(of values: [Double], modes: [[Double]] = []) -> PredictionCurve {
    precondition(values.count == parameterIndex.count, "\(values.count) values of samples")
    let cells = cells(values)
    let totals = cells.map { $0.reduce(0) { $0 + $1.count } }
    let means = zip(cells, totals).map { cell, n in cell.reduce(0) { $0 + $1.sum } / n }
    let spreads = cells.indices.map { p in
      max(0, cells[p].reduce(0) { $0 + $1.squares } / totals[p] - means[p] * means[p]).squareRoot()
    }
    let inflation = cells.indices.map { p -> Double in
      let filled = cells[p].filter { $0.count > 0 }
      let between = filled.reduce(0.0) {
        let d = $1.sum / $1.count - means[p]
        return $0 + $1.count * d * d
      }
      let within = spreads[p] * spreads[p]
      return within > 0 && filled.count > 1 ? between / Double(filled.count - 1) / within : 1
    }
    let scale = (values.max() ?? 0) - (values.min() ?? 0)
    let errors = parameters.indices.map { p -> Double in
      let window = max(0, p - 3)...min(parameters.count - 1, p + 3)
      let factor = max(1, inflation[window].reduce(0, +) / Double(window.count))
      return max(spreads[p] * (factor / totals[p]).squareRoot(), max(1e-9 * scale, 1e-300))
    }
    return PredictionCurve(
      parameters: parameters, means: means, testErrors: errors, trainingModes: modes,
      spreads: spreads)
  }

  /// The same as estimates.
  public func means(of values: [Double]) -> [Estimate] {
    let curve = curve(of: values)
    return zip(curve.means, curve.errors).map { Estimate($0, error: $1) }
  }

  private struct Cell {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0
  }

  /// Sums per parameter and fold.
  private func cells(_ values: [Double]) -> [[Cell]] {
    var cells = [[Cell]](
      repeating: [Cell](repeating: Cell(), count: folds.count), count: parameters.count)
    for (sample, value) in values.enumerated() {
      let (p, f) = (parameterIndex[sample], folds.fold[sample])
      cells[p][f].count += 1
      cells[p][f].sum += value
      cells[p][f].squares += value * value
    }
    return cells
  }
}
