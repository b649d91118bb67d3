public import LandauCore
import LandauLattice
import LandauMonteCarlo

/// Samples a model along a scan: estimates with errors, exact values beside them, snapshots.
public struct SampleJob: Sendable {
  let options: SampleOptions
  let model: ResolvedModel
  let physical: PhysicalModel
  let factory: ChainFactory
  let plan: SamplePlan

  /// Finds everything that can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option, its value and what is allowed: sizes, updates that do
  ///   not apply, more memory than there is, an output that cannot be written.
  public init(_ options: SampleOptions) throws(InputError) {
    self.options = options
    model = try options.model.resolved()
    try Self.checkModelMemory(model, update: options.update)
    physical = try model.physical()
    let isDirect = try Self.isDirect(options.update, physical)
    factory = try ChainFactory(
      model: physical, update: isDirect ? "auto" : options.update,
      magnetization: options.magnetization)
    plan = try options.length.plan(
      siteCount: physical.siteCount, isDirect: isDirect,
      defaultSweeps: factory.method?.defaultSweeps ?? physical.defaultSweeps)
    try checkMethod()
    try checkRealizations()
    try checkMemory()
    try checkOutput()
  }

  /// - Parameter ranks: processes that run this job together; nil for this one alone. The report of all but the first is empty.
  /// - Throws: `Interrupted` when a stop was asked for before anything was measured, `RunError` when
  ///   the output cannot be written. A stop later on gives a report of what there is, exit status 4.
  public func run(
    ranks: (any Ranks)? = nil, pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    if let ranks, ranks.rank > 0 {
      try work(for: ranks, pool: pool, cancellation: cancellation)
      return Report(json: [], text: "")
    }
    let archive = try openArchive()
    defer { archive?.close() }
    let records =
      if let ranks, ranks.count > 1 {
        try keep(
          archive, ranks: ranks, pool: pool, progress: progress, cancellation: cancellation)
      } else {
        try record(archive, pool: pool, progress: progress, cancellation: cancellation)
      }
    let exact = try exactSolution()
    let points = points(records, exact: exact)
    if points.isEmpty { throw Interrupted() }
    let json: [JSONValue.Member] = [.init("points", .array(points.map { $0.json(model) }))]
    let files = try write(points, records, to: archive)
    let notes = (archive?.stored?.notes ?? []).map { "note: \($0)\n" }
    let isStopped = !records.isComplete
    return Report(
      json: json,
      text: (text(points) + notes.joined()) + files.map { "wrote \($0)\n" }.joined(), files: files,
      exitStatus: isStopped ? 4 : 0)
  }

  /// Whether the run is kept in a file from which it can go on.
  var keepsRun: Bool { options.output?.hasSuffix(".h5") == true }

  /// The value of the scanned parameter at a point as the options gave it.
  var parameterName: String { if case .beta = options.scan { "beta" } else { "temperature" } }

  var parameters: [Double] {
    switch options.scan {
    case .temperature(let values), .beta(let values): values
    }
  }

  /// Exact values of the same finite lattice, where they are known.
  func exactSolution() throws(InputError) -> ExactSolution? {
    // Of averages over realisations nothing is known exactly.
    if options.realizations != nil || factory.particular?.isCanonical == false { return nil }
    return try ExactSolution.finite(
      model, physical, effort: .quick, count: options.scan.betas.count
    ).solution
  }

  func points(_ records: SampleRecords, exact: ExactSolution?) -> [SamplePoint] {
    if options.realizations != nil { return disorderPoints(records) }
    if let method = factory.method { return wholeScanPoints(method, records, exact: exact) }
    var points: [SamplePoint] = []
    for (index, beta) in options.scan.betas.enumerated() {
      guard let work = records.works[index]?.first else { continue }
      let recording = records.recording(point: index, plan: plan)
      guard recording.count > 0 else { continue }
      let quantities = Quantities(
        recording: recording, beta: beta, siteCount: physical.siteCount, model: physical,
        isOrderConserved: factory.particular == .kawasaki)
      points.append(
        SamplePoint(
          index: index, beta: beta, temperature: options.scan.temperatures[index], work: work,
          recording: recording, quantities: quantities.all(), exact: exact?.values(beta) ?? []))
    }
    return points
  }
}

// Checks before the work.
extension SampleJob {
  /// Whether configurations are drawn independently: only the plane Z2 gauge theory, unless told otherwise.
  private static func isDirect(
    _ update: String, _ model: PhysicalModel
  ) throws(InputError) -> Bool {
    guard case .gauge(let model) = model else { return false }
    let updates = IsingGaugeUpdate.allCases.map(\.rawValue)
    let allowed = ["auto"] + (model.dimension == 2 ? ["direct"] : []) + updates
    guard allowed.contains(update) else {
      throw .notAllowed(
        "--update", update,
        allowed: allowed.joined(separator: ", ") + " for ising-gauge"
          + (model.dimension == 2 ? "" : " of \(model.dimension) axes"))
    }
    return model.dimension == 2 && !updates.contains(update)
  }

  /// A lattice with its bonds takes memory before anything else does.
  private static func checkModelMemory(
    _ model: ResolvedModel, update: String
  ) throws(InputError) {
    if model.name.isGauge { return }
    if model.name == .ising, model.isPeriodicHypercubic,
      !ChainFactory.needsBonds(update: update, field: model.field)
    {
      return
    }
    let sites = Double(model.siteCount)
    let bonds =
      model.lattice == .complete
      ? sites * sites / 2
      : sites * Double(model.lattice.cell?.bonds.count ?? model.dimension)
    try MemoryBudget.require(120 * bonds + 40 * sites, for: "--size", model.sizeText)
  }

  private func checkMemory() throws(InputError) {
    let points = Double(options.scan.betas.count)
    let sites = Double(physical.siteCount)
    let width = sites * Double(physical.bytesPerSite)
    // Kept configurations stand in the records, in the snapshots, and in the bytes of the file.
    let kept = 3 * points * width * Double(options.length.snapshots ?? 0)
    // Walks and populations leave a few numbers at the end.
    let isMeasured = factory.method == nil || factory.method == .multicanonical
    let measured = isMeasured ? Double(plan.sweeps / plan.measureEvery) : 1
    let series =
      points * Double(realizationCount * plan.chainCount) * 8 * Double(physical.observableCount) * 2
      * measured
    let perSite = options.scan.betas.map { factory.workingBytesPerSite(beta: $0) }.max() ?? 0
    let running = Double(plan.chainCount) * sites * perSite
    let all = kept + series + running
    if kept >= max(series, running) {
      try MemoryBudget.require(all, for: "--snapshots", "\(options.length.snapshots ?? 0)")
    } else if series > running {
      try MemoryBudget.require(all, for: "--sweeps", "\(plan.sweeps)")
    } else {
      try MemoryBudget.require(all, for: "--size", model.sizeText)
    }
  }

  private func checkOutput() throws(InputError) {
    guard let output = options.output else {
      if options.restarts {
        throw InputError("--restart needs --output FILE, the run to begin anew")
      }
      if let snapshots = options.length.snapshots, snapshots > 0 {
        throw InputError(
          "--snapshots is \(snapshots), but no --output FILE says where they go")
      }
      return
    }
    guard output.hasSuffix(".npz") || output.hasSuffix(".h5") else {
      throw .notAllowed("--output", output, allowed: "a path that ends in .h5 or .npz")
    }
    try OutputPath.requireWritable(output)
  }
}
