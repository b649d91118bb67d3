import LandauCore
import LandauStatistics

@testable import LandauMonteCarlo

/// Runs of one case, each made once for all observables that are compared.
final class SeriesRuns {
  private var known: [Seed: Recording] = [:]
  private let chain: (Seed) throws -> any ReportingChain
  private let sweeps: Int

  init(sweeps: Int, chain: @escaping (Seed) throws -> any ReportingChain) {
    self.sweeps = sweeps
    self.chain = chain
  }

  /// Four chains; `effort` only ever goes with one seed.
  func recording(_ seed: Seed, _ effort: Int) throws -> Recording {
    if let recording = known[seed] { return recording }
    let chains = try (0..<4).map { try chain(seed.child("chain", $0)) }
    let runner = ChainRunner(chains: chains, lengths: .init(sweeps: sweeps * effort, burnIn: 300))
    runner.advance(pool: WorkerPool())
    known[seed] = runner.recording
    return runner.recording
  }
}
