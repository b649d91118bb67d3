public import LandauCore
public import LandauLattice

/// The number of configurations of each energy, by random walks that make their energy histogram flat.
///
/// Several independent runs, for an error. ln g of the bin a walk is in grows by ln f after each attempt; ln f
/// begins at 1 and is halved whenever the histogram is flat, until it would fall below 1/t, t the attempts
/// per bin; from then on ln f = 1/t, which makes the error fall as 1/sqrt(t) without end (Wang and Landau, Phys.
/// Rev. Lett. 86, 2050 (2001); Belardinelli and Pereyra, Phys. Rev. E 75, 046701 (2007)).
///
///     let walk = try WangLandau(model: .ising(square), seed: Seed(1), pool: pool)
///     walk.run()
///     let density = try walk.densityOfStates()
///     print(density.logPartition(beta: 0.44), density.energyPerSite(beta: 0.44))
public final class WangLandau: Checkpointable {
  public let model: DiscreteModel
  public let plan: WangLandauPlan
  public let bins: EnergyBins
  private let runs: [WangLandauRun]
  private let pool: WorkerPool

  /// - Parameter pool: shares out the runs; the results do not depend on it.
  /// - Throws: `InputError` for a plan that cannot be, as `EnergyBins` does, and where no configuration with an
  ///   energy in the range is found.
  public init(
    model: DiscreteModel, plan: WangLandauPlan = WangLandauPlan(), seed: Seed,
    pool: WorkerPool = WorkerPool(threadCount: 1)
  ) throws(InputError) {
    try plan.check()
    self.model = model
    self.plan = plan
    self.pool = pool
    let bins = try EnergyBins(of: model, within: plan.energyRange, width: plan.binWidth)
    self.bins = bins
    var runs: [WangLandauRun] = []
    for run in 0..<plan.runCount {
      runs.append(
        WangLandauRun(
          try FlatWalker(model: model, bins: bins, seed: seed.child("wang-landau", run)), plan))
    }
    self.runs = runs
  }

  /// Whether ln f has come down to the plan's in every run.
  public var isFinished: Bool { runs.allSatisfy(\.isFinished) }

  /// Attempts made in all runs.
  public var attemptCount: Int { runs.reduce(0) { $0 + $1.attemptCount } }

  /// The present ln f of each run.
  public var logFactors: [Double] { runs.map(\.increment) }

  /// Walks until ln f is as small as the plan asks for, in every run.
  ///
  /// - Parameters:
  ///   - cancellation: is looked at every hundred sweeps; `isFinished` tells, and `run` may be called again.
  ///   - progress: advances by one per run that ends; the caller begins the phase.
  public func run(unless cancellation: Cancellation = .never, progress: Progress = .silent) {
    let runs = runs
    pool.forEach(runs.count) { index in
      while !runs[index].isFinished && !cancellation.isRequested { runs[index].walk() }
      if runs[index].isFinished { progress.advance() }
    }
  }

  /// Walks on for a slice of time; where it ends does not change the numbers.
  public func advance(for seconds: Double, unless cancellation: Cancellation = .never) {
    let runs = runs
    let start = Progress.now()
    // Each thread serves several runs in turn: they share the time.
    let share = seconds / Double((runs.count + pool.threadCount - 1) / pool.threadCount)
    pool.forEach(runs.count) { index in
      let begin = max(start, Progress.now())
      while !runs[index].isFinished && !cancellation.isRequested {
        runs[index].walk()
        if Progress.now() - begin >= share { break }
      }
    }
  }

  /// ln g of each run as it stands, by bin, up to a constant; minus infinity where it has never been.
  public var logDensities: [[Double]] { runs.map(\.logDensity) }

  /// Runs whose ln f has come down to the plan's; the others ended at the plan's `attemptLimit`.
  public var convergedCount: Int { runs.count { $0.isConverged } }

  /// The rarest bin over the mean when the histogram of a run was last flat, run by run.
  public var flatnesses: [Double] { runs.map(\.lastFlatness) }

