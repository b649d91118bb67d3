import LandauCore
import LandauExact
import LandauLattice
import LandauMonteCarlo
import LandauStatistics

/// Quantum spins at a temperature, by chains of series expansions along the scan.
struct QuantumThermalSampling: Sendable {
  private let model: ResolvedQuantumModel
  private let beta: Double
  private let options: QuantumSampleOptions
  private let plan: SamplePlan

  /// The most spins whose levels are all computed, for exact values beside.
  private static let exactSpins = 10

  /// - Returns: nil where no temperature is asked for.
  /// - Throws: `InputError` for what has no chains, and for lengths that do not fit one another.
  init?(_ model: ResolvedQuantumModel, _ options: QuantumSampleOptions) throws(InputError) {
    guard let beta = options.beta else { return nil }
    self.model = model
    self.beta = beta
    self.options = options
    plan = try options.length.plan(siteCount: model.lattice.siteCount, isDirect: false)
    guard model.name == .tfim else {
      throw InputError(
        "--temperature and --beta are options of tfim, and \(model.name.rawValue) is in its ground state"
      )
    }
    for point in model.values.indices {
      guard model.value(.field, at: point) == 0 else {
        throw InputError(
          "--field is \(model.value(.field, at: point)), and chains at a temperature have none along z"
        )
      }
      let field = model.value(.transverseField, at: point)
      guard field > 0 else {
        throw .notAllowed("--transverse-field", field, allowed: "numbers above 0 at a temperature")
      }
    }
    guard options.basis == "z" else {
      throw .notAllowed("--basis", options.basis, allowed: "z at a temperature")
    }
  }

  private struct Point: Sendable {
    var recording: Recording
    var snapshots: [[Int8]]
  }

  func run(pool: WorkerPool, progress: Progress, cancellation: Cancellation) throws -> Report {
    let burnIn = plan.burnIn ?? max(200, plan.sweeps / 5)
    progress.begin("sampling", total: model.values.count * plan.chainCount * plan.sweeps)
    var points: [Point] = []
    for (point, value) in model.values.enumerated() {
      try cancellation.check()
      let seed = Seed(options.seed).child("point", Int(bitPattern: UInt(value.bitPattern)))
      let (pair, single) = model.units
      let chains = try (0..<plan.chainCount).map {
        try TransverseIsingSeries(
          lattice: model.lattice,
          couplings: [Double](
            repeating: pair * model.value(.coupling, at: point), count: model.lattice.bondCount),
          transverseField: single * model.value(.transverseField, at: point), beta: beta,
          seed: seed.child("chain", $0))
      }
      let runner = ChainRunner(
        chains: chains, lengths: plan.lengths(defaultBurnIn: burnIn))
      runner.advance(pool: pool, cancellation: cancellation, progress: progress)
      try cancellation.check()
      points.append(Point(recording: runner.recording, snapshots: runner.takeSnapshots()))
    }
    progress.end()
    return try report(points)
  }

  /// Name in JSON, head, and factor of each observable: spins of one half count half.
  private var quantities: [(observable: Observable, name: String, head: String, unit: Double)] {
    let single = model.units.single
    return [
      (.energyPerSite, "energyPerSite", "energy", 1),
      (TransverseIsingSeries.transverseOrder, "xPerSite", "<x>", single),
      (TransverseIsingSeries.couplingEnergy, "couplingEnergyPerSite", "-J<zz> per site", 1),
      (.absOrder, "absMagnetizationPerSite", "|m|", single),
      (.orderSquared, "zSquaredPerSite", "<m_z^2>", single * single),
    ]
  }

  private func report(_ points: [Point]) throws -> Report {
    var table = TextTable([model.scanned.rawValue, "", "sampled", "exact", "sigma"])
    var json: [JSONValue] = []
    var warnings: [String] = []
    for (point, value) in model.values.enumerated() {
      let exact = try exactValues(point)
      var members: [JSONValue.Member] = [
        .init(model.scanned.jsonName, .number(value)), .init("temperature", .number(1 / beta)),
        .init("beta", .number(beta)), .init("update", .string("series-expansion")),
        .init("sweeps", .integer(plan.sweeps)),
      ]
      members += model.members
      for item in quantities {
        guard let series = points[point].recording[item.observable] else { continue }
        var estimate = series.estimate()
        estimate.value *= item.unit
        estimate.error *= item.unit
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
        "\(model.heading), temperature \(SampleJob.short(1 / beta))\n\(model.convention); k_B = 1\nstochastic series expansion, \(plan.chainCount) chains of \(plan.sweeps) sweeps at each value\n\n"
        + table.text() + warnings.map { "warning: \($0)\n" }.joined()
        + files.map { "wrote \($0)\n" }.joined(), files: files)
  }

  /// Canonical averages of all levels, of few spins; empty for more.
  private func exactValues(_ point: Int) throws -> [String: Double] {
    let n = model.lattice.siteCount
    guard n <= Self.exactSpins else { return [:] }
    var transverse = PauliSum(siteCount: n)
    var square = transverse
    for i in 0..<n {
      transverse.add(1 / Double(n), [.x(i)])
      square.add(1 / Double(n * n), [])
      for j in 0..<n where j != i { square.add(1 / Double(n * n), [.z(i), .z(j)]) }
    }
    let averages = try SpinDiagonalization(model.hamiltonian(at: point)).canonicalAverages(
      beta: beta, of: [transverse, square])
    let (_, single) = model.units
    let energy = averages.energy / Double(n)
    let field = single * model.value(.transverseField, at: point)
    return [
      "energyPerSite": energy, "xPerSite": single * averages.observables[0],
      "couplingEnergyPerSite": energy + field * averages.observables[0],
      "zSquaredPerSite": single * single * averages.observables[1],
    ]
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
