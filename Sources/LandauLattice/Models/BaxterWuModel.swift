public import LandauCore

/// Ising spins on a triangular torus with an interaction of the three corners of every triangle.
///
/// H = -J sum over triangles of s_i s_j s_k, two triangles per site; k_B = 1. The ground states are four: all
/// spins up, or one of the three sublattices up and the other two down; so sides are multiples of three where
/// the order is to close. The transition of the infinite lattice is that of the square Ising model,
/// T_c = 2 J / ln(1 + sqrt 2), with the exponents of four Potts states (Baxter and Wu, Phys. Rev. Lett. 31,
/// 1294, 1973).
///
/// The triangular lattice is the square one with the third bond from (0, 1) to (1, 0).
public struct BaxterWuModel: LatticeModel, Hashable {
  public let rows: Int
  public let columns: Int
  public let coupling: Double

  /// The corners of the two triangles that belong to a site, steps from it along rows and columns.
  public static let triangles: [[(row: Int, column: Int)]] = [
    [(0, 0), (0, 1), (1, 0)], [(0, 0), (0, 1), (-1, 1)],
  ]

  /// - Throws: `InputError` for sides that are no multiples of three, and a coupling that is not finite.
  public init(sides: [Int], coupling: Double = 1) throws(InputError) {
    guard sides.count == 2, sides.allSatisfy({ $0 >= 3 && $0 % 3 == 0 }) else {
      throw .notAllowed(
        "size", sides.map { "\($0)" }.joined(separator: "x"),
        allowed: "two sides, multiples of three")
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    _ = try HypercubicLattice(sides: sides)
    (rows, columns) = (sides[0], sides[1])
    self.coupling = coupling
  }

  public var variableCount: Int { rows * columns }
  public var states: [Int8] { [-1, 1] }

  /// The sum over triangles of the products of their spins.
  public func triangleSum(of spins: Span<Int8>) -> Int {
    var sum = 0
    for row in 0..<rows {
      let (below, above) = ((row + 1) % rows * columns, (row + rows - 1) % rows * columns)
      for column in 0..<columns {
        let right = (column + 1) % columns
        let pair = Int(spins[row * columns + column]) * Int(spins[row * columns + right])
        sum += pair * (Int(spins[below + column]) + Int(spins[above + right]))
      }
    }
    return sum
  }

  public func energy(of spins: Span<Int8>) -> Double {
    precondition(spins.count == variableCount, "\(spins.count) spins for \(variableCount) sites")
    return -coupling * Double(triangleSum(of: spins))
  }

  public func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    spins[site] == new ? 0 : 2 * coupling * Double(triangleSum(at: site, in: spins))
  }

  /// The sum over the six triangles at a site of the products of their spins: the ring of neighbours, each with
  /// the next, times the spin in the middle.
  public func triangleSum(at site: Int, in spins: Span<Int8>) -> Int {
    let (row, column) = (site / columns, site % columns)
    let (below, above) = ((row + 1) % rows * columns, (row + rows - 1) % rows * columns)
    let (right, left) = ((column + 1) % columns, (column + columns - 1) % columns)
    let ring = [
      spins[row * columns + right], spins[below + column], spins[below + left],
      spins[row * columns + left], spins[above + column], spins[above + right],
    ].map(Int.init)
    var sum = 0
    for corner in 0..<6 { sum += ring[corner] * ring[(corner + 1) % 6] }
    return Int(spins[site]) * sum
  }
}
