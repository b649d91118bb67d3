import LandauCore
import LandauDiscovery
import LandauLattice
import LandauMonteCarlo

/// Snapshots of the square-lattice Ising model along a scan.
enum IsingScan {
  /// Eight chains at each temperature, `perChain` snapshots of each, four Wolff sweeps apart.
  static func snapshots(
    side: Int, temperatures: [Double], perChain: Int, _ run: StudyRun
  ) throws -> Snapshots {
    let model = try IsingModel(sides: [side, side])
    let parts = try run.pool.map(temperatures.count) { index in
      let sample = try IsingSample.run(
        model: model, beta: 1 / temperatures[index], update: .wolff,
        plan: SamplingPlan(
          sweeps: 4 * perChain, burnIn: 100, measureEvery: 4, chainCount: 8,
          snapshotCount: perChain),
        seed: run.seed.child("side", side).child("temperature", index), pool: run.pool,
        cancellation: run.cancellation)
      try run.cancellation.check()
      run.progress.advance()
      return Snapshots(
        siteShape: [side, side], channels: ["spin"], values: sample.chains.flatMap(\.snapshots),
        parameterName: "temperature", parameters: [temperatures[index]],
        parameterIndex: [Int32](repeating: 0, count: 8 * perChain),
        chain: (0..<8).flatMap { [Int32](repeating: Int32($0), count: perChain) },
        isSequential: true, boundary: .periodic)
    }
    return Snapshots(joining: parts)
  }
}
