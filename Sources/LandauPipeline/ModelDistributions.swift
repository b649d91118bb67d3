import LandauCore
import LandauDiscovery
import LandauExact
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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

  /// From sampled energies in at most 500 bins; the energy is sufficient for the temperature of any model.
  ///
  /// Histograms at all temperatures together give the density of states (multiple-histogram reweighting), and
  /// that the distribution at each: smooth in the temperature, unlike the histograms themselves. Those are taken
  /// where histograms of different temperatures share no energies.
  ///
  /// - Parameter siteCount: what the energies are per.
  static func sampled(
    temperatures: [Double], energies: [[Double]], siteCount: Int
  ) -> ScanDistributions? {
    let all = energies.joined()
    guard let low = all.min(), let high = all.max(), high > low else { return nil }
    let count = 500
    let width = (high - low) / Double(count)
    let counts = energies.map { values -> [Double] in
      var row = [Double](repeating: 0, count: count)
      for value in values { row[min(count - 1, Int((value - low) / width))] += 1 }
      return row
    }
    let perSite = (0..<count).map { low + (Double($0) + 0.5) * width }
    let centres = perSite.map { $0 * Double(siteCount) }
    let states = zip(temperatures, counts).map { temperature, row in
      SampledState(
        beta: 1 / temperature,
        energy: Series([
          row.indices.flatMap { [Double](repeating: centres[$0], count: Int(row[$0])) }
        ]))
    }
    // Data that cannot be reweighted are no error: their histograms are the answer.
    guard let reweighting = try? Reweighting(states), reweighting.status == .converged else {
      return ScanDistributions(parameters: temperatures, statistic: perSite, counts: counts)
    }
    // P_j(E) = n(E) exp(f_j - beta_j E) / sum_i N_i exp(f_i - beta_i E), n(E) all counts together.
    let free = reweighting.freeEnergies.values
    let samples = counts.map { $0.reduce(0, +) }
    let rows = temperatures.indices.map { j in
      centres.indices.map { bin -> Double in
        let total = counts.reduce(0) { $0 + $1[bin] }
        guard total > 0 else { return 0 }
        func exponent(_ i: Int) -> Double { free[i] - centres[bin] / temperatures[i] }
        let mixture = temperatures.indices.reduce(0.0) {
          $0 + samples[$1] * exp(exponent($1) - exponent(j))
        }
        return total / mixture
      }
    }
    return ScanDistributions(parameters: temperatures, statistic: perSite, counts: rows)
  }
}
