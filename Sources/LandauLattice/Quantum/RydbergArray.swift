public import LandauCore

/// Atoms driven to a Rydberg state: H = (Omega/2) sum x - delta sum n + sum over pairs V n n', n = (1 - z)/2, with pairs that are never
/// excited together.
///
/// Without such pairs the space is that of all spins; with them H acts on the states that the blockade allows, and a drive that
/// would lead out of them does nothing.
public struct RydbergArray: Sendable, Hashable {
  public struct Pair: Sendable, Hashable {
    public var first: Int
    public var second: Int
    /// V.
    public var strength: Double

    public init(_ first: Int, _ second: Int, strength: Double) {
      (self.first, self.second, self.strength) = (first, second, strength)
    }
  }

  public let siteCount: Int
  /// Omega.
  public let rabi: Double
  /// delta.
  public let detuning: Double
  /// At most one for two sites.
  public let pairs: [Pair]
  /// Pairs of sites, the lower one first, that are never both excited.
  public let blockade: [[Int]]
  /// +1 and -1 on two sublattices; empty where there are none.
  public let sublattices: [Int8]

  /// - Parameters:
  ///   - pairs: strengths of pairs that are there twice are added; those of blockaded pairs are of no meaning and left out.
  ///   - blockade: pairs of sites.
  /// - Throws: `InputError` for sites that are not there or not two, and numbers that are not finite.
  public init(
    siteCount: Int, rabi: Double, detuning: Double, pairs: [Pair] = [], blockade: [[Int]] = [],
    sublattices: [Int8] = []
  ) throws(InputError) {
    guard siteCount > 0 else {
      throw .notAllowed("the number of atoms", siteCount, allowed: "1 on")
    }
    for (name, value) in [("Omega", rabi), ("delta", detuning)] where !value.isFinite {
      throw .notAllowed(name, value, allowed: "finite numbers")
    }
    let sites = pairs.map { [$0.first, $0.second] } + blockade
    guard
      sites.allSatisfy({
        $0.count == 2 && $0[0] != $0[1] && $0.allSatisfy((0..<siteCount).contains)
      }), pairs.allSatisfy(\.strength.isFinite),
      sublattices.isEmpty || sublattices.count == siteCount
    else { throw InputError("pairs of atoms are two different ones of \(siteCount), V is finite") }
    self.siteCount = siteCount
    self.rabi = rabi
    self.detuning = detuning
    self.sublattices = sublattices
    let blocked = Set(blockade.map { $0.sorted() })
    self.blockade = blocked.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    var sums: [[Int]: Double] = [:]
    for pair in pairs {
      let key = [pair.first, pair.second].sorted()
      if !blocked.contains(key) { sums[key, default: 0] += pair.strength }
    }
    self.pairs = sums.filter { $0.value != 0 }.sorted {
      ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1])
    }
    .map { Pair($0.key[0], $0.key[1], strength: $0.value) }
  }

  /// Atoms on the sites of a lattice, V (1/r)^6 at a distance of r nearest ones, the shortest way round periodic axes.
  ///
  /// - Parameters:
  ///   - radius: pairs farther apart than this do not interact.
  ///   - blockadeRadius: pairs at most so far apart are never both excited; 0 for none.
  /// - Throws: `InputError` for a lattice that is no crystal, and antiperiodic or helical boundaries.
  public init(
    _ lattice: Lattice, rabi: Double, detuning: Double, interaction: Double,
    radius: Double = .infinity, blockadeRadius: Double = 0
  ) throws(InputError) {
    guard let periods = lattice.periods,
      lattice.boundary.allSatisfy({ $0 == .periodic || $0 == .open })
    else {
      throw InputError("atoms stand on a crystal with periodic or open boundaries")
    }
    for (name, value) in [("the radius", radius), ("the blockade radius", blockadeRadius)]
    where !(value >= 0) {
      throw .notAllowed(name, value, allowed: "numbers from 0 on")
    }
    let positions = (0..<lattice.siteCount).map { lattice.position(of: $0)! }
    // One step round each periodic axis suffices in cells that are not very skew.
    var images = [[Double](repeating: 0, count: periods[0].count)]
    for (axis, period) in periods.enumerated() where lattice.boundary[axis] == .periodic {
      images = images.flatMap { image in
        [-1.0, 0, 1].map { turns in zip(image, period).map { $0 + turns * $1 } }
      }
    }
    var pairs: [Pair] = []
    var blockade: [[Int]] = []
    for (i, from) in positions.enumerated() {
      for j in i + 1..<max(i + 1, positions.count) {
        let square = images.map { image in
          from.indices.reduce(0.0) {
            let step = positions[j][$1] + image[$1] - from[$1]
            return $0 + step * step
          }
        }.min()!
        let distance = square.squareRoot()
        if distance <= blockadeRadius + 1e-9 { blockade.append([i, j]) }
        if distance <= radius + 1e-9 {
          pairs.append(Pair(i, j, strength: interaction / (square * square * square)))
        }
      }
    }
    try self.init(
      siteCount: lattice.siteCount, rabi: rabi, detuning: detuning, pairs: pairs,
      blockade: blockade, sublattices: lattice.sublatticeSigns ?? [])
  }

  /// Atoms on the bonds of a lattice; those that share a site are never both excited: states are sets of dimers (Verresen, Lukin and
  /// Vishwanath 2021, Phys. Rev. X 11, 031005, for the links of the kagome lattice).
  ///
  /// - Throws: `InputError` for bonds of a site with itself.
  public static func links(
    of lattice: Lattice, rabi: Double, detuning: Double
  ) throws(InputError) -> RydbergArray {
    guard !lattice.bonds.contains(where: \.isSelfBond) else {
      throw InputError("a bond of a site with itself has no atom")
    }
    var blockade: [[Int]] = []
    for site in 0..<lattice.siteCount {
      let bonds = lattice.neighbourRange(of: site).map { Int(lattice.neighbourBonds[$0]) }
      for (index, bond) in bonds.enumerated() {
        for other in bonds[..<index] { blockade.append([other, bond]) }
      }
    }
    return try RydbergArray(
      siteCount: lattice.bondCount, rabi: rabi, detuning: detuning, blockade: blockade)
  }

  /// Whether no two excited sites block each other.
  public func allows(_ isExcited: (Int) -> Bool) -> Bool {
    !blockade.contains { isExcited($0[0]) && isExcited($0[1]) }
  }

  /// In Pauli matrices.
  ///
  /// - Precondition: no blockade, which has no such sum, and at most 64 sites.
  public var hamiltonian: PauliSum {
    precondition(blockade.isEmpty, "states that are excluded are none of a sum of Pauli matrices")
    var sum = PauliSum(siteCount: siteCount)
    for site in 0..<siteCount {
      sum.add(rabi / 2, [.x(site)])
      sum.add(detuning / 2, [.z(site)])
      sum.add(-detuning / 2, [])
    }
    for pair in pairs {
      let quarter = pair.strength / 4
      sum.add(quarter, [])
      sum.add(-quarter, [.z(pair.first)])
      sum.add(-quarter, [.z(pair.second)])
      sum.add(quarter, [.z(pair.first), .z(pair.second)])
    }
    return sum
  }
}
