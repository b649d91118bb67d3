import LandauCore
import LandauLattice
import LandauPlot
import LandauQuantum
import LandauStatistics
import LandauStore

/// Results at one finished point.
private struct VariationalPoint {
  var value: Double
  var energy: Estimate
  var variance: Double
  var vScore: Estimate
  var exact: Double?
  var acceptance: Double?
  var parameterCount: Int
  var warnings: [String]
}

extension VariationalJob {
  func report(
    _ record: VariationalRecord, _ archive: (any Archive)?, pool: WorkerPool,
    cancellation: Cancellation
  ) throws -> Report {
    // Who has asked for a stop does not wait for a diagonalisation.
    let references =
      record.isComplete ? try references(pool: pool, cancellation: cancellation) : nil
    let points = (0..<record.finishedCount).map { point(record, $0, exact: references?[$0]) }
    let json: [JSONValue.Member] = [
      .init("points", .array(points.indices.map { .object(members(points[$0], $0)) }))
    ]
    var text = text(points)
    var files: [String] = []
    if let output = options.output, record.isComplete {
      if archive?.stored?.isFinished != true {
        try archive?.finish(
          ArchiveResult(
            estimates: [("energyPerSite", points.map(\.energy)), ("vScore", points.map(\.vScore))],
            attributes: [
              .init("landau", .string(Release.version)),
              .init("generator", .string(RandomStream.name)),
              .init("model", .string(model.name.rawValue)),
            ] + model.members,
            report: .object(json)))
      }
      files.append(output + "/run.h5")
      files += try Plot.draw(figure(record, references), to: output + "/figure")
      if options.snapshots > 0 {
        try write(record, to: output + "/snapshots.npz")
        files.append(output + "/snapshots.npz")
      }
      for (name, content) in [
        ("report.txt", text), ("result.json", JSONValue.object(json).text() + "\n"),
      ] {
        try FileWriting.writeAtomically(content, to: output + "/" + name)
        files.append(output + "/" + name)
      }
      text += "\nFigure and result: \(output)/\n"
    }
    return Report(
      json: json, text: text, files: files, exitStatus: record.isComplete ? 0 : 4)
  }

  /// Exact energies per site where they are known within reason.
  private func references(
    pool: WorkerPool, cancellation: Cancellation
  ) throws -> [Double]? {
    let isFree = QuantumGroundState.isFree(model)
    guard isFree || model.lattice.siteCount <= Self.largestCompared else { return nil }
    let method: QuantumMethod = isFree ? .freeFermions : .diagonalization
    let sectors = QuantumSectors(model, method: method)
    return try model.values.indices.map { point in
      try QuantumGroundState(
        model, point: point, method: method, sectors: sectors, needsGap: false,
        seed: Seed(1).child("point", point), pool: pool, cancellation: cancellation
      ).energy / Double(model.lattice.siteCount)
    }
  }

  /// Diagonalisation of more spins takes longer than a person waits for a number beside.
  private static let largestCompared = 20

  private func point(
    _ record: VariationalRecord, _ index: Int, exact: Double?
  ) -> VariationalPoint {
    let (chains, imaginary) = record.measured(point: index)
    let n = Double(model.lattice.siteCount)
    let isIndependent = chains.count == 1
    let reals = Array(chains.joined())
    let parts = Array(imaginary.joined())
    let energies = reals.indices.map { Complex(reals[$0], parts.isEmpty ? 0 : parts[$0]) }
    let sample = StateSample(
      states: [UInt64](repeating: 0, count: reals.count),
      chainCount: isIndependent ? reals.count : chains.count)
    let hamiltonian = systems[index].hamiltonian
    let result = StateEnergy(sample, energies: energies, hamiltonian: hamiltonian)
    var energy = result.energy
    energy.value /= n
    energy.error /= n
    var warnings = systems[index].warnings
    if let warning = energy.warning { warnings.append("energy: \(warning)") }
    if let exact, (energy.value - exact) / abs(exact) > 0.01 {
      warnings.append(
        "the energy is more than 1 per cent above the exact one: the ansatz, its symmetry, the moves or the optimisation do not reach the ground state"
      )
    }
    return VariationalPoint(
      value: model.values[index], energy: energy, variance: result.variance,
      vScore: StateEnergy.vScore(sample, energies: energies, hamiltonian: hamiltonian),
      exact: exact, acceptance: record.number(VariationalRecord.acceptance, point: index),
      parameterCount: Int(record.number(VariationalRecord.parameters, point: index) ?? 0),
      warnings: warnings)
  }

  // MARK: - Words

