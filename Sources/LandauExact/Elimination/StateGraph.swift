public import LandauCore
public import LandauLattice

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
    self.bonds = try IsingGraph(siteCount: siteCount, bonds: bonds).bonds
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

  /// The spins of a lattice model on any graph, e.g. `.potts(3)` or `.clock(6)`, without fields.
  ///
  /// - Throws: `InputError` as the other initialiser does.
  public init(
    siteCount: Int, spins: DiscreteModel.SpinSpace, bonds: [IsingGraph.Bond]
  ) throws(InputError) {
    try self.init(
      siteCount: siteCount, stateCount: spins.stateCount, bonds: bonds,
      pairEnergy: spins.pairEnergies.flatMap { $0 }, siteEnergy: spins.siteEnergies)
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
