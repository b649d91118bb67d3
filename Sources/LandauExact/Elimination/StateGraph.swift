public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Variables with few states on any graph: Ising, Potts, clock, Blume-Capel or a table of one's own.
///
/// H = sum over bonds of J_ij u(a_i, a_j) + sum over sites of v_i(a_i), with states a = 0 ..< q.
public struct StateGraph: Sendable, Hashable {
  public let siteCount: Int
  /// q.
  public let stateCount: Int
  public let bonds: [IsingGraph.Bond]
  /// u, `[q, q]`; symmetric.
  public let pairEnergy: [Double]
  /// v, `[site, q]`.
  public let siteEnergy: [Double]

  /// - Parameter siteEnergy: `[site, q]`, or `[q]` the same for all sites, or empty for none.
  /// - Throws: `InputError` for tables of the wrong size, not symmetric or not finite, or bonds to
  ///   sites that are not there.
  public init(
    siteCount: Int, stateCount: Int, bonds: [IsingGraph.Bond], pairEnergy: [Double],
    siteEnergy: [Double] = []
  ) throws(InputError) {
    guard (2...64).contains(stateCount) else {
      throw .notAllowed("the number of states", stateCount, allowed: "2 to 64")
    }
    guard pairEnergy.count == stateCount * stateCount, pairEnergy.allSatisfy(\.isFinite) else {
      throw .notAllowed(
        "the pair energies", pairEnergy, allowed: "\(stateCount * stateCount) finite numbers")
    }
    for a in 0..<stateCount {
      for b in 0..<a where pairEnergy[a * stateCount + b] != pairEnergy[b * stateCount + a] {
        throw .notAllowed("the pair energies", "different for \(a),\(b)", allowed: "symmetric ones")
      }
    }
    // The graph of the same shape checks the bonds.
    bondsOnly: do {
      let graph = try IsingGraph(siteCount: siteCount, bonds: bonds)
      self.bonds = graph.bonds
    }
    let counts = [0, stateCount, siteCount * stateCount]
    guard counts.contains(siteEnergy.count), siteEnergy.allSatisfy(\.isFinite) else {
      throw .notAllowed(
        "the number of site energies", siteEnergy.count, allowed: "\(counts), all finite")
    }
    let row = siteEnergy.isEmpty ? [Double](repeating: 0, count: stateCount) : siteEnergy
    self.siteCount = siteCount
    self.stateCount = stateCount
    self.pairEnergy = pairEnergy
    self.siteEnergy =
      row.count == siteCount * stateCount
      ? row : [[Double]](repeating: row, count: siteCount).flatMap { $0 }
  }

  /// Ising spins; state 0 is -1 and state 1 is +1.
  public init(_ ising: IsingGraph) {
    siteCount = ising.siteCount
    stateCount = 2
    bonds = ising.bonds
    pairEnergy = [-1, 1, 1, -1]
    siteEnergy = ising.fields.flatMap { [$0, -$0] }
  }

  /// Potts, -J delta(a, b).
  public static func potts(
    states: Int, siteCount: Int, bonds: [IsingGraph.Bond]
  ) throws(InputError) -> StateGraph {
    try StateGraph(
      siteCount: siteCount, stateCount: states, bonds: bonds, pairEnergy: pottsEnergy(states))
  }

  /// Clock, -J cos(2 pi (a - b) / q).
  public static func clock(
    states: Int, siteCount: Int, bonds: [IsingGraph.Bond]
  ) throws(InputError) -> StateGraph {
    try StateGraph(
      siteCount: siteCount, stateCount: states, bonds: bonds, pairEnergy: clockEnergy(states))
  }

  static func pottsEnergy(_ states: Int) -> [Double] {
    (0..<max(0, states * states)).map { $0 / states == $0 % states ? -1 : 0 }
  }

  static func clockEnergy(_ states: Int) -> [Double] {
    (0..<max(0, states * states)).map { index in
      let step = abs(index / states - index % states)
      return -cosine(min(step, states - step), of: states)
    }
  }

  /// cos(2 pi step / count), with the exact values where they are 0, +-1/2 or +-1.
  private static func cosine(_ step: Int, of count: Int) -> Double {
    if step == 0 { return 1 }
    if 2 * step == count { return -1 }
    if 4 * step == count { return 0 }
    if 6 * step == count { return 0.5 }
    if 3 * step == count { return -0.5 }
    return cos(2 * Double.pi * Double(step) / Double(count))
  }

  /// The total energy of a configuration of states 0 ..< q.
  public func energy(of states: [Int]) -> Double {
    precondition(states.count == siteCount, "\(states.count) states for \(siteCount) sites")
    var energy = 0.0
    for bond in bonds {
      energy += bond.coupling * pairEnergy[states[bond.first] * stateCount + states[bond.second]]
    }
    for site in 0..<siteCount { energy += siteEnergy[site * stateCount + states[site]] }
    return energy
  }
}
