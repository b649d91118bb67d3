public import LandauCore

/// The stochastic inverse of `CrossBlocks`, learned by counting: a table of P(spin | surroundings) that knows neither energy nor temperature.
///
/// Pairs of a fine configuration and its blocks are shown to `InverseCounts`. Gibbs sweeps with the conditional probabilities then
/// draw from P(fine | coarse), which is all that these pairs have to say: the probabilities are strictly local
/// (`CrossSurroundings`), so a table learned on a small torus serves on any other. Coarse configurations need not have been drawn
/// as blocks; where they are, and in the limit of many pairs and sweeps, the result is distributed as the fine ones were.
///
///     var counts = InverseCounts()
///     counts.add(fine: spins, coarse: blocks.blocked(spins, side: 32, using: &rng), side: 32)
///     let larger = counts.inverse.fine(of: spins, side: 32, sweeps: 12, using: &rng)  // 64 x 64
///
/// - Note: The transformations of D. Bachtis, G. Aarts, F. Di Renzo and B. Lucini, Phys. Rev. Lett. 128, 081603 (2022),
///   arXiv:2107.00466, are transposed convolutions; that inverting a majority takes few parameters and a stochastic rule: arXiv:2506.04016.
public struct LearnedInverse: Sendable, Hashable {
  /// P(+1) by key.
  let probabilities: [Double]

  /// The inverse that takes the likelier value everywhere; equal ones are still drawn.
  public var mostProbable: LearnedInverse {
    LearnedInverse(probabilities: probabilities.map { $0 > 0.5 ? 1 : $0 < 0.5 ? 0 : 0.5 })
  }

  /// A fine configuration whose blocks are `coarse`.
  ///
  /// Each coarse spin is first copied to its two by two sites, which satisfies all votes; then all sites are drawn `sweeps` times. The
  /// coarse spins hold everything on larger scales, so the number that is needed does not grow with the torus.
  ///
  /// - Parameters:
  ///   - coarse: `[side * side]`, -1 and +1, row-major.
  ///   - side: of the coarse torus, at least 2.
  ///   - sweeps: visits of each site.
  /// - Returns: `[4 * side * side]`.
  /// - Complexity: one word of the stream and about 4 ns a visit.
  public func fine(
    of coarse: [Int8], side: Int, sweeps: Int, using rng: inout RandomStream
  ) -> [Int8] {
    var fine = CrossLattice.copied(coarse, side: side)
    // Up to 2^32, which every 32 bits are below.
    let thresholds = probabilities.map { UInt64(($0 * 0x1p32).rounded()) }
    // A copy that no call can see may stay in registers.
    var stream = rng
    fine.withUnsafeMutableBufferPointer { fine in
      thresholds.withUnsafeBufferPointer { thresholds in
        let spins = fine.baseAddress!
        for _ in 0..<sweeps {
          CrossSurroundings.forEachSite(
            fine: UnsafePointer(spins), coarse: coarse, side: 2 * side
          ) { site, key in
            spins[site] = stream.next() >> 32 < thresholds[key] ? 1 : -1
          }
        }
      }
    }
    rng = stream
    return fine
  }
}

/// How often a spin was +1 in each of its surroundings.
public struct InverseCounts: Sendable, Hashable {
  private var positive = [Int](repeating: 0, count: CrossSurroundings.keyCount)
  private var all = [Int](repeating: 0, count: CrossSurroundings.keyCount)

  public init() {}

  /// Takes in one pair.
  ///
  /// - Parameters:
  ///   - fine: `[side * side]`.
  ///   - coarse: `[side / 2 * side / 2]`, the blocks of `fine`.
  public mutating func add(fine: [Int8], coarse: [Int8], side: Int) {
    CrossLattice.requireShape(fine.count, side: side)
    precondition(coarse.count * 4 == fine.count, "\(coarse.count) blocks of \(fine.count) spins")
    CrossSurroundings.forEachSite(fine: fine, coarse: coarse, side: side) { site, key in
      all[key] += 1
      positive[key] += Int((fine[site] + 1) >> 1)
    }
  }

  /// What was learned. Counts of surroundings that reflections and the turn of all spins take into each other are pooled; one never met
  /// has probability 1/2. What was never seen to happen has probability 0: the votes hold without a word about them.
  public var inverse: LearnedInverse {
    LearnedInverse(
      probabilities: all.indices.map { key in
        let mirror = CrossSurroundings.reflected(key)
        let images = mirror == key ? [key] : [key, mirror]
        var (plus, total) = (0, 0)
        for image in images {
          let turned = CrossSurroundings.flipped(image)
          plus += positive[image] + all[turned] - positive[turned]
          total += all[image] + all[turned]
        }
        return total == 0 ? 0.5 : Double(plus) / Double(total)
      })
  }
}
