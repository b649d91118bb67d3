public import LandauCore
import LandauExact

/// What to compute exactly.
public struct ExactOptions: Sendable, Hashable {
  public var model: ModelOptions
  /// Where; nil where only the ground state is asked for.
  public var scan: ModelOptions.Scan?
  /// The infinite lattice instead of a size.
  public var infinite = false

  public init(model: ModelOptions, scan: ModelOptions.Scan?) {
    self.model = model
    self.scan = scan
  }
}

/// Exact values along a scan, or the reason why there are none.
public struct ExactJob: Sendable {
  private let options: ExactOptions
  private let model: ResolvedModel

  /// - Throws: `InputError` for options that do not fit the model or one another.
  public init(_ options: ExactOptions) throws(InputError) {
    self.options = options
    model = try options.model.resolved(infinite: options.infinite)
    if options.scan == nil { try GroundStateReport.check(model) }
    if model.name.group != nil, let beta = scan.betas.first(where: { $0 > 1000 }) {
      throw .notAllowed(
        "--beta", beta, allowed: "0 to 1000 for exact values of \(model.name.rawValue)")
    }
  }

  /// The values of the scan; none where only the ground state is asked for.
  private var scan: ModelOptions.Scan { options.scan ?? .beta([]) }

  /// - Throws: `Interrupted` when a stop was asked for: there are no partial exact values.
  public func run(
    pool: WorkerPool, progress: Progress, cancellation: Cancellation
  ) throws -> Report {
    if options.scan == nil { return try GroundStateReport.report(model, pool: pool) }
    let outcome =
      options.infinite
      ? try ExactSolution.infinite(model)
      : try ExactSolution.finite(
        model, model.physical(), effort: .full, count: scan.betas.count)
    switch outcome {
    case .unknown(let reason):
      return Report(
        json: model.members + [.init("exact", .null), .init("reason", .string(reason))],
        text: heading + "no exact value: \(reason)\n")
    case .known(let solution):
      var points: [Point] = []
      for (beta, temperature) in zip(scan.betas, scan.temperatures) {
        try cancellation.check()
        points.append(
          Point(
            beta: beta, temperature: temperature, values: solution.values(beta),
            infinite: try infiniteBeside()?.values(beta) ?? []))
      }
      return report(points, method: solution.method)
    }
  }

  /// The infinite lattice beside a finite one, where it is known.
  private func infiniteBeside() throws -> ExactSolution? {
    guard !options.infinite, model.name == .ising, model.isPeriodicHypercubic else { return nil }
    return try ExactSolution.infinite(model).solution
  }

  private struct Point {
    var beta: Double
    var temperature: Double
    var values: [ExactValue]
    var infinite: [ExactValue]
  }

  private func report(_ points: [Point], method: String) -> Report {
    var json: [JSONValue.Member] = []
    var text = heading + "\(method)\n\n" + table(points)
    if let critical = criticalTemperature {
      json.append(.init("criticalTemperature", .number(critical)))
      text +=
        "\ntransition of the infinite lattice: T = \(Estimate.fixed(critical, digits: 12)) (Onsager 1944)\n"
    }
    json.append(.init("points", .array(points.map { self.json($0, method: method) })))
    return Report(json: json, text: text)
  }

  private var heading: String {
    "\(model.heading)\n\(model.convention)\n"
  }

  private var criticalTemperature: Double? {
    guard model.name == .ising, model.isPeriodicHypercubic, model.dimension == 2,
      model.field == 0, model.coupling != 0
    else { return nil }
    return Onsager(coupling: model.coupling).criticalTemperature
  }

  private func json(_ point: Point, method: String) -> JSONValue {
    var members: [JSONValue.Member] = []
    if model.isThermal {
      members.append(.init("temperature", .number(point.temperature)))
    }
    members.append(.init("beta", .number(point.beta)))
    members += model.members + [.init("method", .string(method))]
    members += point.values.map { .init($0.name, .number($0.value)) }
    if !point.infinite.isEmpty {
      members.append(
        .init("infinite", .object(point.infinite.map { .init($0.name, .number($0.value)) })))
    }
    return .object(members)
  }

  private static let heads: [(name: String, head: String)] = [
    ("plaquette", "plaquette"), ("energyPerSite", "energy"), ("specificHeatPerSite", "spec. heat"),
    ("specificHeatPerPlaquette", "spec. heat"), ("topologicalSusceptibility", "top. susc."),
    ("logPartitionPerSite", "ln Z / N"), ("freeEnergyPerSite", "free energy"),
    ("magnetizationPerSite", "m"), ("absMagnetizationPerSite", "|m|"),
    ("spontaneousMagnetizationPerSite", "m spont."), ("binderCumulant", "Binder"),
  ]

  /// Ten decimals of each quantity per site; the infinite lattice follows each finite row.
  private func table(_ points: [Point]) -> String {
    let scansBeta = if case .beta = scan { true } else { false }
    let known = points.flatMap { $0.values + $0.infinite }.map(\.name)
    let columns = Self.heads.filter { known.contains($0.name) }
    var table = TextTable([scansBeta ? "beta" : "T", "size"] + columns.map(\.head))
    func row(_ point: Point, _ size: String, _ values: [ExactValue]) -> [String] {
      [SampleJob.short(scansBeta ? point.beta : point.temperature), size]
        + columns.map { column in
          values.first { $0.name == column.name }.map { Estimate.fixed($0.value, digits: 10) } ?? ""
        }
    }
    for point in points {
      table.append(row(point, model.sizeText, point.values))
      if !point.infinite.isEmpty { table.append(row(point, "infinite", point.infinite)) }
    }
    return table.text()
  }
}
