/// Where a long run is kept while it goes on and when it is done.
///
/// A run commits from time to time; each commit either happens as a whole or not at all, also when the
/// process is killed or the disk is full. What the last commit left is `stored` when the run is opened again.
/// An archive belongs to one run: its calls come one after another, from any thread.
public protocol Archive: AnyObject, Sendable {
  /// What was there when the archive was opened; nil where the run begins anew.
  var stored: ArchiveContents? { get }

  /// Keeps what is new since the last commit, together with the state to go on from.
  ///
  /// - Throws: `RunError` when it cannot be kept (disk full); then the last commit stands as it was and the
  ///   same commit may be tried again.
  /// - Complexity: the size of the commit, and a few flushes to disk.
  func commit(_ commit: ArchiveCommit) throws(RunError)

  /// Turns all that was committed and the results into the finished file, once.
  ///
  /// - Throws: `RunError` when it cannot be written; then what was committed stays resumable.
  func finish(_ result: ArchiveResult) throws(RunError)

  /// Lets go of the files without finishing; they stay resumable. Nothing can be committed afterwards.
  func close()
}

/// What names one stream of a run: a quantity of one chain at one point of the scan.
public struct ArchiveKey: Sendable, Hashable, Comparable {
  /// Number of the point in the order of `ArchiveJob.parameters`.
  public var point: Int
  public var chain: Int
  /// The observable, e.g. `energyPerSite`.
  public var name: String

  public init(point: Int, chain: Int, name: String) {
    self.point = point
    self.chain = chain
    self.name = name
  }

  /// By name, then by point, then by chain.
  public static func < (a: ArchiveKey, b: ArchiveKey) -> Bool {
    (a.name, a.point, a.chain) < (b.name, b.point, b.chain)
  }
}

/// Which stream of configurations: one chain at one point.
public struct ArchiveChain: Sendable, Hashable, Comparable {
  public var point: Int
  public var chain: Int

  public init(point: Int, chain: Int) {
    self.point = point
    self.chain = chain
  }

  /// By point, then by chain.
  public static func < (a: ArchiveChain, b: ArchiveChain) -> Bool {
    (a.point, a.chain) < (b.point, b.chain)
  }
}

/// One step of a run that is kept as a whole or not at all.
public struct ArchiveCommit: Sendable {
  /// Bytes to go on from, replacing those of the commit before.
  public var checkpoint: [UInt8]
  /// New measurements of each stream, appended to the earlier ones.
  public var series: [ArchiveKey: [Double]]
  /// New configurations of each chain, one after another, appended to the earlier ones. Their form is
  /// `ArchiveJob.snapshots`.
  public var snapshots: [ArchiveChain: [Int8]]
  public var status: ArchiveStatus

  public init(
    checkpoint: [UInt8], series: [ArchiveKey: [Double]] = [:],
    snapshots: [ArchiveChain: [Int8]] = [:], status: ArchiveStatus
  ) {
    self.checkpoint = checkpoint
    self.series = series
    self.snapshots = snapshots
    self.status = status
  }
}

/// How far a run is.
public struct ArchiveStatus: Sendable, Hashable {
  /// Measured sweeps that every chain has behind it (for other jobs: steps of the unit of `--sweeps`).
  public var done: Int
  /// Measured sweeps that were asked for: a target, not an increment.
  public var target: Int
  /// Seconds of work so far, all interruptions left out. Kept beside the run, not in the finished file.
  public var seconds: Double

  public init(done: Int, target: Int, seconds: Double = 0) {
    self.done = done
    self.target = target
    self.seconds = seconds
  }

  public var isComplete: Bool { done >= target }
}

/// What the commits of a run add up to. Configurations are not held here; see `ArchiveJob.snapshots`.
public struct ArchiveContents: Sendable, Hashable {
  /// The bytes to go on from; empty where a file holds no state, such as merged runs.
  public var checkpoint: [UInt8]
  /// All measurements of each stream in order of time.
  public var series: [ArchiveKey: [Double]]
  /// Configurations kept of each chain.
  public var snapshotCounts: [ArchiveChain: Int]
  public var status: ArchiveStatus
  /// Whether the run had been finished, so that `result` stands in its file.
  public var isFinished: Bool
  /// What `finish` was given as report; null for a run that goes on.
  public var report: JSONValue
  /// What a person should know: a commit that was damaged and left out, another program's version.
  public var notes: [String]

  public init(
    checkpoint: [UInt8], series: [ArchiveKey: [Double]] = [:],
    snapshotCounts: [ArchiveChain: Int] = [:], status: ArchiveStatus, isFinished: Bool = false,
    report: JSONValue = .null, notes: [String] = []
  ) {
    self.checkpoint = checkpoint
    self.series = series
    self.snapshotCounts = snapshotCounts
    self.status = status
    self.isFinished = isFinished
    self.report = report
    self.notes = notes
  }

  /// The measurements of one quantity at one point, `[chain][measurement]`; empty where there are none.
  public func chains(of name: String, point: Int) -> [[Double]] {
    let keys = series.keys.filter { $0.name == name && $0.point == point }
    let count = (keys.map(\.chain).max() ?? -1) + 1
    return (0..<count).map {
      series[ArchiveKey(point: point, chain: $0, name: name)] ?? []
    }
  }

  /// The same with at most the first `measurements` of every stream: what a shorter run would have had.
  public func prefix(measurements: Int) -> ArchiveContents {
    var contents = self
    contents.series = series.mapValues { Array($0.prefix(measurements)) }
    return contents
  }
}

/// What a finished run says, beside the streams it has committed.
public struct ArchiveResult: Sendable {
  /// Results by observable, one entry per point of the scan; nil where there is none.
  public var estimates: [(name: String, points: [Estimate?])]
  /// Facts for those who open the file: model, lattice, convention. Strings and numbers.
  public var attributes: [JSONValue.Member]
  /// The JSON report of the job without what depends on time; null where there is none.
  public var report: JSONValue

  public init(
    estimates: [(name: String, points: [Estimate?])] = [], attributes: [JSONValue.Member] = [],
    report: JSONValue = .null
  ) {
    self.estimates = estimates
    self.attributes = attributes
    self.report = report
  }
}
