/// Sites and the bonds between them: a piece of a crystal with boundaries, or any graph.
///
/// Sites of a crystal are numbered cell by cell, row-major (axis 0 slowest), the sites of one cell
/// next to each other. Bonds are as many as the unit cell has, from every cell: along a periodic axis of
/// side 2 two sites may share two bonds, and along one of side 1 a site has a bond with itself, whose
/// energy is that of two equal spins. (This is the convention in which transfer matrices and Kaufman's formula
/// hold for all sides.) Self-bonds are in `bonds`, but nobody's neighbour.
public struct Lattice: Sendable, Hashable {
  /// What happens beyond the last cell along an axis.
  public enum Boundary: String, Sendable, Hashable, CaseIterable {
    /// The first cell follows.
    case periodic
    /// Nothing follows: bonds that would leave are absent.
    case open
    /// Periodic, and couplings across change sign.
    case antiperiodic
    /// The first cell follows, one step further along the axis before (round that axis): screw
    /// boundary conditions. Not for axis 0, where there is no axis before: periodic there.
    case helical
  }

  /// Two sites that interact.
  public struct Bond: Sendable, Hashable, BitwiseCopyable {
    public var source: Int32
    public var target: Int32

    public init(source: Int, target: Int) {
      self.source = Int32(source)
      self.target = Int32(target)
    }

    public var isSelfBond: Bool { source == target }
  }

  /// `square`, `kagome`, ...; `complete`; or what the maker of a graph called it.
  public let name: String
  /// Cells along each axis; one number, the number of sites, for a graph.
  public let sides: [Int]
  /// One per axis; empty for a graph.
  public let boundary: [Boundary]
  /// The cell that fills the lattice, site by site; nil for a graph and for a crystal that lacks sites.
  public var cell: UnitCell? { places.isEmpty ? crystal : nil }
  /// The cell of the crystal the sites are from, sites missing or not; nil for a graph.
  public let crystal: UnitCell?
  public let siteCount: Int
  public let bonds: [Bond]
  /// For each bond and axis (axes fastest) how often the bond crosses the boundary, forward positive; empty
  /// for a graph.
  public let crossings: [Int8]
  /// Neighbours of site i stand at `neighbourStart[i]..<neighbourStart[i + 1]`; one entry per bond end, so a
  /// site that shares two bonds with another has it twice.
  public let neighbourStart: [Int32]
  /// Site numbers of neighbours.
  public let neighbours: [Int32]
  /// The bond that leads to each neighbour.
  public let neighbourBonds: [Int32]
  /// Where sites of a diluted lattice stand: their numbers in the full one, ascending. Empty where every
  /// place is occupied.
  public let places: [Int32]
  /// Whether sites or bonds of the full lattice are missing.
  public let isDiluted: Bool

  init(
    name: String, sides: [Int], boundary: [Boundary], cell: UnitCell?, siteCount: Int,
    bonds: [Bond], crossings: [Int8], places: [Int32] = [], isDiluted: Bool = false
  ) {
    self.name = name
    self.sides = sides
    self.boundary = boundary
    crystal = cell
    self.siteCount = siteCount
    self.bonds = bonds
    self.crossings = crossings
    self.places = places
    self.isDiluted = isDiluted
    (neighbourStart, neighbours, neighbourBonds) = Self.adjacency(siteCount: siteCount, bonds)
  }

  /// The largest number of sites and of bond ends (indices fit in 31 bits).
  public static let maximumCount = Int(Int32.max)

  public var bondCount: Int { bonds.count }

  /// Indices into `neighbours` that belong to a site.
  @inlinable
  public func neighbourRange(of site: Int) -> Range<Int> {
    Int(neighbourStart[site])..<Int(neighbourStart[site + 1])
  }

  /// The largest number of bond ends at one site.
  public var maximumDegree: Int {
    (0..<siteCount).reduce(0) { max($0, neighbourRange(of: $1).count) }
  }

  /// Bonds of a site with itself, per site; nil where there are none.
  public var selfBondCounts: [Int]? {
    guard bonds.contains(where: \.isSelfBond) else { return nil }
    var counts = [Int](repeating: 0, count: siteCount)
    for bond in bonds where bond.isSelfBond { counts[Int(bond.source)] += 1 }
    return counts
  }

  /// Extents of an array that holds one number per site: the sides, and last the sites of a cell where there are
  /// several; the number of sites alone for a graph and where sites are missing.
  public var shape: [Int] {
    guard let cell else { return [siteCount] }
    return cell.basis.count == 1 ? sides : sides + [cell.basis.count]
  }

  private static func adjacency(
    siteCount: Int, _ bonds: [Bond]
  ) -> (start: [Int32], sites: [Int32], bonds: [Int32]) {
    var start = [Int32](repeating: 0, count: siteCount + 1)
    for bond in bonds where !bond.isSelfBond {
      start[Int(bond.source) + 1] += 1
      start[Int(bond.target) + 1] += 1
    }
    for site in 0..<siteCount { start[site + 1] += start[site] }
    var next = start
    var sites = [Int32](repeating: 0, count: Int(start[siteCount]))
    var through = sites
    next.withUnsafeMutableBufferPointer { next in
      sites.withUnsafeMutableBufferPointer { sites in
        through.withUnsafeMutableBufferPointer { through in
          for index in bonds.indices {
            let bond = bonds[index]
            if bond.isSelfBond { continue }
            let (one, other) = (Int(bond.source), Int(bond.target))
            let (first, second) = (Int(next[one]), Int(next[other]))
            sites[first] = bond.target
            sites[second] = bond.source
            through[first] = Int32(truncatingIfNeeded: index)
            through[second] = Int32(truncatingIfNeeded: index)
            next[one] &+= 1
            next[other] &+= 1
          }
        }
      }
    }
    return (start, sites, through)
  }
}

extension Lattice: CustomStringConvertible {
  /// `triangular 16x16`, and what is left of it where it is diluted.
  public var description: String {
    let full = "\(name) \(sides.map { "\($0)" }.joined(separator: "x"))"
    return isDiluted ? "\(full) diluted to \(siteCount) sites, \(bondCount) bonds" : full
  }
}