  /// Journeys of each run from the lowest energy to the highest and back in its 1/t stage.
  ///
  /// What a run knows of ln g far apart it knows from these: with R of them the variance of ln Z is about 1/(2 R)
  /// (0.4 to 0.6 over R on Ising squares of side 4 to 16). ln Z and means are not linear in ln g: they are biased by
  /// about that variance, where the error of N runs is its root over sqrt(N).
  public var roundTrips: [Int] { runs.map(\.roundTrips) }

  /// A block of attempts in every run that is not finished.
  func runOneBlock() {
    for run in runs where !run.isFinished { run.walk() }
  }

  /// What the runs have found.
  ///
  /// ln g is normalised to the number of all configurations where the plan sets no energy range; else its
  /// exponentials add up to one, and partition functions are relative.
  ///
  /// - Throws: `InputError` before all runs are finished.
  public func densityOfStates() throws(InputError) -> MeasuredDensityOfStates {
    guard isFinished else {
      throw InputError("the density of states is not known before Wang-Landau has finished")
    }
    return MeasuredDensityOfStates(
      bins: bins, siteCount: model.siteCount, logCounts: runs.map(\.logDensity),
      logTotal: plan.energyRange == nil ? model.logConfigurationCount : nil,
      flatness: runs.map(\.lastFlatness).min() ?? .nan)
  }

  public func save(to writer: inout StateWriter) {
    for run in runs { run.save(to: &writer) }
  }

  public func restore(from reader: inout StateReader) throws(InputError) {
    for run in runs { try run.restore(from: &reader) }
  }
}

/// How a Wang-Landau computation goes.
public struct WangLandauPlan: Sendable, Hashable {
  /// Total energies to stay within; all when nil.
  public var energyRange: ClosedRange<Double>?
  /// Width of energy bins; the levels one by one when nil, which needs couplings with a common unit. Means take
  /// the middle of an interval for its energy: ln Z is off by up to beta width / 2 where few levels count.
  public var binWidth: Double?
  /// The last ln f. In the 1/t stage its inverse is the number of attempts per bin, and the error of ln g falls as
  /// its square root.
  public var finalLogFactor = 1e-5
  /// Attempts since the schedule began that end a run in its 1/t stage, however many bins it has found; nil for
  /// `finalLogFactor`.
  public var scheduleAttempts: Int?
  /// The rarest bin over the mean at which a histogram counts as flat: before ln f is halved, and in the end.
  public var flatness = 0.2
  /// Independent runs.
  public var runCount = 4
  /// Attempts after which a run ends, flat or not; none when nil.
  public var attemptLimit: Int?

  public init() {}

  func check() throws(InputError) {
    if let scheduleAttempts, scheduleAttempts < 1 {
      throw .notAllowed("scheduleAttempts", scheduleAttempts, allowed: "whole numbers from 1")
    }
    guard finalLogFactor > 0, finalLogFactor < 1 else {
      throw .notAllowed("finalLogFactor", finalLogFactor, allowed: "numbers between 0 and 1")
    }
    guard flatness >= 0, flatness < 1 else {
      throw .notAllowed("flatness", flatness, allowed: "numbers from 0, below 1")
    }
    guard runCount >= 1 else {
      throw .notAllowed("runCount", runCount, allowed: "whole numbers from 1")
    }
  }
}

/// One walk and its ln f.
///
/// Unchecked: each is touched by one thread at a time, between the start and the end of a loop of the pool.
final class WangLandauRun: @unchecked Sendable {
  private let walker: FlatWalker
  private let plan: WangLandauPlan
  private let blockLength: Int
  private(set) var increment = 1.0
  private(set) var attemptCount = 0
  /// Attempts when the present schedule began.
  private var clockStart = 0
  private var isInverseTime = false
  private var knownBins = 0
  private(set) var isFinished = false
  /// The flatness when it last was enough.
  private(set) var lastFlatness = 0.0

  init(_ walker: FlatWalker, _ plan: WangLandauPlan) {
    self.walker = walker
    self.plan = plan
    blockLength = max(1000, 100 * walker.storage.count, walker.bins.count)
  }

