import LandauCore

@testable import LandauDiscovery

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Spins of a map's cells that are up with a probability of their cell: the number of them is all there is to know.
struct IndependentCells {
  let up: [Double]
  let side = 24
  let ensemble: Ensemble

  init(up: [Double], seed: Seed, pool: WorkerPool) {
    let shots = 160
    let side = side
    var rng = seed.makeStream()
    let spins = up.flatMap { p in
      (0..<shots * side).map { _ in Int8(rng.uniform() < p ? 1 : -1) }
    }
    self.up = up
    ensemble = Ensemble(
      Snapshots(
        siteShape: [side], channels: ["spin"], values: spins, parameterName: "cell",
        parameters: up.indices.map(Double.init),
        parameterIndex: up.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
        chain: up.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
        boundary: .periodic), windows: [Window(rows: 1, columns: 1)], pool: pool)
  }

  private func logWeight(_ p: Double, _ count: Double) -> Double {
    count * log(p) + (Double(side) - count) * log(1 - p)
  }

  /// The weight of every cell, given a sample.
  func posterior(_ sample: Int) -> [Double] {
    let count = Double(side) * (1 + Double(ensemble.counts.values[sample])) / 2
    let logs = up.map { logWeight($0, count) }
    let top = logs.max()!
    return logs.map { exp($0 - top) }
  }

  /// Binomial, of the number of spins that are up, cell by cell.
  var distributions: [[Double]] {
    up.map { p in
      (0...side).map { k in
        let choose = (0..<k).reduce(1.0) { $0 * Double(side - $1) / Double($1 + 1) }
        return choose * exp(logWeight(p, Double(k)))
      }
    }
  }
}