  private var method: String {
    let density = options.density ?? options.ansatz.standardDensity
    let rule =
      options.optimizer == .adam
      ? "Adam" : "stochastic reconfiguration, diagonal shift \(SampleJob.short(options.shift))"
    let draws =
      options.ansatz == .autoregressive
      ? "independent states" : "\(options.chains) chains, \(systems[0].moveWords)"
    return
      "variational Monte Carlo: \(options.ansatz.rawValue), \(density) \(options.ansatz.densityWords); \(options.iterations) iterations of \(options.samples) states, \(draws); \(rule)"
  }

  private func text(_ points: [VariationalPoint]) -> String {
    var table = TextTable([
      model.scanned.rawValue, "size", "energy per site", "exact", "relative error", "V-score",
    ])
    for point in points {
      table.append([
        SampleJob.short(point.value), model.sizeText, "\(point.energy)",
        point.exact.map { Estimate.fixed($0, digits: 8) } ?? "",
        point.exact.map { Self.scientific((point.energy.value - $0) / abs($0)) } ?? "",
        Self.scientific(point.vScore.value),
      ])
    }
    let warnings = points.flatMap { point in
      point.warnings.map {
        "warning: \(model.scanned.rawValue) = \(SampleJob.short(point.value)): \($0)\n"
      }
    }
    return "\(model.heading)\n\(model.convention)\n\(method)\n\n" + table.text()
      + warnings.joined()
  }

  /// As in 2.1e-04.
  private static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var (mantissa, exponent) = (abs(value), 0)
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let digits = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return
      "\(value < 0 ? "-" : "")\(Estimate.fixed(mantissa, digits: 1))e\(exponent < 0 ? "-" : "+")\(digits)"
  }

  private func members(_ point: VariationalPoint, _ index: Int) -> [JSONValue.Member] {
    var result: [JSONValue.Member] = [.init(model.scanned.jsonName, .number(point.value))]
    result += model.members
    result += [
      .init("ansatz", .string(options.ansatz.rawValue)),
      .init("parameterCount", .integer(point.parameterCount)),
      .init("iterations", .integer(options.iterations)),
      .init("rotatedSpins", .integer(systems[index].rule.mask.nonzeroBitCount)),
      .init("acceptanceRate", point.acceptance.map { .number($0) } ?? .null),
      .init("warnings", .strings(point.warnings)),
      .init("energyPerSite", .estimate(point.energy)),
      .init("energyVariance", .number(point.variance)),
      .init("vScore", .estimate(point.vScore)),
      .init("exactEnergyPerSite", point.exact.map { .number($0) } ?? .null),
      .init(
        "relativeError",
        point.exact.map { .number((point.energy.value - $0) / abs($0)) } ?? .null),
    ]
    return result
  }

  // MARK: - Files

  private func figure(_ record: VariationalRecord, _ exact: [Double]?) -> Figure {
    let panels = model.values.indices.map { point -> Figure.Panel in
      let energies = record.energies(point: point)
      let iterations = energies.indices.map { Double($0 + 1) }
      var series = [
        Figure.Series("\(options.ansatz.rawValue)", x: iterations, y: energies, color: 0)
      ]
      if let exact {
        series.append(
          Figure.Series(
            "exact", x: [1, Double(max(2, energies.count))], y: [exact[point], exact[point]],
            style: .dashedLine, color: -1))
      }
      return Figure.Panel(
        title: "\(model.scanned.rawValue) = \(SampleJob.short(model.values[point]))",
        xAxis: .init("iteration"), yAxis: .init("energy per site"), series: series)
    }
    return Figure(
      title: "\(model.name.rawValue), \(model.sizeText) \(model.lattice.name)", panels: panels,
      columnCount: min(3, panels.count))
  }

  /// Basis states as spins along z.
  private func write(_ record: VariationalRecord, to path: String) throws {
    let order = model.values.indices.sorted { model.values[$0] < model.values[$1] }
    let n = model.lattice.siteCount
    let values = order.flatMap { point in
      record.kept[point].flatMap { state in
        (0..<n).map { state >> UInt64($0) & 1 == 0 ? Int8(1) : -1 }
      }
    }
    let shots = options.snapshots
    try SnapshotFile.write(
      Snapshots(
        siteShape: model.siteShape, channels: ["z"], values: values,
        parameterName: model.scanned.jsonName, parameters: order.map { model.values[$0] },
        parameterIndex: order.indices.flatMap { [Int32](repeating: Int32($0), count: shots) },
        chain: order.flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
        boundary: model.isPeriodic ? .periodic : .open,
        notes: ["landau variational \(model.name.rawValue): \(model.convention)"]),
      to: path, seed: Seed(options.seed),
      metadata: [
        .init("landau", .string(Release.version)),
        .init("revision", ProgramRevision.current.map { .string($0) } ?? .null),
        .init("generator", .string(RandomStream.name)),
        .init("model", .string(model.name.rawValue)), .init("basis", .string("z")),
        .init("ansatz", .string(options.ansatz.rawValue)),
      ] + model.members.filter { $0.key != "boundary" })
  }
}
