import LandauCore
import LandauDiscovery
import LandauMonteCarlo

/// Block rule and inverse of one training, from chains of its own at 32 x 32 and 16 x 16, and the start for what follows.
struct IsingInverse: Sendable {
  static let start = 16
  /// Gibbs visits of each site.
  static let sweeps = 12

  let blocks: CrossBlocks
  let inverse: LearnedInverse
  /// Mean m^2 at T_c and 16 x 16, which the blocks of 32 x 32 have been given, too.
  let squaredOrder: Double
  /// Configurations of 16 x 16 at T_c.
  let starts: [[Int8]]

  /// - Throws: `Interrupted` when cancelled; `RunError` where no block rule fits.
  init(_ plan: InverseRenormalizationPlan, seed: Seed, _ run: StudyRun) throws {
    let small = try IsingConfigurations(
      side: Self.start, temperature: 1, count: plan.startCount, spacing: plan.startSpacing,
      seed: seed.child("small"), run)
    squaredOrder = small.squaredOrder
    starts = small.spins
    let side = 2 * Self.start
    var large: [[Int8]] = []
    var moments = CrossMoments()
    try IsingConfigurations.visit(
      side: side, temperature: 1, sweeps: plan.pairCount * plan.pairSpacing,
      seed: seed.child("large"), run
    ) { sweep, chain in
      let spins = chain.spins
      moments.add(spins, side: side)
      if sweep % plan.pairSpacing == 0 { large.append(spins) }
    }
    let sites = Double(Self.start * Self.start)
    guard let blocks = moments.blocks(matching: squaredOrder * sites * sites) else {
      throw RunError("no share of ties gives the blocks of 32 x 32 the magnetisation of 16 x 16")
    }
    self.blocks = blocks
    var rng = seed.child("ties").makeStream()
    var counts = InverseCounts()
    for spins in large {
      counts.add(
        fine: spins, coarse: blocks.blocked(spins, side: side, using: &rng), side: side)
    }
    inverse = counts.inverse
  }
}
