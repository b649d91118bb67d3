public import LandauCore
import LandauExact
import LandauLattice
import LandauStatistics
import LandauStore

/// What to measure on ground states of quantum spins.
public struct QuantumSampleOptions: Sendable, Hashable {
  public var model: QuantumModelOptions
  /// Axes along which spins are measured: letters x, y, z that repeat along the sites.
  public var basis = "z"
  /// Measurements of all spins at each point.
  public var snapshots: Int?
  public var seed: UInt64 = 1
  /// An NPZ file of snapshots.
  public var output: String?
  /// Samples at this inverse temperature; nil measures the ground state.
  public var beta: Double?
  /// Of chains at a temperature, as for classical models; nil for defaults.
  public var length = SampleOptions.Length()

  public init(model: QuantumModelOptions) { self.model = model }
}

extension QuantumSampleOptions {
  /// Writes snapshots where a file was asked for.
  ///
  /// - Returns: the paths written.
  func write(_ snapshots: Snapshots, of model: ResolvedQuantumModel) throws -> [String] {
    guard let output else { return [] }
    try SnapshotFile.write(
      snapshots, to: output, seed: Seed(seed), extra: [],
      metadata: [
        .init("landau", .string(Release.version)),
        .init("revision", ProgramRevision.current.map { .string($0) } ?? .null),
        .init("generator", .string(RandomStream.name)),
        .init("model", .string(model.name.rawValue)), .init("basis", .string(basis)),
      ] + model.members.filter { $0.key != "boundary" })
    return [output]
  }
}

/// Measures ground states of quantum spins along a scan: independent snapshots in any product basis, estimates with errors
/// and the exact values beside them.
public struct QuantumSampleJob: Sendable {
  private let options: QuantumSampleOptions
  private let model: ResolvedQuantumModel
  private let axes: [SpinAxis]
  private let shots: Int
  private let source: Source

  /// Where snapshots come from.
  private enum Source: Sendable {
    case temperature(QuantumThermalSampling)
    case ground(QuantumMethod)
  }

  /// - Throws: `InputError` for options that do not fit one another, states that are not known, and more memory than there is.
  public init(_ options: QuantumSampleOptions) throws(InputError) {
    self.options = options
    model = try ResolvedQuantumModel(options.model)
    let letters = options.basis.map { SpinAxis(rawValue: String($0)) }
    guard !letters.isEmpty, letters.count <= model.lattice.siteCount,
      !letters.contains(where: { $0 == nil })
    else {
      throw .notAllowed(
        "--basis", options.basis.isEmpty ? "empty" : options.basis,
        allowed: "letters x, y, z, one or as many as repeat along the sites, as in zx")
    }
    axes = (0..<model.lattice.siteCount).map { letters[$0 % letters.count]! }
    if let thermal = try QuantumThermalSampling(model, options) {
      if let asked = model.method {
        throw .notAllowed(
          "--method", asked.rawValue, allowed: "none at a temperature, only for ground states")
      }
      source = .temperature(thermal)
    } else {
      let (method, reason) = QuantumMethod.choose(model, isMixed: Self.isMixed(axes))
      guard let method else {
        throw model.method.map {
          .notAllowed("--method", $0.rawValue, allowed: "other methods, sizes or bases: \(reason)")
        } ?? .notAllowed("--size", model.sizeText, allowed: "other sizes or bases: \(reason)")
      }
      try QuantumMemory.require(model, method)
      source = .ground(method)
    }
    shots = options.snapshots ?? 1000
    try MemoryBudget.require(
      3 * Double(shots) * Double(model.values.count * model.lattice.siteCount),
      for: "--snapshots", "\(shots)")
    if let output = options.output {
      guard output.hasSuffix(".npz") else {
        throw .notAllowed("--output", output, allowed: "a path that ends in .npz for quantum spins")
      }
      try OutputPath.requireWritable(output)
    }
  }

  private static func isMixed(_ axes: [SpinAxis]) -> Bool { Set(axes).count > 1 }

