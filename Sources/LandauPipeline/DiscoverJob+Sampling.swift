import LandauCore
import LandauDiscovery
import LandauExact
import LandauLattice
import LandauMonteCarlo

/// Snapshots of a model along a scan, counted as they come.
struct DiscoverySampler: Sendable {
  let model: DiscoverModel
  let coupling: Double
  let field: Double
  let settings: DiscoverSettings
  let windows: [Window]
  let seed: Seed

  /// What one size gave.
  struct Sampled: Sendable {
    var ensemble: Ensemble
    var algorithms: [String]
    /// Counts of binned energies at each parameter, for models without a closed form; empty otherwise.
    var energies: [[Double]]
  }

  /// Samples one size. The values of the scan are shared out over the pool; each has its own seed, so
  /// the snapshots depend on neither the number of threads nor the other values.
  ///
  /// - Throws: `InputError` for what a model refuses; `Interrupted` when cancelled.
  func sample(
    _ shape: [Int], pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Sampled {
    let parts = try pool.map(settings.grid.count) { index in
      try cancellation.check()
      defer { progress.advance() }
      let value = settings.grid[index]
      let child = seed.child("size", indices: shape).child(
        "value", Int(bitPattern: UInt(value.bitPattern)))
      return try model == .ising
        ? ising(shape, temperature: value, seed: child, pool: pool, cancellation: cancellation)
        : gauge(shape, beta: value, seed: child, pool: pool)
    }
    try cancellation.check()
    return Sampled(
      ensemble: Ensemble(joining: parts.map(\.part), foldCount: DiscoverSettings.chainCount),
      algorithms: Array(Set(parts.map(\.algorithm))).sorted(), energies: parts.map(\.energies))
  }

  private typealias Point = (part: Ensemble.Part, algorithm: String, energies: [Double])

  private func ising(
    _ shape: [Int], temperature: Double, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> Point {
    let ising = try IsingModel(sides: shape, coupling: coupling, field: field)
    let beta = 1 / temperature
    let update = IsingUpdate.automatic(for: ising, beta: beta)
    let perChain = settings.shots / DiscoverSettings.chainCount
    let spacing = Self.spacing(update)
    let plan = SamplingPlan(
      sweeps: perChain * spacing, measureEvery: spacing, chainCount: DiscoverSettings.chainCount,
      snapshotCount: perChain)
    let run = try IsingSample.run(
      model: ising, beta: beta, update: update, plan: plan, seed: seed, pool: pool,
      cancellation: cancellation)
    try cancellation.check()
    let snapshots = Snapshots(
      siteShape: shape, channels: ["spin"], values: run.chains.flatMap(\.snapshots),
      parameterName: "temperature", parameters: [temperature],
      parameterIndex: [Int32](repeating: 0, count: perChain * run.chains.count),
      chain: (0..<run.chains.count).flatMap { [Int32](repeating: Int32($0), count: perChain) },
      isSequential: true, boundary: .periodic)
    return (
      Ensemble.Part(snapshots, windows: windows, pool: pool), run.algorithm,
      run.chains.flatMap(\.energyPerSite)
    )
  }

  /// Sweeps between snapshots. Cluster sweeps renew the configuration within a few; local ones are only
  /// chosen where they do too. The folds are whole chains, so what correlation is left is in the errors.
  private static func spacing(_ update: IsingUpdate) -> Int {
    switch update {
    case .metropolis: 4
    case .wolff, .swendsenWang: 2
    }
  }

  private func gauge(_ shape: [Int], beta: Double, seed: Seed, pool: WorkerPool) throws -> Point {
    let gauge = try IsingGaugeModel(lattice: HypercubicLattice(sides: shape))
    let links = try IsingGaugeSampler.sample(
      model: gauge, beta: beta, count: settings.shots, seed: seed, pool: nil)
    let snapshots = Snapshots(
      siteShape: shape, channels: ["down", "right"], values: links, parameterName: "beta",
      parameters: [beta], parameterIndex: [Int32](repeating: 0, count: settings.shots),
      chain: (0..<settings.shots).map(Int32.init), isSequential: false, boundary: .periodic)
    return (Ensemble.Part(snapshots, windows: windows, pool: pool), "direct sampling", [])
  }
}

/// The energy distributions that optima follow from, where the model is known.
enum ModelOptimum {
  /// From exact energy distributions: Kaufman's torus, the ring, the gauge torus.
  ///
  /// - Returns: nil where no closed form is known (a field in two dimensions, frustrated tori).
  static func exact(
    model: DiscoverModel, shape: [Int], coupling: Double, field: Double, parameters: [Double],
    pool: WorkerPool
  ) throws -> ScanDistributions? {
    let distribution: (@Sendable (Double) throws -> EnergyDistribution)?
    switch model {
    case .isingGauge:
      let torus = try IsingGaugeTorus(rows: shape[0], columns: shape[1])
      distribution = { torus.energyDistribution(beta: $0) }
    case .ising where field == 0 && shape.count == 1:
      let ring = try IsingRing(siteCount: shape[0], coupling: coupling, field: 0)
      distribution = { try ring.energyDistribution(beta: 1 / $0) }
    case .ising where field == 0 && coupling != 0 && shape.allSatisfy { $0 % 2 == 0 }:
      let torus = try KaufmanTorus(rows: shape[0], columns: shape[1], coupling: coupling)
      distribution = { torus.energyDistribution(beta: 1 / $0) }
    case .ising: distribution = nil
    }
    guard let distribution else { return nil }
    let rows = try pool.map(parameters.count) { try distribution(parameters[$0]) }
    return ScanDistributions(
      parameters: parameters, statistic: rows[0].energies, probabilities: rows.map(\.probabilities))
  }

  /// From sampled energies in at most 240 bins of fifty samples or more on average; the energy is sufficient for the temperature of any model.
  static func sampled(parameters: [Double], energies: [[Double]]) -> ScanDistributions? {
    let all = energies.joined()
    guard let low = all.min(), let high = all.max(), high > low else { return nil }
    let bins = max(8, min(240, energies.reduce(0) { $0 + $1.count } / 50))
    let rows = energies.map { values -> [Double] in
      var row = [Double](repeating: 0, count: bins)
      for value in values {
        row[min(bins - 1, Int(Double(bins) * (value - low) / (high - low)))] += 1
      }
      return row
    }
    let width = (high - low) / Double(bins)
    return ScanDistributions(
      parameters: parameters, statistic: (0..<bins).map { low + width * (Double($0) + 0.5) },
      counts: rows)
  }
}
