import LandauCore
import LandauDiscovery
import LandauMonteCarlo

/// Snapshots of the square-lattice Ising model along a scan.
enum IsingTemperatureScan {
  /// - Throws: `Interrupted` when cancelled.
  static func snapshots(
    side: Int, temperatures: [Double], perChain: Int, _ run: StudyRun
  ) throws -> Snapshots {
    Snapshots(
      joining: try run.pool.map(temperatures.count) { index in
        defer { run.progress.advance() }
        return try .ising(
          side: side, beta: 1 / temperatures[index],
          parameter: ("temperature", temperatures[index]), update: .wolff, perChain: perChain,
          seed: run.seed.child("side", side).child("temperature", index), pool: run.pool,
          cancellation: run.cancellation)
      })
  }
}