  /// - Throws: `Interrupted`; `RunError` where the file cannot be written.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    let method: QuantumMethod
    switch source {
    case .temperature(let thermal):
      return try thermal.run(pool: pool, progress: progress, cancellation: cancellation)
    case .ground(let chosen): method = chosen
    }
    let root = Seed(options.seed)
    var values: [Int8] = []
    var points: [JSONValue] = []
    // Means of matrix products are those of a state that is the ground state up to its variance.
    let reference = method == .matrixProduct ? "of the state" : "exact"
    var table = TextTable([model.scanned.rawValue, "", "measured", reference, "sigma"])
    var name = ""
    var remarks: [String] = []
    var warnings: [String] = []
    let isMixed = Self.isMixed(axes)
    let sectors = QuantumSectors(model, method: method)
    progress.begin("measuring", total: model.values.count)
    for (point, value) in model.values.enumerated() {
      let seed = root.child("point", Int(bitPattern: UInt(value.bitPattern)))
      let ground = try QuantumGroundState(
        model, point: point, method: method, sectors: sectors, needsGap: false,
        seed: seed.child("state"), pool: pool, cancellation: cancellation)
      name = ground.method
      let warning = ground.warnings(at: value, of: model.scanned.rawValue)
      warnings += warning
      remarks += ground.remark(at: value, of: model.scanned.rawValue).map { [$0] } ?? []
      let draw = ground.sampler(axes: axes)
      let blocks = (shots + 249) / 250
      let spins = try pool.map(blocks) { block -> [Int8] in
        try cancellation.check()
        return draw(min(250, shots - 250 * block), seed.child("shots", block))
      }.flatMap { $0 }
      // Beside letters that are mixed no mean of one axis stands.
      let rows = measured(
        spins, exact: QuantumQuantities(model, ground, axes: isMixed ? [] : [axes[0]]))
      points.append(
        .object(
          [.init(model.scanned.jsonName, .number(value))] + model.members + [
            .init("method", .string(name)), .init("basis", .string(options.basis)),
            .init("snapshots", .integer(shots)),
            .init("warnings", .strings(warning)),
          ] + ground.members + rows.map { .init($0.name, .estimate($0.estimate)) }))
      for row in rows {
        let pull = row.exact.map { row.estimate.error > 0 ? row.estimate.pull(to: $0) : 0 }
        table.append([
          SampleJob.short(value), row.head, "\(row.estimate)",
          row.exact.map { Estimate.fixed($0, digits: 8) } ?? "",
          pull.map { Estimate.fixed($0, digits: 1) } ?? "",
        ])
      }
      values += spins
      progress.advance()
    }
    progress.end()
    let files = try options.write(snapshots(values), of: model)
    let text =
      "\(model.heading)\n\(model.convention)\nground state by \(name); \(shots) measurements along \(options.basis) at each value, all independent\n\n"
      + table.text() + (remarks.isEmpty ? "" : "\n" + remarks.map { "\($0)\n" }.joined())
      + warnings.map { "warning: \($0)\n" }.joined()
      + files.map { "wrote \($0)\n" }.joined()
    return Report(
      json: [.init("points", .array(points))], text: text,
      files: files)
  }

  private struct Row {
    var name: String
    var head: String
    var estimate: Estimate
    var exact: Double?
  }

  /// Averages over the snapshots of what the basis shows: where all axes are the same, of single spins, bonds and the square.
  private func measured(_ spins: [Int8], exact: QuantumQuantities) -> [Row] {
    let n = model.lattice.siteCount
    let unit = model.units.single
    let axis = axes[0].rawValue
    let bonds = model.lattice.bonds.map { (Int($0.source), Int($0.target)) }
    let averages = (0..<shots).map { shot -> (one: Double, pair: Double) in
      let row = spins[shot * n..<(shot + 1) * n]
      let start = row.startIndex
      let one = row.reduce(0) { $0 + Int($1) }
      let pair = bonds.reduce(0) { $0 + Int(row[start + $1.0]) * Int(row[start + $1.1]) }
      return (
        unit * Double(one) / Double(n), unit * unit * Double(pair) / Double(max(1, bonds.count))
      )
    }
    let isMixed = Self.isMixed(axes)
    var rows: [Row] = []
    func add(_ name: String, _ head: String, _ values: [Double]) {
      rows.append(
        Row(
          name: name, head: head, estimate: .mean(of: values),
          exact: exact.values.first { $0.name == name }?.value))
    }
    let label = isMixed ? "spin" : axis
    add("\(label)PerSite", "<\(label)>", averages.map(\.one))
    if !bonds.isEmpty {
      add("\(label)\(isMixed ? "Pair" : axis)PerBond", "<\(label) \(label)'>", averages.map(\.pair))
    }
    add("\(label)SquaredPerSite", "<m_\(label)^2>", averages.map { $0.one * $0.one })
    return rows
  }

  private func snapshots(_ values: [Int8]) -> Snapshots {
    let count = model.values.count
    let order = model.values.indices.sorted { model.values[$0] < model.values[$1] }
    let width = shots * model.lattice.siteCount
    return Snapshots(
      siteShape: model.siteShape,
      channels: [Self.isMixed(axes) ? "spin" : axes[0].rawValue],
      values: order.flatMap { values[$0 * width..<($0 + 1) * width] },
      parameterName: model.scanned.jsonName, parameters: order.map { model.values[$0] },
      parameterIndex: (0..<count).flatMap { [Int32](repeating: Int32($0), count: shots) },
      chain: (0..<count).flatMap { _ in (0..<shots).map(Int32.init) }, isSequential: false,
      boundary: model.isPeriodic ? .periodic : .open,
      notes: [
        "landau sample \(model.name.rawValue): \(model.convention); measured along \(options.basis)"
      ])
  }
}
