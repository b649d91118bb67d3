import LandauCore
import LandauDiscovery
import LandauExact
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Study {
  /// Large critical lattices from small ones, by learned inverses of block transformations.
  static let inverseRenormalizationGroup = Study(
    name: "inverse-renormalisation-group",
    title: "Inverse renormalisation of critical configurations",
    source:
      "D. Bachtis, G. Aarts, F. Di Renzo and B. Lucini, Phys. Rev. Lett. 128, 081603 (2022), arXiv:2107.00466",
    claim: """
      A learned inverse of a block transformation turns critical configurations into ones of twice the side; \
      iterated, it gives large lattices and exponents without critical slowing down.
      """,
    run: { run in
      let spins = try InverseRenormalizationGroup(run)
      let fields = try FieldInverseGroup(run)
      return StudyResult(
        findings: spins.findings + fields.findings,
        figure: Figure(
          title: "Critical lattices from small ones by learned inverses of block transformations",
          panels: spins.panels + fields.panels, columnCount: 2),
        remarks: remarks + spins.remarks + fields.remarks)
    })

  private static let remarks = [
    "Ising model, square torus. Chains run at 16 x 16 and 32 x 32 only; 64 to 512 come from the inverse, 12 Gibbs visits of each site a doubling.",
    "Each training has chains, block rule, table and starts of its own; errors are the spread of trainings, so they hold all of these.",
    "The share of ties that neighbours win gives the blocks of 32 x 32 the <m^2> of 16 x 16: the exponent of m^2 enters there, through two",
    "measured sizes, and is inherited by every doubling. Correlations at distances 1 and 2 are not matched; temperature and energy are unknown to the table.",
    "Blocks of the Ising model are not distributed by the Ising model: what is small here is the effect of that difference, measured by the deviations.",
    "Binder's ratio is inherited from the start and would test nothing.",
    "phi^4: chains at 32 x 32 and 64 x 64, blocks with noise, 20 Metropolis visits of each site a doubling. Weight and noise give the blocks of 64 x 64 the <m^2> and",
    "the <phi^2> of 32 x 32: as for spins the exponent comes from two measured sizes. The product of neighbours and <phi^2> of larger sizes are predictions.",
  ]
}

/// How much is done for the Ising model.
struct InverseRenormalizationPlan: Sendable {
  let trainingCount: Int
  /// Configurations of 16 x 16, and of 32 x 32 with their blocks, in each training, with the sweeps between them. The block rule is matched to m^2
  /// in all sweeps; its scatter is most of the error in the end.
  let startCount: Int
  let startSpacing: Int
  let pairCount: Int
  let pairSpacing: Int
  /// Sites of all configurations of one size in each training.
  let siteCount: Int
  /// Sites times sweeps of each of eight chains of one size for comparison.
  let directCount: Int

  static let quick = InverseRenormalizationPlan(
    trainingCount: 16, startCount: 2048, startSpacing: 32, pairCount: 16_000, pairSpacing: 4,
    siteCount: 1 << 21, directCount: 1 << 24)
  static let full = InverseRenormalizationPlan(
    trainingCount: 32, startCount: 16_384, startSpacing: 32, pairCount: 100_000, pairSpacing: 8,
    siteCount: 1 << 24, directCount: 1 << 27)

  static let criticalTemperature = 2 / log(1 + 2.0.squareRoot())
  static let largest = 512
  /// Of the start off criticality, in units of the critical temperature.
  static let hot = 1.02
}

/// All trainings with their iterated inverses, and chains at the same sizes.
struct InverseRenormalizationGroup: Sendable {
  /// What one training led to.
  struct Member: Sendable {
    let inverse: IsingInverse
    let stochastic: DoubledEnsemble
    /// By the most probable value of each spin.
    let deterministic: DoubledEnsemble
    /// From configurations at 1.02 T_c, with their mean m^2 at 16 x 16.
    let hot: DoubledEnsemble
    let hotSquaredOrder: Double
  }

  let members: [Member]
  /// By ascending side, as the levels of ensembles.
  let direct: [DirectCorrelations]
  let sides: [Int]

