public import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauQuantum
import LandauStore

/// Variational Monte Carlo along a scan: energies with errors, variance and V-score, exact values beside them where they are
/// known, and snapshots of the learned states.
public struct VariationalJob: Sendable {
  let options: VariationalOptions
  let model: ResolvedQuantumModel
  let systems: [VariationalSystem]

  /// Finds everything that can be wrong before any work is done.
  ///
  /// - Throws: `InputError` naming the option, its value and what is allowed.
  public init(_ options: VariationalOptions) throws(InputError) {
    self.options = options
    model = try ResolvedQuantumModel(options.model)
    guard model.lattice.siteCount <= 64 else {
      throw .notAllowed("--size", model.sizeText, allowed: "at most 64 spins for wavefunctions")
    }
    if [.symmetricRBM, .convolution, .complexConvolution].contains(options.ansatz) {
      guard model.isPeriodic, (model.lattice.crystal?.basis.count ?? 1) == 1 else {
        throw .notAllowed(
          "--ansatz", options.ansatz.rawValue,
          allowed: "rbm, rbm-complex, autoregressive on open lattices and cells of several sites")
      }
    }
    if options.ansatz == .autoregressive && options.moves != .automatic {
      throw InputError("--moves is an option of Markov chains, and autoregressive states need none")
    }
    if (options.restarts || options.isPortable || options.snapshots > 0) && options.output == nil {
      let option =
        options.restarts ? "--restart" : options.isPortable ? "--portable" : "--snapshots"
      throw InputError("\(option) needs --output FOLDER")
    }
    guard options.snapshots <= options.measured else {
      throw .notAllowed(
        "--snapshots", options.snapshots,
        allowed: "at most as many as --measured (\(options.measured))")
    }
    var systems: [VariationalSystem] = []
    for point in model.values.indices {
      systems.append(try VariationalSystem(model, point: point, options))
    }
    self.systems = systems
    // Rows of samples, or columns of parameters, make the matrix; it is copied once.
    let density = Double(options.density ?? options.ansatz.standardDensity)
    let sites = Double(model.lattice.siteCount)
    let parameters = density * sites * sites * (options.ansatz == .complexRBM ? 2 : 1)
    let rows = Double(options.samples) * (options.ansatz.isPositive ? 1 : 2)
    let order = min(rows, parameters)
    try MemoryBudget.require(
      24 * order * order + 16 * rows * parameters, for: "--samples", "\(options.samples)")
    if let output = options.output { try OutputPath.makeFolder(output) }
  }

  private static let commitInterval = 10.0

  /// - Throws: `Interrupted` where nothing was kept; `RunError` for files and for steps that are not finite. A stop with an output folder gives a
  ///   report of what there is, exit status 4.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let archive = try openArchive()
    defer { archive?.close() }
    var record = try VariationalRecord(
      archive?.stored, pointCount: model.values.count)
    let total = options.iterations * model.values.count
    let begin = Progress.now()
    progress.begin("optimising", total: total)
    defer { progress.end() }
    progress.advance(record.iterationsDone(options.iterations))
    while let point = record.nextPoint, !cancellation.isRequested {
      let run = try systems[point].run(
        model, options, seed: Self.seed(options.seed, value: model.values[point]))
      if !record.state.isEmpty {
        var reader = StateReader(record.state)
        try run.restore(from: &reader)
      }
      var nextCommit = Progress.now() + Self.commitInterval
      while !run.isComplete {
        let step = try run.advance(pool: pool)
        record.add(step, point: point, siteCount: model.lattice.siteCount)
        progress.advance()
        progress.detail(detail(point, step))
        let now = Progress.now()
        if cancellation.isRequested || (archive != nil && now >= nextCommit && !run.isComplete) {
          try commit(&record, run, to: archive, begin: begin)
          nextCommit = Progress.now() + Self.commitInterval
          if cancellation.isRequested { break }
        }
      }
      guard run.isComplete, !cancellation.isRequested else { break }
      record.finish(point, run, options, pool: pool)
      try commit(&record, nil, to: archive, begin: begin)
    }
    if !record.isComplete && archive == nil { throw Interrupted() }
    return try report(record, archive, pool: pool, cancellation: cancellation)
  }

  /// A value has the same seed in every scan.
  private static func seed(_ seed: UInt64, value: Double) -> Seed {
    Seed(seed).child("variational", Int(bitPattern: UInt(value.bitPattern)))
  }

  private func detail(_ point: Int, _ step: StateEnergy) -> String {
    let scan =
      model.values.count > 1
      ? "\(model.scanned.rawValue) \(SampleJob.short(model.values[point])), " : ""
    let n = Double(model.lattice.siteCount)
    let energy = Estimate(step.energy.value / n, error: step.energy.error / n)
    return "\(scan)energy per site \(energy)"
  }

  // MARK: - Keeping

  private func openArchive() throws -> (any Archive)? {
    guard let output = options.output else { return nil }
    var arguments: [JSONValue.Member] = [.init("model", .string(model.name.rawValue))]
    arguments += model.members.filter { $0.key != "convention" }
    arguments += [
      .init("ansatz", .string(options.ansatz.rawValue)),
      .init("density", .integer(options.density ?? options.ansatz.standardDensity)),
      .init("iterations", .integer(options.iterations)),
      .init("samples", .integer(options.samples)), .init("chains", .integer(options.chains)),
      .init("learningRate", options.learningRate.map { .number($0) } ?? .string("default")),
      .init("shift", .number(options.shift)),
      .init("optimizer", .string(options.optimizer.rawValue)),
      .init("signs", .string(options.signs.rawValue)),
      .init("moves", .string(options.moves.rawValue)),
      .init("measured", .integer(options.measured)),
      .init("snapshots", .integer(options.snapshots)),
    ]
    return try RunArchive.open(
      output + "/run.h5",
      job: ArchiveJob(
        command: "variational", arguments: .object(arguments), seed: options.seed,
        kernelLevel: ProcessorLevel.current, parameterName: model.scanned.jsonName,
        parameters: model.values, revision: ProgramRevision.current),
      target: options.iterations * model.values.count, restart: options.restarts,
      portable: options.isPortable)
  }

  private func commit(
    _ record: inout VariationalRecord, _ run: (any VariationalRun)?, to archive: (any Archive)?,
    begin: Double
  ) throws {
    guard let archive else {
      record.pending = [:]
      return
    }
    var writer = StateWriter()
    run?.save(to: &writer)
    record.state = writer.bytes
    try archive.commit(
      ArchiveCommit(
        checkpoint: record.checkpoint, series: record.pending,
        status: ArchiveStatus(
          done: record.iterationsDone(options.iterations),
          target: options.iterations * model.values.count,
          seconds: (archive.stored?.status.seconds ?? 0) + Progress.now() - begin)))
    record.pending = [:]
  }
}
