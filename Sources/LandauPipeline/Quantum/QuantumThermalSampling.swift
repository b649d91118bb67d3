import LandauCore
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Quantum spins at a temperature, by chains of series expansions along the scan.
struct QuantumThermalSampling: Sendable {
  private let series: QuantumSeries
  private let options: QuantumSampleOptions
  private let plan: SamplePlan
  private var model: ResolvedQuantumModel { series.model }
  private var beta: Double { series.beta }

  /// - Returns: nil where no temperature is asked for.
  /// - Throws: `InputError` for what has no chains, and for lengths that do not fit one another.
  init?(_ model: ResolvedQuantumModel, _ options: QuantumSampleOptions) throws(InputError) {
    guard let beta = options.beta else { return nil }
    self.options = options
    plan = try options.length.plan(siteCount: model.lattice.siteCount, isDirect: false)
    guard options.basis == "z" else {
      throw .notAllowed("--basis", options.basis, allowed: "z at a temperature")
    }
    series = try QuantumSeries(model, beta: beta)
  }

  private struct Point: Sendable {
    var estimates: [(quantity: QuantumSeries.Quantity, estimate: Estimate)]
    var algorithm: String
    var snapshots: [[Int8]]
  }

  func run(pool: WorkerPool, progress: Progress, cancellation: Cancellation) throws -> Report {
    let burnIn = plan.burnIn ?? max(200, plan.sweeps / 5)
    progress.begin("sampling", total: model.values.count * plan.chainCount * plan.sweeps)
    var points: [Point] = []
    for (point, value) in model.values.enumerated() {
      try cancellation.check()
      let seed = Seed(options.seed).child("point", Int(bitPattern: UInt(value.bitPattern)))
      let chains = try (0..<plan.chainCount).map {
        try series.chain(point, seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(
        chains: chains, lengths: plan.lengths(defaultBurnIn: burnIn))
      runner.advance(pool: pool, cancellation: cancellation, progress: progress)
      try cancellation.check()
      points.append(
        Point(
          estimates: series.estimates(runner.recording, chains[0]), algorithm: chains[0].algorithm,
          snapshots: runner.takeSnapshots()))
    }
    progress.end()
    return try report(points)
  }

  private func report(_ points: [Point]) throws -> Report {
    var table = TextTable([model.scanned.rawValue, "", "sampled", "exact", "sigma"])
    var json: [JSONValue] = []
    var warnings: [String] = []
    for (point, value) in model.values.enumerated() {
      let exact = try series.exactValues(point)
      var members: [JSONValue.Member] = [
        .init(model.scanned.jsonName, .number(value)), .init("temperature", .number(1 / beta)),
        .init("beta", .number(beta)), .init("update", .string("series-expansion")),
        .init("sweeps", .integer(plan.sweeps)),
      ]
      members += model.members
      for (item, estimate) in points[point].estimates {
        if let warning = estimate.warning {
          warnings.append(
            "\(model.scanned.rawValue) = \(SampleJob.short(value)), \(item.name): \(warning)")
        }
        members.append(.init(item.name, .estimate(estimate)))
        let known = exact[item.name]
        table.append([
          SampleJob.short(value), item.head, "\(estimate)",
          known.map { Estimate.fixed($0, digits: 8) } ?? "",
          known.map { Estimate.fixed(estimate.pull(to: $0), digits: 1) } ?? "",
        ])
      }
      if !exact.isEmpty {
        members.append(
          .init(
            "exact",
            .object(exact.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) })))
      }
      json.append(.object(members))
    }
    let files = try options.write(snapshots(points), of: model)
    return Report(
      json: [.init("points", .array(json)), .init("warnings", .strings(warnings))],
      text:
        "\(model.heading), temperature \(SampleJob.short(1 / beta))\n\(model.convention); k_B = 1\n\(points.first?.algorithm ?? ""), \(plan.chainCount) chains of \(plan.sweeps) sweeps at each value\n\n"
        + table.text() + warnings.map { "warning: \($0)\n" }.joined()
        + files.map { "wrote \($0)\n" }.joined(), files: files)
  }

  private func snapshots(_ points: [Point]) -> Snapshots {
    let width = model.lattice.siteCount
    var values: [Int8] = []
    var parameterIndex: [Int32] = []
    var chain: [Int32] = []
    let order = model.values.indices.sorted { model.values[$0] < model.values[$1] }
    for (position, point) in order.enumerated() {
      for (number, kept) in points[point].snapshots.enumerated() {
        values += kept
        parameterIndex += [Int32](repeating: Int32(position), count: kept.count / width)
        chain += [Int32](repeating: Int32(number), count: kept.count / width)
      }
    }
    return Snapshots(
      siteShape: model.siteShape, channels: ["z"], values: values,
      parameterName: model.scanned.jsonName, parameters: order.map { model.values[$0] },
      parameterIndex: parameterIndex, chain: chain, isSequential: true,
      boundary: model.isPeriodic ? .periodic : .open,
      notes: [
        "landau sample \(model.name.rawValue): \(model.convention); temperature \(SampleJob.short(1 / beta))"
      ])
  }
}
