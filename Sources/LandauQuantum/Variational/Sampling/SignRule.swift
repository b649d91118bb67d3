public import LandauLattice

/// A rotation by pi about z of some spins: x and y change sign there, and amplitudes are multiplied by -1 for each of
/// these spins that is down.
///
/// On one sublattice of a bipartite antiferromagnet that is Marshall's rule: afterwards all off-diagonal elements are negative, and the ground
/// state can be taken positive (Perron and Frobenius).
///
/// - Note: Marshall 1955, doi:10.1098/rspa.1955.0200.
public struct SignRule: Sendable, Hashable {
  /// The spins that are rotated, as bits.
  public var mask: UInt64

  public init(mask: UInt64 = 0) { self.mask = mask }

  public static let none = SignRule()

  /// Whether no off-diagonal element is positive, so that the ground state can be taken positive.
  public static func isFreeOfSigns(_ hamiltonian: PauliSum) -> Bool {
    LocalEstimator(hamiltonian).offDiagonalSigns()?.allSatisfy { $0.sign < 0 } ?? false
  }

  /// The rule under which a Hamiltonian has no positive off-diagonal element; nil where no rotation about z of single spins does that.
  ///
  /// Every product that flips spins F with a sign sigma asks that the number of rotated spins in F is odd where sigma is
  /// positive and even where it is negative: linear equations over two elements.
  public static func positive(for hamiltonian: PauliSum) -> SignRule? {
    guard let signs = LocalEstimator(hamiltonian).offDiagonalSigns() else { return nil }
    var rows: [(mask: UInt64, isOdd: Bool)] = []
    for (flips, sign) in signs {
      var (mask, isOdd) = (flips, sign > 0)
      for row in rows where mask & (row.mask & (~row.mask &+ 1)) != 0 {
        mask ^= row.mask
        isOdd = isOdd != row.isOdd
      }
      if mask == 0 {
        if isOdd { return nil }
        continue
      }
      // The lowest bit of a row stands in no other row.
      let pivot = mask & (~mask &+ 1)
      for k in rows.indices where rows[k].mask & pivot != 0 {
        rows[k].mask ^= mask
        rows[k].isOdd = rows[k].isOdd != isOdd
      }
      rows.append((mask, isOdd))
    }
    // Free spins are not rotated, so each pivot is what its row asks for.
    return SignRule(
      mask: rows.reduce(0) { $1.isOdd ? $0 | ($1.mask & (~$1.mask &+ 1)) : $0 })
  }

  /// Marshall's rule for a lattice: one of two sublattices; nil where bonds join sites of the same one.
  public static func marshall(_ lattice: Lattice) -> SignRule? {
    guard lattice.siteCount <= 64 else { return nil }
    var sides = [Int?](repeating: nil, count: lattice.siteCount)
    var neighbors = [[Int]](repeating: [], count: lattice.siteCount)
    for bond in lattice.bonds {
      neighbors[Int(bond.source)].append(Int(bond.target))
      neighbors[Int(bond.target)].append(Int(bond.source))
    }
    for start in 0..<lattice.siteCount where sides[start] == nil {
      sides[start] = 0
      var queue = [start]
      while let site = queue.popLast() {
        for other in neighbors[site] {
          if let side = sides[other] {
            if side == sides[site] { return nil }
          } else {
            sides[other] = 1 - sides[site]!
            queue.append(other)
          }
        }
      }
    }
    return SignRule(
      mask: sides.enumerated().reduce(0) { $1.element == 1 ? $0 | 1 << UInt64($1.offset) : $0 })
  }

  /// The same operator after the rotation.
  public func rotated(_ sum: PauliSum) -> PauliSum {
    var result = PauliSum(siteCount: sum.siteCount)
    for (product, coefficient) in sum.terms {
      let isOdd = (product.flips & mask).nonzeroBitCount & 1 == 1
      result.add(isOdd ? -coefficient : coefficient, product)
    }
    return result
  }

  /// What an amplitude of the rotated state is multiplied by for that of the original one.
  public func sign(_ state: UInt64) -> Double {
    (state & mask).nonzeroBitCount & 1 == 0 ? 1 : -1
  }
}
