public import LandauCore

/// Ising spins on any graph, with any couplings and fields.
///
/// H = - sum over bonds of J_ij s_i s_j - sum over sites of h_i s_i, with s = -1 or +1. Several bonds
/// between the same two sites add up, and a bond of a site with itself adds -J to the energy.
public struct IsingGraph: Sendable, Hashable {
  public struct Bond: Sendable, Hashable {
    public var first: Int
    public var second: Int
    /// J: positive for a ferromagnetic bond.
    public var coupling: Double

    public init(_ first: Int, _ second: Int, _ coupling: Double = 1) {
      (self.first, self.second, self.coupling) = (first, second, coupling)
    }
  }

  public let siteCount: Int
  public let bonds: [Bond]
  /// One per site.
  public let fields: [Double]

  /// - Parameter fields: one per site, or empty for none.
  /// - Throws: `InputError` for a bond to a site that is not there, a number of fields that is not the
  ///   number of sites, or a coupling or field that is not finite.
  public init(siteCount: Int, bonds: [Bond], fields: [Double] = []) throws(InputError) {
    guard siteCount >= 1 else {
      throw .notAllowed("the number of sites", siteCount, allowed: "whole numbers from 1")
    }
    for bond in bonds {
      for site in [bond.first, bond.second] where !(0..<siteCount).contains(site) {
        throw .notAllowed("site of a bond", site, allowed: "0 to \(siteCount - 1)")
      }
      guard bond.coupling.isFinite else {
        throw .notAllowed("coupling", bond.coupling, allowed: "finite numbers")
      }
    }
    guard fields.isEmpty || fields.count == siteCount else {
      throw .notAllowed("the number of fields", fields.count, allowed: "0 or \(siteCount)")
    }
    for field in fields where !field.isFinite {
      throw .notAllowed("field", field, allowed: "finite numbers")
    }
    self.siteCount = siteCount
    self.bonds = bonds
    self.fields = fields.isEmpty ? [Double](repeating: 0, count: siteCount) : fields
  }

  /// A square lattice, sites row-major, with a coupling for every bond.
  ///
  /// - Parameters:
  ///   - right: `[rows, columns]` row-major, from each site to its right; the last column's lead round
  ///     to the first and are zero for an open edge.
  ///   - down: `[rows, columns]` row-major, from each site downwards; the last row's lead round.
  ///   - fields: `[rows, columns]` or empty.
  /// - Throws: `InputError` when an array has another length or holds what is not finite.
  public init(
    rows: Int, columns: Int, right: [Double], down: [Double], fields: [Double] = []
  ) throws(InputError) {
    guard rows >= 1, columns >= 1, rows <= 1 << 20, columns <= 1 << 20 else {
      throw .notAllowed("size", "\(rows)x\(columns)", allowed: "sides from 1 to 1048576")
    }
    let count = rows * columns
    for couplings in [right, down] where couplings.count != count {
      throw .notAllowed("the number of couplings", couplings.count, allowed: "\(count) an axis")
    }
    var bonds: [Bond] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let site = row * columns + column
        let next = row * columns + (column + 1) % columns
        let below = (row + 1) % rows * columns + column
        if right[site] != 0 { bonds.append(Bond(site, next, right[site])) }
        if down[site] != 0 { bonds.append(Bond(site, below, down[site])) }
      }
    }
    try self.init(siteCount: count, bonds: bonds, fields: fields)
  }

  public var hasField: Bool { fields.contains { $0 != 0 } }

  /// The total energy of a configuration of spins -1 and +1.
  public func energy(of spins: [Int8]) -> Double {
    precondition(
      spins.count == siteCount, "spins has \(spins.count) entries, the graph \(siteCount) sites")
    var energy = 0.0
    for bond in bonds {
      energy -= bond.coupling * Double(spins[bond.first] &* spins[bond.second])
    }
    for site in 0..<siteCount { energy -= fields[site] * Double(spins[site]) }
    return energy
  }
}
