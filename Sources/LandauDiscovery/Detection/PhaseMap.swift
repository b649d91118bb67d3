public import LandauCore

/// A scan over two parameters: the mean prediction of both in every cell, and where that vector field diverges.
///
/// In the middle of a phase snapshots of different cells look alike, so predictions hardly move; across a boundary they
/// jump. The indicator is the divergence of the field of mean predictions p(x, y), d p_x/d x + d p_y/d y, positive where
/// predictions move apart (Schaefer and Lorch, Phys. Rev. E 99, 062107). It is of no unit, and the same whatever the
/// units of both parameters.
public struct PhaseMap: Sendable {
  /// Centres of the cells, ascending.
  public let x: [Double]
  public let y: [Double]
  /// Mean predictions, row after row, the row of the first y first.
  public let predictedX: [Double]
  public let predictedY: [Double]
  /// One standard error of each, zero where the map is exact.
  public let errorsX: [Double]
  public let errorsY: [Double]

  /// The optimum, from the distribution of a sufficient statistic in every cell, all cells equally likely beforehand.
  ///
  /// - Parameter distributions: one row per cell over the same values of the statistic.
  public init(x: [Double], y: [Double], distributions: [[Double]]) {
    precondition(
      distributions.count == x.count * y.count && x.count > 2 && y.count > 2,
      "\(distributions.count) distributions for \(x.count) x \(y.count) cells")
    let all = distributions[0].indices
    var weight = [Double](repeating: 0, count: all.count)
    var (weightedX, weightedY) = (weight, weight)
    for (cell, row) in distributions.enumerated() {
      for value in all {
        weight[value] += row[value]
        weightedX[value] += row[value] * x[cell % x.count]
        weightedY[value] += row[value] * y[cell / x.count]
      }
    }
    func means(_ weighted: [Double]) -> [Double] {
      distributions.map { row in
        all.reduce(0) { weight[$1] > 0 ? $0 + row[$1] * weighted[$1] / weight[$1] : $0 }
      }
    }
    self.x = x
    self.y = y
    predictedX = means(weightedX)
    predictedY = means(weightedY)
    errorsX = [Double](repeating: 0, count: distributions.count)
    errorsY = errorsX
  }

  /// The mean over snapshots of a predictor that gives the probability of every cell.
  ///
  /// - Parameters:
  ///   - ensemble: its parameter is the number of the cell, row after row.
  ///   - posterior: of a sample; needs no normalisation. Errors are the jackknife over the ensemble's folds.
  public init(
    x: [Double], y: [Double], of ensemble: Ensemble, posterior: (_ sample: Int) -> [Double]
  ) {
    precondition(
      ensemble.parameters.count == x.count * y.count && x.count > 2 && y.count > 2,
      "\(ensemble.parameters.count) values for \(x.count) x \(y.count) cells")
    let predictions = (0..<ensemble.sampleCount).map { sample -> (Double, Double) in
      var (total, sumX, sumY) = (0.0, 0.0, 0.0)
      for (cell, q) in posterior(sample).enumerated() {
        total += q
        sumX += q * x[cell % x.count]
        sumY += q * y[cell / x.count]
      }
      return (sumX / total, sumY / total)
    }
    self.init(x: x, y: y, ensemble, predictions)
  }

  private init(x: [Double], y: [Double], _ ensemble: Ensemble, _ predictions: [(Double, Double)]) {
    func curve(_ part: (Int) -> Double) -> [Estimate] {
      ensemble.means(of: part).map(\.estimate)
    }
    let (alongX, alongY) = (curve { predictions[$0].0 }, curve { predictions[$0].1 })
    self.x = x
    self.y = y
    predictedX = alongX.map(\.value)
    predictedY = alongY.map(\.value)
    errorsX = alongX.map(\.error)
    errorsY = alongY.map(\.error)
  }

  /// What networks learn: one classifier of cells per fold, each read out on the snapshots it has not seen.
  ///
  /// - Parameters:
  ///   - windows: indices of the counted windows; not empty.
  ///   - steps: optimiser steps of each network.
  /// - Throws: `Interrupted` when cancelled.
  public init(
    learnedFrom ensemble: Ensemble, x: [Double], y: [Double], windows: [Int], steps: Int,
    seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws {
    let posteriors = try CellPosteriors(
      learnedFrom: ensemble, columnCount: x.count, windows: windows, steps: steps, seed: seed,
      pool: pool, cancellation: cancellation)
    self.init(x: x, y: y, of: ensemble) { posteriors[$0] }
  }

  /// The indicator: central differences, one-sided at the edges.
  public var divergence: [Double] {
    func slope(_ values: (Int) -> Double, _ at: [Double], _ i: Int) -> Double {
      let (low, high) = (max(0, i - 1), min(at.count - 1, i + 1))
      return (values(high) - values(low)) / (at[high] - at[low])
    }
    return y.indices.flatMap { row in
      x.indices.map { column in
        slope({ predictedX[row * x.count + $0] }, x, column)
          + slope({ predictedY[$0 * x.count + column] }, y, row)
      }
    }
  }

  /// Along each row the place of the highest inner maximum of the divergence; nil where there is none.
  public var ridge: [Double?] {
    let divergence = divergence
    return y.indices.map { row in
      InnerMaximum.exact(
        parameters: x, values: Array(divergence[row * x.count..<(row + 1) * x.count]))
    }
  }
}
