public import LandauCore
public import LandauLattice

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The Potts model on a torus with the twists of its boundaries summed over, by clusters.
///
/// The weight of spins s and twists a is exp(sum over bonds of K delta(s_j - s_i, a . x)), x how often the bond crosses each boundary
/// and everything modulo q; q = 2 is the Ising model with periodic and antiperiodic boundaries at K = 2 beta J. Summing over the q^d
/// twists turns the dual of a torus into the model itself, exactly and at every size. Joined bonds have s_j - s_i = a . x; if D
/// changes the twists, the spins of a cluster follow by D . W, W the winding from its root, unless the cluster closes round the
/// torus with a winding p for which D . p is not 0. So every sweep joins bonds with probability 1 - exp(-K) (Swendsen and Wang 1987),
/// draws D uniformly among the changes that all clusters allow (for q = 2: Hasenbusch's boundary flip, J. Phys. I 3, 753, 1993,
/// made without rejection), and turns each cluster at random: bonds being given, all that is drawn has equal weight.
public final class TwistedPottsChain {
  public let cell: UnitCell
  public let sides: [Int]
  public let states: Int
  /// Whether twists are summed over; else all are 0.
  public let isSummed: Bool
  private var thresholds: [UInt32]
  private var rng: RandomStream
  private var spins: [Int]
  private var twist: SIMD4<Int>
  private let cellCount: Int
  /// By bond, `[kind, cell]`.
  private let ends: [(source: Int, target: Int)]
  private let crossings: [SIMD4<Int>]
  private let incident: [[(bond: Int, other: Int, sign: Int)]]
  private let changes: [SIMD4<Int>]
  private var isJoined: [Bool]
  private var winding: [SIMD4<Int>]
  private var isVisited: [Bool]
  private var turn: [Int]

  /// - Parameters:
  ///   - couplings: K of each bond of the cell, not negative.
  ///   - states: q, 2 or more.
  /// - Throws: `InputError` for couplings that are negative or not finite, more than four axes, or sides below 1.
  public init(
    cell: UnitCell, sides: [Int], states: Int, couplings: [Double], isSummed: Bool, seed: Seed
  ) throws(InputError) {
    let lattice = try Lattice(cell, sides: sides)
    guard sides.count <= 4 else {
      throw .notAllowed("the number of axes", sides.count, allowed: "1 to 4")
    }
    precondition(couplings.count == cell.bonds.count, "\(couplings.count) couplings")
    precondition(states >= 2, "\(states) states")
    self.cell = cell
    self.sides = sides
    self.states = states
    self.isSummed = isSummed
    cellCount = sides.reduce(1, *)
    // The lattice lists bonds cell by cell; here they are kind by kind.
    let kindCount = cell.bonds.count
    let order = (0..<kindCount).flatMap { kind in
      (0..<sides.reduce(1, *)).map { $0 * kindCount + kind }
    }
    ends = order.map { (Int(lattice.bonds[$0].source), Int(lattice.bonds[$0].target)) }
    crossings = order.map { bond in
      var crossing = SIMD4<Int>()
      for axis in sides.indices {
        crossing[axis] = Int(lattice.crossings[bond * sides.count + axis])
      }
      return crossing
    }
    var incident = [[(bond: Int, other: Int, sign: Int)]](repeating: [], count: lattice.siteCount)
    for (bond, end) in ends.enumerated() {
      incident[end.source].append((bond, end.target, 1))
      incident[end.target].append((bond, end.source, -1))
    }
    self.incident = incident
    changes = sides.indices.reduce([SIMD4<Int>()]) { list, axis in
      list.flatMap { start in
        (0..<states).map { step in
          var change = start
          change[axis] = step
          return change
        }
      }
    }
    thresholds = []
    rng = seed.child("twisted potts").makeStream()
    spins = [Int](repeating: 0, count: lattice.siteCount)
    twist = SIMD4()
    isJoined = [Bool](repeating: false, count: ends.count)
    winding = [SIMD4<Int>](repeating: SIMD4(), count: lattice.siteCount)
    isVisited = [Bool](repeating: false, count: lattice.siteCount)
    turn = spins
    try setCouplings(couplings)
  }

  /// - Throws: `InputError` for couplings that are negative or not finite.
  public func setCouplings(_ couplings: [Double]) throws(InputError) {
    for coupling in couplings where !(coupling >= 0 && coupling.isFinite) {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers from 0")
    }
    thresholds = couplings.map { UInt32(min(4_294_967_295, -expm1(-$0) * 4_294_967_296)) }
  }

  /// How often the boundary across each axis is passed with a shift of the states.
  public var twists: [Int] { sides.indices.map { twist[$0] } }

  private func isSatisfied(_ bond: Int) -> Bool {
    let (source, target) = ends[bond]
    return (spins[target] - spins[source] - (twist &* crossings[bond]).wrappedSum()) % states == 0
  }

  /// Makes `count` sweeps.
  public func sweep(_ count: Int = 1) { for _ in 0..<count { pass() } }

  private func pass() {
    for bond in ends.indices {
      let random = UInt32(truncatingIfNeeded: rng.next() >> 32)
      isJoined[bond] = random < thresholds[bond / cellCount] && isSatisfied(bond)
    }
    var closed: [SIMD4<Int>] = []
    for site in spins.indices { isVisited[site] = false }
    var stack: [Int] = []
    for root in spins.indices where !isVisited[root] {
      let turned = rng.index(below: states)
      isVisited[root] = true
      winding[root] = SIMD4()
      turn[root] = turned
      stack.append(root)
      while let site = stack.popLast() {
        for step in incident[site] where isJoined[step.bond] {
          let there = winding[site] &+ step.sign &* crossings[step.bond]
          if !isVisited[step.other] {
            isVisited[step.other] = true
            winding[step.other] = there
            turn[step.other] = turned
            stack.append(step.other)
          } else if isSummed {
            let loop = there &- winding[step.other]
            if loop != SIMD4() && !closed.contains(loop) { closed.append(loop) }
          }
        }
      }
    }
    var change = SIMD4<Int>()
    if isSummed {
      let allowed = changes.filter { change in
        closed.allSatisfy { (change &* $0).wrappedSum() % states == 0 }
      }
      change = allowed[rng.index(below: allowed.count)]
      for axis in sides.indices { twist[axis] = (twist[axis] + change[axis]) % states }
    }
    for site in spins.indices {
      let moved = spins[site] + turn[site] + (change &* winding[site]).wrappedSum()
      spins[site] = (moved % states + states) % states
    }
  }

  /// Writes for every bond, `[kind, cell]`, one of two numbers: whether its spins agree, after the twist.
  public func writeBonds(
    _ values: UnsafeMutablePointer<Int8>, agreeing: Int8 = 1, differing: Int8
  ) {
    for bond in ends.indices { values[bond] = isSatisfied(bond) ? agreeing : differing }
  }
}
