public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How long to sample, how often to measure, and how many configurations to keep.
public struct SamplingPlan: Sendable, Hashable {
  /// Measured sweeps of each chain.
  public var sweeps: Int
  /// Sweeps before the first measurement; nil takes `IsingUpdate.defaultBurnIn`.
  public var burnIn: Int?
  /// Sweeps between measurements.
  public var measureEvery: Int
  /// Independent chains, each with its own random start.
  public var chainCount: Int
  /// Configurations kept of each chain, evenly spaced, the last one after the last sweep.
  public var snapshotCount: Int

  public init(
    sweeps: Int = 10_000, burnIn: Int? = nil, measureEvery: Int = 1, chainCount: Int = 4,
    snapshotCount: Int = 0
  ) {
    self.sweeps = sweeps
    self.burnIn = burnIn
    self.measureEvery = measureEvery
    self.chainCount = chainCount
    self.snapshotCount = snapshotCount
  }

  /// Finds what cannot work before any work is done.
  ///
  /// - Throws: `InputError` for a count out of range, more snapshots than sweeps, or more memory than
  ///   the machine has.
  public func check(for model: IsingModel, update: IsingUpdate) throws(InputError) {
    let many = 1...Int(Int32.max)
    guard many.contains(sweeps) else { throw .notAllowed("sweeps", sweeps, allowed: "1 to 2^31-1") }
    if let burnIn, !(0...many.upperBound).contains(burnIn) {
      throw .notAllowed("burn-in", burnIn, allowed: "0 to 2^31-1")
    }
    guard (1...sweeps).contains(measureEvery) else {
      throw .notAllowed("measure-every", measureEvery, allowed: "1 to the \(sweeps) sweeps")
    }
    guard (1...65536).contains(chainCount) else {
      throw .notAllowed("the number of chains", chainCount, allowed: "1 to 65536")
    }
    guard (0...sweeps).contains(snapshotCount) else {
      throw .notAllowed(
        "snapshots", snapshotCount, allowed: "0 to the \(sweeps) sweeps of a chain")
    }
    let needed = byteCount(for: model, update: update)
    let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    guard needed < 0.9 * memory else {
      throw InputError(
        "the run needs about \(Int((needed / 0x1p30).rounded(.up))) GiB of memory and the machine has "
          + "\(Int(memory / 0x1p30)) GiB; take fewer snapshots, chains or sites")
    }
  }

  /// An upper estimate of the memory of a run: states of the chains, series and snapshots.
  public func byteCount(for model: IsingModel, update: IsingUpdate) -> Double {
    let sites = Double(model.siteCount)
    let chains = Double(chainCount)
    // Bytes for spins and labels beside them, or bits.
    let perSite = update.packsBits(of: model) ? 0.2 : 14
    let running = min(chains, Double(WorkerPool.availableThreads)) * sites * perSite
    let series = chains * 16 * Double(sweeps / measureEvery)
    return running + series + chains * Double(snapshotCount) * sites
  }

  /// After how many measured sweeps snapshot number `index` of a chain is taken.
  func sweepOfSnapshot(_ index: Int) -> Int {
    // Wide enough for 2^31 sweeps times as many snapshots.
    (index + 1) * sweeps / snapshotCount
  }
}
