import LandauCore
import LandauLattice
import LandauMonteCarlo

extension Snapshots {
  static let isingChainCount = 8

  /// The square Ising model at one temperature: eight chains with `perChain` snapshots each, four sweeps apart.
  ///
  /// - Parameter parameter: name and value of what is scanned.
  /// - Throws: `Interrupted` when cancelled.
  static func ising(
    side: Int, beta: Double, parameter: (name: String, value: Double), update: IsingUpdate,
    perChain: Int, seed: Seed, pool: WorkerPool, cancellation: Cancellation
  ) throws -> Snapshots {
    let run = try IsingSample.run(
      model: IsingModel(sides: [side, side]), beta: beta, update: update,
      plan: SamplingPlan(
        sweeps: 4 * perChain, measureEvery: 4, chainCount: isingChainCount,
        snapshotCount: perChain),
      seed: seed, pool: pool, cancellation: cancellation)
    try cancellation.check()
    return Snapshots(
      siteShape: [side, side], channels: ["spin"], values: run.chains.flatMap(\.snapshots),
      parameterName: parameter.name, parameters: [parameter.value],
      parameterIndex: [Int32](repeating: 0, count: perChain * isingChainCount),
      chain: (0..<isingChainCount).flatMap { [Int32](repeating: Int32($0), count: perChain) },
      isSequential: true, boundary: .periodic)
  }
}
