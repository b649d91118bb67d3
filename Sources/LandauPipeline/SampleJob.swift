public import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Samples a model along a scan: estimates with errors, exact values beside them, snapshots.
public struct SampleJob: Sendable {
  let options: SampleOptions
  let model: ResolvedModel
  let plan: SamplingPlan
  /// nil for `auto`.
  let update: IsingUpdate?

  /// Finds everything that can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option, its value and what is allowed: sizes, updates that do
  ///   not apply, more memory than there is, an output that cannot be written.
  public init(_ options: SampleOptions) throws(InputError) {
    self.options = options
    model = try options.model.resolved()
    switch model.name {
    case .ising:
      update = try Self.isingUpdate(options.update)
      plan = try options.length.plan(for: model, isDirect: false)
      try Self.check(update, of: model.ising())
    case .isingGauge:
      update = nil
      try Self.checkGaugeUpdate(options.update)
      plan = try options.length.plan(for: model, isDirect: options.update != "metropolis")
    }
    try checkMemory()
    try checkOutput()
  }

  /// - Throws: `Interrupted` when a stop was asked for before anything was measured, `RunError` when
  ///   the output cannot be written. A stop later on gives a report of what there is, exit status 4.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let betas = options.scan.betas
    let exact = try ExactSolution.finite(model, effort: .quick).solution
    let temperatures = options.scan.temperatures
    var points: [SamplePoint] = []
    progress.begin("sampling", total: betas.count * plan.chainCount)
    for (beta, temperature) in zip(betas, temperatures) where !cancellation.isRequested {
      // A temperature has the same numbers in every scan that contains it.
      let seed = Seed(options.seed).child("point", Int(bitPattern: UInt(beta.bitPattern)))
      let run = Run(seed: seed, pool: pool, progress: progress, cancellation: cancellation)
      let recorded =
        switch model.name {
        case .ising: try sampleIsing(beta: beta, run)
        case .isingGauge: try sampleGauge(beta: beta, run)
        }
      guard !recorded.recording.isEmpty else { break }
      points.append(
        SamplePoint(
          beta: beta, temperature: temperature, work: recorded.work,
          recording: recorded.recording,
          quantities: quantities(recorded.recording, beta: beta),
          exact: exact?.values(beta) ?? []))
    }
    progress.end()
    if points.isEmpty { throw Interrupted() }
    let files = try write(points)
    let isComplete = points.count == betas.count && !cancellation.isRequested
    return Report(
      json: [.init("points", .array(points.map { $0.json(model) }))],
      text: text(points) + files.map { "wrote \($0)\n" }.joined(), files: files,
      exitStatus: isComplete ? 0 : 4)
  }

  /// What a run of one point is given.
  struct Run {
    var seed: Seed
    var pool: WorkerPool
    var progress: Progress
    var cancellation: Cancellation
  }
}

// Checks before the work.
extension SampleJob {
  private static func isingUpdate(_ name: String) throws(InputError) -> IsingUpdate? {
    if name == "auto" { return nil }
    guard let update = IsingUpdate(rawValue: name) else {
      let allowed = ["auto"] + IsingUpdate.allCases.map(\.rawValue)
      throw .notAllowed("--update", name, allowed: allowed.joined(separator: ", "))
    }
    return update
  }

  private static func checkGaugeUpdate(_ name: String) throws(InputError) {
    guard ["auto", "direct", "metropolis"].contains(name) else {
      throw .notAllowed("--update", name, allowed: "auto, direct, metropolis for ising-gauge")
    }
  }

  private static func check(_ update: IsingUpdate?, of model: IsingModel) throws(InputError) {
    guard let update else { return }
    do throws(InputError) {
      try IsingChain.check(model: model, beta: 0, update: update)
    } catch {
      throw InputError("--\(error.message)")
    }
  }

  private func checkMemory() throws(InputError) {
    let width = Double(model.siteCount * (model.name == .isingGauge ? 2 : 1))
    let points = Double(options.scan.betas.count)
    // Kept configurations stand in the records, in the snapshots, and in the bytes of the file.
    let kept = 3 * points * width * Double(options.length.snapshots ?? 0)
    let series = points * Double(plan.chainCount) * 48 * Double(plan.sweeps / plan.measureEvery)
    let running = try runningBytes()
    let size = model.sizeText
    if kept >= max(series, running) {
      try MemoryBudget.require(
        kept + series + running, for: "--snapshots", "\(options.length.snapshots ?? 0)")
    } else if series > running {
      try MemoryBudget.require(kept + series + running, for: "--sweeps", "\(plan.sweeps)")
    } else {
      try MemoryBudget.require(kept + series + running, for: "--size", size)
    }
  }

  /// Bytes that the chains hold while they run.
  private func runningBytes() throws(InputError) -> Double {
    switch model.name {
    case .ising:
      var bare = plan
      bare.snapshotCount = 0
      bare.sweeps = bare.measureEvery
      return bare.byteCount(for: try model.ising())
    case .isingGauge:
      return Double(model.siteCount) * 2 * Double(max(Self.directBatch, plan.chainCount))
    }
  }

  private func checkOutput() throws(InputError) {
    guard let output = options.output else {
      if let snapshots = options.length.snapshots, snapshots > 0 {
        throw InputError("--snapshots is \(snapshots), but no --output FILE.npz says where they go")
      }
      return
    }
    guard output.hasSuffix(".npz") else {
      throw .notAllowed("--output", output, allowed: "a path that ends in .npz")
    }
    try OutputPath.requireWritable(output)
  }
}

extension SampleOptions.Length {
  static let maximumSweeps = Int(Int32.max)

  /// The plan with defaults fixed by model and size.
  ///
  /// Sweeps: 10 000, fewer above 2^27 single-spin updates a chain but at least 1000; four chains. Direct
  /// sampling: that many independent configurations in one series.
  func plan(for model: ResolvedModel, isDirect: Bool) throws(InputError) -> SamplingPlan {
    let defaultSweeps = max(1000, min(10_000, (1 << 27) / model.siteCount))
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
    return SamplingPlan(
      sweeps: sweeps, burnIn: isDirect ? 0 : burnIn, measureEvery: measureEvery ?? 1,
      chainCount: chainCount, snapshotCount: perChain)
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
