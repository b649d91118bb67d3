import LandauCore
import LandauStatistics

extension Study {
  /// Forces of an electron-lattice model from a network with the symmetries of the lattice.
  static let latticeEquivariantForceField = Study(
    name: "lattice-equivariant-force-field",
    title: "Force fields that move with the lattice",
    source: "Equivariant Neural Networks for Force-Field Models of Lattice Systems",
    claim: """
      Convolutions tied under the point group of the lattice map distortions to the forces that the electrons exert; \
      dynamics with the learned forces orders as the exact one does, on larger lattices, too.
      """,
    run: { run in
      let learned = try HolsteinForces(run)
      return StudyResult(
        findings: learned.findings, figure: learned.figure, remarks: learned.remarks)
    })
}

/// Networks trained on exact trajectories, judged on others, and their own dynamics.
struct HolsteinForces: Sendable {
  struct Settings: Sendable {
    let side: Int
    let largeSide: Int
    let trajectories: Int
    let steps: Int
    /// Convolutions over the group after the first. On 16 x 16 walls of domains follow the exact ones trajectory by trajectory
    /// with five, and are a quarter too many with three: they feel what is seven sites away.
    let depth: Int
    let training: LatticeForceField.Training
    let networks: Int

    static let quick = Settings(
      side: 12, largeSide: 32, trajectories: 6, steps: 400, depth: 3,
      training: .init(epochs: 90, batch: 2, rate: 1e-2), networks: 2)
    static let full = Settings(
      side: 16, largeSide: 48, trajectories: 32, steps: 800, depth: 5,
      training: .init(epochs: 40, batch: 8, rate: 5e-3), networks: 4)
  }

  static let coupling = 1.9
  static let temperature = 0.08
  private static let channels = 4
  private static let radius = 2

  let settings: Settings
  let lattice: HolsteinLattice
  let fields: [LatticeForceField]
  /// One-site windows: what a site's own distortion tells.
  let local: LatticeForceField
  let exact: DomainGrowth
  /// Of each network, with the noise of the exact ones.
  let learned: [DomainGrowth]
  let localGrowth: DomainGrowth
  /// The first network on a larger lattice.
  let large: DomainGrowth
  let largeExact: [Double]
  let asymmetry: Double

  init(_ run: StudyRun) throws {
    let settings = run.isQuick ? Settings.quick : .full
    let lattice = HolsteinLattice(
      side: settings.side, coupling: Self.coupling, temperature: Self.temperature)
    let training = try DomainGrowth.exact(
      lattice, trajectories: 2 * settings.trajectories, steps: settings.steps,
      seed: run.seed.child("training"), run: run)
    let exact = try DomainGrowth.exact(
      lattice, trajectories: settings.trajectories, steps: settings.steps,
      seed: run.seed.child("test"), run: run)
    run.progress.begin("networks", total: settings.networks + 1)
    let all = try run.pool.map(settings.networks + 1) { index -> LatticeForceField in
      let seed = run.seed.child("network", index)
      var rng = seed.makeStream()
      let isLocal = index == settings.networks
      var field = LatticeForceField(
        channels: Self.channels, depth: isLocal ? 1 : settings.depth,
        radius: isLocal ? 0 : Self.radius,
        using: &rng)
      var plan = settings.training
      if isLocal { plan.epochs /= 8 }
      field.train(
        side: settings.side, training.everySecond(\.distortions),
        densities: training.everySecond(\.densities), plan, seed: seed.child("fit"),
        cancellation: run.cancellation, progress: .silent)
      run.progress.advance()
      return field
    }
    run.progress.end()
    try run.cancellation.check()
    func growth(
      _ field: LatticeForceField, _ lattice: HolsteinLattice, _ count: Int, _ seed: Seed
    ) throws -> DomainGrowth {
      try DomainGrowth(
        lattice, trajectories: count, steps: settings.steps, seed: seed,
        cancellation: run.cancellation, progress: run.progress,
        densities: field.densities(side: lattice.side))
    }
    self.settings = settings
    self.lattice = lattice
    self.exact = exact
    fields = Array(all.dropLast())
    local = all[settings.networks]
    let seed = run.seed.child("test")
    learned = try fields.map { try growth($0, lattice, settings.trajectories, seed) }
    localGrowth = try growth(local, lattice, settings.trajectories, seed)
    let largeLattice = HolsteinLattice(
      side: settings.largeSide, coupling: Self.coupling, temperature: Self.temperature)
    large = try growth(fields[0], largeLattice, 1, run.seed.child("large"))
    largeExact = try largeLattice.densities(large.distortions[0][large.times.count - 1])
    let last = exact.distortions[0][exact.times.count - 1]
    asymmetry = fields.map { $0.asymmetry(last, side: settings.side) }.max() ?? .nan
  }

  /// R2 over all trajectories of the test, and what it is without each of them.
  private func explained(
    by field: LatticeForceField, _ share: KeyPath<DomainGrowth.Shares, Double>
  ) -> (all: Double, deleted: [Double]) {
    let densities = field.densities(side: settings.side)
    let learned = exact.distortions.map(densities)
    func pooled(_ kept: [Int]) -> Double {
      DomainGrowth.explained(
        lattice, kept.flatMap { exact.distortions[$0] },
        exact: kept.flatMap { exact.densities[$0] },
        learned: kept.flatMap { learned[$0] })[keyPath: share]
    }
    let all = Array(learned.indices)
    return (pooled(all), all.map { left in pooled(all.filter { $0 != left }) })
  }

