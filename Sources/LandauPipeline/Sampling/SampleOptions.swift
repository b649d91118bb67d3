/// What to sample, and how long.
public struct SampleOptions: Sendable, Hashable {
  /// Lengths of a run; nil for the default of the model and its size.
  public struct Length: Sendable, Hashable {
    /// Measured sweeps of each chain.
    public var sweeps: Int?
    /// Sweeps before the measured ones.
    public var burnIn: Int?
    /// Sweeps from one measurement to the next.
    public var measureEvery: Int?
    /// Independent chains per point.
    public var chains: Int?
    /// Configurations to keep per point, spread over its chains.
    public var snapshots: Int?
    /// Replicas of each run of population annealing.
    public var population: Int?
    public init() {}
  }

  public var model: ModelOptions
  public var scan: ModelOptions.Scan
  /// `auto` or the name of an update.
  public var update = "auto"
  public var length = Length()
  /// Order parameter per site that exchange dynamics keeps; nil for states in equal numbers.
  public var magnetization: Double?
  /// Realisations of the disorder to average over, from the model's `realization` on; nil for that one alone.
  public var realizations: Int?
  public var seed: UInt64 = 1
  /// An NPZ file for snapshots and series, or an HDF5 file that is a run: resumed, extended, re-read.
  public var output: String?
  /// Seconds between commits of a run to disk, at least.
  public var commitEvery = 10.0
  /// Stop cleanly after so many seconds of work.
  public var seconds: Double?
  /// Begin anew where the output holds a run.
  public var restarts = false
  /// Go on with a run of another kernel level, whose last digits may differ.
  public var isPortable = false

  public init(model: ModelOptions, scan: ModelOptions.Scan) {
    self.model = model
    self.scan = scan
  }
}
