import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of a model along its parameter, independent of one another, and what is known exactly of them.
protocol TetrisScan: Sendable {
  var values: [Double] { get }
  /// Independent snapshots, `shots` at each value.
  func snapshots(side: Int, shots: Int, seed: Seed, pool: WorkerPool) throws -> Snapshots
  /// The exact distribution of the number that the model's own correlator averages.
  func distributions(side: Int) throws -> ScanDistributions
}

extension TetrisScan {
  fileprivate func joined(
    siteShape: [Int], channels: [String], parameterName: String, shots: Int, _ values: [[Int8]]
  ) -> Snapshots {
    Snapshots(
      siteShape: siteShape, channels: channels, values: values.flatMap { $0 },
      parameterName: parameterName, parameters: self.values,
      parameterIndex: values.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
      chain: values.indices.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
      boundary: .periodic)
  }
}

/// The Z2 gauge theory on a square torus, over beta.
struct GaugeScan: TetrisScan {
  let values = (1...40).map { 0.15 * Double($0) }

  /// The three sites whose links close a plaquette; it is the smallest window that holds one.
  static let plaquetteCorner = corner([(0, 0), (0, 1), (1, 0)])
  /// Windows in which no links close; one of them is the first corner turned.
  static let openWindows =
    [
      Window(rows: 1, columns: 1), Window(rows: 1, columns: 2), Window(rows: 2, columns: 1),
      corner([(0, 1), (1, 0), (1, 1)]),
    ]
  static let windows = openWindows + [plaquetteCorner, Window(rows: 2, columns: 2)]

  private static func corner(_ sites: [(Int, Int)]) -> Window {
    Window(sites: sites.map { Window.Offset(row: $0.0, column: $0.1) })
  }

  func snapshots(side: Int, shots: Int, seed: Seed, pool: WorkerPool) throws -> Snapshots {
    let links = try pool.map(values.count) { index in
      try IsingGaugeSampler.sample(
        side: side, beta: values[index], count: shots, seed: seed.child("value", index))
    }
    return joined(
      siteShape: [side, side], channels: ["down", "right"], parameterName: "beta", shots: shots,
      links)
  }

  /// Plaquettes are independent but for their product: of the binomial distribution of their number of -1, the even part.
  func distributions(side: Int) -> ScanDistributions {
    let count = Double(side * side)
    let broken = Array(stride(from: 0.0, through: count, by: 2))
    let rows = values.map { beta -> [Double] in
      let logarithms = broken.map {
        lgamma(count + 1) - lgamma($0 + 1) - lgamma(count - $0 + 1) - 2 * beta * $0
      }
      let top = logarithms.max() ?? 0
      return logarithms.map { exp($0 - top) }
    }
    return ScanDistributions(
      parameters: values, statistic: broken.map { 1 - 2 * $0 / count }, counts: rows)
  }
}

/// Ground states of the transverse-field Ising ring, over the field.
struct ChainScan: TetrisScan {
  let basis: SpinAxis
  let values = (1...40).map { 0.05 * Double($0) }

  func chain(_ index: Int, side: Int) throws -> TransverseIsingChain {
    try TransverseIsingChain(siteCount: side, field: values[index])
  }

  func snapshots(side: Int, shots: Int, seed: Seed, pool: WorkerPool) throws -> Snapshots {
    let spins = try pool.map(values.count) { index in
      try chain(index, side: side).snapshots(shots, axis: basis, seed: seed.child("value", index))
    }
    return joined(
      siteShape: [side], channels: ["\(basis)"], parameterName: "g", shots: shots, spins)
  }

  func distributions(side: Int) throws -> ScanDistributions {
    ScanDistributions(
      parameters: values, statistic: (0...side).map { 1 - 2 * Double($0) / Double(side) },
      counts: try values.indices.map { try chain($0, side: side).distribution(axis: basis) })
  }
}

extension ScanDistributions {
  /// The share of the parameter's variance that the best predictor explains, all values equally likely.
  var explainedShare: Double {
    let n = Double(parameters.count)
    let mean = parameters.reduce(0, +) / n
    let variance = parameters.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    var explained = 0.0
    for x in statistic.indices {
      let weight = probabilities.reduce(0) { $0 + $1[x] }
      guard weight > 0 else { continue }
      let best = zip(parameters, probabilities).reduce(0) { $0 + $1.0 * $1.1[x] } / weight
      explained += weight * (best - mean) * (best - mean) / n
    }
    return explained / variance
  }
}
