public import LandauCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The clock model whose even and odd states carry opposite dipoles across the plane.
///
/// H = -J sum over bonds of cos(theta_i - theta_j) + D sum over pairs i < j of sigma_i sigma_j / r_ij^3, with
/// theta = 2 pi s/q and sigma = (-1)^s. After Simmons, Lin and Chern, arXiv:2412.09550, where q = 6: ferroelectric
/// hexagonal manganites. Distances are in units of nearest neighbours. The plane is periodic, and every
/// dipole meets all images of the others and of itself; these last add a constant, so that H/N is the energy
/// per site of the infinite, periodically repeated plane.
public struct DipolarClockModel: LatticeModel, Hashable {
  public let lattice: Lattice
  /// q, even.
  public let stateCount: Int
  /// J.
  public let coupling: Double
  /// D.
  public let dipolarCoupling: Double
  /// sum over images of 1/r^3 from a site to another: `[source in its cell][steps][target in its cell]`,
  /// steps between the cells row-major, each from 0 to the side less one.
  public let dipolarSums: [Double]

  /// - Throws: `InputError` when the lattice is not a periodic crystal in the plane, q is not even, or a number
  ///   is not finite.
  public init(
    _ lattice: Lattice, states: Int = 6, coupling: Double = 1, dipolarCoupling: Double
  ) throws(InputError) {
    guard let cell = lattice.cell, cell.dimension == 2, cell.axisCount == 2,
      lattice.boundary.allSatisfy({ $0 == .periodic })
    else {
      throw .notAllowed(
        "the lattice", lattice, allowed: "periodic crystals in the plane",
        hint: "square, triangular, honeycomb, kagome")
    }
    guard states >= 2, states <= 126, states % 2 == 0 else {
      throw .notAllowed("states", states, allowed: "even numbers from 2 to 126")
    }
    guard coupling.isFinite else {
      throw .notAllowed("coupling", coupling, allowed: "finite numbers")
    }
    guard dipolarCoupling.isFinite else {
      throw .notAllowed("dipolar coupling", dipolarCoupling, allowed: "finite numbers")
    }
    self.lattice = lattice
    stateCount = states
    self.coupling = coupling
    self.dipolarCoupling = dipolarCoupling
    dipolarSums = Self.dipolarSums(cell, lattice.sides)
  }

  /// Cost: O(sites x sites of a cell), some hundred Gaussians for each.
  private static func dipolarSums(_ cell: UnitCell, _ sides: [Int]) -> [Double] {
    let (a, b) = (cell.vectors[0], cell.vectors[1])
    let sum = DipolarSum(vectors: [
      a.map { $0 * Double(sides[0]) }, b.map { $0 * Double(sides[1]) },
    ])
    var table: [Double] = []
    table.reserveCapacity(sides[0] * sides[1] * cell.basis.count * cell.basis.count)
    for source in cell.basis {
      for row in 0..<sides[0] {
        for column in 0..<sides[1] {
          for target in cell.basis {
            let x = Double(row) * a[0] + Double(column) * b[0] + target[0] - source[0]
            let y = Double(row) * a[1] + Double(column) * b[1] + target[1] - source[1]
            table.append(sum(x, y))
          }
        }
      }
    }
    return table
  }

  public var siteCount: Int { lattice.siteCount }
  public var variableCount: Int { lattice.siteCount }
  public var states: [Int8] { (0..<stateCount).map { Int8($0) } }

  /// +1 for even states, -1 for odd ones.
  @inline(__always)
  static func dipole(_ state: Int8) -> Double { state & 1 == 0 ? 1 : -1 }

  /// cos(2 pi steps/q); equal angles have equal cosines to the last bit.
  public func cosine(_ steps: Int) -> Double {
    let around = abs(steps) % stateCount
    let wrapped = min(around, stateCount - around)
    if 4 * wrapped == stateCount { return 0 }
    return cos(2 * Double.pi * Double(wrapped) / Double(stateCount))
  }

  /// The sum of 1/r^3 between two sites, over all images of one of them.
  public func dipolarSum(_ one: Int, _ other: Int) -> Double {
    let basis = lattice.cell!.basis.count
    let columns = lattice.sides[1]
    let (from, to) = (one / basis, other / basis)
    var row = to / columns - from / columns
    var column = to % columns - from % columns
    if row < 0 { row += lattice.sides[0] }
    if column < 0 { column += columns }
    let cells = lattice.sides[0] * columns
    return dipolarSums[((one % basis) * cells + row * columns + column) * basis + other % basis]
  }

  /// Cost: O(sites squared).
  public func energy(of spins: Span<Int8>) -> Double {
    precondition(
      spins.count == siteCount, "spins has \(spins.count) entries, the lattice \(siteCount) sites")
    var exchange = 0.0
    for bond in lattice.bonds {
      exchange += cosine(Int(spins[Int(bond.source)]) - Int(spins[Int(bond.target)]))
    }
    var dipolar = 0.0
    if dipolarCoupling != 0 {
      for one in 0..<siteCount {
        for other in 0..<siteCount {
          dipolar +=
            Self.dipole(spins[one]) * Self.dipole(spins[other]) * dipolarSum(one, other)
        }
      }
    }
    return -coupling * exchange + dipolarCoupling / 2 * dipolar
  }

  /// Cost: O(sites) where the parity changes.
  public func energyChange(at site: Int, to new: Int8, in spins: Span<Int8>) -> Double {
    let old = spins[site]
    var exchange = 0.0
    for place in lattice.neighbourRange(of: site) {
      let other = Int(spins[Int(lattice.neighbours[place])])
      exchange += cosine(Int(new) - other) - cosine(Int(old) - other)
    }
    var dipolar = 0.0
    let turn = Self.dipole(new) - Self.dipole(old)
    if dipolarCoupling != 0 && turn != 0 {
      for other in 0..<siteCount where other != site {
        dipolar += Self.dipole(spins[other]) * dipolarSum(site, other)
      }
    }
    return -coupling * exchange + dipolarCoupling * turn * dipolar
  }
}
