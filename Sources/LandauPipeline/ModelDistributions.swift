import LandauCore
import LandauDiscovery
import LandauExact

/// The energy distributions that optima follow from, where the model is known.
enum ModelDistributions {
  /// From exact energy distributions: Kaufman's torus, the ring, the gauge torus.
  ///
  /// - Returns: nil where no closed form is known (a field in two dimensions, frustrated tori).
  static func exact(
    model: ResolvedModel, shape: [Int], parameters: [Double], pool: WorkerPool
  ) throws -> ScanDistributions? {
    let distribution: (@Sendable (Double) throws -> EnergyDistribution)?
    let isFree = model.field == 0 && model.bondCouplings.isEmpty
    switch (model.name, model.lattice) {
    case (.isingGauge, _):
      let torus = try IsingGaugeTorus(rows: shape[0], columns: shape[1])
      distribution = { torus.energyDistribution(beta: $0) }
    case (.ising, .chain) where isFree:
      let ring = try IsingRing(siteCount: shape[0], coupling: model.coupling, field: 0)
      distribution = { try ring.energyDistribution(beta: 1 / $0) }
    case (.ising, .square)
    where isFree && model.coupling != 0 && shape.allSatisfy { $0 % 2 == 0 }:
      let torus = try KaufmanTorus(rows: shape[0], columns: shape[1], coupling: model.coupling)
      distribution = { torus.energyDistribution(beta: 1 / $0) }
    default: distribution = nil
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
