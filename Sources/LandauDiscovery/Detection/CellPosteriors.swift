public import LandauCore

/// The probability of every cell of a map of two parameters, given each snapshot.
public struct CellPosteriors: Sendable {
  public let cellCount: Int
  /// `[sample, cell]`.
  private let values: [Float]

  /// What networks learn: one classifier of cells per fold, each read out on the snapshots it has not seen.
  ///
  /// - Parameters:
  ///   - ensemble: its parameter is the number of the cell, row after row.
  ///   - columnCount: cells in a row.
  ///   - windows: indices of the counted windows; not empty.
  ///   - steps: optimiser steps of each network.
  /// - Throws: `Interrupted` when cancelled.
  public init(
    learnedFrom ensemble: Ensemble, columnCount: Int, windows: [Int], steps: Int, seed: Seed,
    pool: WorkerPool, cancellation: Cancellation
  ) throws {
    precondition(!windows.isEmpty, "phase detection needs a window to look through")
    let count = ensemble.parameters.count
    precondition(count % columnCount == 0, "\(count) cells in rows of \(columnCount)")
    // To and fro, so that neighbours in the list of classes are neighbours on the map.
    let cells = (0..<count / columnCount).flatMap { row in
      (row % 2 == 0 ? Array(0..<columnCount) : (0..<columnCount).reversed()).map {
        row * columnCount + $0
      }
    }
    let parts = try pool.map(ensemble.folds.count) { fold -> [(sample: Int, q: [Float])] in
      try cancellation.check()
      let fit = ClassifierFit(
        ensemble, windows: windows, split: Split(ensemble, fold: fold), classes: cells.map { [$0] },
        steps: steps, isScan: false, seed: seed.child("fold", fold))
      var out: [(sample: Int, q: [Float])] = []
      fit.forEachPosterior(ensemble) { sample, q in
        guard ensemble.folds.fold[sample] == fold else { return }
        out.append((sample, Array(q)))
      }
      return out
    }
    var values = [Float](repeating: 0, count: ensemble.sampleCount * count)
    for item in parts.joined() {
      for (number, cell) in cells.enumerated() {
        values[item.sample * count + cell] = item.q[number]
      }
    }
    cellCount = count
    self.values = values
  }

  /// Of one sample.
  public subscript(sample: Int) -> [Double] {
    (0..<cellCount).map { Double(values[sample * cellCount + $0]) }
  }
}