  /// The mean R2 of networks; its error from their spread and from the jackknife over trajectories.
  private func explained(
    _ fields: [LatticeForceField], _ share: KeyPath<DomainGrowth.Shares, Double>
  ) -> Estimate {
    let found = fields.map { explained(by: $0, share) }
    let mean = Estimate.mean(of: found.map(\.all))
    let deleted = found[0].deleted.indices.map { left in
      found.reduce(0) { $0 + $1.deleted[left] } / Double(found.count)
    }
    let n = Double(deleted.count)
    let centre = deleted.reduce(0, +) / n
    let jackknife = deleted.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } * (n - 1) / n
    let spread = fields.count > 1 ? mean.error * mean.error : 0
    return Estimate(mean.value, error: (spread + jackknife).squareRoot())
  }

  /// R2 of forces where the first network's own dynamics ends on the larger lattice, over four parts of it.
  private var transferred: Estimate {
    let last = large.times.count - 1
    let rows = large.lattice.siteCount / 4
    return .mean(
      of: (0..<4).map { part in
        let sites = part * rows..<(part + 1) * rows
        return DomainGrowth.explained(
          large.lattice, [Array(large.distortions[0][last][sites])],
          exact: [Array(largeExact[sites])], learned: [Array(large.densities[0][last][sites])]
        ).forces
      })
  }

  /// The mean of numbers `[network][trajectory]`, its error from both spreads.
  private static func mean(_ values: [[Double]]) -> Estimate {
    let networks = Estimate.mean(of: values.map { $0.reduce(0, +) / Double($0.count) })
    let trajectories = Estimate.mean(
      of: values[0].indices.map { index in
        values.reduce(0) { $0 + $1[index] } / Double(values.count)
      })
    return Estimate(
      networks.value,
      error: (networks.error * networks.error + trajectories.error * trajectories.error)
        .squareRoot())
  }

  private static func lateMean(_ values: [Double]) -> Double {
    let late = values[(values.count / 2)...]
    return late.reduce(0, +) / Double(late.count)
  }

  /// Late walls of learned dynamics in units of the exact ones' mean, less one: with the same noise, pair by pair.
  private func wallExcess(_ growth: DomainGrowth) -> [Double] {
    let own = growth.walls.map(Self.lateMean)
    let reference = exact.walls.map(Self.lateMean)
    let scale = reference.reduce(0, +) / Double(reference.count)
    return zip(own, reference).map { ($0 - $1) / scale }
  }

  private func structureExcess(_ growth: DomainGrowth) -> [Double] {
    let own = growth.structureFactors.map(Self.lateMean)
    let reference = exact.structureFactors.map(Self.lateMean)
    let scale = reference.reduce(0, +) / Double(reference.count)
    return zip(own, reference).map { ($0 - $1) / scale }
  }

  var findings: [StudyFinding] {
    let excess = Self.mean(learned.map(wallExcess))
    return [
      .bounded(
        "asymmetry", "largest violation of rotations, reflections, translations, Q to -Q",
        asymmetry,
        1e-10, "exact but for the order of additions"),
      StudyFinding(
        "forceR2", "forces on trajectories not seen: R2",
        measured: explained(fields, \.forces), expected: .above(0.99),
        reference: "exact diagonalisation, \(settings.side) x \(settings.side)"),
      StudyFinding(
        "densityR2", "electron densities on trajectories not seen: R2",
        measured: explained(fields, \.densities), expected: .above(0.99),
        reference: "exact diagonalisation"),
      StudyFinding(
        "largeForceR2",
        "forces where the network's own dynamics ends on \(settings.largeSide) x \(settings.largeSide): R2",
        measured: transferred, expected: .above(0.98),
        reference: "exact diagonalisation of the larger lattice; error: four parts of it"),
      StudyFinding(
        "localForceR2", "control: forces from a site's own distortion alone, R2",
        measured: explained([local], \.forces), expected: .below(0.9),
        reference: "neighbours matter"),
      StudyFinding(
        "wallExcess", "late walls of domains, learned less exact, relative",
        measured: excess, expected: .value(0, error: 0),
        reference: "dynamics with exact forces, same noise"),
      StudyFinding(
        "wallExcessBound", "the same, its size",
        measured: Estimate(abs(excess.value), error: excess.error),
        expected: .below(0.2), reference: "domains coarsen alike"),
      StudyFinding(
        "structureExcess", "late structure factor at (pi, pi), learned less exact, relative",
        measured: Self.mean(learned.map(structureExcess)), expected: .value(0, error: 0),
        reference: "dynamics with exact forces, same noise"),
      StudyFinding(
        "localWalls", "control: late walls with forces from single sites",
        measured: .mean(of: localGrowth.walls.map(Self.lateMean)), expected: .above(0.4),
        reference: "no order: 1/2"),
    ]
  }

  var remarks: [String] {
    let walls = DomainGrowth.means(exact.walls)
    let factors = DomainGrowth.means(exact.structureFactors)
    let last = walls.count - 1
    return [
      "Spinless electrons, t = K = 1, g = \(Self.coupling), temperature \(Self.temperature) of electrons and lattice, chemical potential of half filling; friction and",
      "noise, steps of \(DomainGrowth.timeStep) after a quench from random distortions of 0.3. Networks of \(Self.channels) channels over the eight elements of the",
      "point group see \(Self.radius + settings.depth) sites far. They learn electron densities; the elastic part of the force, exact, is what the densities",
      "cancel nearly, so R2 of forces is the stricter measure. Training: \(2 * settings.trajectories) exact trajectories, a moment of each twenty steps.",
      "Exact walls fall from \(walls[0]) to \(walls[last]), the structure factor rises from \(factors[0]) to \(factors[last]) of at most about \(settings.side * settings.side / 2).",
      "Errors: spread over networks and over trajectories, added in quadrature; where there are two networks theirs is poorly known.",
      "Coupling, temperature, width, depth and rate were chosen with R2 of other seeds in sight.",
    ]
  }
}
