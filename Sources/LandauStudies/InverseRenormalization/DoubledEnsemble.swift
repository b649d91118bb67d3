import LandauCore

/// Configurations doubled again and again by one inverse.
struct DoubledEnsemble: Sendable {
  /// After one doubling.
  struct Level: Sendable {
    let side: Int
    let moments: TorusMoments
    /// <m^2> over that of the same configurations before this doubling: what both share drops out.
    let orderRatio: Double
  }

  /// Where to begin and to end, and how much to do.
  struct Range: Sendable {
    let start: Int
    let largest: Int
    /// Sites of all configurations of one size together: as many configurations go on from each size, the first ones.
    let siteCount: Int
  }

  /// By ascending side.
  let levels: [Level]

  /// - Parameters:
  ///   - starts: configurations of side `range.start`.
  ///   - moments: of a configuration, given its side.
  ///   - fine: the configuration of twice the side, given one and its side.
  /// - Throws: `Interrupted` when cancelled.
  init<Value>(
    _ starts: [[Value]], _ range: Range, seed: Seed, _ run: StudyRun,
    moments: ([Value], Int) -> TorusMoments,
    fine: (_ coarse: [Value], _ side: Int, _ rng: inout RandomStream) -> [Value]
  ) throws {
    var (side, configurations, levels) = (range.start, starts, [Level]())
    while side < range.largest {
      configurations = Array(configurations.prefix(range.siteCount / (4 * side * side)))
      let before = TorusMoments(mean: configurations.map { moments($0, side) })
      for index in configurations.indices {
        try run.cancellation.check()
        var rng = seed.child("side", 2 * side).child("configuration", index).makeStream()
        configurations[index] = fine(configurations[index], side, &rng)
      }
      side *= 2
      let after = TorusMoments(mean: configurations.map { moments($0, side) })
      levels.append(
        Level(side: side, moments: after, orderRatio: after.squaredOrder / before.squaredOrder))
    }
    self.levels = levels
  }

  /// <m^2> at a level, from that of the start (known from a long chain) and all ratios up to it.
  func squaredOrder(at level: Int, start: Double) -> Double {
    levels[...level].reduce(start) { $0 * $1.orderRatio }
  }

  /// G(L/2), likewise: over <m^2> of the same configurations its scatter is small.
  func farthest(at level: Int, start: Double) -> Double {
    let moments = levels[level].moments
    return squaredOrder(at: level, start: start) * moments.farthest / moments.squaredOrder
  }
}
