import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Configurations of the square Ising model from one chain of single clusters.
struct IsingConfigurations {
  let spins: [[Int8]]
  /// Mean m^2 over all sweeps.
  let squaredOrder: Double

  static let criticalBeta = 1 / InverseRenormalizationPlan.criticalTemperature

  /// - Parameters:
  ///   - temperature: in units of the critical one.
  ///   - spacing: sweeps between kept configurations.
  /// - Throws: `Interrupted` when cancelled.
  init(side: Int, temperature: Double, count: Int, spacing: Int, seed: Seed, _ run: StudyRun) throws
  {
    var kept: [[Int8]] = []
    kept.reserveCapacity(count)
    var sum = 0.0
    try Self.visit(
      side: side, temperature: temperature, sweeps: count * spacing, seed: seed, run
    ) { sweep, chain in
      sum += chain.magnetizationPerSite * chain.magnetizationPerSite
      if sweep % spacing == 0 { kept.append(chain.spins) }
    }
    spins = kept
    squaredOrder = sum / Double(count * spacing)
  }

  /// Shows `body` the chain after each sweep, numbered from 0.
  ///
  /// - Throws: `Interrupted` when cancelled.
  static func visit(
    side: Int, temperature: Double, sweeps: Int, seed: Seed, _ run: StudyRun,
    _ body: (_ sweep: Int, _ chain: IsingChain) -> Void
  ) throws {
    let chain = try IsingChain(
      model: IsingModel(sides: [side, side]), beta: criticalBeta / temperature, update: .wolff,
      seed: seed)
    chain.burnIn(50, unless: run.cancellation)
    for sweep in 0..<sweeps {
      try run.cancellation.check()
      chain.sweep()
      body(sweep, chain)
    }
  }
}
