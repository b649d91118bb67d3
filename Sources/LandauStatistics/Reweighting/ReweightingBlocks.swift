/// The blocks left out one at a time: of one state, or of the same times of all states.
struct ReweightingBlocks {
  struct Block {
    /// Measurements, in the order of `EnergyLevels`.
    var ranges: [(state: Int, range: Range<Int>)]
    /// Weighted number of measurements taken from each state.
    var removed: [Double]
  }

  let blocks: [Block]
  let strata: [Replicates.Stratum]
  let warning: String?

  init(_ states: [SampledState], levels: EnergyLevels, measuredTogether: Bool) {
    let groups = measuredTogether ? [Array(states.indices)] : states.indices.map { [$0] }
    let limit = measuredTogether ? 256 : max(32, 512 / states.count)
    var (blocks, strata, warnings): ([Block], [Replicates.Stratum], [String?]) = ([], [], [])
    for group in groups {
      let series = group.flatMap { [states[$0].energy] + states[$0].observables }
        .filter { !$0.isConstant }
      // A state frozen altogether still has blocks, all alike.
      let own =
        series.isEmpty ? Blocks(of: [states[group[0]].energy]) : Blocks(of: series)
      let cut = own.limited(to: limit)
      if !series.isEmpty { warnings.append(Replicates.warning(of: series, blocks: own)) }
      let chains = Self.chainStarts(states[group[0]].energy)
      let total = Double(states[group[0]].energy.count)
      strata.append(
        Replicates.Stratum(
          range: blocks.count..<(blocks.count + cut.count),
          shares: cut.ranges.map { total / Double($0.range.count) }))
      for (chain, range) in cut.ranges {
        var block = Block(ranges: [], removed: [Double](repeating: 0, count: states.count))
        for state in group {
          let start = levels.ranges[state].lowerBound + chains[chain]
          block.ranges.append((state, start + range.lowerBound..<start + range.upperBound))
          block.removed[state] = Double(range.count) * levels.sampleWeights[state]
        }
        blocks.append(block)
      }
    }
    self.blocks = blocks
    self.strata = strata
    warning = Replicates.merged(warnings)
  }

  private static func chainStarts(_ series: Series) -> [Int] {
    var start = 0
    return series.chains.map { chain in
      defer { start += chain.count }
      return start
    }
  }

  /// How the unknowns of the solver move, to first order, when each block is left out; nil where the
  /// equations are singular.
  func offsetChanges(solver: MixtureSolver, levels: EnergyLevels) -> [[Double]?] {
    let states = levels.ranges.count
    if states == 1 { return blocks.map { _ in [0] } }
    return blocks.map { block in
      var right = block.removed.map { -$0 }
      for (state, range) in block.ranges {
        let weight = levels.sampleWeights[state]
        solver.membership.withUnsafeBufferPointer { membership in
          for index in range {
            let row = Int(levels.level[index]) &* states
            for state in 0..<states { right[state] += weight * membership[row &+ state] }
          }
        }
      }
      return solver.solveHessian(right)
    }
  }
}

/// How much neighbouring states have in common.
struct Neighbours {
  let overlap: [[Double]]
  let warning: String?
  /// Less than one independent measurement on both sides of some cut through the ladder.
  let isDisconnected: Bool

  init(solver: MixtureSolver, levels: EnergyLevels, order: [Int]) {
    let count = order.count
    overlap = (0..<count).map { row in
      (0..<count).map { solver.products[row * count + $0] / levels.stateCounts[row] }
    }
    var poor: [String] = []
    var isDisconnected = false
    for cut in 1..<max(1, count) {
      var shared = 0.0
      for first in order[..<cut] {
        for second in order[cut...] { shared += solver.products[first * count + second] }
      }
      let (low, high) = (order[cut - 1], order[cut])
      let share = shared / min(levels.stateCounts[low], levels.stateCounts[high])
      if shared < 1 { isDisconnected = true }
      // A customary limit: Klimovich, Shirts and Mobley, J. Comput.-Aided Mol. Des. 29, 397 (2015).
      if share < 0.03 { poor.append("\(low) and \(high)") }
    }
    self.isDisconnected = isDisconnected
    warning =
      poor.isEmpty
      ? nil : "overlap: below 0.03 between states \(poor.joined(separator: ", "))"
  }
}
