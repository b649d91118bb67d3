import LandauCore
import LandauDiscovery

/// What methods say that need snapshots themselves, and not their counted windows: components and clusters, collective
/// fluctuations, symmetries. Each where it applies.
struct SnapshotLook: Sendable {
  /// A result, or the reason why there is none.
  enum Outcome<Value: Sendable>: Sendable {
    case found(Value)
    case left(String)
  }

  /// Which snapshots were looked at, for a sentence.
  let subject: String
  let siteShape: [Int]
  let unsupervised: Outcome<UnsupervisedLook>
  let fluctuation: Outcome<CollectiveFluctuation>
  let symmetries: Outcome<SymmetryFindings>

  /// Eigenvalues of larger matrices take minutes.
  private static let variableLimit = 2048

  /// Looks; a few seconds.
  ///
  /// - Parameters:
  ///   - snapshots: nil where the variables are angles.
  ///   - size: which of the sizes they are of, in words.
  ///   - hasLinks: whether channel c is the link from a site to the next one along axis c.
  ///   - seed: the root of the job; every method has a child of its own.
  /// - Throws: `Interrupted`; `RunError` where LAPACK does not converge.
  init(
    at snapshots: Snapshots?, size: String, hasLinks: Bool, seed: Seed, pool: WorkerPool,
    progress: Progress, cancellation: Cancellation
  ) throws {
    guard let snapshots else {
      let reason =
        "these methods compare variables of few values, and angles have a continuum of them"
      subject = size
      siteShape = []
      (unsupervised, fluctuation, symmetries) = (.left(reason), .left(reason), .left(reason))
      return
    }
    progress.begin("looking at snapshots", total: 3)
    siteShape = snapshots.siteShape
    subject =
      "\(snapshots.sampleCount) snapshots of \(DiscoveryStory.text(snapshots.siteShape)), \(size)"
    symmetries = .found(
      try Self.symmetries(
        of: snapshots, hasLinks: hasLinks, seed: seed, pool: pool, cancellation: cancellation))
    progress.advance()
    let variables = snapshots.siteCount * snapshots.channels.count
    if variables > Self.variableLimit {
      let reason =
        "a snapshot has \(variables) variables, and more than \(Self.variableLimit) take minutes"
      (unsupervised, fluctuation) = (.left(reason), .left(reason))
    } else {
      let child = seed.child("look")
      unsupervised = .found(try UnsupervisedLook(snapshots, seed: child.child("clusters")))
      progress.advance()
      try cancellation.check()
      fluctuation =
        snapshots.channels.count > 1
        ? .left(
          "a cell has \(snapshots.channels.count) variables, and patterns are looked for in one")
        : snapshots.isBinary || snapshots.levels.contains(-1)
          ? .found(try CollectiveFluctuation(snapshots, seed: child.child("fluctuation")))
          : .left("the values are labels, which have no mean")
    }
    progress.advance()
    progress.end()
  }

  private static func symmetries(
    of snapshots: Snapshots, hasLinks: Bool, seed: Seed, pool: WorkerPool,
    cancellation: Cancellation
  ) throws -> SymmetryFindings {
    var search = SymmetrySearch(seed: seed.child("symmetries"))
    search.hasLinks = hasLinks && snapshots.channels.count == snapshots.siteShape.count
    // A scan of many values may cost some seconds, no more.
    search.readsPerTest = 400_000_000 / max(10, snapshots.parameters.count)
    return try search.run(snapshots, pool: pool, cancellation: cancellation)
  }

  /// How many snapshots of each value are kept for a look: all of them up to forty thousand in all, in 64 MiB.
  static func affordableCount(of shots: Int, valueCount: Int, variableCount: Int) -> Int {
    min(shots, max(16, min(40_000, (64 << 20) / variableCount) / valueCount))
  }
}
