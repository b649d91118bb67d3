public import LandauCore

/// Majority blocks of Ising spins: crosses around every second site of a square torus, along both axes.
///
/// The centre of a cross, the fine site (2i, 2j), has two votes and its four neighbours have one each. The majority of the six
/// becomes the spin of block (i, j). Where three neighbours stand against the centre there is a tie; the neighbours win it with a
/// probability that `CrossMoments` matches. Crosses share sites and leave out the sites (odd, odd): that makes the conditional
/// probability of a fine spin depend on few others, see `LearnedInverse`.
///
/// Configurations are `[site]`, row-major, entries -1 and +1.
public struct CrossBlocks: Sendable, Hashable {
  /// The probability that the neighbours win a tie.
  public let tieShare: Double

  public init(tieShare: Double) {
    precondition((0...1).contains(tieShare), "a probability of \(tieShare)")
    self.tieShare = tieShare
  }

  /// The blocks of a configuration.
  ///
  /// - Parameters:
  ///   - fine: `[side * side]`.
  ///   - side: even, at least 4.
  /// - Returns: `[side / 2 * side / 2]`.
  /// - Complexity: O(sites); one word of the stream for each tie.
  public func blocked(
    _ fine: [Int8], side: Int, using rng: inout RandomStream
  ) -> [Int8] {
    CrossLattice.blocks(of: fine, side: side) { centre, neighbours in
      let isTie = neighbours == -2 * centre
      let votes = isTie ? (rng.uniform() < tieShare ? neighbours : centre) : 2 * centre + neighbours
      return votes > 0 ? 1 : -1
    }
  }
}

/// What the squared magnetisation of blocks depends on, gathered from fine configurations.
///
/// With B the sum of the blocks without a tie, n_i = +-1 the neighbours' side of tie i, N their sum and K their number, the sum
/// of all blocks is M = B + sum n_i e_i, where the coins e_i = +-1 are independent with mean u = 2 tieShare - 1. So
///
///     <M^2> = <B^2> + 2 u <B N> + u^2 (<N^2> - <K>) + <K>.
public struct CrossMoments: Sendable, Hashable {
  private var count = 0.0
  private var plain = 0.0
  private var mixed = 0.0
  private var tied = 0.0
  private var ties = 0.0

  public init() {}

  /// Takes in one configuration of `side * side` spins.
  public mutating func add(_ fine: [Int8], side: Int) {
    var (sum, tiedSum, tieCount) = (0, 0, 0)
    CrossLattice.forEachCross(fine, side: side) { centre, neighbours in
      if neighbours == -2 * centre {
        tiedSum -= Int(centre)
        tieCount += 1
      } else {
        sum += Int((2 * centre + neighbours).signum())
      }
    }
    count += 1
    plain += Double(sum * sum)
    mixed += Double(sum * tiedSum)
    tied += Double(tiedSum * tiedSum)
    ties += Double(tieCount)
  }

  /// The blocks whose squared sum has the mean `target`; nil where no probability gives it.
  public func blocks(matching target: Double) -> CrossBlocks? {
    let (a, b, c) = ((tied - ties) / count, mixed / count, (plain + ties) / count - target)
    let root = (b * b - a * c).squareRoot()
    let solutions = a == 0 ? [-c / (2 * b)] : [(-b + root) / a, (-b - root) / a]
    return solutions.first { abs($0) <= 1 }.map { CrossBlocks(tieShare: (1 + $0) / 2) }
  }
}
