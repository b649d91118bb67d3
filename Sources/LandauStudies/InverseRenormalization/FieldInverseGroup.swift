import LandauCore
import LandauDiscovery
import LandauMonteCarlo
import LandauStatistics

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The same for phi^4: trainings on pairs of 64 x 64 and 32 x 32, each with its iterated inverse, and chains at the sizes where these are cheap.
struct FieldInverseGroup: Sendable {
  static let start = 32

  /// What one training led to.
  struct Member: Sendable {
    let blocks: FieldBlocks
    let inverse: FieldInverse
    /// Mean m^2 at 32 x 32.
    let squaredOrder: Double
    let doubled: DoubledEnsemble
  }

  /// How much is done in each training.
  struct Plan: Sendable {
    let trainingCount: Int
    /// As for the Ising model.
    let startCount: Int
    let startSpacing: Int
    let pairCount: Int
    let pairSpacing: Int
    let siteCount: Int
    /// Sites times sweeps of each of eight chains of one size for comparison.
    let directCount: Int

    static let quick = Plan(
      trainingCount: 8, startCount: 1024, startSpacing: 32, pairCount: 500, pairSpacing: 24,
      siteCount: 1 << 19, directCount: 1 << 23)
    static let full = Plan(
      trainingCount: 32, startCount: 8192, startSpacing: 16, pairCount: 4000, pairSpacing: 16,
      siteCount: 1 << 22, directCount: 1 << 26)
  }

  let members: [Member]
  let sides: [Int]
  /// For the first sizes.
  let direct: [DirectCorrelations]

  init(_ run: StudyRun) throws {
    let plan = run.isQuick ? Plan.quick : .full
    run.progress.begin("inverses of phi^4", total: plan.trainingCount)
    members = try run.pool.map(plan.trainingCount) { index in
      defer { run.progress.advance() }
      return try Self.member(plan, seed: run.seed.child("field training", index), run)
    }
    sides = members[0].doubled.levels.map(\.side)
    run.progress.begin("chains of phi^4 for comparison", total: 2 * DirectCorrelations.chainCount)
    direct = try sides.prefix(2).map { side in
      try DirectCorrelations(run) { index, body in
        try FieldConfigurations.visit(
          side: side, sweeps: plan.directCount / (side * side),
          seed: run.seed.child("direct field", side, index), run
        ) { _, chain in body(TorusMoments(chain.configuration, side: side)) }
      }
    }
    run.progress.end()
  }

  private static func member(_ plan: Plan, seed: Seed, _ run: StudyRun) throws -> Member {
    let pairs = try FieldTraining(plan, seed: seed, run)
    let blocks = try pairs.blocks()
    let inverse = try pairs.inverse(of: blocks)
    return Member(
      blocks: blocks, inverse: inverse, squaredOrder: pairs.small.squaredOrder,
      doubled: try pairs.doubled(
        by: inverse, upTo: InverseRenormalizationPlan.largest, siteCount: plan.siteCount,
        name: "doubled", run))
  }

  // MARK: Means over trainings

  func mean(_ value: (Member) -> Double) -> Estimate { .mean(of: members.map(value)) }

  func moment(_ path: KeyPath<TorusMoments, Double>, at level: Int) -> Estimate {
    mean { $0.doubled.levels[level].moments[keyPath: path] }
  }

  func squaredOrder(at level: Int) -> Estimate {
    mean { $0.doubled.squaredOrder(at: level, start: $0.squaredOrder) }
  }

  /// <m^2> per doubling, from 32 to the end.
  var orderPerDoubling: Estimate {
    mean {
      pow($0.doubled.squaredOrder(at: sides.count - 1, start: 1), 1 / Double(sides.count))
    }
  }
}
