public import LandauCore
import Synchronization

/// Finds the dual of a model: frames from random starts by attention, then the best frame fitted to large samples.
///
/// Every block of a sample is a chain of its own, with its own burn-in, so that errors by blocks include autocorrelation; the
/// samples of original and dual side are independent.
public struct DualSearch: Sendable {
  public enum Side: Sendable { case original, dual }

  public let ansatz: DualAnsatz
  /// K of the original model by class.
  public let couplings: [Double]
  public var search = FrameSearch()
  /// Where the fits of frames begin.
  public let firstCouplings: [Double]
  /// Random starts of the search.
  public var starts = 20
  /// Independent chains of the last fit, and configurations of each.
  public var blocks = 64
  public var samples = 2000
  /// Configurations that a chain drops first.
  public var burnIn = 200
  /// A fresh chain of one side at couplings by class of its terms; `isSummed` asks the dual for its twisted sectors.
  public let makeSampler:
    @Sendable (_ side: Side, _ isSummed: Bool, _ couplings: [Double], _ seed: Seed) ->
      any TermSampler

  public init(
    ansatz: DualAnsatz, couplings: [Double], firstCouplings: [Double],
    makeSampler: @escaping @Sendable (Side, Bool, [Double], Seed) -> any TermSampler
  ) {
    self.ansatz = ansatz
    self.couplings = couplings
    self.firstCouplings = firstCouplings
    self.makeSampler = makeSampler
  }

  /// What was found.
  public struct Result: Sendable {
    public var outcomes: [FrameSearch.Outcome]
    /// Frames that any start looked at, up to translations, the identity left out.
    public var frameCount = 0
    /// Choices of some kinds of links that any start looked at.
    public var partCount = 0
    /// The best frame with the twists of the dual as asked for; nil where no start led to anything but the identity, or no fit
    /// converged.
    public var fit: DualFit?
    /// The same frame with the twists of the dual summed over.
    public var summed: DualFit?
    /// The same frame with twists summed and couplings that the ansatz leaves out, after those that it has; nil where it leaves out none,
    /// and where no fit converged.
    public var extended: DualFit?

    /// Starts that led to the frame of the fit.
    public var successCount: Int { outcomes.count { $0.frame == fit?.frame } }

    public init(outcomes: [FrameSearch.Outcome]) { self.outcomes = outcomes }
  }

  private static let pilotBlocks = 16
  /// Chains and links of all configurations by which a search judges a frame, configurations that a chain drops, and rounds
  /// of following its coupling.
  private static let glance = (blocks: 4, links: 25_600, burnIn: 50, rounds: 4)
  /// In units of the first couplings.
  private static let firstScales = [0.6, 1.3]
  private static let pilotRounds = 6
  /// A dual sample serves couplings at which at least so much of it counts.
  private static let leastShare = 0.5
  /// Where less of it counts reweighting says little: couplings take a step towards where it points, and the loss is not believed.
  private static let poorShare = 0.1
  private static let longestStep = 0.15

