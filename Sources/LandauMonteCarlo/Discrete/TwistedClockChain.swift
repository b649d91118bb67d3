public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Clock variables 0..<q on a square torus with any even weight of the difference of neighbours, its twists summed over or not, by heat bath.
///
/// The weight of spins s and twists t is the product over bonds of W(s_j - s_i - t) modulo q, W(n) = W(-n) > 0 by |n|, as clock models
/// with cosines of all multiples of the angle have it (Z_q models). Summing over the q^2 twists turns the dual of a torus into such a model
/// itself, exactly and at every size. Each column and each row has a twist of its own, so that one is changed wherever the spins are easy
/// to part; those of one axis differ by a turn of the spins between, so that only their sum matters, and each sum has the same
/// number of twists. A sweep gives every spin and every twist a new value, with the probability of all its bonds.
public final class TwistedClockChain {
  public let side: Int
  public let states: Int
  /// Whether twists are summed over; else all are 0.
  public let isSummed: Bool
  private var spins: [Int]
  /// `[axis, place along it]`
  private var twists: [Int]
  /// W(n) for n in -2q..<2q, from place 2q on.
  private var weights: [Double]
  private var running: [Double]
  private var rng: RandomStream

  /// - Parameters:
  ///   - states: q, 2 or more.
  ///   - logWeights: ln W(n) by n from 0 to q/2 rounded down.
  public init(side: Int, states: Int, logWeights: [Double], isSummed: Bool, seed: Seed) {
    precondition(side >= 2, "a torus of side \(side)")
    precondition(states >= 2, "\(states) states")
    self.side = side
    self.states = states
    self.isSummed = isSummed
    spins = [Int](repeating: 0, count: side * side)
    twists = [Int](repeating: 0, count: 2 * side)
    weights = []
    running = [Double](repeating: 0, count: states)
    rng = seed.child("twisted clock").makeStream()
    setLogWeights(logWeights)
  }

  public func setLogWeights(_ logWeights: [Double]) {
    precondition(
      logWeights.count == states / 2 + 1 && logWeights.allSatisfy(\.isFinite),
      "\(logWeights.count) weights of \(states) states")
    // The largest weight is 1, so that products do not overflow.
    let top = logWeights.max() ?? 0
    weights = (-2 * states..<2 * states).map { exp(logWeights[distance($0)] - top) }
  }

  /// |n| modulo q.
  private func distance(_ difference: Int) -> Int {
    let rest = (difference % states + states) % states
    return min(rest, states - rest)
  }

  private func site(_ row: Int, _ column: Int) -> Int { row * side + column }

  private func next(_ place: Int) -> Int { place + 1 == side ? 0 : place + 1 }

  private func previous(_ place: Int) -> Int { place == 0 ? side - 1 : place - 1 }

  /// A value with a probability in proportion to the product of the weights of its distances from `others`.
  private func draw(_ others: some Collection<Int>) -> Int {
    var total = 0.0
    for value in 0..<states {
      var weight = 1.0
      for other in others { weight *= weights[2 * states + value - other] }
      total += weight
      running[value] = total
    }
    // Where products of many weights vanish all together nothing moves to a place of no weight but the first.
    let level = rng.uniform() * total
    return running.firstIndex { level < $0 } ?? 0
  }

  /// Modulo q, into 0..<q, of a number from -2q on.
  private func wrapped(_ value: Int) -> Int { (value + 2 * states) % states }

  /// Makes `count` sweeps.
  public func sweep(_ count: Int = 1) {
    for _ in 0..<count {
      for row in 0..<side {
        for column in 0..<side {
          // A spin is at its neighbour's value, give or take the twist between.
          let above = previous(row)
          let left = previous(column)
          spins[site(row, column)] = draw([
            wrapped(spins[site(above, column)] + twists[above]),
            wrapped(spins[site(next(row), column)] - twists[row]),
            wrapped(spins[site(row, left)] + twists[side + left]),
            wrapped(spins[site(row, next(column))] - twists[side + column]),
          ])
        }
      }
      guard isSummed else { continue }
      for place in 0..<side {
        twists[place] = draw(
          (0..<side).map { wrapped(spins[site(next(place), $0)] - spins[site(place, $0)]) })
        twists[side + place] = draw(
          (0..<side).map { wrapped(spins[site($0, next(place))] - spins[site($0, place)]) })
      }
    }
  }

  /// Shows |s_j - s_i - t| of every bond, numbered `[axis, row, column]` by its first site.
  public func visitDifferences(_ body: (_ bond: Int, _ difference: Int) -> Void) {
    for row in 0..<side {
      for column in 0..<side {
        let here = spins[site(row, column)]
        body(
          site(row, column), distance(spins[site(next(row), column)] - here - twists[row]))
        body(
          side * side + site(row, column),
          distance(spins[site(row, next(column))] - here - twists[side + column]))
      }
    }
  }
}