  var logDensity: [Double] {
    Array(UnsafeBufferPointer(start: walker.logDensity, count: walker.bins.count))
  }

  /// The rarest visited bin over the mean, since ln f was last halved; 0 before any was visited.
  private var flatness: Double {
    var (least, sum, count) = (Int.max, 0, 0)
    for bin in 0..<walker.bins.count where walker.logDensity[bin] > -.infinity {
      least = min(least, walker.histogram[bin])
      sum += walker.histogram[bin]
      count += 1
    }
    return sum == 0 ? 0 : Double(least) * Double(count) / Double(sum)
  }

  /// In the 1/t stage, whose ln g is what remains in the end.
  var roundTrips: Int { walker.roundTrips }

  /// Whether ln f has come down to the plan's, rather than the attempts to their limit.
  var isConverged: Bool { isFinished && isFineEnough }

  private var isFineEnough: Bool {
    guard let attempts = plan.scheduleAttempts else { return increment <= plan.finalLogFactor }
    return isInverseTime && attemptCount - clockStart >= attempts
  }

  /// A block of attempts, and what follows for ln f.
  func walk() {
    walker.walk(blockLength, adding: increment)
    attemptCount += blockLength
    keepSmall()
    lowerIncrement()
    if let limit = plan.attemptLimit, attemptCount >= limit { isFinished = true }
  }

  private func lowerIncrement() {
    let visited = (0..<walker.bins.count).count { walker.logDensity[$0] > -.infinity }
    defer { knownBins = visited }
    if visited > knownBins {
      // What is found late has not been counted in proportion: the schedule begins again.
      begin()
      return
    }
    let flatness = flatness
    guard flatness > 0, flatness >= plan.flatness else {
      if isInverseTime { increment = inverseTime(visited) }
      return
    }
    lastFlatness = flatness
    if !isInverseTime {
      walker.clearHistogram()
      increment /= 2
      isInverseTime = increment < inverseTime(visited)
      if isInverseTime { countTrips() }
    }
    if isInverseTime { increment = inverseTime(visited) }
    isFinished = isFineEnough
  }

  /// One over the attempts per bin since the schedule began.
  private func inverseTime(_ visited: Int) -> Double {
    Double(visited) / Double(attemptCount - clockStart)
  }

  /// From here on, between the lowest and the highest bin that are known.
  private func countTrips() {
    let known = (0..<walker.bins.count).filter { walker.logDensity[$0] > -.infinity }
    walker.ends = (known.first ?? 0, known.last ?? 0)
    (walker.roundTrips, walker.lastEnd) = (0, 0)
  }

  private func begin() {
    increment = 1
    walker.ends = FlatWalker.noEnds
    walker.roundTrips = 0
    isInverseTime = false
    clockStart = attemptCount
    walker.clearHistogram()
  }

  /// Only differences of ln g matter; their digits are kept by taking the least off.
  private func keepSmall() {
    var least = Double.infinity
    for bin in 0..<walker.bins.count where walker.logDensity[bin] > -.infinity {
      least = min(least, walker.logDensity[bin])
    }
    for bin in 0..<walker.bins.count { walker.logDensity[bin] -= least }
  }

  func save(to writer: inout StateWriter) {
    walker.save(to: &writer)
    writer.write(increment)
    writer.write(lastFlatness)
    for count in [attemptCount, clockStart, knownBins] { writer.write(count) }
    writer.write(isInverseTime)
    writer.write(isFinished)
    for count in [walker.ends.low, walker.ends.high, walker.roundTrips, walker.lastEnd] {
      writer.write(count)
    }
  }

  func restore(from reader: inout StateReader) throws(InputError) {
    try walker.restore(from: &reader)
    increment = try reader.number()
    lastFlatness = try reader.number()
    attemptCount = try reader.integer()
    clockStart = try reader.integer()
    knownBins = try reader.integer()
    isInverseTime = try reader.flag()
    isFinished = try reader.flag()
    walker.ends = (try reader.integer(), try reader.integer())
    walker.roundTrips = try reader.integer()
    walker.lastEnd = try reader.integer()
  }
}