  /// - Parameters:
  ///   - isSummed: whether the fit itself has the twists summed over. Frames are judged with summed twists, and the fit with
  ///     them is always made as well.
  public func run(
    isSummed: Bool, seed: Seed, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> Result {
    let features = ansatz.features.matched + ansatz.features.heldOut
    let targets = try sample(
      .original, false, features, couplings, blocks, samples, burnIn, seed.child("original"), pool,
      cancellation)
    let means = targets.pooled.moments(at: couplings)
    let known = Mutex<[DualFrame.Part: Start?]>([:])
    progress.begin("random starts", total: starts)
    let outcomes = try pool.map(starts) { start in
      defer { progress.advance() }
      return try search.run(ansatz, seed: seed.child("start", start)) { part in
        // No frame at all is as good as this: G the constant that fits the links best leaves about their squares.
        if ansatz.isTrivial(part) { return 1 }
        if let start = known.withLock({ $0[part] }) { return start?.loss ?? 1 }
        try cancellation.check()
        let found = try glance(at: part, means, seed.child("frames"), cancellation)
        known.withLock { $0[part] = .some(found) }
        return found?.loss ?? 1
      }
    }
    progress.end()
    var result = Result(outcomes: outcomes)
    let judged = known.withLock { $0 }
    let whole = judged.filter { $0.key.kinds.count == ansatz.candidates.count }
    result.frameCount = whole.count
    result.partCount = judged.count - whole.count
    let frames = bestFrames(whole.values.compactMap { $0 }, outcomes)
    result.fit = try precise(
      frames, targets, means, isSummed, seed.child("fit"), pool, progress, cancellation)
    if let fit = result.fit {
      let same = frames.filter { $0.fitter.frame == fit.frame }
      result.summed =
        isSummed
        ? fit
        : try precise(
          same, targets, means, true, seed.child("summed"), pool, progress, cancellation)
    }
    return result
  }

  /// A frame that a search in a narrower ansatz found, fitted in this one with twists summed; nil where no fit converged.
  ///
  /// - Parameter parameters: where the fit begins: couplings, slopes and offsets.
  public func fit(
    _ frame: DualFrame, from parameters: [Double], seed: Seed, pool: WorkerPool, progress: Progress,
    cancellation: Cancellation
  ) throws -> DualFit? {
    let targets = try sample(
      .original, false, ansatz.features.matched + ansatz.features.heldOut, couplings, blocks,
      samples, burnIn, seed.child("original"), pool, cancellation)
    let start = Start(
      fitter: DualFitter(ansatz, frame), parameters: parameters, loss: .infinity)
    return try precise(
      [start], targets, targets.pooled.moments(at: couplings), true, seed.child("fit"), pool,
      progress, cancellation)
  }

  /// A frame and where its fit begins.
  private struct Start {
    var fitter: DualFitter
    var parameters: [Double]
    var loss: Double
  }

  /// Frames that a first fit tells from the best one no better than this are all fitted precisely.
  private static let indistinct = (factor: 3.0, most: 3)

  /// The frames of least loss, and the one that most starts led to.
  private func bestFrames(_ judged: [Start], _ outcomes: [FrameSearch.Outcome]) -> [Start] {
    let sorted = judged.sorted { $0.loss < $1.loss }
    let votes = sorted.map { start in outcomes.count { $0.frame == start.fitter.frame } }
    let most = votes.max() ?? 0
    return sorted.enumerated().filter { place, start in
      votes[place] == most && most > 0
        || place < Self.indistinct.most && start.loss <= Self.indistinct.factor * sorted[0].loss
    }.prefix(Self.indistinct.most + 1).map(\.element)
  }

  /// A quick fit of a frame, or of a part of one to the features that know no other kinds, with twists summed; the same whichever start
  /// asks for it first.
  private func glance(
    at part: DualFrame.Part, _ means: [Double], _ seed: Seed, _ cancellation: Cancellation
  ) throws -> Start? {
    let path = part.kinds + part.choices.flatMap { [$0.kind] + $0.offset }
    let (ansatz, matched) = ansatz.restricted(to: part.kinds)
    let means = matched.map { means[$0] }
    // Kinds that are not in the part are in no feature.
    let choices = ansatz.candidates.indices.map { kind in
      part.kinds.contains(kind) ? part.choice(of: kind) : ansatz.candidates[kind][0]
    }
    let fitter = DualFitter(ansatz, DualFrame(choices: choices), hasHeldOut: false)
    let samples = Self.glance.links / (ansatz.dual.linkKinds.count * ansatz.dual.cellCount)
    let ends = try Self.firstScales.enumerated().compactMap { number, scale in
      try settle(
        Start(
          fitter: fitter,
          parameters: firstCouplings.map { scale * $0 } + ansatz.firstMaps[0], loss: .infinity),
        means, true, rounds: Self.glance.rounds, blocks: Self.glance.blocks, samples: samples,
        burnIn: Self.glance.burnIn, seed.child("frame", indices: path + [number]), nil, cancellation
      )
    }
    return ends.min { $0.loss < $1.loss }
  }

  /// Samples the dual where the last fit was, and fits again, until one sample serves.
  private func settle(
    _ start: Start, _ means: [Double], _ isSummed: Bool, rounds: Int, blocks: Int, samples: Int,
    burnIn: Int, _ seed: Seed, _ pool: WorkerPool?, _ cancellation: Cancellation
  ) throws -> Start? {
    var now = start
    for round in 0..<rounds {
      let at = now.parameters
      let table = try sample(
        .dual, isSummed, now.fitter.map.moments, ansatz.termCouplings(at), blocks, samples, burnIn,
        seed.child("round", round), pool, cancellation
      ).pooled
      guard let fit = now.fitter.minimum(means, table, starts: starts(from: at)) else {
        return nil
      }
      let share = table.effectiveShare(at: ansatz.termCouplings(fit.parameters))
      let limited = fit.parameters.enumerated().map { index, value in
        guard index < ansatz.couplingCount, share < Self.poorShare else { return value }
        let least = ansatz.positiveCouplings.contains(index) ? 0.01 : -.infinity
        return min(
          at[index] + Self.longestStep, max(max(least, at[index] - Self.longestStep), value))
      }
      now = Start(
        fitter: now.fitter, parameters: limited,
        loss: share < Self.poorShare ? .infinity : fit.loss)
      if share > Self.leastShare { break }
    }
    return now.loss.isFinite ? now : nil
  }

  /// Slopes and offsets from where one is, and from two others of either sign.
  private func starts(from parameters: [Double]) -> [[Double]] {
    [parameters] + ansatz.firstMaps.map { Array(parameters[..<ansatz.couplingCount]) + $0 }
  }

  /// The precise fit of the frame, and of the branch of slopes, whose matched features differ least in units of their errors.
  private func precise(
    _ frames: [Start], _ targets: Sample, _ means: [Double], _ isSummed: Bool, _ seed: Seed,
    _ pool: WorkerPool, _ progress: Progress, _ cancellation: Cancellation
  ) throws -> DualFit? {
    var fits: [DualFit] = []
    progress.begin("fits", total: frames.count)
    for (number, frame) in frames.enumerated() {
      defer { progress.advance() }
      let seed = seed.child("frame", number)
      let settled = try settle(
        frame, means, isSummed, rounds: Self.pilotRounds, blocks: Self.pilotBlocks,
        samples: samples, burnIn: burnIn, seed.child("pilot"), pool, cancellation)
      guard let settled else { continue }
      let fitter = DualFitter(ansatz, settled.fitter.frame)
      let dual = try sample(
        .dual, isSummed, fitter.map.moments, ansatz.termCouplings(settled.parameters), blocks,
        samples, burnIn, seed.child("last"), pool, cancellation)
      let covariance = FeatureCovariance(
        original: targets.snapshots,
        dual: dual.snapshots.map { fitter.map.features(settled.parameters, averages: $0) },
        matched: ansatz.features.matched.count)
      fits += try pool.map(starts(from: settled.parameters).count) { branch in
        fitter.fit(
          targets: targets.blocks, at: couplings, dual: dual.blocks, covariance: covariance,
          starts: [starts(from: settled.parameters)[branch]])
      }.compactMap { $0 }
    }
    progress.end()
    let least = fits.map(\.loss).min() ?? 0
    return fits.filter {
      $0.isConverged && $0.loss <= Self.indistinct.factor * (least + $0.noiseFloor)
    }.min { $0.matchedChiSquare < $1.matchedChiSquare }
  }

  /// Independent chains of one side.
  private struct Sample {
    var blocks: [MomentTable]
    /// Moments of single configurations of all chains, `[snapshot, moment]`.
    var snapshots: [[Double]]

    var pooled: MomentTable { DualFitter.pooled(blocks) }
  }

  /// Configurations of a chain by which covariances are estimated.
  private static let snapshots = 64

  private func sample(
    _ side: Side, _ isSummed: Bool, _ clusters: [TermCluster], _ couplings: [Double],
    _ blocks: Int, _ samples: Int, _ burnIn: Int, _ seed: Seed, _ pool: WorkerPool?,
    _ cancellation: Cancellation
  ) throws -> Sample {
    let terms = side == .original ? ansatz.original : ansatz.dual
    let recorder = MomentRecorder(clusters, on: terms, couplings: couplings)
    let record: @Sendable (Int) throws -> Sample = { block in
      try cancellation.check()
      let sampler = makeSampler(side, isSummed, couplings, seed.child("block", block))
      var scratch = [Int8](repeating: 0, count: terms.valueCount)
      scratch.withUnsafeMutableBufferPointer { scratch in
        for _ in 0..<burnIn { sampler.next(scratch.baseAddress!) }
      }
      let chain = recorder.record(samples, snapshots: Self.snapshots, sampler.next)
      return Sample(blocks: [chain.table], snapshots: chain.snapshots)
    }
    let chains = try pool?.map(blocks, record) ?? (0..<blocks).map(record)
    return Sample(
      blocks: chains.flatMap(\.blocks), snapshots: chains.flatMap(\.snapshots))
  }
}
