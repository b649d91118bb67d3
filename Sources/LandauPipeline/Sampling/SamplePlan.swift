import LandauCore
import LandauMonteCarlo

/// Lengths of a sampling run, all of them decided.
struct SamplePlan: Sendable, Hashable {
  /// Sweeps before the measured ones; nil takes the default of the update.
  var burnIn: Int?
  var sweeps: Int
  var measureEvery: Int
  var chainCount: Int
  /// Sweeps between kept configurations, 0 for none.
  var snapshotEvery: Int
  /// Whether configurations are drawn independently rather than by chains.
  var isDirect: Bool

  /// With the default burn-in of an update filled in.
  func lengths(defaultBurnIn: Int) -> ChainRunner.Lengths {
    ChainRunner.Lengths(
      sweeps: sweeps, burnIn: burnIn ?? defaultBurnIn, measureEvery: measureEvery,
      snapshotEvery: snapshotEvery)
  }
}

extension SampleOptions.Length {
  static let maximumSweeps = Int(Int32.max)

  /// The plan with defaults fixed by model and size.
  ///
  /// Sweeps: 10 000, fewer above 2^27 single-spin updates a chain but at least 1000; four chains. Direct
  /// sampling: that many independent configurations in one series.
  /// - Parameter defaultSweeps: where the method has its own default.
  func plan(
    siteCount: Int, isDirect: Bool, defaultSweeps: Int? = nil
  ) throws(InputError) -> SamplePlan {
    let defaultSweeps = defaultSweeps ?? max(1000, min(10_000, (1 << 27) / siteCount))
    let sweeps = self.sweeps ?? max(defaultSweeps, measureEvery ?? 1)
    try Self.check("--sweeps", sweeps, 1...Self.maximumSweeps)
    try burnIn.map { value throws(InputError) in
      try Self.check("--burn-in", value, 0...Self.maximumSweeps)
    }
    try Self.check("--measure-every", measureEvery ?? 1, 1...sweeps)
    try Self.check("--chains", chains ?? 4, 1...65_536)
    let chainCount = isDirect ? 1 : (chains ?? 4)
    if isDirect, chains != nil || burnIn != nil || measureEvery != nil {
      throw InputError(
        "--chains, --burn-in and --measure-every are options of Markov chains, "
          + "and direct sampling has none; give --sweeps alone or --update metropolis")
    }
    let perChain = ((snapshots ?? 0) + chainCount - 1) / chainCount
    guard perChain <= sweeps else {
      throw .notAllowed(
        "--snapshots", snapshots ?? 0,
        allowed: "0 to \(sweeps * chainCount), one per sweep of each chain")
    }
    return SamplePlan(
      burnIn: isDirect ? 0 : burnIn, sweeps: sweeps, measureEvery: measureEvery ?? 1,
      chainCount: chainCount, snapshotEvery: perChain == 0 ? 0 : sweeps / perChain,
      isDirect: isDirect)
  }

  private static func check(
    _ name: String, _ value: Int, _ range: ClosedRange<Int>
  ) throws(InputError) {
    guard range.contains(value) else {
      throw .notAllowed(
        name, value, allowed: "whole numbers from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