  init(_ run: StudyRun) throws {
    let plan = run.isQuick ? InverseRenormalizationPlan.quick : .full
    run.progress.begin("inverses", total: plan.trainingCount)
    members = try run.pool.map(plan.trainingCount) { index in
      defer { run.progress.advance() }
      return try Self.member(plan, seed: run.seed.child("training", index), run)
    }
    let sides = members[0].stochastic.levels.map(\.side)
    self.sides = sides
    run.progress.begin("chains for comparison", total: sides.count * DirectCorrelations.chainCount)
    direct = try sides.map { side in
      try DirectCorrelations(run) { index, body in
        try IsingConfigurations.visit(
          side: side, temperature: 1, sweeps: plan.directCount / (side * side),
          seed: run.seed.child("direct", side, index), run
        ) { _, chain in body(TorusMoments(chain.spins, side: side)) }
      }
    }
    run.progress.end()
  }

  private static func member(
    _ plan: InverseRenormalizationPlan, seed: Seed, _ run: StudyRun
  ) throws -> Member {
    let inverse = try IsingInverse(plan, seed: seed, run)
    let hot = try IsingConfigurations(
      side: IsingInverse.start, temperature: InverseRenormalizationPlan.hot, count: plan.startCount,
      spacing: plan.startSpacing, seed: seed.child("hot"), run)
    func doubled(
      _ starts: [[Int8]], _ table: LearnedInverse, _ name: String, share: Int
    ) throws -> DoubledEnsemble {
      try DoubledEnsemble(
        starts,
        .init(
          start: IsingInverse.start, largest: InverseRenormalizationPlan.largest,
          siteCount: plan.siteCount / share), seed: seed.child(name), run,
        moments: { TorusMoments($0, side: $1) },
        fine: { table.fine(of: $0, side: $1, sweeps: IsingInverse.sweeps, using: &$2) })
    }
    return Member(
      inverse: inverse,
      stochastic: try doubled(inverse.starts, inverse.inverse, "stochastic", share: 1),
      deterministic: try doubled(
        inverse.starts, inverse.inverse.mostProbable, "deterministic", share: 8),
      hot: try doubled(hot.spins, inverse.inverse, "hot start", share: 4),
      hotSquaredOrder: hot.squaredOrder)
  }

  // MARK: Means over trainings

  func mean(_ value: (Member) -> Double) -> Estimate { .mean(of: members.map(value)) }

  /// G(1), G(2) at a level.
  func correlation(_ path: KeyPath<TorusMoments, Double>, at level: Int) -> Estimate {
    mean { $0.stochastic.levels[level].moments[keyPath: path] }
  }

  func squaredOrder(at level: Int) -> Estimate {
    mean { $0.stochastic.squaredOrder(at: level, start: $0.inverse.squaredOrder) }
  }

  func farthest(at level: Int) -> Estimate {
    mean { $0.stochastic.farthest(at: level, start: $0.inverse.squaredOrder) }
  }

  func hotSquaredOrder(at level: Int) -> Estimate {
    mean { $0.hot.squaredOrder(at: level, start: $0.hotSquaredOrder) }
  }

  /// <m^2> per doubling, from 16 to the end.
  var orderPerDoubling: Estimate {
    let last = sides.count - 1
    return mean {
      pow($0.stochastic.squaredOrder(at: last, start: 1), 1 / Double(sides.count))
    }
  }

  /// How far the hot start is below the critical one, in ln <m^2>: at the end over at the start.
  var remainingDistance: Estimate {
    let last = sides.count - 1
    let start = mean { $0.hotSquaredOrder }.value / mean { $0.inverse.squaredOrder }.value
    return mean {
      1
        + log(
          $0.hot.squaredOrder(at: last, start: 1) / $0.stochastic.squaredOrder(at: last, start: 1))
        / log(start)
    }
  }

  /// Energy per bond of the critical torus, Kaufman's, with the other sign.
  static func exactNeighbours(side: Int) -> Double {
    // Any side of a study is within the range of Kaufman's formula.
    let torus = try! KaufmanTorus(rows: side, columns: side)
    return -torus.energyPerSite(beta: IsingConfigurations.criticalBeta) / 2
  }

  static func exactFarthest(side: Int) -> Double {
    CriticalIsingTorus.scaledCorrelation(x: 0.5) / pow(Double(side), 0.25)
  }
}
