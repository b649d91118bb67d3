import LandauCore
import LandauDiscovery
import LandauMonteCarlo

/// Fields of 32 x 32 and 64 x 64 from chains, and inverses learned from the larger ones.
struct FieldTraining {
  /// Metropolis visits of each site.
  static let sweeps = 20

  let small: FieldConfigurations
  private let large: [[Double]]
  private let moments: FieldBlockMoments
  private let seed: Seed
  private static let side = 2 * FieldInverseGroup.start

  /// - Throws: `Interrupted` when cancelled.
  init(_ plan: FieldInverseGroup.Plan, seed: Seed, _ run: StudyRun) throws {
    self.seed = seed
    small = try FieldConfigurations(
      side: FieldInverseGroup.start, count: plan.startCount, spacing: plan.startSpacing,
      seed: seed.child("small"), run)
    var (large, moments) = ([[Double]](), FieldBlockMoments())
    try FieldConfigurations.visit(
      side: Self.side, sweeps: plan.pairCount * plan.pairSpacing, seed: seed.child("large"), run
    ) { sweep, chain in
      let field = chain.configuration
      moments.add(field, side: Self.side)
      if sweep % plan.pairSpacing == 0 { large.append(field) }
    }
    self.large = large
    self.moments = moments
  }

  /// The blocks of 64 x 64 with the <phi^2> and the <m^2> that 32 x 32 has.
  func blocks() throws -> FieldBlocks {
    guard
      let blocks = moments.blocks(
        matchingSquare: small.square, squaredOrder: small.squaredOrder)
    else { throw RunError("no weight gives the blocks of 64 x 64 the moments of 32 x 32") }
    return blocks
  }

  func inverse(of blocks: FieldBlocks) throws -> FieldInverse {
    var rng = seed.child("noise").makeStream()
    var scores = FieldScores()
    for field in large {
      scores.add(
        fine: field, coarse: blocks.blocked(field, side: Self.side, using: &rng), side: Self.side)
    }
    return try scores.inverse()
  }

  /// The fields of 32 x 32, doubled.
  func doubled(
    by inverse: FieldInverse, upTo largest: Int, siteCount: Int, name: String, _ run: StudyRun
  ) throws -> DoubledEnsemble {
    try DoubledEnsemble(
      small.fields,
      .init(start: FieldInverseGroup.start, largest: largest, siteCount: siteCount),
      seed: seed.child(name), run, moments: { TorusMoments($0, side: $1) },
      fine: { inverse.fine(of: $0, side: $1, sweeps: Self.sweeps, using: &$2) })
  }
}
